package cage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
)

// Frames between parent and child: one byte of kind, four of length, big endian, then the payload.
const (
	frameDir     = 'D' // to the child: the job's folder
	frameRequest = 'Q' // to the child: the request; begins the job
	frameReading = 'R' // to the parent: the file about to be read
	frameAnswer  = 'A' // to the parent: the answer; ends the job
	frameError   = 'E' // to the parent: the job's error; ends the job
)

var errTooLong = errors.New("frame is longer than allowed")

func writeFrame(w io.Writer, kind byte, payload []byte) error {
	if int64(len(payload)) > 1<<31 {
		return errTooLong
	}
	head := make([]byte, 5, 5+len(payload))
	head[0] = kind
	binary.BigEndian.PutUint32(head[1:], uint32(len(payload)))
	if len(payload) < 64<<10 {
		_, err := w.Write(append(head, payload...)) // one write, so that nothing comes between
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err := w.Write(payload)
	return err
}

// readFrame reads one frame. A length over most is errTooLong, and nothing of it is read.
func readFrame(r io.Reader, most int64) (kind byte, payload []byte, err error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(r, head); err != nil {
		return 0, nil, err
	}
	n := int64(binary.BigEndian.Uint32(head[1:]))
	if n > most {
		return head[0], nil, fmt.Errorf("frame of %d bytes: %w", n, errTooLong)
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(r, payload)
	return head[0], payload, err
}

// A job's error crosses as text, after a word for a fault of the machine, which the parent must be able to tell from a
// fault of the file: a full disk must not cost a sender a verdict.
func machineFaults() map[string]syscall.Errno {
	return map[string]syscall.Errno{"full": syscall.ENOSPC, "quota": syscall.EDQUOT, "read-only": syscall.EROFS, "disk": syscall.EIO}
}

// tell encodes a job's error.
func tell(err error) []byte {
	for word, errno := range machineFaults() {
		if errors.Is(err, errno) {
			return []byte(word + "\x00" + err.Error())
		}
	}
	return []byte("\x00" + err.Error())
}

// told decodes a job's error.
func told(payload []byte) error {
	word, text, _ := strings.Cut(string(payload), "\x00")
	if errno, ok := machineFaults()[word]; ok {
		return fmt.Errorf("%w: %s (%w)", ErrReported, text, errno)
	}
	return fmt.Errorf("%w: %s", ErrReported, text)
}
