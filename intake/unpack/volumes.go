package unpack

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"

	"baosong/parse/container"
)

// volumeSet finds files sent side by side by their names: the volumes of one archive.
type volumeSet map[string]*Node

var (
	partRar   = regexp.MustCompile(`(?i)^(.*\.part)(\d{1,4})(\.rar)$`)
	oldRar    = regexp.MustCompile(`(?i)^(.*)\.r(\d\d)$`)
	zipVolume = regexp.MustCompile(`(?i)^(.*)\.z(\d\d)$`)
	plainCut  = regexp.MustCompile(`(?i)^(.*\.(?:7z|zip|rar|tar|gz|tgz))\.(\d{3})$`)
)

const volumeCure = "分卷压缩包须各卷齐全才能打开。请改为一个压缩包，或把所有分卷放在同一封邮件中重新发送；文件较大时可分几封邮件分别发送文件。"

func volumesAmong(nodes []*Node) volumeSet {
	set := volumeSet{}
	for _, n := range nodes {
		if key := strings.ToLower(path.Base(n.Name)); n.Path != "" && set[key] == nil {
			set[key] = n
		}
	}
	return set
}

// Open lets the RAR reader find the next volume by name (fs.FS); only files sent side by side are to be had.
func (s volumeSet) Open(name string) (fs.File, error) {
	n := s[strings.ToLower(path.Base(name))]
	if n == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return os.Open(n.Path)
}

// volume deals with a file whose name says that it is a volume. It reports whether nothing remains to be done with it.
func (w *walker) volume(n *Node, name string, depth int, set volumeSet) (done bool, err error) {
	base := path.Base(n.Name)
	number := func(m []string) int { i, _ := strconv.Atoi(m[2]); return i }
	first := "" // the name that the first volume must have
	switch {
	case plainCut.MatchString(base):
		m := plainCut.FindStringSubmatch(base)
		if number(m) == 1 {
			return true, w.joined(n, m[1], name, depth, set)
		}
		first = m[1] + ".001"
	case partRar.MatchString(base):
		m := partRar.FindStringSubmatch(base)
		if number(m) == 1 {
			return false, nil
		}
		first = m[1] + fmt.Sprintf("%0*d", len(m[2]), 1) + m[3]
	case oldRar.MatchString(base) && container.Format(n.Type) == container.Rar:
		first = oldRar.FindStringSubmatch(base)[1] + ".rar"
	case zipVolume.MatchString(base):
		first = zipVolume.FindStringSubmatch(base)[1] + ".zip" // which will say that it is one of several
	default:
		return false, nil
	}
	if n.Piece = set[strings.ToLower(first)] != nil; !n.Piece {
		n.Finding = fault(n.Name, volumeTrouble("这是分卷压缩包中的一卷，没有收到第一卷（"+first+"），无法打开。", nil))
	}
	return true, nil
}

// joined puts a file that was cut into numbered pieces together again and opens it as the first piece's content.
func (w *walker) joined(n *Node, base, name string, depth int, set volumeSet) error {
	pieces, closeAll, err := set.pieces(base, ".%03d")
	defer closeAll()
	if err != nil {
		return err
	}
	whole := &Node{Name: base, Children: []*Node{}}
	w.reading(name)
	if err := w.store(whole, io.MultiReader(pieces...), 0); err != nil {
		if f := (fatal{}); errors.As(err, &f) {
			return err
		}
		n.Finding = fault(n.Name, err)
		return nil
	}
	defer os.Remove(whole.Path)
	err = w.expand(whole, name, depth, volumeSet{})
	n.Children, n.Finding = whole.Children, whole.Finding
	if n.Finding != nil && n.Finding.Code == "file.unreadable" {
		n.Finding = fault(n.Name, volumeTrouble(fmt.Sprintf("这是分卷压缩包，收到 %d 卷，不齐全或有损坏，无法打开。", len(pieces)), nil))
	}
	return err
}

// pieces opens the files of a set that have this name and a numbered suffix, from 1 on without a gap.
func (s volumeSet) pieces(base, suffix string) (readers []io.Reader, closeAll func(), err error) {
	var files []*os.File
	closeAll = func() {
		for _, f := range files {
			f.Close()
		}
	}
	for i := 1; i < 1000; i++ {
		n := s[strings.ToLower(base+fmt.Sprintf(suffix, i))]
		if n == nil {
			break
		}
		f, err := os.Open(n.Path)
		if err != nil {
			return nil, closeAll, fatal{fmt.Errorf("join volumes: %w", err)}
		}
		files, readers = append(files, f), append(readers, f)
	}
	return readers, closeAll, nil
}

// spannedZip puts NAME.z01, NAME.z02, ..., NAME.zip together. The offsets of its directory count from the start of each
// volume, so the members are found by their own headers; all of them must be there and whole.
func (w *walker) spannedZip(n *Node, members int, set volumeSet) error {
	base := strings.TrimSuffix(path.Base(n.Name), path.Ext(n.Name))
	pieces, closeAll, err := set.pieces(base, ".z%02d")
	defer closeAll()
	if err != nil {
		return err
	}
	alone := volumeTrouble("这是分卷压缩包中的一卷，没有收到全部各卷。", nil)
	if len(pieces) == 0 {
		return alone
	}
	last, err := os.Open(n.Path)
	if err != nil {
		return fatal{fmt.Errorf("join volumes: %w", err)}
	}
	defer last.Close()
	whole := &Node{Name: n.Name}
	if err := w.store(whole, io.MultiReader(append(pieces, last)...), 0); err != nil {
		return err
	}
	defer os.Remove(whole.Path)
	f, err := os.Open(whole.Path)
	if err != nil {
		return fatal{fmt.Errorf("join volumes: %w", err)}
	}
	defer f.Close()
	err = w.salvage(n, f, whole.Size)
	if len(n.Children) == 0 || !errors.Is(err, container.ErrDamaged) {
		return err
	}
	if seen := len(container.StrayMembers(f, whole.Size, members+1)); seen == members && w.dropped == 0 {
		return nil
	}
	return alone
}

// spanned reports an end record that speaks of several volumes, and how many members it counts.
func spanned(r io.ReaderAt, size int64) (members int, ok bool) {
	tail := make([]byte, min(size, 65_557))
	n, _ := r.ReadAt(tail, size-int64(len(tail)))
	for i := n - 22; i >= 0; i-- {
		if string(tail[i:i+4]) == "PK\x05\x06" {
			disk := binary.LittleEndian.Uint16(tail[i+4:])
			return int(binary.LittleEndian.Uint16(tail[i+10:])), disk != 0 && disk != 0xFFFF
		}
	}
	mark := make([]byte, 4)
	_, _ = r.ReadAt(mark, 0)
	return 0, string(mark) == "PK\x07\x08"
}

func volumeTrouble(message string, cause error) *trouble {
	return &trouble{kind: container.ErrUnsupported, volume: true, message: message, hint: volumeCure, cause: cause}
}
