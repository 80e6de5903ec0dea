package message

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"baosong/parse/container"
)

// AttachFile makes an attachment of a file on disk, as if a mail had brought it: its bytes are copied below dir.
func AttachFile(name, dir string) (*Attachment, error) {
	src, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("attach file: %w", err)
	}
	defer src.Close()
	dst, err := os.CreateTemp(dir, "file-")
	if err != nil {
		return nil, fmt.Errorf("attach file: %w", err)
	}
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(dst, hash), src)
	if closing := dst.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, fmt.Errorf("attach file: %w", err)
	}
	format, err := container.SniffFile(dst.Name())
	if err != nil {
		return nil, fmt.Errorf("attach file: %w", err)
	}
	return &Attachment{Name: filepath.Base(name), Size: size, SHA256: hex.EncodeToString(hash.Sum(nil)), Type: string(format),
		Disposition: "attachment", Path: dst.Name()}, nil
}
