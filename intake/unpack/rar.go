package unpack

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/bodgit/sevenzip"
	"github.com/nwaples/rardecode/v2"

	"baosong/parse/container"
)

const maxDictionary = 128 << 20 // WinRAR's usual is 32 MiB at most; larger ones are refused

// rar reads versions 1.5 to 5, solid or not, and the volumes of a set as far as they were sent side by side.
func (w *walker) rar(n *Node, set volumeSet) error {
	files := volumeSet{}
	for name, v := range set {
		files[name] = v
	}
	self := path.Base(n.Name)
	files[strings.ToLower(self)] = n
	r, err := rardecode.OpenReader(self, rardecode.FileSystem(files), rardecode.MaxDictionarySize(maxDictionary))
	if err != nil {
		return rarTrouble(err)
	}
	defer r.Close()
	var missing error // a volume that was not sent: said of the archive, not of the member that is cut off
	for {
		h, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return rarTrouble(err)
		}
		if h.LinkType == rardecode.LinkTypeFileCopy || h.LinkType == rardecode.LinkTypeHardLink {
			if err := w.alias(n, mendSlashes(h.Name), h.LinkTarget); err != nil {
				return err
			}
			continue
		}
		if h.IsDir || !h.Mode().IsRegular() || h.LinkType != rardecode.LinkTypeNone {
			continue
		}
		m := rarEntry(r, h, n.Size, &missing)
		if err := w.add(n, m); err != nil {
			return err
		}
		if missing != nil {
			n.Children[len(n.Children)-1].Finding = nil
			return missing
		}
	}
}

func rarEntry(r *rardecode.ReadCloser, h *rardecode.FileHeader, archive int64, missing *error) member {
	m := member{name: mendSlashes(h.Name), size: h.UnPackedSize, packed: max(h.PackedSize, 1)}
	if h.UnKnownSize {
		m.size = -1
	}
	if len(r.Volumes()) > 1 || h.Solid { // the packed size is of one volume, or of what this file adds
		m.packed = max(archive, 1)
	}
	m.open = func() (io.Reader, error) {
		if h.Encrypted {
			return nil, rarTrouble(rardecode.ErrArchivedFileEncrypted)
		}
		return &rarMember{r: r, missing: missing}, nil
	}
	return m
}

// rarMember gives the reader's errors their meaning.
type rarMember struct {
	r       *rardecode.ReadCloser
	missing *error
}

func (m *rarMember) Read(b []byte) (int, error) {
	n, err := m.r.Read(b)
	if err != nil && err != io.EOF {
		var t *trouble
		if err = rarTrouble(err); errors.As(err, &t) && t.volume {
			*m.missing = err
		}
	}
	return n, err
}

func rarTrouble(err error) error {
	switch {
	case errors.Is(err, rardecode.ErrArchiveEncrypted), errors.Is(err, rardecode.ErrArchivedFileEncrypted), errors.Is(err, rardecode.ErrBadPassword):
		return &trouble{kind: container.ErrEncrypted, message: "压缩包设有密码，无法打开。", hint: "请取消密码重新压缩后发送。", cause: err}
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, rardecode.ErrMultiVolume), errors.Is(err, rardecode.ErrBadVolumeNumber):
		return volumeTrouble("这是分卷压缩包，没有收到全部各卷。", err)
	case errors.Is(err, rardecode.ErrInvalidFileBlock):
		return volumeTrouble("压缩包从文件中间开始，可能是分卷压缩包中的一卷。", err)
	case errors.Is(err, rardecode.ErrDictionaryTooLarge):
		return largeDictionary(err)
	case errors.Is(err, rardecode.ErrUnknownVersion), errors.Is(err, rardecode.ErrUnknownDecoder), errors.Is(err, rardecode.ErrUnsupportedDecoder):
		return &trouble{kind: container.ErrUnsupported, message: "此压缩包的 RAR 版本暂不能读取。", hint: "请改用 zip 格式重新压缩后发送。", cause: err}
	}
	return &trouble{kind: container.ErrDamaged, message: "压缩包损坏或不完整，未能全部读取。", hint: "请在本机确认压缩包能正常打开后重新发送。", cause: err}
}

// sevenTrouble does the same for 7z.
func sevenTrouble(err error) error {
	var re *sevenzip.ReadError
	if errors.As(err, &re) && re.Encrypted {
		return &trouble{kind: container.ErrEncrypted, message: "压缩包设有密码，无法打开。", hint: "请取消密码重新压缩后发送。", cause: err}
	}
	if t := (*trouble)(nil); errors.As(err, &t) {
		return t
	}
	return &trouble{kind: container.ErrDamaged, message: "压缩包损坏或不完整，未能全部读取。", hint: "请在本机确认压缩包能正常打开后重新发送。", cause: fmt.Errorf("7z: %w", err)}
}
