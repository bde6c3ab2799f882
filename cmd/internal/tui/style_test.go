package tui

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// luminance is a colour's relative luminance (WCAG 2.2, definition of relative luminance).
func luminance(t *testing.T, colour string) float64 {
	var c [3]int
	if _, err := fmt.Sscanf(colour, "#%02x%02x%02x", &c[0], &c[1], &c[2]); err != nil {
		t.Fatalf("%q: %v", colour, err)
	}
	sum := 0.0
	for i, share := range []float64{0.2126, 0.7152, 0.0722} {
		v := float64(c[i]) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += share * v
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// Every colour of text can be read on what is behind it: 4.5 to 1 (WCAG 2.2, 1.4.3).
func TestContrast(t *testing.T) {
	for _, tt := range []struct {
		name, paper string
		palette
	}{{"dark", "#1c1c1c", dark}, {"light", "#ffffff", light}} {
		p := tt.palette
		for _, c := range slices.Concat([]string{p.faint, p.accent, p.good, p.warn, p.bad}, p.names[:]) {
			if r := contrast(t, c, tt.paper); r < 4.5 {
				t.Errorf("%s: %s has %.1f to 1", tt.name, c, r)
			}
		}
		for _, c := range []string{p.barText, p.warn, p.bad} {
			if r := contrast(t, c, p.bar); r < 4.5 {
				t.Errorf("%s: %s on the bar has %.1f to 1", tt.name, c, r)
			}
		}
	}
}

// A terminal with 256 colours has every one of them.
func TestColoursAreAmong256(t *testing.T) {
	levels := []int{0, 95, 135, 175, 215, 255}
	for _, p := range []palette{dark, light} {
		for _, c := range slices.Concat([]string{p.line, p.faint, p.accent, p.good, p.warn, p.bad, p.bar, p.barText}, p.names[:]) {
			var r, g, b int
			if _, err := fmt.Sscanf(c, "#%02x%02x%02x", &r, &g, &b); err != nil {
				t.Fatal(err)
			}
			grey := r == g && g == b && (r-8)%10 == 0
			cube := slices.Contains(levels, r) && slices.Contains(levels, g) && slices.Contains(levels, b)
			if !grey && !cube {
				t.Errorf("%s is not one of them", c)
			}
		}
	}
}
