//go:build unix

package lineedit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestTypingAndEntering(t *testing.T) {
	d := sit(t, 40)
	d.keys("helo\x1b[Dl")
	d.row(">>> hello @8")
	d.keys("\r")
	d.line("hello", nil)
	d.row(">>>  @4")
	d.keys("\x1b[A!\r")
	d.line("hello!", nil)
	d.keys("draft\x1b[A\x1b[A")
	d.row(">>> hello @9")
	d.keys("\x1b[B\x1b[B")
	d.row(">>> draft @9")
	want := []string{">>> hello", ">>> hello!", ">>> draft"}
	if got := d.screen.text(); !slices.Equal(got, want) {
		t.Errorf("screen is %q, want %q", got, want)
	}
}

func TestWideCharactersAndTheCursor(t *testing.T) {
	d := sit(t, 40)
	d.keys("日本")
	d.row(">>> 日本 @8")
	d.keys(family + "e\u0301")
	d.row(">>> 日本" + family + "e\u0301 @11")
	d.keys("\x1b[D\x7f")
	d.row(">>> 日本e\u0301 @8")
	d.keys("\xe6")
	d.keys("\x97")
	d.keys("\xa5")
	d.row(">>> 日本日e\u0301 @10")
	d.keys("\xff\r")
	d.line("日本日\ufffde\u0301", nil)
}

func TestPasteOfThreeLinesIsOneLine(t *testing.T) {
	d := sit(t, 40)
	d.until("bracketed paste", func() bool { return d.screen.pasteMode })
	d.keys("see: " + pasted("one\r\ttwo\r\nthree\n"))
	d.row(">>> see: one⏎ two⏎three @23")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := d.ReadLine(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("read %q, %v before Enter", got, err)
	}
	d.keys("\r")
	d.line("see: one\n\ttwo\nthree", nil)
	d.until("the entered row", func() bool { return d.screen.text()[0] == ">>> see: one⏎ two⏎three" })
}

func TestPrintingWhileTyping(t *testing.T) {
	d := sit(t, 40)
	const writers, each = 6, 50
	var printing sync.WaitGroup
	for w := range writers {
		printing.Go(func() {
			for i := range each {
				d.Println(fmt.Sprintf("message %03d", w*each+i))
			}
		})
	}
	typed := "the quick brown fox"
	for _, c := range typed {
		d.keys(string(c))
	}
	printing.Wait()
	d.row(">>> " + typed + " @23")
	d.until("300 messages", func() bool { return len(d.screen.text()) > writers*each })

	got := d.screen.text()
	slices.Sort(got[:len(got)-1])
	for i := range writers * each {
		if want := fmt.Sprintf("message %03d", i); got[i] != want {
			t.Fatalf("line %d is %q, want %q", i, got[i], want)
		}
	}
	if len(got) != writers*each+1 || got[len(got)-1] != ">>> "+typed {
		t.Errorf("%d lines, the last is %q", len(got), got[len(got)-1])
	}
}

func TestResize(t *testing.T) {
	d := sit(t, 80)
	d.Println("message")
	d.keys(strings.Repeat("abcdefghij", 7))
	d.row(">>> " + strings.Repeat("abcdefghij", 7) + " @74")
	resize := func(width int, row string) {
		d.screen.resize(width)
		d.setSize(width)
		if err := syscall.Kill(os.Getpid(), syscall.SIGWINCH); err != nil {
			t.Fatal(err)
		}
		d.row(row)
		if got := d.screen.text(); len(got) != 2 || got[0] != "message" {
			t.Fatalf("at width %d the screen is %q", width, got)
		}
	}
	resize(40, ">>> "+"ghijabcdefghijabcdefghijabcdefghij @38")
	resize(120, ">>> "+strings.Repeat("abcdefghij", 7)+" @74")
}

