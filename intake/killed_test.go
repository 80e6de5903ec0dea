package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"slices"
	"testing"

	"baosong/ledger"
)

// mortal is ServeReader, but the child is gone as soon as it says that it reads a file of one of these hashes.
func mortal(deadly []string) func(context.Context, string, []byte, func(string)) ([]byte, error) {
	return func(ctx context.Context, dir string, body []byte, reading func(string)) ([]byte, error) {
		return ServeReader(ctx, dir, body, func(path string) {
			reading(path)
			content, err := os.ReadFile(path)
			if sum := sha256.Sum256(content); err == nil && slices.Contains(deadly, hex.EncodeToString(sum[:])) {
				os.Exit(137) // the cage lets it send no signal, not even to itself
			}
		})
	}
}

// TestKilledReaderCostsOneFile ends the reader in the middle of one case file: that file is unreadable, all others have
// their verdicts, and the next mail is read by a new reader.
func TestKilledReaderCostsOneFile(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	files := b.files("hefei", 2, nil)
	sum := sha256.Sum256(files[1].Data)
	pool := b.poller.Pipeline.Reader.Pool
	pool.Command = append(pool.Command, hex.EncodeToString(sum[:]))
	b.deliver("INBOX", b.mail("hefei", "报送", b.now, files...))
	b.deliver("INBOX", b.mail("wuhu", "报送", b.now, b.files("wuhu", 1, nil)...))
	b.mustPoll()
	s, err := b.db.Standing(t.Context(), b.call.ID, "hefei")
	if err != nil || s == nil {
		t.Fatalf("hefei: %v, %v", s, err)
	}
	for _, f := range s.Findings {
		if f.Severity == "error" && (f.Code != "file.unreadable" || f.File != files[1].Name) {
			t.Errorf("finding %s at %s besides the killed file's", f.Code, f.File)
		}
	}
	if !slices.ContainsFunc(s.Findings, func(f ledger.Finding) bool { return f.Code == "file.unreadable" && f.File == files[1].Name }) {
		t.Errorf("findings %+v, want %s unreadable", s.Findings, files[1].Name)
	}
	if st := b.standing("hefei"); st.State != "correct" || st.CasesAccepted != 1 {
		t.Errorf("hefei stands at %+v, want correct with the other case accepted", st)
	}
	if st := b.standing("wuhu"); st.State != "accepted" {
		t.Errorf("wuhu stands at %+v, want accepted", st)
	}
}
