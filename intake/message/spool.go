package message

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"os"
)

const (
	// maxReport bounds the machine-readable parts that are kept of a delivery report.
	maxReport = 256 << 10
	// spoolSize is how much of a body stays in memory before it goes to its file; most texts never do.
	spoolSize = 32 << 10
)

// file is one body being written, or written.
type file struct {
	w    *walker
	att  *Attachment
	out  *os.File
	mem  []byte // not yet in the file
	hash hash.Hash
	head []byte // the first bytes, for texts
	keep int64  // how many of them
	full bool   // the bytes went over a limit
	name string

	ct       mediaValue
	cte      string
	location string
	disp     string // as declared: attachment, inline or ""
	related  bool
	inAlt    bool
}

// create begins a new body.
func (w *walker) create() *file {
	f := &file{w: w, att: &Attachment{}, hash: sha256.New()}
	if n := len(w.spare32); n > 0 {
		f.mem, w.spare32 = w.spare32[n-1], w.spare32[:n-1]
	}
	return f
}

// scratch gives room for one decoded piece of a line.
func (w *walker) scratch() []byte {
	if w.piece == nil {
		w.piece = make([]byte, pieceSize)
	}
	return w.piece
}

// Write takes decoded bytes. It never fails; errors are the walker's.
func (f *file) Write(p []byte) (int, error) {
	n := len(p)
	if n == 0 || f.w.err != nil {
		return n, nil
	}
	if int64(n) > f.w.room {
		p = p[:max(f.w.room, 0)]
		if !f.full {
			f.full = true
			f.w.limit(defectBytes)
		}
	}
	f.w.room -= int64(len(p))
	f.att.Size += int64(len(p))
	f.hash.Write(p)
	if room := f.keep - int64(len(f.head)); room > 0 {
		f.head = append(f.head, p[:min(int64(len(p)), room)]...)
	}
	if len(f.mem)+len(p) > spoolSize {
		f.flush()
	}
	if len(p) > spoolSize {
		f.store(p)
	} else {
		f.mem = append(f.mem, p...)
	}
	return n, nil
}

// flush writes to the file what is in memory.
func (f *file) flush() {
	f.store(f.mem)
	f.mem = f.mem[:0]
}

func (f *file) store(p []byte) {
	if f.w.err != nil {
		return
	}
	if f.out == nil {
		out, err := os.CreateTemp(f.w.dir, "part-*")
		if err != nil {
			f.w.err = err
			return
		}
		f.out, f.att.Path = out, out.Name()
		f.w.made = append(f.w.made, f.att.Path)
	}
	if _, err := f.out.Write(p); err != nil {
		f.w.err = err
	}
}

// close ends the body: its sum is known now, and the file may be saved or removed.
func (f *file) close() {
	if f.att.SHA256 == "" {
		f.att.SHA256 = hex.EncodeToString(f.hash.Sum(nil))
	}
}

// save finishes the file of a body that is kept.
func (f *file) save() {
	f.close()
	f.flush()
	f.release()
}

// remove drops a body whose content lives on as text, or that is none.
func (f *file) remove() {
	f.release()
	if f.att.Path != "" {
		_ = os.Remove(f.att.Path)
		f.att.Path = ""
	}
	f.w.room += f.att.Size
}

func (f *file) release() {
	if f.mem != nil {
		f.w.spare32 = append(f.w.spare32, f.mem[:0])
		f.mem = nil
	}
	if f.out == nil {
		return
	}
	if err := f.out.Close(); err != nil && f.w.err == nil {
		f.w.err = err
	}
	f.out = nil
}

// note records a defect of this file.
func (f *file) note(d defect) {
	if n := len(f.att.Defects); n > 0 && f.att.Defects[n-1] == string(d) {
		return // said a moment ago: this runs for every bad character
	}
	f.w.note(d, f.name)
	for _, old := range f.att.Defects {
		if old == string(d) {
			return
		}
	}
	f.att.Defects = append(f.att.Defects, string(d))
}
