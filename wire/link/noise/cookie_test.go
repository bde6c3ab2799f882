package noise

import (
	"net/netip"
	"testing"
	"time"
)

var (
	here  = netip.MustParseAddrPort("10.0.0.1:1000")
	noon  = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	other = []netip.AddrPort{
		netip.MustParseAddrPort("10.0.0.1:1001"), netip.MustParseAddrPort("10.0.0.2:1000"), netip.MustParseAddrPort("[::1]:1000"),
	}
)

// given is the cookie that the jar has for here at a time.
func given(t *testing.T, j *Jar, static [32]byte, at time.Time) *Mac {
	t.Helper()
	mac1 := []byte("sixteen bytes ..")
	body, err := j.Give(nil, at, here, mac1)
	if err != nil || len(body) != CookieSize {
		t.Fatalf("%d bytes, %v", len(body), err)
	}
	if _, err := OpenCookie(static, body, []byte("another .......!")); err == nil {
		t.Error("opened without the initiation")
	}
	if _, err := OpenCookie([32]byte{7}, body, mac1); err == nil {
		t.Error("opened for another responder")
	}
	if _, err := OpenCookie(static, body[1:], mac1); err == nil {
		t.Error("opened without its first byte")
	}
	cookie, err := OpenCookie(static, body, mac1)
	if err != nil {
		t.Fatal(err)
	}
	return NewMac(cookie[:])
}

func TestCookieIsForOneAddressAndTwoSecrets(t *testing.T) {
	static := NewStatic([32]byte{1}).Public()
	j := NewJar(nil, static)
	before := []byte("initiation")
	mac2 := given(t, j, static, noon).Sum(before)
	for _, a := range other {
		if j.Check(noon, a, mac2[:], before) {
			t.Errorf("good for %v", a)
		}
	}
	if j.Check(noon, here, mac2[:], []byte("another one")) {
		t.Error("good for another initiation")
	}
	for _, c := range []struct {
		after time.Duration
		good  bool
	}{{0, true}, {119 * time.Second, true}, {121 * time.Second, true}, {239 * time.Second, true}, {242 * time.Second, false}} {
		if j.Check(noon.Add(c.after), here, mac2[:], before) != c.good {
			t.Errorf("after %v: not %v", c.after, c.good)
		}
	}
	mac2 = given(t, j, static, noon.Add(time.Hour)).Sum(before)
	if j.Check(noon.Add(2*time.Hour), here, mac2[:], before) {
		t.Error("good after an hour without any")
	}
}

func TestMacs(t *testing.T) {
	a, b := MacFor([32]byte{1}), MacFor([32]byte{2})
	sum := a.Sum([]byte("one"), []byte("two"))
	if !a.Check(sum[:], []byte("onetwo")) || b.Check(sum[:], []byte("onetwo")) || a.Check(sum[:], []byte("onetwp")) || a.Check(sum[:15], []byte("onetwo")) {
		t.Error("a mac does not tell what it should")
	}
}
