package main

import "udpchat/cmd/internal/config"

// exitsOfUsage is the exit code that every command has for a mistake of its user.
var exitsOfUsage = config.Exit{Code: "2", When: "a flag, variable, file or argument is wrong; one line says which"}

// clientExits are the exit codes of udpchat client.
var clientExits = []config.Exit{
	{Code: "0", When: "left as asked; at the end of the input: everything in it was done, and what was sent is delivered or stored"},
	{Code: "1", When: "the server does not answer, the name belongs to another key, at the end of the input something stays in the outbox, was not sent, or was no command, or a file is damaged, foreign, newer, in use or not writable; the last lines say which"},
	exitsOfUsage,
	{Code: "7", When: "another server answers at the address than the one that is known, or that the invite or -server-key names"},
	{Code: "130, 143, 129", When: "ended by SIGINT or Ctrl-C, SIGTERM, SIGHUP"},
}

// The exit codes of the commands that scripts are made of. Those that all commands have are in main.go.
const (
	exitStored   = 3 // the server has it, and -wait delivered ran out
	exitUnknown  = 4 // nobody has the name
	exitSilent   = 5 // the server does not answer
	exitRefused  = 6 // by the server, or a limit
	exitIdentity = 7 // a key is not the one that was known: the server's, the recipient's, or one's own
	exitNothing  = 8 // nothing arrived in time
)

var signalExits = []config.Exit{{Code: "130, 143, 129", When: "ended by SIGINT or Ctrl-C, SIGTERM, SIGHUP"}}

// exitsOf are the codes of a command, in order, with those that all of them have.
func exitsOf(as string, own ...config.Exit) []config.Exit {
	all := append([]config.Exit{
		{Code: "0", When: as},
		{Code: "1", When: "something unexpected; the line on standard error says what"},
		exitsOfUsage,
	}, own...)
	return append(all, signalExits...)
}
