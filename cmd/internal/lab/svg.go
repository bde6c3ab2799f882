package lab

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"
)

const (
	leftEdge  = 96.0  // of the first party's line
	rightEdge = 70.0  // behind the last one
	headY     = 96.0  // of the parties' names
	firstY    = 122.0 // where time begins
	fontStack = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
)

// colours of what arrows carry, by Class.
var colours = [...]string{Background: "#94a3b8", Session: "#64748b", Direct: "#1d4ed8", Mailbox: "#b45309", Channel: "#7e22ce"}

// words of the classes, for the legend.
var classes = [...]string{Background: "in the background", Session: "handshake, look-up", Direct: "direct", Mailbox: "by the mailbox", Channel: "channel"}

// ink is the colour of an event that is no datagram.
var ink = map[What]string{Typed: "#0f172a", Shown: "#047857", Timer: "#c2410c", Told: "#047857", Twice: "#64748b", Plug: "#b91c1c"}

// picture is an SVG in the making.
type picture struct {
	strings.Builder
	story *Story
	scale scale
	gap   float64 // from one party's line to the next
}

// SVG draws the story with time going down, as a picture that stands by itself.
func (s *Story) SVG() string {
	p := &picture{story: s, scale: newScale(s, firstY), gap: 250}
	if len(s.Parties) > 5 {
		p.gap = 225
	}
	width := leftEdge + p.gap*float64(len(s.Parties)-1) + rightEdge
	tableTop := p.scale.end + 64
	lines := s.rows()
	height := tableTop + 30 + 20*float64(len(lines)) + 110
	width = max(width, p.tableWidth(lines)+2*24, 820)
	p.printf(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="%s" font-size="12" role="img">`+"\n",
		width, height, width, height, fontStack)
	p.printf("<title>%s</title>\n", escape(s.Title()))
	p.printf(`<rect width="100%%" height="100%%" fill="#ffffff"/>` + "\n")
	p.text(24, 34, `font-size="19" font-weight="600" fill="#0f172a"`, "udpchat lab")
	p.text(24, 56, `fill="#475569"`, s.Title())
	p.parties()
	p.events()
	p.table(24, tableTop, lines)
	p.legend(24, tableTop+40+20*float64(len(lines)))
	p.printf("</svg>\n")
	return p.String()
}

func (p *picture) printf(format string, args ...any) { fmt.Fprintf(p, format, args...) }

func (p *picture) text(x, y float64, style, s string) {
	p.printf(`<text x="%.1f" y="%.1f" %s>%s</text>`+"\n", x, y, style, escape(s))
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder never fails
	return b.String()
}

func (p *picture) x(party int) float64 { return leftEdge + p.gap*float64(party) }

// parties are the lines of the parties, with their names, and the pauses in which time was left out.
func (p *picture) parties() {
	bottom := p.scale.end + 26
	for i, name := range p.story.Parties {
		x, fill, stroke := p.x(i), "#eff6ff", "#bfdbfe"
		if i == len(p.story.Parties)-1 {
			fill, stroke = "#fffbeb", "#fde68a"
		}
		p.printf(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#cbd5e1" stroke-width="1.5"/>`+"\n", x, headY, x, bottom)
		p.printf(`<rect x="%.1f" y="%.1f" width="84" height="28" rx="14" fill="%s" stroke="%s"/>`+"\n", x-42, headY-20, fill, stroke)
		p.text(x, headY-1.5, `text-anchor="middle" font-weight="600" font-size="13" fill="#0f172a"`, name)
		for _, y := range p.scale.pauses {
			p.printf(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#ffffff" stroke-width="3" stroke-dasharray="3 4"/>`+"\n", x, y-12, x, y+12)
		}
	}
}

// events draws what happened, arrows first, so that no arrow hides a word.
func (p *picture) events() {
	said := ""
	for i, e := range p.story.Events {
		if e.What == Arrives {
			continue
		}
		if t := strings.TrimSpace(seconds(e.At)); t != said {
			p.text(44, p.scale.y[i]+4, `text-anchor="end" font-size="10.5" fill="#94a3b8"`, t)
			said = t
		}
	}
	for i, e := range p.story.Events {
		if e.What == Leaves {
			p.arrow(i, e)
		}
	}
	for i, e := range p.story.Events {
		switch e.What {
		case Arrives:
		case Leaves:
			p.label(p.scale.y[i], &p.story.Arrows[e.Arrow])
		default:
			p.mark(p.scale.y[i], e)
		}
	}
}

// arrow draws a datagram, and its double.
func (p *picture) arrow(i int, e Event) {
	a := &p.story.Arrows[e.Arrow]
	colour := colours[a.Class]
	x1, y1, x2 := p.x(a.From), p.scale.y[i], p.x(a.To)
	ends := make([]float64, len(a.Copies))
	for n := range ends {
		ends[n] = y1 + landGap
	}
	for j := i; j < len(p.story.Events); j++ {
		if f := p.story.Events[j]; f.What == Arrives && f.Arrow == e.Arrow {
			ends[f.Copy] = p.scale.y[j]
		}
	}
	for n, c := range a.Copies {
		p.line(x1, y1, x2, ends[n], colour, c, n > 0)
	}
}

// line draws one copy.
func (p *picture) line(x1, y1, x2, y2 float64, colour string, c Copy, double bool) {
	dash, width := "", 1.6
	if double {
		dash, width = ` stroke-dasharray="5 4"`, 1.2
	}
	if c.Lost {
		x2, y2 = x1+(x2-x1)*.86, y1+(y2-y1)*.86
	}
	p.printf(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="%.1f"%s/>`+"\n", x1, y1, x2, y2, colour, width, dash)
	if c.Lost {
		p.printf(`<path d="M%.1f %.1fl10 10m0 -10l-10 10" stroke="#dc2626" stroke-width="2.4" stroke-linecap="round"/>`+"\n", x2-5, y2-5)
		return
	}
	angle := math.Atan2(y2-y1, x2-x1) * 180 / math.Pi
	fill := colour
	if c.Why != "" { // the receiver dropped it
		fill = "#ffffff"
	}
	p.printf(`<path d="M0 0l-9 -4v8z" transform="translate(%.1f %.1f) rotate(%.2f)" fill="%s" stroke="%s"/>`+"\n", x2, y2, angle, fill, colour)
}

const halo = `paint-order="stroke" stroke="#ffffff" stroke-width="4" stroke-linejoin="round"`

// label stands above the beginning of an arrow: what is written has a row of its own, so that no two overlap.
func (p *picture) label(y float64, a *Arrow) {
	x, anchor := p.x(a.From)+10, "start"
	if a.To < a.From {
		x, anchor = p.x(a.From)-10, "end"
	}
	p.printf(`<text x="%.1f" y="%.1f" text-anchor="%s" font-size="11.5" fill="%s" %s>%s</text>`+"\n", x, y-3.5, anchor, colours[a.Class], halo, escape(a.Label))
}

// mark draws an event that is no datagram.
func (p *picture) mark(y float64, e Event) {
	x, colour := p.x(e.Party), ink[e.What]
	p.printf(`<circle cx="%.1f" cy="%.1f" r="4" fill="%s" stroke="#ffffff" stroke-width="1.5"/>`+"\n", x, y, colour)
	anchor, dx := "start", 10.0
	if e.Party == len(p.story.Parties)-1 {
		anchor, dx = "end", -10.0
	}
	weight := ""
	if e.What == Typed || e.What == Shown {
		weight = ` font-weight="600"`
	}
	p.printf(`<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s"%s %s>%s</text>`+"\n", x+dx, y+4, anchor, colour, weight, halo, escape(e.Text))
}
