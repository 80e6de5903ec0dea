package unpack

import (
	"errors"
	"fmt"
	"os"
	"path"

	"baosong/intake/message"
	"baosong/parse/container"
)

// mail opens a forwarded mail. Its body goes into the node's Text, its attachments become children.
func (w *walker) mail(n *Node) error {
	dir := path.Join(w.dir, fmt.Sprintf("mail-%06d", w.stored))
	w.stored++
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fatal{fmt.Errorf("make folder for a forwarded mail: %w", err)}
	}
	lim := w.limits.Message
	if left := w.limits.Bytes - w.bytes; lim.Bytes <= 0 || lim.Bytes > left {
		lim.Bytes = max(left, 1)
	}
	m, err := message.ReadFile(n.Path, dir, lim)
	if err != nil {
		return fatal{fmt.Errorf("read forwarded mail: %w", err)}
	}
	n.Text, n.Links = joinTexts(m.Subject, m.Text), m.Links
	w.findings = append(w.findings, m.Findings...)
	for _, a := range m.Attachments {
		if err := w.count(); err != nil {
			return err
		}
		w.bytes, w.topBytes = w.bytes+a.Size, w.topBytes+a.Size
		n.Children = append(n.Children, fromAttachment(a))
	}
	return nil
}

// tnef opens a winmail.dat: its files under their long names, and its body as the files message.rtf or message.html
// beside them, as other readers of the format do.
func (w *walker) tnef(n *Node) error {
	b, err := readWhole(n)
	if err != nil {
		return err
	}
	t, terr := parseTNEF(b)
	n.Text = t.text
	for i, a := range t.attachments {
		if len(a.object) > 0 && w.embedded(n, a) {
			continue
		}
		m := member{name: a.fileName(i, t.codepage), size: int64(len(a.data)), packed: int64(max(len(b), 1)), open: bytesOf(a.data)}
		if err := w.add(n, m); err != nil {
			return err
		}
	}
	if err := w.bodies(n, t.rtf, t.html); err != nil {
		return err
	}
	if terr != nil {
		return &trouble{kind: container.ErrDamaged, message: "winmail.dat 损坏或不完整，未能全部读取。",
			hint: "请在 Outlook 中把邮件格式改为“纯文本”或“HTML”后重新发送。", cause: terr}
	}
	return nil
}

// embedded stores a message within a winmail.dat as a winmail.dat of its own. What is not one is left to its bytes.
func (w *walker) embedded(n *Node, a tnefAttachment) bool {
	if !isTNEF(a.object) {
		return false
	}
	name := a.longName
	if name == "" {
		name = "转发邮件"
	}
	err := w.add(n, member{name: name, size: int64(len(a.object)), packed: int64(len(a.object)), open: bytesOf(a.object)})
	return err == nil
}

// bodies adds the rich body of an Outlook message as files; the plain one is the node's Text.
func (w *walker) bodies(n *Node, rtf, html []byte) error {
	for _, body := range []struct {
		name string
		data []byte
	}{{"message.rtf", rtf}, {"message.html", html}} {
		if len(body.data) == 0 {
			continue
		}
		if err := w.add(n, member{name: body.name, size: int64(len(body.data)), packed: int64(len(body.data)), inline: true, open: bytesOf(body.data)}); err != nil {
			return err
		}
	}
	return nil
}

// readWhole reads a file that its format makes us hold at once: at most 128 MiB of it.
func readWhole(n *Node) ([]byte, error) {
	const most = 128 << 20
	if n.Size > most {
		return nil, &trouble{kind: container.ErrLimit, message: "文件过大，没有打开。", hint: "请改用普通附件发送。"}
	}
	b, err := os.ReadFile(n.Path)
	if err != nil {
		return nil, fatal{fmt.Errorf("read %s: %w", n.Type, err)}
	}
	return b, nil
}

func joinTexts(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n" + b
}

var errShort = errors.New("ends early")
