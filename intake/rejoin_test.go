package intake

import (
	"testing"
	"time"

	"baosong/ledger"
)

// TestOlderMailAssignedAfterANewerOne: sheet and cases come from a private address and are held, the measures come later from the
// unit's own. Once staff have given the first to the unit, both count together, and each mail has had one answer.
func TestOlderMailAssignedAfterANewerOne(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	files := b.files("hefei", 2, nil)
	private := b.mail("hefei", "合肥市典型案例", b.now, files[:3]...)
	private.From, private.FromName = "wang@other.example", "王"
	b.deliver("INBOX", private)
	b.mustPoll()
	b.now = b.now.Add(time.Hour)
	b.deliver("INBOX", b.mail("hefei", "培育举措", b.now, files[3]))
	b.mustPoll()
	ms := b.messages()
	if ms[0].State != ledger.Held || ms[1].State != ledger.Filed || b.standing("hefei").State != ledger.StatePartial {
		t.Fatalf("messages %+v, hefei %+v", ms, b.standing("hefei"))
	}
	if err := b.db.Assign(t.Context(), ms[0].ID, "hefei", false, "staff"); err != nil {
		t.Fatal(err)
	}
	b.mustPoll()
	if s := b.standing("hefei"); s.State != ledger.StateAccepted || s.CasesAccepted != 2 || len(s.Owed) != 0 {
		t.Errorf("hefei = %+v", s)
	}
	ls := b.letters()
	if len(ls) != 2 || ls[0].Message != ms[1].ID || ls[1].Message != ms[0].ID || ls[1].Kind != ledger.Receipt {
		t.Errorf("letters %+v, want one receipt for each mail", ls)
	}
	for _, m := range b.messages() {
		if m.State != ledger.Filed || m.Folder != fates.Filed {
			t.Errorf("message %+v", m)
		}
	}
	b.now = b.now.Add(time.Hour)
	b.mustPoll()
	if n := len(b.letters()); n != 2 {
		t.Errorf("%d letters after another poll", n)
	}
}

// TestOlderMailArrivesLater: what the server hands over late, with an earlier time of receipt, is joined within the same poll.
func TestOlderMailArrivesLater(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.poller.Fates = Fates{} // nothing is moved, so that the folders are listed only once
	files := b.files("hefei", 1, nil)
	older := b.mail("hefei", "汇总表和案例", b.now.Add(-time.Hour), files[:2]...)
	b.deliver("INBOX", b.mail("hefei", "培育举措", b.now, files[2]))
	b.mustPoll()
	b.deliver("INBOX", older)
	b.mustPoll()
	if s := b.standing("hefei"); s.State != ledger.StateAccepted {
		t.Errorf("hefei = %+v", s)
	}
	if n := len(b.letters()); n != 2 {
		t.Errorf("%d letters, want one for each mail", n)
	}
}
