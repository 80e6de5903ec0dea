package unpack

import (
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/bodgit/sevenzip"
)

// sevenZip reads a 7z archive. Members of a solid block are read in their order, so that each is inflated once.
func (w *walker) sevenZip(n *Node) error {
	f, err := os.Open(n.Path)
	if err != nil {
		return fatal{fmt.Errorf("open 7z: %w", err)}
	}
	defer f.Close()
	z, err := sevenzip.NewReader(f, n.Size)
	if err != nil {
		return sevenTrouble(err)
	}
	for _, m := range z.File {
		if mode := m.Mode(); mode.IsDir() || !mode.IsRegular() && (mode&fs.ModeNamedPipe == 0 || m.UncompressedSize == 0) {
			continue // a packer that was fed through a pipe calls what it packed one
		}
		name := m.Name
		if name == "" { // the packer was told none
			name = withoutSuffix(n.Name)
		}
		var rc io.ReadCloser
		open := func() (io.Reader, error) {
			if rc, err = m.Open(); err != nil {
				return nil, sevenTrouble(err)
			}
			return sevenMember{rc}, nil
		}
		err := w.add(n, member{name: name, size: int64(min(m.UncompressedSize, 1<<62)), packed: max(n.Size, 1), open: open})
		if rc != nil {
			rc.Close() // puts the block's reader back for the next member
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type sevenMember struct{ io.Reader }

func (m sevenMember) Read(b []byte) (int, error) {
	n, err := m.Reader.Read(b)
	if err != nil && err != io.EOF {
		err = sevenTrouble(err)
	}
	return n, err
}
