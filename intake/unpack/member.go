package unpack

import (
	"errors"
	"fmt"
	"io"

	"baosong/parse/container"
)

// member is what an archive says about one of its files before it is read.
type member struct {
	name   string // decoded, not yet cleaned
	size   int64  // declared; -1 unknown
	packed int64  // 0: unknown
	inline bool
	open   func() (io.Reader, error)
}

// add reads one member into a new child of n. It returns only errors that end the archive: of ours, or a limit of the
// whole mail; what is wrong with the member alone stands in the child.
func (w *walker) add(n *Node, m member) error {
	name, climbs := cleanName(m.name)
	switch {
	case isJunk(name):
		return nil
	case climbs:
		w.refuse(n, name)
		return nil
	}
	if err := w.count(); err != nil {
		return err
	}
	child := &Node{Name: name, Size: max(m.size, 0), Disposition: "attachment", Children: []*Node{}}
	if m.inline {
		child.Disposition = "inline"
	}
	n.Children = append(n.Children, child)
	err := w.mayTake(m.size, m.packed)
	if err == nil {
		err = guard(func() error {
			r, err := m.open()
			if err != nil {
				return err
			}
			return w.store(child, r, m.packed)
		})
	}
	var t *trouble
	switch f := (fatal{}); {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f
	case errors.As(err, &t) && t.stop:
		n.Children = n.Children[:len(n.Children)-1]
		return t
	}
	child.Finding = fault(name, err)
	return nil
}

// refuse says of a member whose path leads out of its archive that it was left alone. The finding hangs on no node.
func (w *walker) refuse(n *Node, name string) {
	f := fault(n.Name, &trouble{kind: container.ErrDamaged, message: "压缩包内有文件的路径指向压缩包之外，没有读取。", hint: "请把文件放在普通文件夹中重新压缩后发送。"})
	for _, have := range w.findings {
		if have.File == f.File && have.Message == f.Message {
			return
		}
	}
	w.findings = append(w.findings, f.Got(name, ""))
}

// alias adds a member that its archive keeps as a copy of an earlier one. A target that is not among them is passed over.
func (w *walker) alias(n *Node, name, target string) error {
	name, climbs := cleanName(name)
	target, out := cleanName(target)
	if climbs || out || isJunk(name) {
		return nil
	}
	for _, c := range n.Children {
		if c.Name != target || c.Path == "" {
			continue
		}
		if err := w.count(); err != nil {
			return err
		}
		twin := *c
		twin.Name, twin.Children = name, []*Node{}
		n.Children = append(n.Children, &twin)
		return nil
	}
	return nil
}

// count takes one more member in. An attachment that holds hundreds of files in a few bytes each is a bomb of another kind.
func (w *walker) count() error {
	const many, least = 500, 16
	w.files++
	w.topFiles++
	if w.files <= w.limits.Files && (w.top == nil || w.topFiles <= many || w.top.Size/int64(w.topFiles) >= least) {
		return nil
	}
	return &trouble{kind: container.ErrLimit, stop: true, message: fmt.Sprintf("压缩包内的文件过多（上限 %d 个），后面的没有读取。", w.limits.Files),
		hint: "请减少文件数量，或分几封邮件发送。"}
}
