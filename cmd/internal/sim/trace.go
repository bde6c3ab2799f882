package sim

import (
	"fmt"
	"regexp"

	"udpchat/store"
	"udpchat/wire"
)

func (w *World) tracing() bool { return w.opt.Trace != nil }

func (w *World) tracef(format string, args ...any) {
	if w.opt.Trace != nil {
		fmt.Fprintf(w.opt.Trace, "%12.6f %s\n", w.at.Seconds(), fmt.Sprintf(format, args...))
	}
}

func (w *World) traceDatagram(p *party, b []byte) {
	_, to, body, err := open(b)
	if err != nil {
		w.tracef("%s: sends rubbish: %v", p.name, err)
		return
	}
	var dec wire.Decoder
	_ = dec.Decode(body, func(m wire.Message) error {
		w.tracef("%s -> %s: %v %s", p.name, w.called(to), m.Kind(), short(m))
		return nil
	})
}

func (w *World) traceMessage(p *party, from wire.Key, m wire.Message) {
	if w.tracing() {
		w.tracef("%s <- %s: %v %s", p.name, w.called(from), m.Kind(), short(m))
	}
}

func (w *World) called(k wire.Key) string {
	if k == wire.ServerKey {
		return "server"
	}
	for _, g := range w.guests {
		if g.key == k {
			return g.name
		}
	}
	return k.String()
}

var (
	blobs   = regexp.MustCompile(`(Secret:|Hash:|Sig:|Card:)\[[^\]]*\]`)
	rawCard = regexp.MustCompile(`(?s)Card:.*?( State:| Verified:)`)
	pointer = regexp.MustCompile(`0x[0-9a-f]{8,}`) // not the same in two runs
	bodies  = regexp.MustCompile(`Body:\[([^\]]*)\]`)
	longKey = regexp.MustCompile(`\[(\d+ \d+ \d+) (\d+ ){28}\d+\]`)
	repeats = regexp.MustCompile(`(aaaa|bbbb|cccc|dddd|eeee|ffff|gggg|hhhh|iiii|jjjj|kkkk|llll|mmmm|nnnn|oooo|pppp|qqqq|rrrr|ssss|tttt|uuuu|vvvv|wwww|xxxx|yyyy|zzzz)+`)
)

// short prints a value without what makes it long: of a body its tag, of a key its beginning.
func short(v any) string {
	s := fmt.Sprintf("%+v", v)
	if r, ok := v.(*store.Receive); ok {
		s = ""
		if r.Source != nil {
			s += fmt.Sprintf(" source %+v", *r.Source)
		}
		if r.Part != nil {
			s += fmt.Sprintf(" part %+v", *r.Part)
		}
		if r.Line != nil {
			s += fmt.Sprintf(" line %+v", *r.Line)
		}
		if r.Stream != nil {
			s += fmt.Sprintf(" stream %+v", *r.Stream)
		}
	}
	s = pointer.ReplaceAllString(s, "&")
	s = rawCard.ReplaceAllString(s, "Card:..$1")
	s = blobs.ReplaceAllString(s, "$1..")
	s = longKey.ReplaceAllString(s, "[$1..]")
	s = bodies.ReplaceAllStringFunc(s, func(b string) string {
		var body []byte
		var n int
		for _, f := range regexp.MustCompile(`\d+`).FindAllString(b, tagSize) {
			_, _ = fmt.Sscan(f, &n)
			body = append(body, byte(n))
		}
		return fmt.Sprintf("Body:%q", body)
	})
	return repeats.ReplaceAllString(s, "~")
}
