package tui

import (
	"fmt"

	"udpchat/cmd/internal/jobcontrol"
)

const suspendKey = "Ctrl-Z"

// helpKeys is the column of keys.
const helpKeys = 21

// help is the list of keys, as wide as there is room.
func help(p page) (rows []row) {
	for _, h := range helpRows {
		if h.keys == suspendKey && !jobcontrol.Supported {
			continue
		}
		if h.keys == "" {
			if rows != nil {
				rows = append(rows, nil)
			}
			rows = append(rows, row{{" " + h.what, strong}})
			continue
		}
		for i, cells := range p.wrap(h.what, p.width-helpKeys) {
			keys := ""
			if i == 0 {
				keys = h.keys
			}
			rows = append(rows, row{{fmt.Sprintf("  %-*s", helpKeys-2, keys), accent}, {join(cells), plainStyle}})
		}
	}
	return rows
}

var helpRows = []struct{ keys, what string }{
	{"", "Write"},
	{"Enter", "send"},
	{"Alt-Enter, Ctrl-J", "a new line"},
	{"Tab", "completes /command, @NAME"},
	{"Up, Down", "what you sent here before"},
	{"Ctrl-R", "search in it; again: an older one"},
	{"Ctrl-W, -U, -K", "delete a word, to the start, to the end"},
	{"", "Talks"},
	{"Tab, Shift-Tab", "the next, the one before"},
	{"Alt-1 to Alt-9", "by place"},
	{"Alt-A", "the next with something new"},
	{"Ctrl-T", "find someone"},
	{"Ctrl-F", "search all messages"},
	{"PgUp, PgDn, wheel", "scroll; Esc goes back to the end"},
	{"Shift and drag", "select, as the terminal does it"},
	{"@NAME text", "to NAME alone, wherever it is typed"},
	{"", "Commands"},
	{"/verify, /trust", "compare keys with this one, accept them"},
	{"/dereg, /reg", "go offline, come back"},
	{"/search WORDS", "search"},
	{"//text", "a text that begins with a slash"},
	{"Ctrl-D, /quit", "go offline and leave"},
	{"Ctrl-C twice", "leave without a word"},
	{suspendKey, "back to the shell; fg returns"},
	{"", "What became of it"},
	{"…  waiting", "the server does not answer yet"},
	{"…  sending", "on your disk, on its way"},
	{"…  kept here", "the server does not take it now"},
	{"✓  stored", "on the server's disk"},
	{"✓✓ delivered", "in the other's history"},
	{"✗  not sent", "given up; below it stands why"},
}
