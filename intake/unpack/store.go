package unpack

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path"

	"baosong/parse/container"
)

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
	if w.stored == 0 {
		if err := os.MkdirAll(w.dir, 0o700); err != nil {
			return fatal{fmt.Errorf("make folder for unpacked files: %w", err)}
		}
	}
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
