package bolt

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"udpchat/store"
)

// What is in testdata/v1, which the first version of the program wrote: see the README there.
const (
	v1Store = 0x6302a599dd2f23f3
	v1Ann   = 0x0ddc13ac8f5e87d4 // epochs
	v1Ben   = 0xf06816ed201804f1
	v1Cleo  = 0x4fba0d3fb70c657b
)

var (
	annKey  = hexKey("38d6cc212ce89ba7fabe41840d251113e16e9ed894bb1c6b56b5a1dd8eda03f8")
	benKey  = hexKey("d9327f1ba081831a21df0cbb5fd7edbd3d8c10df1933b9797108980d4449fe14")
	cleoKey = hexKey("ccb54dc43dd0e4863f3b77f5ac83a2359d7e3f0bd2117d71c678917803f4555b")

	v1Clients = []store.Client{
		{Key: annKey, Name: "ann", Epoch: v1Ann, Addr: netip.MustParseAddrPort("127.0.0.1:37746"), Local: netip.MustParseAddr("127.0.0.1"),
			State: store.Online, Revision: 1, Registered: 1795417148578544, LastSeen: 1795417148578544},
		{Key: cleoKey, Name: "cleo", Epoch: v1Cleo, Addr: netip.MustParseAddrPort("127.0.0.1:37252"), Local: netip.MustParseAddr("127.0.0.1"),
			State: store.Left, Revision: 4, Registered: 1795417148798391, LastSeen: 1795417148899646},
		{Key: benKey, Name: "ben", Epoch: v1Ben, Addr: netip.MustParseAddrPort("127.0.0.1:47927"), Local: netip.MustParseAddr("127.0.0.1"),
			State: store.Left, Revision: 5, Registered: 1795417148685270, LastSeen: 1795417150131490},
	}
	v1Posts = []string{"1 post 1 0/1 clear post one", "8 post 2 0/1 clear post two"}
	v1Mail  = []string{
		"2 mail 2 0/1 clear one from ann", "3 mail 3 0/1 clear two from ann", "4 mail 4 0/1 clear three from ann",
		"5 mail 5 0/3 " + v1Long()[:960], "6 mail 6 1/3 " + v1Long()[960:1920], "7 mail 7 2/3 " + v1Long()[1920:],
	}
)

func hexKey(s string) store.Key {
	b, _ := hex.DecodeString(s)
	return store.Key(b)
}

// v1Long is the long text.
func v1Long() string {
	var b strings.Builder
	b.WriteString("clear long from ann")
	for i := range 100 {
		fmt.Fprintf(&b, " this is clause number %03d,", i+1)
	}
	return b.String() + " the end."
}

// v1 copies a store of the first version to where it can be opened.
func v1(t *testing.T, name string) (path string) {
	t.Helper()
	return kept(t, "v1", name)
}

// kept copies a store that an earlier version wrote.
func kept(t *testing.T, version, name string) (path string) {
	t.Helper()
	from := filepath.Join("testdata", version, name)
	packed := must(os.ReadFile(from + ".gz"))(t)
	path = filepath.Join(t.TempDir(), name)
	write(t, path, must(io.ReadAll(must(gzip.NewReader(bytes.NewReader(packed)))(t)))(t))
	write(t, sidecarPath(path), must(os.ReadFile(sidecarPath(from)))(t))
	return path
}

// unchanged checks that opening a store of that schema again writes nothing, and that what was written is the owner's only.
func unchanged(t *testing.T, path string, schema int, open func() interface{ Close() error }) {
	t.Helper()
	files := []string{path, sidecarPath(path)}
	var before [2][]byte
	for i, f := range files {
		before[i] = must(os.ReadFile(f))(t)
		if info := must(os.Stat(f))(t); info.Mode() != 0o600 && os.PathSeparator == '/' {
			t.Errorf("%s has mode %v", f, info.Mode())
		}
	}
	if !bytes.Contains(before[1], fmt.Appendf(nil, " schema %d ", schema)) {
		t.Errorf("sidecar %q", before[1])
	}
	closeAndCheck(t, open(), path)
	for i, f := range files {
		if !bytes.Equal(must(os.ReadFile(f))(t), before[i]) {
			t.Errorf("%s was changed by a second opening", f)
		}
	}
	if names := must(os.ReadDir(filepath.Dir(path)))(t); len(names) != 2 {
		t.Errorf("left behind: %v", names)
	}
}
