// Package name says what a nickname may be and when two are the same. It is pure, and it is no directory: who owns a name
// is the server's to know.
//
// A name has two forms, both of RFC 8265: as it is shown (UsernameCasePreserved: full-width letters are narrowed, marks are
// composed) and as it is compared (UsernameCaseMapped: besides, capitals are small). On top of that, a name is short, is
// letters and digits with little else, keeps to one script, and is none of the words that speak for the program itself.
//
// Names that were registered before there were these rules, when wire.CheckName was all of them, stay whose they are (protocol.md §8.1): Same is for
// them too.
//
// What it does not do is to compare names of different scripts by their looks: an all-Cyrillic name can look like a Latin
// one. For that there are keys, and words to compare them.
package name

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/secure/bidirule"
	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Max is the most characters (code points) of a name, in any of its forms.
const Max = 32

// ErrName is what every refusal of a name wraps. Its own text says what is allowed; what stands before it is the reason.
var ErrName = errors.New("a name has 1 to 32 letters and digits of one script, and _ - . inside it")

// Show is the form of an allowed name that is shown and stored. It is allowed too, and its own Show. The error wraps ErrName and begins with the reason.
func Show(name string) (string, error) {
	shown, _, err := forms(name)
	return shown, err
}

// Fold is the form that is compared: two names are the same when it is. It is allowed too, and its own Fold. The error is Show's.
func Fold(name string) (string, error) {
	_, folded, err := forms(name)
	return folded, err
}

// Same is the form in which a directory compares names: Fold, or for a name that is refused, since it is from before there
// were rules, the name itself.
func Same(name string) string {
	if plain(name) {
		return name
	}
	if folded, err := Fold(name); err == nil {
		return folded
	}
	return name
}

// plain tells whether a name has only characters that no rule changes: Fold gives it back, or refuses it.
func plain(name string) bool {
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

// forms is a name as shown and as compared. Both have passed every check by themselves, and applying the rules again
// changes neither; RFC 8264 §7 warns that they need not be idempotent.
func forms(name string) (shown, folded string, err error) {
	if err := checkWritten(name); err != nil {
		return "", "", refuse(err)
	}
	if shown, err = prepare(name); err != nil {
		return "", "", refuse(err)
	}
	if folded, err = fold(shown); err != nil {
		return "", "", refuse(err)
	}
	for _, form := range []string{shown, folded} {
		if err := checkForm(form); err != nil {
			return "", "", refuse(err)
		}
	}
	return shown, folded, nil
}

func refuse(reason error) error { return fmt.Errorf("%w: %w", reason, ErrName) }

// checkForm finds fault with a form that went through the rules.
func checkForm(form string) error {
	if err := checkWritten(form); err != nil {
		return err
	}
	if again, err := prepare(form); err != nil || again != form {
		return errors.New("has no stable form")
	}
	if word := reserved(form); word != "" {
		return fmt.Errorf("is reserved, or looks like %q", word)
	}
	return nil
}

// checkWritten finds fault with what can be said of a name as it stands: length, characters, scripts. It goes first, as it
// can say better than the rules of PRECIS what is wrong.
func checkWritten(name string) error {
	if !utf8.ValidString(name) {
		return errors.New("is not UTF-8")
	}
	if n := utf8.RuneCountInString(name); n == 0 {
		return errors.New("is empty")
	} else if n > Max {
		return fmt.Errorf("has %d characters", n)
	}
	if err := checkCharacters(name); err != nil {
		return err
	}
	return checkScripts(name)
}

// prepare applies RFC 8265 §3.4 (UsernameCasePreserved). The library looks at reading directions before it narrows what is wide, and finds
// no letter in wide digits; the RFC has the other order.
func prepare(name string) (string, error) {
	shown, err := precis.UsernameCasePreserved.String(width.Fold.String(name))
	if err != nil {
		return "", explain(name, err)
	}
	return shown, nil
}

// fold applies RFC 8265 §3.3 (UsernameCaseMapped), and ς, which is σ at the end of a word: Unicode's lower case of ΟΔΟΣ is
// οδοσ, and no one means another by οδος.
func fold(shown string) (string, error) {
	folded, err := precis.UsernameCaseMapped.String(shown)
	if err != nil {
		return "", explain(shown, err)
	}
	folded = strings.ReplaceAll(folded, "ς", "σ")
	if again, err := precis.UsernameCaseMapped.String(folded); err != nil || again != folded {
		return "", errors.New("has no stable form")
	}
	return folded, nil
}

// explain is why PRECIS refused a name.
func explain(name string, err error) error {
	if errors.Is(err, bidirule.ErrInvalid) { // RFC 5893 §2
		return errors.New("mixes reading directions")
	}
	for _, c := range name {
		narrow := width.Fold.String(string(c))
		if norm.NFKC.String(narrow) != norm.NFC.String(narrow) { // RFC 8264 §9.17, HasCompat
			return fmt.Errorf("has %c (%U), which is not for names", c, c)
		}
	}
	return errors.New("has a character that is not for names")
}
