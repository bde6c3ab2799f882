package wire

// Split cuts a text into the bodies of its parts, each of PartSize bytes but the last, and appends them; an empty text is one empty part.
// A part may end inside a character: only the joined text is text. A text of at most MaxText bytes has at most MaxParts.
func Split(parts [][]byte, text string) [][]byte {
	rest := []byte(text)
	for len(rest) > PartSize {
		parts = append(parts, rest[:PartSize:PartSize])
		rest = rest[PartSize:]
	}
	return append(parts, rest)
}
