package config

import (
	"flag"
	"strconv"
	"strings"
)

// scanned is a command line whose short names have become long ones.
type scanned struct {
	args       []string        // as many words as came in
	given      map[string]bool // long names met
	terminated bool            // "--" ended the flags
	loose      *option         // a true/false flag without "=" came last
}

// scan rewrites short names to long ones (-p=1 to -port=1) word by word, in the
// order that the flag package would read them: it needs to know which flags
// take the next word, so that the value in "-name -p" stays as it is. What
// follows the first argument or "--" is not touched.
func (f *Flags) scan(args []string) (scanned, error) {
	s := scanned{args: append([]string(nil), args...), given: map[string]bool{}}
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			s.terminated = true
			return s, nil
		}
		dashes, name, value, ok := cutFlag(args[i])
		if !ok {
			return s, nil
		}
		o := f.byName[name]
		if o == nil {
			return s, f.unknown(args[i], name)
		}
		s.args[i] = dashes + o.long + value
		s.given[o.long] = true
		s.loose = nil
		switch {
		case value != "":
		case o.IsBoolFlag():
			s.loose = o
		case i+1 == len(args):
			return s, Errorf("flag -%s needs a value: write -%s %s", o.long, o.long, o.placeholder)
		default:
			i++
		}
	}
	return s, nil
}

// cutFlag splits "--port=1" into "--", "port" and "=1". A lone dash is an
// argument, as it is for the flag package.
func cutFlag(word string) (dashes, name, value string, ok bool) {
	name = strings.TrimPrefix(word, "-")
	if name == word || name == "" {
		return "", "", "", false
	}
	name = strings.TrimPrefix(name, "-")
	dashes = word[:len(word)-len(name)]
	if i := strings.IndexByte(name, '='); i >= 0 {
		name, value = name[:i], name[i:]
	}
	return dashes, name, value, true
}

// unknown explains a flag that the command does not have; -h is one of them.
func (f *Flags) unknown(word, name string) error {
	if name == "h" || name == "help" {
		return flag.ErrHelp
	}
	hint := f.command + " -h lists the flags"
	if f.max != 0 {
		hint += ", and -- before an argument keeps it from being one"
	}
	if len(name) > 1 {
		// -p9999, as other programs write it.
		o := f.byName[name[:1]]
		if o != nil && !o.IsBoolFlag() && strings.Trim(name[1:], "0123456789") == "" {
			return Errorf("unknown flag %s: did you mean -%s %s? %s", word, name[:1], name[1:], hint)
		}
	}
	if near := f.nearest(name, nil); near != "" {
		return Errorf("unknown flag %s: did you mean -%s? %s", word, near, hint)
	}
	return Errorf("unknown flag %s: %s", word, hint)
}

// operandsOf checks what is left after the flags.
func (f *Flags) operandsOf(rest []string, s scanned) error {
	if len(rest) < f.min {
		return Errorf("too few arguments: %s needs %s", f.command, f.operands)
	}
	if f.max >= 0 && len(rest) > f.max {
		return f.surplus(rest[f.max], s)
	}
	if s.terminated {
		return nil
	}
	for _, word := range rest {
		_, name, _, ok := cutFlag(word)
		if ok && (f.byName[name] != nil || name == "h" || name == "help") {
			// Silently it would become part of a message's text.
			return Errorf("flag %s comes after the argument %s: put it before, or put -- before the arguments if it is text",
				word, quote(rest[0]))
		}
	}
	return nil
}

func (f *Flags) surplus(word string, s scanned) error {
	if f.max > 0 {
		return Errorf("unexpected argument %s: %s takes only %s, after all flags", quote(word), f.command, f.operands)
	}
	if _, err := strconv.ParseBool(word); err == nil && s.loose != nil && !s.terminated {
		// -json false: the flag package never takes the next word for these.
		return Errorf("unexpected argument %s: write -%s=%s", quote(word), s.loose.long, word)
	}
	return Errorf("unexpected argument %s: %s takes flags only (%s -h lists them)", quote(word), f.command, f.command)
}
