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
	barFaint
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

var dark = palette{
	line: "#3b424e", faint: "#7f8794", accent: "#5cc8c0", good: "#8fbf7f", warn: "#e0b060", bad: "#f07878", bar: "#262b33", barText: "#c8ced8",
	names: [nameStyles]string{"#8fb8f0", "#c9a0e8", "#e8a87c", "#a8c878", "#f0a0b8", "#80c8d8"},
}

var light = palette{
	line: "#c3c9d2", faint: "#6b7280", accent: "#0f766e", good: "#3f7d2f", warn: "#94600a", bad: "#b42318", bar: "#e6e9ee", barText: "#2b313a",
	names: [nameStyles]string{"#1d58b0", "#7a3fb0", "#a2521a", "#4d7a14", "#b02a5c", "#0d6f86"},
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
		barFaint:   onBar(p.faint),
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
