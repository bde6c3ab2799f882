package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/peterbourgon/ff/v3"
)

// Names are long flag names: a command's own, or those of all commands.
type Names map[string]bool

// Names returns the long names that f has.
func (f *Flags) Names() Names {
	n := Names{}
	for _, o := range f.options {
		n[o.long] = true
	}
	return n
}

// Merge returns the names of all the commands, to tell a misspelt variable from
// one that is meant for another command.
func Merge(commands ...*Flags) Names {
	n := Names{}
	for _, f := range commands {
		maps.Copy(n, f.Names())
	}
	return n
}

// Parse sets every variable from args, environ (as os.Environ returns it), the
// file and the defaults, and returns the arguments after the flags. known are
// the names of all commands: a variable or a key of another command is allowed,
// because one shell and one file may serve several.
//
// The error is flag.ErrHelp (print Usage, exit 0) or a *UsageError (exit 2).
// After an error every variable holds its default.
func (f *Flags) Parse(args, environ []string, known Names) ([]string, error) {
	rest, err := f.parse(args, environ, known)
	if err != nil {
		for _, o := range f.options {
			o.reset()
		}
		return nil, err
	}
	return rest, nil
}

func (f *Flags) parse(args, environ []string, known Names) ([]string, error) {
	if f.Anywhere {
		args = f.gather(args)
	}
	words, err := f.scan(args)
	if err != nil {
		return nil, err
	}
	if err := f.fromEnviron(environ, words.given, known); err != nil {
		return nil, err
	}
	// ff leaves alone what is already set when it comes to the file, so the
	// environment needs no option here; ff's own reads the process environment,
	// which neither a test nor the check for misspelt names could replace.
	err = ff.Parse(f.set, words.args,
		ff.WithConfigFileFlag(fileFlag),
		ff.WithConfigFileParser(f.fileParser(known)))
	if err != nil {
		return nil, f.explain(err, words)
	}
	f.trace(words.given)
	rest := f.set.Args()
	return rest, f.operandsOf(rest, words)
}

// fromEnviron sets what the command line has not given. An empty variable
// counts as unset, as it does for ff.
func (f *Flags) fromEnviron(environ []string, given map[string]bool, known Names) error {
	values := map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if _, twice := values[name]; !twice && value != "" && strings.HasPrefix(name, envPrefix) {
			values[name] = value // the first wins, as for os.Getenv
		}
	}
	if err := f.checkVariables(slices.Sorted(maps.Keys(values)), known); err != nil {
		return err
	}
	for _, o := range f.options {
		value := values[o.variable()]
		if value == "" || given[o.long] {
			continue
		}
		if err := f.set.Set(o.long, value); err != nil {
			return Errorf("%s: %v", o.variable(), err)
		}
		f.sources[o.long] = Environment
	}
	return nil
}

// checkVariables refuses a variable that no command has: a misspelt one would
// otherwise do nothing, silently.
func (f *Flags) checkVariables(names []string, known Names) error {
	allowed := map[string]bool{}
	for name := range f.Names() {
		allowed[variable(name)] = true
	}
	for name := range known {
		allowed[variable(name)] = true
	}
	for _, name := range names {
		if allowed[name] {
			continue
		}
		flagName := strings.ToLower(strings.ReplaceAll(name[len(envPrefix):], "_", "-"))
		if near := f.nearest(flagName, known); near != "" {
			return Errorf("unknown variable %s: did you mean %s? Rename or unset it", name, variable(near))
		}
		return Errorf("unknown variable %s: unset it (%s -h lists the variables)", name, f.command)
	}
	return nil
}
