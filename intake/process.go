package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"baosong/intake/cage"
	"baosong/intake/message"
	"baosong/intake/sender"
	"baosong/ledger"
	"baosong/parse"
	"baosong/parse/call"
	"baosong/parse/finding"
)

// mail is one message on its way through Process.
type mail struct {
	row     ledger.Message
	dir     string // scratch, wiped afterwards
	read    *message.Message
	class   sender.Class
	call    *call.Call
	unit    *call.Unit // nil: nobody's
	reading *Reading
	answer  bool // not older than the start line
	again   bool // judged for staff to see only: nothing is kept
	round   int  // how often the mail was sent to be judged, 1 for the first time: each round has letters of its own
	click   *click
	suspect string  // why a mail that looks like a decision of staff is held instead
	then    []int64 // messages that its decision has sent back to be judged
}

// Process judges one received message and records its outcome. Running it again after a crash, or beside another
// process that has judged the message meanwhile, changes nothing.
//
// An error means that nothing was recorded and the message is still received: the disk is full, the ledger cannot be
// written, or ctx ended. Whatever else goes wrong with one mail is recorded as its failure and told to staff.
func (p *Pipeline) Process(ctx context.Context, row ledger.Message) error {
	m := &mail{row: row, dir: filepath.Join(p.Scratch, fmt.Sprintf("mail-%d", row.ID))}
	err := m.makeScratch()
	if err != nil {
		return err
	}
	defer os.RemoveAll(m.dir)
	if m.round, err = p.round(ctx, row.ID); err != nil {
		return err
	}
	outcome, err := p.judge(ctx, m)
	switch {
	case err != nil && (ctx.Err() != nil || ours(err) && !p.condemned(row.ID, err)):
		return fmt.Errorf("judging message %d: %w", row.ID, err)
	case err != nil:
		p.Log.Error("judging message failed", "message", row.ID, "err", err)
		outcome = p.failed(m)
	}
	if err := p.step("process.record"); err != nil {
		return err
	}
	done, err := p.record(ctx, m, outcome)
	if err != nil && ctx.Err() == nil && !errors.Is(err, ledger.ErrConflict) && p.condemned(row.ID, err) {
		p.Log.Error("the ledger does not take what became of a message", "message", row.ID, "err", err)
		outcome = p.failed(m)
		done, err = p.record(ctx, m, outcome)
	}
	if errors.Is(err, ledger.ErrConflict) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("recording message %d: %w", row.ID, err)
	}
	p.logOutcome(outcome, done)
	if err := p.step("process.done"); err != nil {
		return err
	}
	return p.judgeDecided(ctx, m.then)
}

// ours tells a fault of the machine, which the same mail may survive later, from one that this mail brings about: only
// what the caged reader died of or reported without a fault of the machine behind it is laid at a mail's door.
func ours(err error) bool {
	var died *cage.Died
	var errno syscall.Errno
	return !errors.As(err, &died) && !(errors.Is(err, cage.ErrReported) && !errors.As(err, &errno))
}

// noRoom reports whether the disk, or the machine, has no room: whatever the mail, it must wait.
func noRoom(err error) bool {
	const full = 13 // SQLITE_FULL
	var coded interface{ Code() int }
	if errors.As(err, &coded) && coded.Code()&0xff == full {
		return true
	}
	for _, e := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EIO, syscall.EMFILE, ErrStopped} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// patience is how often a mail is tried in one run of the program before a fault that nobody can name is laid at its
// door all the same: one mail must not hold up the others for ever.
const patience = 5

// condemned counts the tries of a mail that fails by a fault of ours, and says when it is enough. A machine without room
// is never a mail's fault.
func (p *Pipeline) condemned(id int64, err error) bool {
	if noRoom(err) {
		return false
	}
	if p.tries == nil {
		p.tries = map[int64]int{}
	}
	p.tries[id]++
	return p.tries[id] >= patience
}

// round counts how often a message was sent to be judged, by the events that say so.
func (p *Pipeline) round(ctx context.Context, id int64) (int, error) {
	events, err := p.Ledger.Events(ctx, ledger.EventFilter{Message: id, What: "message.received"})
	if err != nil {
		return 0, fmt.Errorf("counting the rounds of message %d: %w", id, err)
	}
	return max(1, len(events)), nil
}

// once names what a round of a message may bring about only once.
func (m *mail) once(what string) string {
	if m.round > 1 {
		return fmt.Sprintf("%s:%d:%d", what, m.row.ID, m.round)
	}
	return fmt.Sprintf("%s:%d", what, m.row.ID)
}

