package unpack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
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
	findings []finding.Finding
	buf      []byte
}

// trouble is a sender's mistake met while reading: one of container's sentinels with the words for it.
type trouble struct {
	kind          error
	message, hint string // Chinese; empty: the catalogue's
	stop          bool   // nothing more can be read from this mail
	volume        bool   // other volumes are needed
	cause         error
}

func (t *trouble) Error() string {
	if t.cause != nil {
		return fmt.Sprintf("%v: %v", t.kind, t.cause)
	}
	return t.kind.Error()
}

func (t *trouble) Unwrap() error { return t.kind }

// fault turns trouble into the finding that the sender will read.
func fault(name string, err error) *finding.Finding {
	code := finding.Code("file.unreadable")
	switch {
	case errors.Is(err, container.ErrEncrypted):
		code = "file.encrypted"
	case errors.Is(err, container.ErrLimit):
		code = "file.limit"
	case errors.Is(err, container.ErrUnsupported):
		code = "file.unsupported"
	}
	f := finding.New(code, finding.Place{File: path.Base(name)})
	var t *trouble
	if errors.As(err, &t) && t.message != "" {
		f = f.Saying(t.message).Cured(t.hint)
	}
	return &f
}

// guard turns a panic of somebody else's reader into damage of the file.
func guard(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &trouble{kind: container.ErrDamaged, cause: fmt.Errorf("reader gave up: %v", v)}
		}
	}()
	return f()
}

// fatal is an error of ours: the walk ends.
type fatal struct{ error }

func (f fatal) Unwrap() error { return f.error }

// expandAll opens those of the nodes that are containers. Siblings are read before any of them is opened, because the
// volumes of one archive come as several files.
func (w *walker) expandAll(nodes []*Node, prefix string, depth int) error {
	set := volumesAmong(nodes)
	for _, n := range nodes {
		if depth == 1 {
			w.top, w.topBytes, w.topFiles = n, 0, 0
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
	if n.Path == "" || n.Finding != nil || w.stopped {
		return nil
	}
	if done, err := w.volume(n, set); done || err != nil {
		return err
	}
	format := container.Format(n.Type)
	open := w.opener(format)
	if open == nil {
		if format == container.Archive {
			n.Finding = fault(n.Name, &trouble{kind: container.ErrUnsupported, message: "暂不能打开此格式的压缩包。", hint: "请改用 zip、rar 或 7z 格式重新压缩后发送。"})
		}
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
	if t := (*trouble)(nil); errors.As(err, &t) && t.stop {
		w.stopped = true
	}
	if err != nil && n.Finding == nil {
		n.Finding = fault(n.Name, err)
	}
	w.sumUp(n)
	if len(n.Children) == 0 && n.Finding == nil && holdsFiles(format) {
		n.Finding = fault(n.Name, &trouble{kind: container.ErrDamaged, message: "压缩包内没有可以读取的文件。", hint: "请核对压缩包的内容后重新发送。"})
	}
	err = w.expandAll(n.Children, name+"/", depth+1)
	w.sumUp(n) // again, for what opening the members has shown
	return err
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
		return alone(w.zip)
	case container.Rar:
		return w.rar
	case container.SevenZip:
		return alone(w.sevenZip)
	case container.Tar:
		return alone(w.tar)
	case container.Gzip, container.Bzip2, container.XZ:
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
		w.findings = append(w.findings, fault(n.Name, &trouble{kind: container.ErrDamaged, message: "压缩包内有一个文件的路径指向压缩包之外，没有读取：" + name + "。",
			hint: "请把文件放在普通文件夹中重新压缩后发送。"}).Got(name, ""))
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

// mayTake asks whether size more bytes, packed in packed bytes, are within the limits. It is asked with the declared
// size before anything is written, and again with the true one while writing.
func (w *walker) mayTake(size, packed int64) error {
	const cure = "请减少文件数量和大小后重新发送，文件较大时可分几封邮件发送。"
	switch {
	case w.bytes+size > w.limits.Bytes:
		return &trouble{kind: container.ErrLimit, stop: true, hint: cure,
			message: fmt.Sprintf("压缩包解压后超过 %d MB，后面的没有读取。", w.limits.Bytes>>20)}
	case w.top != nil && w.topBytes+size > totalFloor && w.topBytes+size > w.limits.Ratio*max(w.top.Size, 1):
		return &trouble{kind: container.ErrLimit, stop: true, message: "压缩包解压后的大小与压缩包相差悬殊，没有全部读取。", hint: cure}
	case size > memberFloor && packed > 0 && size > w.limits.Ratio*packed:
		return &trouble{kind: container.ErrLimit, message: "文件解压后的大小与压缩后相差悬殊，没有读取。", hint: cure}
	}
	return nil
}

// store writes r to a file of its own under the limits and fills in the node. A file that fails half-way is removed.
func (w *walker) store(n *Node, r io.Reader, packed int64) (err error) {
	w.stored++
	n.Path = path.Join(w.dir, fmt.Sprintf("%06d", w.stored))
	f, err := os.OpenFile(n.Path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		n.Path = ""
		return fatal{fmt.Errorf("store unpacked file: %w", err)}
	}
	finished := false
	defer func() { // also when the reader panics
		if cerr := f.Close(); err == nil && cerr != nil {
			err = fatal{fmt.Errorf("store unpacked file: %w", cerr)}
		}
		if err != nil || !finished {
			os.Remove(n.Path)
			n.Path = ""
		}
	}()
	sum := sha256.New()
	size, err := w.copy(io.MultiWriter(f, sum), r, packed)
	if err != nil {
		return err
	}
	n.Size, n.SHA256, finished = size, hex.EncodeToString(sum.Sum(nil)), true
	format, err := container.SniffFile(n.Path)
	if err != nil {
		return fatal{fmt.Errorf("read unpacked file back: %w", err)}
	}
	n.Type = string(format)
	return nil
}

func (w *walker) copy(dst io.Writer, r io.Reader, packed int64) (size int64, err error) {
	if w.buf == nil {
		w.buf = make([]byte, 128<<10)
	}
	for {
		n, rerr := r.Read(w.buf)
		if n > 0 {
			if err := w.mayTake(int64(n), 0); err != nil {
				return size, err
			}
			if size += int64(n); size > memberFloor && packed > 0 && size > w.limits.Ratio*packed {
				return size, w.mayTake(size, packed)
			}
			w.bytes, w.topBytes = w.bytes+int64(n), w.topBytes+int64(n)
			if _, err := dst.Write(w.buf[:n]); err != nil {
				return size, fatal{fmt.Errorf("store unpacked file: %w", err)}
			}
		}
		if rerr == io.EOF {
			return size, nil
		}
		if rerr != nil {
			return size, rerr
		}
		if err := w.ctx.Err(); err != nil {
			return size, fatal{fmt.Errorf("unpack: %w", err)}
		}
	}
}
