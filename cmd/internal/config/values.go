package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// value is a setting of any type. It assigns only what parse accepted: a
// refused value leaves the variable as it was.
type value[T any] struct {
	target *T
	def    T
	parse  func(string) (T, error)
	format func(T) string
}

func newValue[T any](p *T, def T, parse func(string) (T, error), format func(T) string) *value[T] {
	*p = def
	return &value[T]{p, def, parse, format}
}

func (v *value[T]) Set(s string) error {
	parsed, err := v.parse(s)
	if err != nil {
		return err
	}
	*v.target = parsed
	return nil
}

func (v *value[T]) String() string { return v.format(*v.target) }

func (v *value[T]) IsBoolFlag() bool {
	_, isBool := any(v.def).(bool)
	return isBool
}

func (v *value[T]) reset() { *v.target = v.def }

// String registers a text setting. In this and all the following, usage may
// name the value's placeholder in `back quotes`. A check's error says what is
// wrong and what to write instead.
func (f *Flags) String(p *string, short, long, def, usage string, checks ...func(string) error) {
	parse := func(s string) (string, error) {
		for _, check := range checks {
			if err := check(s); err != nil {
				return "", err
			}
		}
		return s, nil
	}
	f.register(newValue(p, def, parse, func(s string) string { return s }), short, long, usage, "TEXT")
}

// NotEmpty is a check for String.
func NotEmpty(s string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("is empty: give it a value")
	}
	return nil
}

// Bool registers a switch. Its value needs an equals sign: -json=false.
func (f *Flags) Bool(p *bool, short, long string, def bool, usage string) {
	parse := func(s string) (bool, error) {
		b, err := strconv.ParseBool(s)
		if err != nil {
			return false, fmt.Errorf("%s is neither: use true or false", quote(s))
		}
		return b, nil
	}
	f.register(newValue(p, def, parse, strconv.FormatBool), short, long, usage, "")
}

// Choice registers one of the allowed words. Capitals do not matter in what the
// user writes; the variable gets the word as it is listed.
func (f *Flags) Choice(p *string, short, long, def, usage string, allowed ...string) {
	parse := func(s string) (string, error) {
		for _, word := range allowed {
			if strings.EqualFold(s, word) {
				return word, nil
			}
		}
		return "", fmt.Errorf("%s is not a choice: use %s", quote(s), alternatives(allowed))
	}
	placeholder := strings.Join(allowed, "|")
	f.register(newValue(p, def, parse, func(s string) string { return s }), short, long, usage, placeholder).values = allowed
}

// alternatives joins words as a sentence does: "a, b or c".
func alternatives(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
