package unpack

import (
	"errors"
	"fmt"
	"path"

	"baosong/parse/container"
	"baosong/parse/finding"
)

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
