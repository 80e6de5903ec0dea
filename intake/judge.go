package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"baosong/intake/cage"
	"baosong/intake/message"
	"baosong/intake/unpack"
	"baosong/parse"
	"baosong/parse/call"
	"baosong/parse/finding"
)

// A mail is read in the cage in two requests: its attachments are unpacked, then what unpacking left is judged. Between
// the two the parent knows every file by name, so a file that kills the reader can be left out and named.
type request struct {
	Unpack *unpackRequest `json:"unpack,omitempty"`
	Check  *checkRequest  `json:"check,omitempty"`
}

type unpackRequest struct {
	Attachments []*message.Attachment
	Limits      unpack.Limits
}

// Unpacked is what the attachments of a mail come to.
type Unpacked struct {
	Nodes    []*unpack.Node // the tree, as the mail shows it; it knows no paths
	Leaves   []unpack.Leaf  // the files that want a verdict
	Findings []finding.Finding
}

type checkRequest struct {
	Submission parse.Submission
	Call       *call.Call
}

// ServeReader is the caged child's handler: it opens hostile files, so nothing but the hidden reader command calls it.
func ServeReader(ctx context.Context, dir string, body []byte, reading func(string)) ([]byte, error) {
	var r request
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, fmt.Errorf("decoding request: %w", err)
	}
	switch {
	case r.Unpack != nil:
		nodes, fs, err := unpack.Walk(ctx, r.Unpack.Attachments, filepath.Join(dir, "unpacked"), r.Unpack.Limits, reading)
		if err != nil {
			return nil, fmt.Errorf("unpacking: %w", err)
		}
		return json.Marshal(Unpacked{nodes, unpack.Leaves(nodes), fs})
	case r.Check != nil:
		report, err := parse.Check(ctx, r.Check.Submission, r.Check.Call, reading)
		if err != nil {
			return nil, fmt.Errorf("checking: %w", err)
		}
		return json.Marshal(report)
	}
	return nil, errors.New("request asks for nothing")
}

// Reader opens the files of a mail in the cage.
type Reader struct {
	Pool   *cage.Pool
	Limits unpack.Limits
}

// Unpack walks the attachments into dir. An attachment that kills the reader becomes a leaf with a finding and the rest
// is walked again, so that it costs its own verdict and nothing else.
func (r *Reader) Unpack(ctx context.Context, dir string, atts []*message.Attachment) (*Unpacked, error) {
	var lost []*unpack.Node
	left, deaths := atts, r.allowance()
	for {
		out := filepath.Join(dir, "unpacked")
		if err := os.RemoveAll(out); err != nil {
			return nil, fmt.Errorf("clearing scratch: %w", err)
		}
		if err := os.MkdirAll(out, 0o700); err != nil {
			return nil, fmt.Errorf("making scratch: %w", err)
		}
		var u Unpacked
		err := r.do(ctx, dir, request{Unpack: &unpackRequest{left, r.Limits}}, &u)
		var died *cage.Died
		if !errors.As(err, &died) {
			u.Nodes, u.Leaves = append(u.Nodes, lost...), append(u.Leaves, unpack.Leaves(lost)...)
			return &u, err
		}
		if deaths.spent() {
			return nil, fmt.Errorf("unpacking: %w", err)
		}
		i := attachmentAt(left, died.Reading)
		lost = append(lost, lostNode(left[i], died))
		left = append(append([]*message.Attachment{}, left[:i]...), left[i+1:]...)
		if len(left) == 0 {
			return &Unpacked{Nodes: lost, Leaves: unpack.Leaves(lost)}, nil
		}
	}
}

// allowance bounds how often one mail may kill its reader, and how long that may go on: each death starts the work anew.
// A mail that exceeds it is failed as a whole, so that no file of it is wrongly called unreadable.
type allowance struct {
	deaths int
	until  time.Time
}

func (r *Reader) allowance() *allowance {
	limit := r.Pool.Limits.Time
	if limit <= 0 {
		limit = time.Minute
	}
	return &allowance{deaths: 3, until: time.Now().Add(2 * limit)}
}

func (a *allowance) spent() bool {
	a.deaths--
	return a.deaths < 0 || time.Now().After(a.until)
}

// attachmentAt finds the attachment whose reading killed the reader; where it is not named, the first is taken.
func attachmentAt(atts []*message.Attachment, reading string) int {
	for i, a := range atts {
		if reading == a.Path || reading == a.Name || strings.HasPrefix(reading, a.Name+"/") {
			return i
		}
	}
	return 0
}

func lostNode(a *message.Attachment, died *cage.Died) *unpack.Node {
	f := gaveUp(a.Name, died)
	return &unpack.Node{Name: a.Name, Path: a.Path, Size: a.Size, SHA256: a.SHA256, Type: a.Type,
		Disposition: a.Disposition, Children: []*unpack.Node{}, Finding: &f}
}

