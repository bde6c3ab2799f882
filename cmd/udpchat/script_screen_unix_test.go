//go:build unix

package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"udpchat/cmd/internal/play"
)

var printedPort = regexp.MustCompile(`(127\.0\.0\.1:|\[::1\]:|Port->)[0-9]+`)

var printedTime = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{15}Z`)

func printed(line string) string {
	line = printedTime.ReplaceAllString(line, "TIMESTAMP")
	return printedPort.ReplaceAllString(play.Keyless(play.Timeless(line)), "${1}PORT")
}

// screens is what everybody sees.
func screens(ts *testscript.TestScript) string {
	var all strings.Builder
	for name, p := range ts.Value("cast").(cast) {
		fmt.Fprintf(&all, "%s:\n%s\n%s\n", name, strings.Join(p.Screen().Lines(), "\n"), strings.Join(p.Stderr.Lines(), "\n"))
	}
	return all.String()
}

func sees(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 2)
	p := at(ts, args[0])
	if neg {
		if n := times(p, args[1]); n > 0 {
			ts.Fatalf("%s saw it %d times: %s", args[0], n, args[1])
		}
		return
	}
	ctx, cancel := waiting()
	defer cancel()
	for _, want := range listed(ts, args[1]) {
		seen := p.seen
		if !p.Screen().Until(ctx, func(lines []string) bool {
			for ; seen < len(lines); seen++ {
				if lines[seen] == want || printed(lines[seen]) == want {
					return true
				}
			}
			return false
		}) {
			ts.Fatalf("%s does not see: %s\nafter line %d\n%s", args[0], want, p.seen, screens(ts))
		}
		p.seen = seen + 1
	}
}

func reads(ts *testscript.TestScript, args []string) {
	need(ts, args, 2)
	p := at(ts, args[0])
	ctx, cancel := waiting()
	defer cancel()
	if !p.Screen().Until(ctx, func(lines []string) bool { return among(lines, args[1]) > 0 }) {
		ts.Fatalf("%s does not read: %s\n%s", args[0], args[1], strings.Join(p.Screen().Lines(), "\n"))
	}
}

func times(p *player, line string) int { return among(p.Screen().Lines(), line) }

func among(lines []string, line string) (n int) {
	for _, l := range lines {
		if l == line || printed(l) == line {
			n++
		}
	}
	return n
}

func counts(ts *testscript.TestScript, args []string) {
	need(ts, args, 3)
	if n := times(at(ts, args[0]), args[2]); strconv.Itoa(n) != args[1] {
		ts.Fatalf("%s saw it %d times: %s", args[0], n, args[2])
	}
}
