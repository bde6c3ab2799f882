// Package config reads one subcommand's settings from its flags, the
// environment and a TOML file. It is not a store of settings: each value lands
// in a variable of the caller, and the package keeps no global state.
//
//	flag -port 7  >  UDPCHAT_PORT=7  >  port = 7 in the -config file  >  default
//
// It wraps ff/v3, because ff and flag alone let mistakes through that a user
// would only notice much later: a short and a long name sharing one variable
// break the order above, a misspelt variable is ignored, a flag behind the
// arguments becomes text, and a failed flag is left at zero. Here each of those
// is an error of one line, and after an error every setting is at its default.
package config

import (
	"flag"
	"io"
	"strings"
)

const (
	// envPrefix begins the name of every variable: UDPCHAT_ACK_TIMEOUT.
	envPrefix = "UDPCHAT_"
	// fileFlag names the TOML file; every command has it.
	fileFlag = "config"
)

// Flags are the settings of one command. Register them, call Parse once; to
// read the sources again (a reload), build a new Flags.
type Flags struct {
	// Example is printed first in the help, line by line. Optional.
	Example string
	// About says what the command does; an empty line parts paragraphs. Optional.
	About string
	// Anywhere lets flags stand behind the arguments, too: for commands whose arguments are few and quoted. A word that is no flag of the
	// command is an argument there, also when it begins with a dash.
	Anywhere bool
	// Exits are the exit codes, in the order in which they are explained. Optional.
	Exits []Exit

	command  string // as typed: "udpchat client"
	operands string // what follows the flags: "TO TEXT...", or empty
	min, max int    // how many operands; max < 0 means no limit
	file     string

	set     *flag.FlagSet
	options []*option          // in the order of registration, for the help
	byName  map[string]*option // by long and by short name
	sources map[string]Source  // by long name; Default for those that are missing
	lines   map[string]int     // of the file, by long name
}

// option is one setting under its long and, perhaps, its short name. Only the
// long one is registered with flag: two entries sharing a variable are two
// flags to ff, which then lets the environment overrule the short one.
type option struct {
	setting
	short, long string
	placeholder string
	help        string
	values      []string // the words of a choice
	def         string
	failed      error // why Set last refused; flag itself reports only text
}

// setting is what option needs of a value.
type setting interface {
	flag.Value
	IsBoolFlag() bool
	reset()
}

// New returns the flags of a command, named as its user types it
// ("udpchat client"), with -config already registered.
func New(command string) *Flags {
	f := &Flags{
		command: command,
		set:     flag.NewFlagSet(command, flag.ContinueOnError),
		byName:  map[string]*option{},
		sources: map[string]Source{},
		lines:   map[string]int{},
	}
	// The caller prints errors and help, once and in one place.
	f.set.SetOutput(io.Discard)
	f.set.Usage = func() {}
	f.String(&f.file, "", fileFlag, "", "read settings from this TOML `FILE`; its keys are the long names")
	return f
}

// Takes says which arguments follow the flags; without it there are none. A
// negative max means any number.
func (f *Flags) Takes(operands string, minimum, maximum int) {
	f.operands, f.min, f.max = operands, minimum, maximum
}

// FlagSet is the set that the flags are registered in, for ffcli. Parsing it
// directly skips short names, the environment and the file.
func (f *Flags) FlagSet() *flag.FlagSet { return f.set }

// register adds an option. Bad or repeated names are mistakes in the program.
func (f *Flags) register(s setting, short, long, usage, placeholder string) *option {
	o := &option{setting: s, short: short, long: long, help: usage, def: s.String()}
	if !s.IsBoolFlag() {
		o.placeholder = placeholder
	}
	if strings.Count(usage, "`") == 2 {
		o.placeholder, o.help = flag.UnquoteUsage(&flag.Flag{Usage: usage})
	}
	names := []string{long}
	if short != "" {
		names = append(names, short)
	}
	for _, name := range names {
		if !validName(name) || f.byName[name] != nil {
			panic("config: bad or repeated flag name " + name)
		}
		f.byName[name] = o
	}
	f.options = append(f.options, o)
	f.set.Var(o, long, o.help)
	return o
}

// validName keeps names and variables one to one: with dots or capitals two
// flags could share a variable. -h and -help are taken.
func validName(name string) bool {
	if name == "" || name == "h" || name == "help" || name[0] == '-' {
		return false
	}
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// Set implements flag.Value and keeps the reason of a refusal.
func (o *option) Set(s string) error {
	o.failed = o.setting.Set(s)
	return o.failed
}

// String implements flag.Value. The flag package also calls it on a zero option.
func (o *option) String() string {
	if o.setting == nil {
		return ""
	}
	return o.setting.String()
}

// variable is the option's name in the environment.
func (o *option) variable() string { return variable(o.long) }

func variable(long string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(long, "-", "_"))
}
