package peer

import (
	"time"

	"udpchat/wire"
	"udpchat/wire/seal"
)

// row takes posts that came in one message (protocol.md §11.3): they are looked at together, and then taken as if each had come alone.
func (c *Core) row(now time.Time, m *wire.PushRow) {
	if !c.listening() {
		return
	}
	st := c.inbox.stream(c.store)
	posts := make([]seal.Post, len(m.Posts))
	for i := range m.Posts {
		posts[i] = *c.postID(m.Author, m.Posts[i].Text)
		posts[i].Position, posts[i].Body = m.Posts[i].Position, m.Posts[i].Text.Body
	}
	if c.keys.VerifyRow(posts, m.Head, m.Path) != nil {
		c.refuseRow(st, m)
		return
	}
	for i := range posts {
		c.post(now, &pushed{m.Post(i), &posts[i]})
	}
}

// refuseRow says that a row is not what its author signed. Which of its posts is not shows when each comes by itself.
func (c *Core) refuseRow(st *stream, m *wire.PushRow) {
	c.answerBy(st, m.Posts[0].Order)
}
