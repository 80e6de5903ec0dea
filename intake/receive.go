package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"baosong/intake/message"
	"baosong/intake/sender"
	"baosong/ledger"
	"baosong/parse"
	"baosong/parse/finding"
)

// Receive makes the mail's bytes safe and then its row: fetch writes the raw mail. Nothing but the raw spool is kept
// until the mail has been read, since a secrecy mark must leave no second copy. The same mail twice is once.
func (p *Pipeline) Receive(ctx context.Context, a ledger.NewMessage, fetch func(w io.Writer) error) (ledger.Message, ledger.Arrival, error) {
	if err := p.step("receive.spool"); err != nil {
		return ledger.Message{}, "", err
	}
	ref, size, err := p.Blobs.SpoolFunc(ctx, fetch)
	if err != nil {
		return ledger.Message{}, "", fmt.Errorf("spooling uid %d of %q: %w", a.UID, a.Folder, err)
	}
	a.SHA256, a.Size = ref, size
	if err := p.step("receive.row"); err != nil {
		return ledger.Message{}, "", err
	}
	m, arrival, err := p.Ledger.Receive(ctx, a)
	if err != nil {
		return ledger.Message{}, "", fmt.Errorf("recording uid %d of %q: %w", a.UID, a.Folder, err)
	}
	return m, arrival, p.step("receive.done")
}

// SetAside records a mail that broke the connection at every try, so that the others go on. Staff are told.
func (p *Pipeline) SetAside(ctx context.Context, a ledger.NewMessage) error {
	p.Log.Error("setting aside a mail that cannot be fetched", "folder", a.Folder, "uid", a.UID)
	alert := p.alert("failed", fmt.Sprintf("unfetched:%s:%d:%d", a.Folder, a.UIDValidity, a.UID), p.Staff.Alerts,
		fmt.Sprintf("文件夹 %s 中 UID 为 %d 的一封邮件多次读取都使连接中断，已搁置，其他来信照常处理。请到邮箱中人工查看。", a.Folder, a.UID), "baosong messages --state failed")
	_, err := p.Ledger.Unfetched(ctx, a, "unfetched", "多次读取都使与邮件服务器的连接中断，请到邮箱中人工查看这封邮件。", alert)
	if errors.Is(err, ledger.ErrConflict) {
		return nil
	}
	return err
}

// TooLarge records a mail that is not fetched for its size, and tells its sender the limit when the header can be
// believed. Only the header was read.
func (p *Pipeline) TooLarge(ctx context.Context, a ledger.NewMessage, header io.Reader, limit int64) error {
	dir, err := os.MkdirTemp(p.Scratch, "header-")
	if err != nil {
		return fmt.Errorf("making scratch: %w", err)
	}
	defer os.RemoveAll(dir)
	m := &mail{row: ledger.Message{Location: a.Location, ReceivedAt: a.ReceivedAt}}
	// What is never fetched has no hash of its own: its header and size tell whether it is the same mail in another place.
	hash := sha256.New()
	fmt.Fprintf(hash, "%d ", a.Size)
	if m.read, err = message.Read(io.TeeReader(header, hash), dir, p.Reader.Limits.Message); err != nil {
		return fmt.Errorf("reading a header: %w", err)
	}
	same := hex.EncodeToString(hash.Sum(nil))
	if m.answer, err = p.answers(ctx, a.ReceivedAt, a.Old); err != nil {
		return err
	}
	m.call = p.callFor(m.read)
	if m.class, err = p.classify(ctx, m, nil); err != nil {
		return err
	}
	a.Header = ledger.Header{MessageID: m.read.MessageID, From: m.class.Address, FromName: m.class.Name, Date: m.read.Date}
	a.Call, a.Unit = m.call.ID, m.class.Unit
	whyText := fmt.Sprintf("邮件超过 %.0f MB 的上限，未读取。", float64(limit)/(1<<20))
	marked, err := p.markedSubject(ctx, m)
	if err != nil {
		return err
	}
	if marked {
		return p.setAsideMarked(ctx, a, same, whyText)
	}
	a.Header.Subject = m.read.Subject
	alert := p.alert("failed", "too-large:"+same, p.Staff.Alerts,
		fmt.Sprintf("文件夹 %s 中 UID 为 %d 的一封邮件超过大小上限，没有读取；发件人不在名册中，没有回复。", a.Folder, a.UID), "baosong messages --state failed")
	letters := []ledger.NewLetter{alert}
	if u, ok := m.call.Unit(m.class.Unit); ok && m.class.Kind == sender.Person && m.class.Believed && m.answer {
		m.unit = u
		found := override(m.call, finding.New("mail.too-large", finding.Place{Where: "邮件"}).
			Got(fmt.Sprintf("%.0f MB", float64(a.Size)/(1<<20)), fmt.Sprintf("不超过 %.0f MB", float64(limit)/(1<<20))))
		facts, err := json.Marshal(parse.Report{Verdict: parse.Correct, Findings: []finding.Finding{found}})
		if err != nil {
			return fmt.Errorf("encoding a letter's facts: %w", err)
		}
		l := p.letter(m, ledger.Correction, "too-large")
		l.Key, l.Facts = "answer:"+same, string(facts)
		letters = []ledger.NewLetter{l}
	}
	_, err = p.Ledger.Unfetched(ctx, a, "too-large", whyText, letters...)
	if errors.Is(err, ledger.ErrConflict) {
		return nil
	}
	return err
}

// markedSubject tells whether a secrecy mark is suspected in the subject, which alone was read.
func (p *Pipeline) markedSubject(ctx context.Context, m *mail) (bool, error) {
	r, err := parse.Check(ctx, parse.Submission{Partial: true, Texts: m.texts()[:1]}, m.call, nil)
	if err != nil {
		return false, fmt.Errorf("judging a subject: %w", err)
	}
	return r.Verdict == parse.Hold, nil
}

// setAsideMarked records a mail too large whose subject bears a secrecy mark: the subject is kept nowhere, and nobody but the
// people concerned is told.
func (p *Pipeline) setAsideMarked(ctx context.Context, a ledger.NewMessage, same, whyText string) error {
	alert := p.alert("secrecy", "secrecy:"+same, p.Staff.Security,
		fmt.Sprintf("一封超过大小上限的来信，主题疑似带有国家秘密标志，没有读取，也没有回复。\n发件人 %s，收件时间 %s；在邮件服务器的文件夹 %s 中，UID 为 %d（UIDVALIDITY %d）。\n请保密管理人员到邮件服务器上按规定处理原邮件。",
			a.Header.From, a.ReceivedAt.In(p.Zone).Format("2006年1月2日 15:04"), a.Folder, a.UID, a.UIDValidity), "baosong messages --state failed")
	_, err := p.Ledger.Unfetched(ctx, a, "too-large", whyText+"主题疑似带有国家秘密标志，请到邮件服务器上按保密规定处理原邮件。", alert)
	if errors.Is(err, ledger.ErrConflict) {
		return nil
	}
	return err
}
