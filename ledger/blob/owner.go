package blob

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// HandOver gives a file or folder that root has just made to the owner of the folder it lies in, as SQLite does with its
// journal: what staff decide with sudo must leave nothing behind that the daemon cannot read. For anybody but root it does
// nothing.
func HandOver(path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid, err := ownerOf(filepath.Dir(path))
	if err != nil || uid == 0 {
		return err
	}
	return os.Lchown(path, uid, gid) // a link that somebody put there is changed itself, not what it points to
}

// handOverFile is HandOver on an open file, so that no other can be put in its place.
func handOverFile(f *os.File) error {
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid, err := ownerOf(filepath.Dir(f.Name()))
	if err != nil || uid == 0 {
		return err
	}
	return f.Chown(uid, gid)
}

func ownerOf(dir string) (uid, gid int, err error) {
	fi, err := os.Stat(dir)
	if err != nil {
		return 0, 0, err
	}
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, fmt.Errorf("owner of %s: not told by this system", dir)
	}
	return int(st.Uid), int(st.Gid), nil
}