func (p *Pipeline) logOutcome(o ledger.Outcome, done ledger.Recorded) {
	attrs := []any{"message", o.Message, "state", o.State, "why", o.Why, "unit", o.Unit, "letters", len(done.Letters)}
	if done.Submission != nil {
		attrs = append(attrs, "submission", done.Submission.ID, "verdict", done.Submission.State)
	}
	p.Log.Info("judging message", attrs...)
}

// judge reads the mail and decides what becomes of it. Steps in order: read, who, what, keep.
func (p *Pipeline) judge(ctx context.Context, m *mail) (ledger.Outcome, error) {
	if err := p.open(ctx, m); err != nil {
		return ledger.Outcome{}, err
	}
	in := Context{Today: p.Now()}
	if m.unit != nil {
		in.Unit = m.unit.ID
		prior, err := p.prior(ctx, m)
		if err != nil {
			return ledger.Outcome{}, err
		}
		in.Prior = prior
	}
	if err := p.step("process.read"); err != nil {
		return ledger.Outcome{}, err
	}
	var err error
	if m.reading, err = p.Reader.Read(ctx, m.dir, m.read, m.call, in); err != nil {
		return ledger.Outcome{}, err
	}
	if m.reading.Report.Verdict == parse.Hold {
		return p.secret(m), nil
	}
	r := m.reading.Report
	if r.Findings = append(withoutArrears(r), pastedSheet(m)...); finding.Worst(r.Findings) != finding.Error {
		r.Verdict = parse.Accept
	}
	if err := p.step("process.keep"); err != nil {
		return ledger.Outcome{}, err
	}
	if !m.again {
		if err := p.keep(ctx, m); err != nil {
			return ledger.Outcome{}, err
		}
	}
	return p.decide(ctx, m)
}

// withoutArrears leaves out what is only still owed. A part of which nothing has come yet is no fault of a mail: it may
// come with the next one, and Owed says so; one case file that is missing among others is a fault.
func withoutArrears(r *parse.Report) []finding.Finding {
	return slices.DeleteFunc(r.Findings, func(f finding.Finding) bool {
		switch f.Code {
		case "measures.missing", "sheet.missing":
			return f.File == "" // a scan in place of the sheet, or measures within another file, is a fault of that file
		case "case.file-missing":
			return slices.Contains(r.Owed, call.PartCase)
		}
		return false
	})
}

// open reads the header and the body, and asks who sent it and for which call.
func (p *Pipeline) open(ctx context.Context, m *mail) error {
	var err error
	if m.answer, err = p.answers(ctx, m.row.ReceivedAt, m.row.Old); err != nil {
		return err
	}
	raw, err := p.Blobs.Open(m.row.SHA256)
	if err != nil {
		return fmt.Errorf("opening the raw mail: %w", err)
	}
	defer raw.Close()
	files := filepath.Join(m.dir, "mail")
	if err := os.Mkdir(files, 0o700); err != nil {
		return fmt.Errorf("making scratch: %w", err)
	}
	if m.read, err = message.Read(raw, files, p.Reader.Limits.Message); err != nil {
		return fmt.Errorf("reading mail: %w", err)
	}
	m.call = p.callFor(m.read)
	again := func() (io.ReadCloser, error) { return p.Blobs.Open(m.row.SHA256) }
	if m.class, err = p.classify(ctx, m, again); err != nil {
		return err
	}
	if err := p.recognise(ctx, m, again); err != nil {
		return err
	}
	if m.class.Unit != "" {
		m.unit, _ = m.call.Unit(m.class.Unit)
	}
	return nil
}

// Rejudge judges a stored mail again with today's code and call, as Process would, and records nothing.
func (p *Pipeline) Rejudge(ctx context.Context, row ledger.Message) (ledger.Outcome, error) {
	m := &mail{row: row, dir: filepath.Join(p.Scratch, fmt.Sprintf("again-%d", row.ID)), again: true}
	if err := m.makeScratch(); err != nil {
		return ledger.Outcome{}, err
	}
	defer os.RemoveAll(m.dir)
	return p.judge(ctx, m)
}

// makeScratch makes an empty folder for the mail. It makes no parent: a data directory that was moved away stays away.
func (m *mail) makeScratch() error {
	if err := os.RemoveAll(m.dir); err != nil {
		return fmt.Errorf("clearing scratch: %w", err)
	}
	if err := os.Mkdir(m.dir, 0o700); err != nil {
		return fmt.Errorf("making scratch: %w", err)
	}
	return nil
}
