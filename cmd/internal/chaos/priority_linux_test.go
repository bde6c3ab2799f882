package chaos

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// The attackers of these tests have machines of their own. So those whom they disturb go before everything else on this machine, and the
// flood gets what is left, beside whatever else runs here meanwhile: the tests of other packages must go on, too.
const (
	measuredNice = -19
	floodNice    = 0
)

// autogroup is where a system has a priority for each session of processes (sched(7)), which stands above those within it.
const autogroup = "/proc/self/autogroup"

// goAhead puts this process, and those that it starts, before all others until the test ends.
func goAhead(t testing.TB) {
	t.Helper()
	nice(t, measuredNice)
	t.Cleanup(func() { nice(t, 0) })
	was, err := os.ReadFile(autogroup)
	if _, n, ok := strings.Cut(strings.TrimSpace(string(was)), " nice "); err == nil && ok {
		group(t, strconv.Itoa(measuredNice))
		t.Cleanup(func() { group(t, n) })
	}
}

// inMemory has the test's folders in memory: a disk is worked by threads of the system, which a flood from the same machine holds up.
func inMemory(t *testing.T) {
	t.Helper()
	dir, err := os.MkdirTemp("", "udpchat-") //nolint:usetesting // the test's own folders are to come into it
	if err == nil {
		t.Cleanup(func() { _ = os.Remove(dir) })
		err = unix.Mount("udpchat", dir, "tmpfs", 0, "size=512m")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	t.Setenv("TMPDIR", dir)
}

func group(t testing.TB, n string) {
	t.Helper()
	if err := os.WriteFile(autogroup, []byte(n), 0); err != nil {
		t.Logf("priority %s of the session: %v", n, err)
	}
}

// nice sets the priority of every thread: those to come have that of the thread that begins them.
func nice(t testing.TB, n int) {
	t.Helper()
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	for _, thread := range threads {
		id, _ := strconv.Atoi(thread.Name())
		if err := unix.Setpriority(unix.PRIO_PROCESS, id, n); err != nil && err != unix.ESRCH {
			t.Logf("priority %d: %v", n, err)
		}
	}
}
