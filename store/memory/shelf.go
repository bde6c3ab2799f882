package memory

// shelf is room for bodies that are kept for about as long as each other. The zero value is ready.
type shelf []byte

// shelfSize is how many bytes are made at once. They are freed together.
const shelfSize = 4096

// keep gives a copy.
func (s *shelf) keep(body []byte) []byte {
	if cap(*s)-len(*s) < len(body) {
		*s = make([]byte, 0, max(shelfSize, len(body)))
	}
	at := len(*s)
	*s = append(*s, body...)
	return (*s)[at:len(*s):len(*s)]
}
