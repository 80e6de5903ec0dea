package unpack

import (
	"fmt"
	"hash/crc32"
	"io"

	"baosong/parse/container"
)

// salvage reads what is whole in a zip whose directory is lost: cut short in the mail, usually. The archive keeps its
// fault, so the sender must send it again; but what came through is judged with it, and one round is saved.
func (w *walker) salvage(n *Node, f io.ReaderAt, size int64) error {
	sealed := false
	w.dropped = 0
	for _, s := range container.StrayMembers(f, size, w.limits.Files) {
		name := decodeName(s.Name)
		if sealed = sealed || s.Encrypted; name == "" || name[len(name)-1] == '/' || s.Encrypted {
			continue
		}
		before := len(n.Children)
		err := w.add(n, member{name: name, size: s.Size, packed: max(n.Size, 1), open: func() (io.Reader, error) {
			r, err := s.Open(f, size)
			if err != nil || s.Size < 0 {
				return r, err
			}
			return &checked{r: r, left: s.Size, want: s.CRC, sum: crc32.NewIEEE()}, nil
		}})
		if err != nil {
			return err
		}
		if len(n.Children) > before && n.Children[before].Finding != nil {
			w.dropped++
			n.Children = n.Children[:before] // not whole: the archive's fault says so
		}
	}
	message := "压缩包损坏或不完整，无法打开。"
	if len(n.Children) > 0 {
		message = fmt.Sprintf("压缩包损坏或不完整，只读出其中 %d 个文件。", len(n.Children))
	}
	if sealed && len(n.Children) == 0 {
		return &trouble{kind: container.ErrEncrypted, message: "压缩包设有密码且不完整，无法打开。", hint: "请取消密码重新压缩后发送。"}
	}
	return &trouble{kind: container.ErrDamaged, message: message, hint: "请在本机确认压缩包能正常打开后重新发送。"}
}
