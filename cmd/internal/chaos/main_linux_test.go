package chaos

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

var (
	messages = flag.Int("messages", 5000, "how many texts TestChaos types")
	kills    = flag.Int("kills", 30, "how many programs TestChaos kills")
	seedFlag = flag.Uint64("seed", 0, "seed of texts and faults; 0: any")
	rate     = flag.Float64("rate", 150, "texts a second in TestChaos")
	garbled  = flag.Int("garbage", 260_000, "datagrams a second that are meant in TestGarbage: a tenth of them falls to pauses of the machine")
	latency  = flag.Duration("latency", 100*time.Millisecond, "the longest that chat may take, 99 times of 100, while the server is flooded; on a slow machine 4 times the longest while a flood goes elsewhere, if that is more")
	pouring  = flag.Int("pour", 0, "be the flood of a test, of so many packets a second")
	applying = flag.Int("apply", 0, "be those who ask for so many names in a test")
	program  = flag.String("program", "", "the udpchat to test; empty: it is built")
)

// built is the program, once TestMain has built it.
var built string

func TestMain(m *testing.M) {
	flag.Parse()
	if is, err := attacker(); is {
		if err != nil {
			fmt.Fprintln(os.Stderr, "chaos: attack:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if built = *program; built != "" || os.Geteuid() != 0 {
		return m.Run() // without root, whoever needs the program skips
	}
	dir, err := os.MkdirTemp("", "udpchat-chaos")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		built = filepath.Join(dir, "udpchat")
		build := exec.Command("go", "build", "-o", built, "udpchat/cmd/udpchat")
		build.Stdout, build.Stderr = os.Stderr, os.Stderr
		err = build.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos: build the program:", err)
		return 1
	}
	return m.Run()
}

// seed gives the seed of a test, and says which.
func seed(t testing.TB) uint64 {
	s := *seedFlag
	if s == 0 {
		s = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", s)
	return s
}
