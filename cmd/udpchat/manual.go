package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"udpchat/cmd/internal/completion"
	"udpchat/cmd/internal/config"
	"udpchat/cmd/internal/manual"
)

// described are the commands for those who write about them.
func described(all []*command) []config.Command {
	var out []config.Command
	for _, c := range all {
		out = append(out, config.Command{Name: c.name, Short: c.short, Flags: c.flags})
	}
	return out
}

func (env *environment) manCommand() *command {
	var into string
	f := config.New("udpchat man")
	f.Example = "udpchat man client | man -l -\nudpchat man -into ~/.local/share/man/man1"
	f.About = "Writes the manual page of COMMAND, or of the program, to standard output, as roff."
	f.Takes("[COMMAND]", 0, 1)
	f.String(&into, "", "into", "", "write all pages into this `FOLDER`, which is made")
	c := &command{name: "man", short: "write manual pages", flags: f}
	c.exec = func(_ context.Context, args []string) error {
		book := manual.Book{Version: "udpchat " + version, Date: commitDate(), Commands: described(env.commands())}
		if into != "" {
			if len(args) > 0 {
				return f.Wrong("into", "it writes all pages: leave %s out", args[0])
			}
			return writePages(book, into)
		}
		page := book.Overview()
		if len(args) > 0 {
			asked, err := find(args[0], env.commands())
			if err != nil {
				return err
			}
			page = book.Page(described([]*command{asked})[0])
		}
		return env.write(page)
	}
	return c
}

// writePages writes every page into a folder.
func writePages(book manual.Book, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	pages := map[string]string{manual.Name(""): book.Overview()}
	for _, c := range book.Commands {
		pages[manual.Name(c.Name)] = book.Page(c)
	}
	for name, page := range pages {
		if err := os.WriteFile(filepath.Join(folder, name+".1"), []byte(page), 0o644); err != nil {
			return fmt.Errorf("write page: %w", err)
		}
	}
	return nil
}

func (env *environment) completionCommand() *command {
	f := config.New("udpchat completion")
	f.Example = "source <(udpchat completion bash)\nudpchat completion zsh > ~/.zfunc/_udpchat\nudpchat completion fish > ~/.config/fish/completions/udpchat.fish"
	f.About = "Writes what a shell needs to complete commands, flags and their values."
	f.Takes("bash|zsh|fish", 1, 1)
	c := &command{name: "completion", short: "write what completes the command line in a shell", flags: f}
	c.exec = func(_ context.Context, args []string) error {
		script, err := completion.Script(args[0], described(env.commands()))
		if err != nil {
			return err
		}
		return env.write(script)
	}
	return c
}

func (env *environment) write(s string) error {
	if _, err := io.WriteString(env.stdout, s); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}

// commitDate is the day of the commit that the binary is of, when it knows it.
func commitDate() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if t, err := time.Parse(time.RFC3339, s.Value); s.Key == "vcs.time" && err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}