func TestALongLineStaysWhole(t *testing.T) {
	d := sit(t, 40)
	long := strings.Repeat("日本 and some words, ", 5000) // 100,000 characters
	start := time.Now()
	go func() { _, _ = io.WriteString(d.master, pasted(long)+"!\r") }()
	d.line(long+"!", nil)
	took := time.Since(start)
	t.Logf("%d bytes took %v", len(long), took)
	if took > 30*time.Second { // a fifth of a second; a busy machine, and the race detector
		t.Errorf("a paste of %d bytes took %v", len(long), took)
	}
	whole := ">>> " + strings.TrimRight(long, " ")
	d.until("the entered line", func() bool { return d.screen.row > 0 && d.screen.current() == ">>> @4" })
	var all strings.Builder
	for _, l := range d.screen.lines {
		all.WriteString(strings.Join(l.cells, ""))
	}
	if !strings.HasPrefix(all.String(), whole) {
		t.Error("the scrollback does not hold the line")
	}
}

func TestLinesTypedAheadAreQueued(t *testing.T) {
	d := sit(t, 40)
	const lines = 2000
	go func() {
		for i := range lines {
			_, _ = fmt.Fprintf(d.master, "line %d\r", i)
		}
		_, _ = io.WriteString(d.master, "\x04")
	}()
	for i := range lines {
		d.line(fmt.Sprintf("line %d", i), nil)
	}
	d.line("", io.EOF)
}

func TestInterruptAndEndOfFile(t *testing.T) {
	d := sit(t, 40)
	d.keys("queued\rhalf a line\x03")
	d.row(">>>  @4")
	d.line("", ErrInterrupt)
	d.line("queued", nil)
	d.keys("\x19\x01\x04") // yank, home, delete
	d.row(">>> alf a line @4")
	d.keys("\x15\x0b\x04")
	d.line("", io.EOF)
	d.keys("x\r")
	d.line("x", nil)
}

func TestEscapeAloneDoesNotBlock(t *testing.T) {
	d := sit(t, 40)
	d.keys("\x1b[3")
	d.keys("~a\x1b")
	d.row(">>> a @5")
	d.keys("\r")
	d.line("a", nil)
}

func TestClearAndPromptChange(t *testing.T) {
	d := sit(t, 40)
	d.Println("one\ntwo")
	d.keys("text\x0c")
	d.until("an empty screen", func() bool { return d.screen.top == 2 && d.screen.row == 2 })
	d.SetPrompt("日\x1b> ")
	d.row("日·> text @9")
	if got := d.screen.text(); !slices.Equal(got, []string{"one", "two", "日·> text"}) {
		t.Errorf("screen is %q", got)
	}
}

func TestTabCompletes(t *testing.T) {
	d := sit(t, 40)
	d.keys("\tx") // nothing to say
	d.row(">>> x @5")
	d.keys("\x15")
	d.SetCompleter(func(before string) (int, []string) {
		from := strings.LastIndex(before, " ") + 1
		return from, slices.DeleteFunc([]string{"日本", "bob", "bobby", "cat"}, func(w string) bool { return !strings.HasPrefix(w, before[from:]) })
	})
	d.keys("send c\t")
	d.row(">>> send cat  @13")
	d.keys("and b")
	d.keys("\t")
	d.row(">>> send cat and bob @20")
	d.keys("\t")
	d.until("the list", func() bool { return d.screen.text()[0] == "bob  bobby" })
	d.row(">>> send cat and bob @20")
	d.keys("x\t\x15日\tz\x01\t")
	d.until("all of them", func() bool { return slices.Contains(d.screen.text(), "日本  bob  bobby  cat") })
	d.row(">>> 日本 z @4")
	d.keys("\r")
	d.line("日本 z", nil)
}

func TestRememberedLinesComeBack(t *testing.T) {
	d := sit(t, 40)
	d.Remember([]string{"first", "second\nof two lines"})
	d.keys("third\r\x1b[A\x1b[A")
	d.row(">>> second⏎of two lines @23")
	d.keys("\x1b[A\r")
	d.line("third", nil)
	d.line("first", nil)
	d.Forget()
	d.keys("x\x1b[A")
	d.row(">>> x @5")
}

func TestASearchIsOnTheScreen(t *testing.T) {
	d := sit(t, 40)
	d.Remember([]string{"send bob 日本", "status"})
	d.keys("draft\x12b")
	d.row("(search) b: send bob 日本 @25")
	d.Println("carol: hi") // what comes does not disturb it
	d.keys("x")
	d.row("(not found) bx: send bob 日本 @29")
	d.keys("\x03")
	d.row(">>> draft @9")
	d.keys("\x12STA\r")
	d.line("status", nil)
	d.row(">>> @4")
}
