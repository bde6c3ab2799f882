package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"udpchat/cmd/internal/tui"
	"udpchat/peer"
	"udpchat/store"
)

// Older reads the history of one talk for the screen.
func (f *fullScreen) Older(talk string, before uint64, limit int) (tui.Passage, error) {
	return f.history(peer.Reading{With: talk, Channel: talk == "", Before: before, Limit: limit})
}

// Stands looks how it stands with the server, and with one talk.
func (f *fullScreen) Stands(talk string) (peer.Status, error) {
	return f.running().client.Glance(context.Background(), talk)
}

// Knows knows what the prompt does.
func (f *fullScreen) Knows(command string) bool { return isCommand(command) }

// Complete proposes what the prompt does.
func (f *fullScreen) Complete(before, me string, names []string) (from int, words []string) {
	return complete(before, me, names)
}

// Find searches the whole history for the screen.
func (f *fullScreen) Find(words string, limit int) (tui.Passage, error) {
	return f.history(peer.Reading{Words: strings.Fields(words), Limit: limit})
}

// history reads what the client that runs now remembers. Someone who was never met has no history.
func (f *fullScreen) history(r peer.Reading) (tui.Passage, error) {
	past, err := f.running().client.History(context.Background(), r)
	if errors.Is(err, peer.ErrUnknown) {
		return tui.Passage{}, nil
	}
	got := tui.Passage{Damaged: past.Damaged, More: past.More}
	for _, l := range past.Lines {
		got.List = append(got.List, ofHistory(l))
	}
	return got, err
}

func ofHistory(l peer.PastLine) tui.Past {
	p := tui.Past{Line: l.Line, Talk: l.Name, From: l.Name, Key: l.Key, Text: l.Text, Time: time.UnixMicro(l.Time), Arrived: time.UnixMicro(l.Arrived), Mail: l.Mail}
	if l.Post {
		p.Talk = ""
	}
	if !l.Out {
		return p
	}
	p.From = ""
	switch l.End {
	case store.EndOpen:
		p.End = tui.Open
	case store.EndDelivered:
		if p.End = tui.Delivered; l.Post {
			p.End = tui.Stored
		}
	case store.EndGivenUp:
		p.End = tui.GivenUp
	}
	return p
}
