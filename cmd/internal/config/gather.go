package config

import "slices"

// gather puts the flags that stand behind arguments before them. What follows "--" stays what it is.
func (f *Flags) gather(args []string) []string {
	var flags, rest []string
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			rest = append(rest, args[i+1:]...)
			break
		}
		_, name, value, ok := cutFlag(args[i])
		o := f.byName[name]
		if known := o != nil || name == "h" || name == "help"; !ok || !known && len(rest) > 0 {
			rest = append(rest, args[i])
			continue
		}
		flags = append(flags, args[i])
		if o != nil && value == "" && !o.IsBoolFlag() {
			if i++; i == len(args) {
				return flags // scan says that the last one lacks its value
			}
			flags = append(flags, args[i])
		}
	}
	if len(rest) == 0 {
		return args
	}
	return slices.Concat(flags, []string{"--"}, rest)
}
