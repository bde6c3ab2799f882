package tui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// style names what a piece of text is for; a theme says how that looks. Nothing is said by colour alone.
type style uint8

const (
	plainStyle style = iota
	line             // what parts the screen
	faint            // what is there when it is looked for: times, rules, help
	accent           // where one is: the open talk, the prompt
	strong           // names of talks, headings
	unread           // counts of what was not seen
	good             // delivered
	warn             // waits, or needs a look
	bad              // failed
	mine             // one's own name
	found            // what a search found
	bar              // the row of state at the bottom
	barWarn
	barBad
	firstName // the styles of others' names follow
)

// nameStyles is how many colours of names there are.
const nameStyles = 6

// nameStyle gives the colour of a person: by key, so that another one of the same name looks different.
func nameStyle(hue uint8) style { return firstName + style(hue%nameStyles) }

// theme is how styles look on a dark or a light terminal.
type theme [int(firstName) + nameStyles]lipgloss.Style

// palette is the colours of a theme.
type palette struct {
	line, faint, accent, good, warn, bad, bar, barText string
	names                                              [nameStyles]string
}

// The colours are among xterm's 256, so that they look the same on a terminal that has no more.
var dark = palette{
	line: "#444444", faint: "#8a8a8a", accent: "#5fd7d7", good: "#87af5f", warn: "#d7af5f", bad: "#ff8787", bar: "#303030", barText: "#d0d0d0",
	names: [nameStyles]string{"#87afff", "#d7afff", "#ffaf87", "#afd787", "#ff87af", "#87d7ff"},
}

var light = palette{
	line: "#c6c6c6", faint: "#6c6c6c", accent: "#005f87", good: "#005f00", warn: "#875f00", bad: "#af0000", bar: "#e4e4e4", barText: "#303030",
	names: [nameStyles]string{"#005fd7", "#8700af", "#af5f00", "#5f5f00", "#af005f", "#00005f"},
}

func newTheme(p palette) *theme {
	on := func(foreground string) lipgloss.Style {
		return lipgloss.NewStyle().Foreground(lipgloss.Color(foreground))
	}
	onBar := func(foreground string) lipgloss.Style { return on(foreground).Background(lipgloss.Color(p.bar)) }
	t := theme{
		plainStyle: lipgloss.NewStyle(),
		line:       on(p.line),
		faint:      on(p.faint),
		accent:     on(p.accent).Bold(true),
		strong:     lipgloss.NewStyle().Bold(true),
		unread:     on(p.accent).Bold(true),
		good:       on(p.good),
		warn:       on(p.warn),
		bad:        on(p.bad).Bold(true),
		mine:       on(p.accent),
		found:      on(p.accent).Bold(true).Underline(true),
		bar:        onBar(p.barText),
		barWarn:    onBar(p.warn),
		barBad:     onBar(p.bad).Bold(true),
	}
	for i, c := range p.names {
		t[firstName+style(i)] = on(c).Bold(true)
	}
	return &t
}

// render gives a row with the sequences that colour it.
func (t *theme) render(r row) string {
	var out strings.Builder
	for _, s := range r {
		if s.style == plainStyle {
			out.WriteString(s.text)
		} else if s.text != "" {
			out.WriteString(t[s.style].Render(s.text))
		}
	}
	return out.String()
}
