package store

import "time"

// The channel's log is a run of posts by receipt order, which goes from its beginning: what was removed is all through one order, and nothing
// behind it. Its age counts the time in which a server ran, so that no clock on the wall, and no year in a drawer, takes anything away.

// Post appends to the channel's log. Seqs of one author and epochs are accepted in order only: one at or below the last gives its verdict
// Accepted again, also when it went from the log since; one that skips gives Gap, unless it is the Base: the author knows all before it to be
// over. A new one of a text longer than Longest (0: no limit) gives TooLong, and with Spent each new one gives FullPair, whatever
// stands before it. Of the last 64 epochs of an author the last seqs outlive their posts.
//
// Room bounds the log, as Text.Room counts: while it has more, the oldest posts make way, two at most for a new one. 0 means no limit.
type Post struct {
	Author  Key
	Base    uint64
	Text    Text
	Longest uint64
	Room    uint64
	Spent   bool // the author has used up what it may post
}

// Trim lets time pass for the channel's log, and removes up to Limit posts from its beginning: those that
//
//   - are at or below Lowest, and older than Spare,
//   - are older than Keep (0: however old), whoever has not had them,
//   - make the log larger than Room (0: however large), oldest first.
//
// Ages are exact to the time between two Trims that let time pass.
type Trim struct {
	Elapsed     time.Duration // that the server ran since the last Trim
	Spare, Keep time.Duration
	Lowest      uint64 // no member's cursor is below it
	Room        uint64
	Limit       int
}

// Advance moves a member's channel cursor forward, and with Back also back, as PutClient does.
type Advance struct {
	Member Key
	Order  uint64
	Back   bool
}

// postRoom is what a post takes of a file, beside its body and a quarter of that: keys, checksums, its place in two buckets, and what their
// pages leave empty (store/bolt, TestWhatAPostTakes).
const postRoom = 340

// Room is what a part of a post counts toward the size of the channel's log, in bytes.
func (t Text) Room() uint64 {
	n := uint64(len(t.Body))
	return n + n/4 + postRoom
}

func (Post) serverChange()    {}
func (Trim) serverChange()    {}
func (Advance) serverChange() {}