// gaveUp says in the sender's words that reading a file exceeded what a file may cost.
func gaveUp(name string, died *cage.Died) finding.Finding {
	f := finding.New("file.unreadable", finding.Place{File: filepath.Base(name)})
	f.Found = whyDied(died)
	return f.Saying("文件过于复杂或已损坏，系统读取时中止。").Cured("请在本机打开后另存一份，或减少其中的图片和公式后重新发送。")
}

// Check judges the submission. A file that kills the reader is faulted and the rest is judged again.
func (r *Reader) Check(ctx context.Context, dir string, s parse.Submission, c *call.Call) (*parse.Report, error) {
	deaths := r.allowance()
	for {
		var report parse.Report
		err := r.do(ctx, dir, request{Check: &checkRequest{s, c}}, &report)
		var died *cage.Died
		if !errors.As(err, &died) {
			if err != nil {
				return nil, err
			}
			return &report, nil
		}
		if deaths.spent() || !faultFile(s.Files, died) {
			return nil, fmt.Errorf("judging files: %w", err)
		}
	}
}

// faultFile gives the file that killed the reader its verdict; false when none is left to blame.
func faultFile(files []parse.File, died *cage.Died) bool {
	blame := -1
	for i, f := range files {
		if f.Fault != nil {
			continue
		}
		if f.Path == died.Reading || f.Name == died.Reading {
			blame = i
			break
		}
		if blame < 0 && died.Reading == "" {
			blame = i
		}
	}
	if blame < 0 {
		return false
	}
	f := gaveUp(files[blame].Name, died)
	files[blame].Fault = &f
	return true
}

func (r *Reader) do(ctx context.Context, dir string, req request, into any) error {
	body, err := json.Marshal(req)
	if err != nil {
		return fmt.Errorf("encoding request: %w", err)
	}
	reply, err := r.Pool.Do(ctx, dir, body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(reply, into); err != nil {
		return fmt.Errorf("decoding reply: %w", err)
	}
	return nil
}

// Reading is a mail taken apart and judged.
type Reading struct {
	Message *message.Message
	Unpacked
	Report *parse.Report
}

// Context is what the judging of a mail depends on besides its bytes.
type Context struct {
	Unit    string
	Prior   []parse.File
	Partial bool
	Today   time.Time
}

// Read takes a message apart under dir and judges it against the call.
func (r *Reader) Read(ctx context.Context, dir string, m *message.Message, c *call.Call, in Context) (*Reading, error) {
	u, err := r.Unpack(ctx, dir, m.Attachments)
	if err != nil {
		return nil, err
	}
	m.Findings = append(m.Findings, u.Findings...)
	engine := filepath.Join(r.Pool.Dir, "engine") // kept from mail to mail: compiling the PDF engine takes seconds
	if err := os.MkdirAll(engine, 0o700); err != nil {
		return nil, fmt.Errorf("making scratch: %w", err)
	}
	s := parse.Submission{Unit: in.Unit, Partial: in.Partial, Today: in.Today, Scratch: engine,
		Texts: []parse.Text{{Where: "主题", Text: m.Subject}, {Where: "正文", Text: m.Text}}}
	if page := m.OnlyInHTML(); page != "" {
		s.Texts = append(s.Texts, parse.Text{Where: "正文（网页格式）", Text: page})
	}
	s.Texts = append(s.Texts, forwarded(m, u.Nodes)...)
	for _, l := range u.Leaves {
		s.Files = append(s.Files, parse.File{Name: l.Name, Path: l.Path, Size: l.Size, SHA256: l.SHA256, Format: l.Type, Fault: l.Fault})
	}
	s.Files = append(s.Files, in.Prior...)
	report, err := r.Check(ctx, dir, s, c)
	return &Reading{Message: m, Unpacked: *u, Report: report}, err
}

// forwarded are the bodies of mails within the mail; the links in them join the mail's own.
func forwarded(m *message.Message, nodes []*unpack.Node) []parse.Text {
	var texts []parse.Text
	for _, n := range nodes {
		if n.Text != "" {
			texts = append(texts, parse.Text{Where: "转发邮件 " + n.Name, Text: n.Text})
		}
		m.Links = append(m.Links, n.Links...)
		texts = append(texts, forwarded(m, n.Children)...)
	}
	return texts
}

// whyDied says in the sender's language why a reader ended.
func whyDied(d *cage.Died) string {
	switch d.Why {
	case cage.WhyMemory, cage.WhyOutput:
		return "所需内存超过上限"
	case cage.WhyTime:
		return "读取时间超过上限"
	}
	return "无法读取"
}
