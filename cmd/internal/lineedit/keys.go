package lineedit

// key names what the editor can be told to do.
type key int

const (
	keyNone       key = iota // swallowed
	keyText                  // printable text, typed
	keyPaste                 // a pasted block, newlines as \n
	keyPasteStart            // seen by the decoder only
	keyEnter
	keyInterrupt
	keyEOFOrDelete
	keyBackspace
	keyDelete
	keyLeft
	keyRight
	keyHome
	keyEnd
	keyUp
	keyDown
	keyLeftWord
	keyRightWord
	keyKillWord
	keyKillToStart
	keyKillToEnd
	keyYank
	keyClear
	keyTab
	keySearch
	keyAbort
	keySuspend
)

// event is one thing the user did. text belongs to keyText and keyPaste.
type event struct {
	key  key
	text string
}

// control gives the meaning of an ASCII control character. Those without one
// are dropped: in a row of text they could only do harm. Tab completes, so a
// tab gets into a line by being pasted.
func control(c byte) key {
	switch c {
	case '\r', '\n':
		return keyEnter
	case '\t':
		return keyTab
	case ctrlC:
		return keyInterrupt
	case ctrl('D'):
		return keyEOFOrDelete
	case ctrl('H'), 0x7f:
		return keyBackspace
	case ctrl('B'):
		return keyLeft
	case ctrl('F'):
		return keyRight
	case ctrl('A'):
		return keyHome
	case ctrl('E'):
		return keyEnd
	case ctrl('W'):
		return keyKillWord
	case ctrl('U'):
		return keyKillToStart
	case ctrl('K'):
		return keyKillToEnd
	case ctrl('Y'):
		return keyYank
	case ctrl('L'):
		return keyClear
	case ctrl('R'):
		return keySearch
	case ctrl('G'):
		return keyAbort
	case ctrl('Z'):
		return keySuspend
	}
	return keyNone
}

// ctrl gives the byte that a letter makes together with Ctrl.
func ctrl(letter byte) byte { return letter & 0x1f }
