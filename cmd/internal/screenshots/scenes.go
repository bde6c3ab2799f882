package main

import "errors"

// pictures are taken one after the other, on the same stage.
var pictures = []struct {
	name, title string
	play        func(s *stage) error
}{
	{"talk", "the full screen of udpchat: talks on the left, the open one with its delivery marks beside them", talk},
	{"search", "a search over all messages", search},
	{"small", "the same talk in a terminal of 40 columns and 10 rows", small},
}

// steps are taken until one fails.
type step func() error

func all(steps ...step) error {
	for _, s := range steps {
		if err := s(); err != nil {
			return err
		}
	}
	return nil
}

// talk is a morning among colleagues, one of whom has left.
func talk(s *stage) error {
	say := func(who, line string) step { return func() error { return s.says(who, line) } }
	shows := func(texts ...string) step { return func() error { return s.shows(texts...) } }
	send := func(text string) step { return func() error { return errors.Join(s.types(text), s.press("Enter")) } }
	press := func(keys ...string) step { return func() error { return s.press(keys...) } }
	return all(
		func() error { return s.StartServer(s.ctx) },
		func() error { return s.come("bob", "carol", "dave", "小明") },
		func() error { return s.open(104, 30) },
		shows("connected to", "● carol"),
		say("carol", "send_all Good morning! The new switch is in, port 12 is free ☕"),
		shows("port 12"),
		send("Thank you, I will take it."),
		shows("✓  stored"),
		say("bob", "send alice Are you on site already?"),
		say("bob", "send alice The link to hall 3 drops every other minute, could you look at the cable?"),
		shows("2 unread"),
		press("M-a"),
		shows("hall 3 drops"),
		send("Just arrived."),
		shows("✓✓ delivered"),
		send("It is the connector: I crimp a new one and measure again. Ten minutes."),
		shows("Ten minutes.", "✓✓ delivered"),
		say("bob", "send alice 助かります！ You are a star 🌟"),
		shows("🌟"),
		func() error { return s.leave("bob") },
		shows("offline"),
		send("0 % loss over 1,000 datagrams now."),
		shows("✓  stored"),
		say("小明", "send alice 早上好！"),
		say("dave", "send alice lunch at noon?"),
		say("dave", "send alice the usual place"),
		shows("3 unread"),
		func() error { return s.types("I'll write it up this afternoon, with the fig") },
		shows("with the fig"),
	)
}

func search(s *stage) error {
	return all(
		func() error { return s.press("C-f") },
		func() error { return s.types("you") },
		func() error { return s.shows("▸", "Thank you", "Enter open") },
	)
}

func small(s *stage) error {
	return all(
		func() error { return s.press("Escape") },
		func() error { return s.shows("with the fig") },
		func() error { return s.resize(40, 10) },
		func() error { return s.shows("F1 help", "✓  stored") },
	)
}
