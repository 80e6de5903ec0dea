package unpack

import (
	"context"
	"errors"
	"fmt"
	"path"

	"baosong/parse/container"
	"baosong/parse/finding"
)

// walker holds what one mail has used up of its limits.
type walker struct {
	ctx      context.Context
	limits   Limits
	reading  func(string)
	dir      string
	stored   int   // files written, for their names
	files    int   // members seen
	stopped  bool  // a limit of the whole mail is reached: nothing further is opened
	bytes    int64 // bytes written
	top      *Node // the attachment being unfolded, and what came out of it
	topBytes int64
	topFiles int
	dropped  int // members that the last salvage found not to be whole
	findings []finding.Finding
	buf      []byte
}

// expandAll opens those of the nodes that are containers. Siblings are read before any of them is opened, because the
// volumes of one archive come as several files.
func (w *walker) expandAll(nodes []*Node, prefix string, depth int) error {
	set := volumesAmong(nodes)
	for _, n := range nodes {
		if depth == 1 {
			w.top, w.topBytes, w.topFiles, w.stopped = n, 0, 0, false
		}
		if err := w.expand(n, prefix+n.Name, depth, set); err != nil {
			return err
		}
	}
	return nil
}

// expand opens one node. Only an error of ours comes back; a sender's mistake is put into the node.
func (w *walker) expand(n *Node, name string, depth int, set volumeSet) error {
	if err := w.ctx.Err(); err != nil {
		return fatal{fmt.Errorf("unpack %d files: %w", w.files, err)}
	}
	if n.Path == "" || n.Finding != nil {
		return nil
	}
	if w.stopped && container.Format(n.Type).HoldsFiles() {
		n.Finding = fault(n.Name, &trouble{kind: container.ErrLimit, message: "所在的压缩包已超过上限，此文件没有打开。", hint: "请减少压缩层数和文件数量后重新发送。"})
		return nil
	}
	if done, err := w.volume(n, name, depth, set); done || err != nil {
		return err
	}
	format := container.Format(n.Type)
	open := w.opener(format)
	if open == nil {
		n.Finding = unopened(n.Name, format)
		return nil
	}
	if depth > w.limits.Depth {
		n.Finding = fault(n.Name, &trouble{kind: container.ErrLimit, message: fmt.Sprintf("压缩包或转发邮件的层数超过 %d 层，更里层的没有打开。", w.limits.Depth),
			hint: "请把文件取出，减少压缩层数后重新发送。"})
		return nil
	}
	w.reading(name)
	err := guard(func() error { return open(n, set) })
	if f := (fatal{}); errors.As(err, &f) {
		return f
	}
	w.conclude(n, err)
	err = w.expandAll(n.Children, name+"/", depth+1)
	w.sumUp(n) // again, for what opening the members has shown
	return err
}

// unopened says of formats that nothing here can open why, and what to do; nil for all that others read.
func unopened(name string, format container.Format) *finding.Finding {
	switch format {
	case container.Archive:
		return fault(name, &trouble{kind: container.ErrUnsupported, message: "暂不能打开此格式的压缩包。", hint: "请改用 zip、rar 或 7z 格式重新压缩后发送。"})
	case container.Sealed:
		return fault(name, &trouble{kind: container.ErrEncrypted, message: "文件被发送单位的文档加密（防泄密）软件加密，其他单位无法打开。",
			hint: "请先在本单位申请解密或另存为未加密的文件，再重新发送。"})
	}
	return nil
}

// conclude writes down how opening a node ended.
func (w *walker) conclude(n *Node, err error) {
	if t := (*trouble)(nil); errors.As(err, &t) && t.stop {
		w.stopped = true
	}
	if err != nil && n.Finding == nil {
		n.Finding = fault(n.Name, err)
	}
	w.sumUp(n)
	if len(n.Children) == 0 && n.Finding == nil && holdsFiles(container.Format(n.Type)) {
		n.Finding = fault(n.Name, &trouble{kind: container.ErrDamaged, message: "压缩包内没有可以读取的文件。", hint: "请核对压缩包的内容后重新发送。"})
	}
}

// holdsFiles tells archives from mails: a mail without files may still say something.
func holdsFiles(f container.Format) bool {
	return f != container.EML && f != container.MSG && f != container.TNEF
}

// sumUp puts one finding on an archive in place of the same one on all of its members, or on more than a few.
func (w *walker) sumUp(n *Node) {
	const few = 5
	count := map[finding.Code]int{}
	for _, c := range n.Children {
		if c.Finding != nil {
			count[c.Finding.Code]++
		}
	}
	for code, same := range count {
		if same <= few && (same < len(n.Children) || code != "file.encrypted") {
			continue
		}
		for _, c := range n.Children {
			if c.Finding == nil || c.Finding.Code != code {
				continue
			}
			if n.Finding == nil {
				f := *c.Finding
				f.File = path.Base(n.Name)
				f.Found = fmt.Sprintf("%d 个文件，如 %s", same, c.Name)
				n.Finding = &f
			}
			c.Finding = nil
		}
	}
}

func (w *walker) opener(f container.Format) func(*Node, volumeSet) error {
	alone := func(open func(*Node) error) func(*Node, volumeSet) error {
		return func(n *Node, _ volumeSet) error { return open(n) }
	}
	switch f {
	case container.Zip:
		return w.zip
	case container.Rar:
		return w.rar
	case container.SevenZip:
		return alone(w.sevenZip)
	case container.Tar:
		return alone(w.tar)
	case container.Gzip, container.Bzip2, container.XZ, container.Zstd:
		return alone(w.compressed)
	case container.TNEF:
		return alone(w.tnef)
	case container.EML:
		return alone(w.mail)
	case container.MSG:
		return alone(w.msg)
	}
	return nil
}
