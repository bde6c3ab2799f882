package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The picture's measures, in its own units.
const (
	cellWidth, cellHeight = 8.4, 18.0
	baseline              = 13.5 // of a row, from its top
	padding               = 14.0
	fontSize              = 14
)

const (
	paper = "#16191f"
	ink   = "#d5dae2"
	fonts = "ui-monospace,'Cascadia Mono','SF Mono',Menlo,Consolas,'DejaVu Sans Mono','Noto Sans Mono CJK SC','Noto Color Emoji',monospace"
)

// draw makes a picture of a screen. Every run of text is set to the width that it has in the terminal, so that columns stand in line
// whatever font a viewer has.
func draw(rows [][]glyph, columns int, title string) string {
	var b strings.Builder
	width, height := float64(columns)*cellWidth+2*padding, float64(len(rows))*cellHeight+2*padding
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="%s">`+"\n",
		width, height, width, height, escape(title))
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="10" fill="%s"/>`+"\n", paper)
	fmt.Fprintf(&b, `<g font-family="%s" font-size="%d" fill="%s" xml:space="preserve">`+"\n", fonts, fontSize, ink)
	for y, row := range rows {
		top := padding + float64(y)*cellHeight
		drawBackground(&b, row, top)
		for _, r := range runs(row) {
			r.draw(&b, top)
		}
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

func drawBackground(b *strings.Builder, row []glyph, top float64) {
	for i := 0; i < len(row); {
		j, from := i, row[i]
		for j < len(row) && row[j].look.background == from.look.background {
			j++
		}
		if from.look.background != "" {
			last := row[j-1]
			fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", padding+float64(from.x)*cellWidth, top,
				float64(last.x+last.width-from.x)*cellWidth, cellHeight, from.look.background)
		}
		i = j
	}
}

// run is neighbouring glyphs that look alike.
type run struct {
	glyphs []glyph
	lines  bool // what is drawn, not written
}

func runs(row []glyph) []run {
	var out []run
	for _, g := range row {
		if g.text == " " && !g.look.underline {
			continue
		}
		drawn := strokes[g.text] != nil
		if n := len(out) - 1; n >= 0 && out[n].lines == drawn {
			last := &out[n]
			end := last.glyphs[len(last.glyphs)-1]
			joins := simple(end) && simple(g) || drawn && end.text == "─" && g.text == "─"
			if end.look == g.look && end.x+end.width == g.x && joins {
				last.glyphs = append(last.glyphs, g)
				continue
			}
		}
		out = append(out, run{[]glyph{g}, drawn})
	}
	return out
}

// simple characters are as wide as each other in a font of equal widths.
func simple(g glyph) bool {
	r, n := utf8.DecodeRuneInString(g.text)
	return n == len(g.text) && r < 0x2000
}

func (r run) draw(b *strings.Builder, top float64) {
	first, last := r.glyphs[0], r.glyphs[len(r.glyphs)-1]
	x := padding + float64(first.x)*cellWidth
	color := first.look.foreground
	if color == "" {
		color = ink
	}
	if r.lines {
		strokes[first.text](b, x, top, float64(len(r.glyphs)), color)
		return
	}
	var text strings.Builder
	for _, g := range r.glyphs {
		text.WriteString(g.text)
	}
	style := fmt.Sprintf(` fill="%s"`, color)
	if first.look.bold {
		style += ` font-weight="bold"`
	}
	if first.look.underline {
		style += ` text-decoration="underline"`
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs"%s>%s</text>`+"\n", x, top+baseline,
		float64(last.x+last.width-first.x)*cellWidth, style, escape(text.String()))
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

// strokes draws the characters that join their neighbours, which letters of a font often don't. wide is how many cells long they are.
var strokes = map[string]stroke{
	"─": line(0, 0.5, 1, 0.5),
	"│": line(0.5, 0, 0.5, 1),
	"┬": both(line(0, 0.5, 1, 0.5), line(0.5, 0.5, 0.5, 1)),
	"┴": both(line(0, 0.5, 1, 0.5), line(0.5, 0, 0.5, 0.5)),
	"▌": block(0.5),
}

type stroke = func(b *strings.Builder, x, top, wide float64, color string)

// line goes from one place in the cell to another, in parts of its width and height.
func line(x1, y1, x2, y2 float64) stroke {
	return func(b *strings.Builder, x, top, wide float64, color string) {
		fmt.Fprintf(b, `<path d="M%.1f %.1fL%.1f %.1f" stroke="%s" fill="none"/>`+"\n",
			x+x1*cellWidth, top+y1*cellHeight, x+x2*cellWidth*wide, top+y2*cellHeight, color)
	}
}

func both(a, c stroke) stroke {
	return func(b *strings.Builder, x, top, wide float64, color string) {
		a(b, x, top, wide, color)
		c(b, x, top, wide, color)
	}
}

func block(part float64) stroke {
	return func(b *strings.Builder, x, top, _ float64, color string) {
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", x, top, part*cellWidth, cellHeight, color)
	}
}
