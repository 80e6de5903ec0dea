//go:build integration

package integration

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/mail"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// TestKilledAtRandom lets mail of all cities come in while the daemon is killed at random moments, and then asks that each
// mail stands in the ledger once and was answered once.
func TestKilledAtRandom(t *testing.T) {
	units := []string{"hefei", "wuhu", "bengbu", "huainan", "maanshan", "huaibei", "tongling", "anqing"}
	s := startServers(t, everyone()...)
	h := setUp(t, s, buildBinary(t))
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))

	const rounds = 12
	for i := range rounds {
		unit := units[i%len(units)]
		s.send(t, h.address(unit), box, fmt.Sprintf("%s 第 %d 次", unit, i+1), "请查收。", h.material(unit, 1+i/len(units), nil)...)
		daemon := h.start()
		killAfter(t, daemon, time.Duration(200+r.IntN(2500))*time.Millisecond)
	}
	daemon := h.start()
	await(t, "all mail judged and answered", func() bool {
		st := h.status()
		return st.Outbox.Due == 0 && len(h.messages()) == rounds && st.Mailbox.Server == st.Mailbox.Ledger && st.Mailbox.Server == rounds && len(h.answers()) == rounds
	})
	if err := kill(t, daemon, syscall.SIGTERM); err != nil {
		t.Errorf("ending on SIGTERM: %v", err)
	}
	answered := map[int64]int{}
	for _, l := range h.answers() {
		answered[*l.Message]++
		if l.State != "sent" {
			t.Errorf("letter %d is %s", l.ID, l.State)
		}
	}
	for _, m := range h.messages() {
		if m.State != "filed" || answered[m.ID] != 1 {
			t.Errorf("message %d is %s with %d answers", m.ID, m.State, answered[m.ID])
		}
	}
	// The one unavoidable case: accepted by the server, reply lost. It arrives again under the same Message-ID.
	arrived, repeated := 0, 0
	for _, u := range units {
		ids := map[string]bool{}
		for _, raw := range s.inbox(t, h.address(u), "") {
			id := headerOf(raw, "Message-Id")
			if ids[id] {
				repeated++
			} else {
				arrived++
			}
			ids[id] = true
		}
	}
	t.Logf("%d mails, %d letters arrived, %d arrived twice under the same Message-ID", rounds, arrived, repeated)
	if arrived != rounds {
		t.Errorf("%d different letters arrived, want %d", arrived, rounds)
	}
	h.must("verify")
}

func (h *house) answers() []letterLine {
	h.t.Helper()
	var out []letterLine
	for _, l := range h.letters() {
		if l.Message != nil && (l.Kind == "receipt" || l.Kind == "correction") {
			out = append(out, l)
		}
	}
	return out
}

// start starts the daemon in the background.
func (h *house) start() *exec.Cmd {
	h.t.Helper()
	cmd := exec.Command(h.binary, "serve", "--config", filepath.Join(h.dir, "baosong.toml"))
	cmd.Dir = h.dir
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd
}

// killAfter kills the daemon after a while. The moment itself is the fault being made: nothing is asserted about time.
func killAfter(t *testing.T, daemon *exec.Cmd, d time.Duration) {
	t.Helper()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.Context().Done():
	}
	if err := kill(t, daemon, syscall.SIGKILL); err == nil {
		t.Error("the daemon ended by itself")
	}
}

// headerOf returns a field of a raw mail of ours.
func headerOf(raw []byte, name string) string {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return ""
	}
	return m.Header.Get(name)
}
