package config

import "flag"

// Source is where a setting came from. A higher one beats a lower one.
type Source uint8

// The sources, from the weakest.
const (
	Default Source = iota
	File
	Environment
	CommandLine
)

// Source tells, after Parse, where the setting with this long name came from.
func (f *Flags) Source(long string) Source { return f.sources[long] }

// Text tells, after Parse, how the value is written that the setting with this
// long name has.
func (f *Flags) Text(long string) string { return f.byName[long].String() }

// trace notes the sources. Whatever is set and came from neither of the other
// two is from the file.
func (f *Flags) trace(given map[string]bool) {
	f.set.Visit(func(set *flag.Flag) {
		switch {
		case given[set.Name]:
			f.sources[set.Name] = CommandLine
		case f.sources[set.Name] == Default:
			f.sources[set.Name] = File
		}
	})
}
