package lab

import "unicode/utf8"

const perLetter = 6.7 // pixels: what a letter takes on average, of 12

var tableHead = []string{"", "message", "typed", "ways", "state", "known after", "shown after"}

// columnsOf are how wide the columns of the table are, in pixels.
func (p *picture) columnsOf(rows [][]string) []float64 {
	widths := make([]float64, len(tableHead))
	for _, r := range append([][]string{tableHead}, rows...) {
		for i, cell := range r {
			widths[i] = max(widths[i], 16+perLetter*float64(utf8.RuneCountInString(cell)))
		}
	}
	return widths
}

func (p *picture) tableWidth(rows [][]string) (width float64) {
	for _, w := range p.columnsOf(rows) {
		width += w
	}
	return width
}

// table says what became of each message.
func (p *picture) table(x, y float64, rows [][]string) {
	widths := p.columnsOf(rows)
	p.printf(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#cbd5e1"/>`+"\n", x, y+7, x+p.tableWidth(rows), y+7)
	for n, r := range append([][]string{tableHead}, rows...) {
		at := x
		for i, cell := range r {
			style := `fill="#334155"`
			switch {
			case n == 0:
				style = `fill="#64748b" font-weight="600"`
			case i == 4 && (cell == "delivered" || cell == "stored"):
				style = `fill="#047857" font-weight="600"`
			case i == 4:
				style = `fill="#b91c1c" font-weight="600"`
			}
			p.text(at, y+20*float64(n)+boolean(n > 0)*4, style, cell)
			at += widths[i]
		}
	}
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// legend says what colours and signs mean.
func (p *picture) legend(x, y float64) {
	at := x
	for c := Background; c <= Channel; c++ {
		if c == Background && !p.story.Config.All {
			continue
		}
		p.printf(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="2"/>`+"\n", at, y-4, at+26, y-4, colours[c])
		p.printf(`<path d="M0 0l-8 -4v8z" transform="translate(%.1f %.1f)" fill="%s"/>`+"\n", at+30, y-4, colours[c])
		p.text(at+36, y, `fill="#475569"`, classes[c])
		at += 56 + perLetter*float64(utf8.RuneCountInString(classes[c]))
	}
	p.printf(`<path d="M%.1f %.1fl9 9m0 -9l-9 9" stroke="#dc2626" stroke-width="2.4" stroke-linecap="round"/>`+"\n", at, y-9)
	p.text(at+16, y, `fill="#475569"`, "lost")
	y += 20
	p.printf(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#64748b" stroke-width="1.2" stroke-dasharray="5 4"/>`+"\n", x, y-4, x+24, y-4)
	p.printf(`<path d="M0 0l-8 -4v8z" transform="translate(%.1f %.1f)" fill="#ffffff" stroke="#64748b"/>`+"\n", x+30, y-4)
	p.text(x+36, y, `fill="#475569"`, "doubled by the network; a hollow head: dropped by the receiver, who had seen it. Seconds on the left; long pauses are drawn short.")
	p.text(x, y+20, `fill="#475569"`, "delivered: on the recipient's disk, and the sender knows. stored: on the server's disk; a post ends so.")
	if p.story.Skipped > 0 {
		p.text(x, y+40, `fill="#94a3b8"`, p.story.skipped()+".")
	}
}
