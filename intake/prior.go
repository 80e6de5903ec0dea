package intake

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"baosong/intake/cage"
	"baosong/ledger"
	"baosong/parse"
	"baosong/parse/call"
)

// maxSpares is how many case files that the summary lists no more are looked at for a case that comes back.
const maxSpares = 20

// prior lays copies of what already stands for the unit into scratch: the caged reader sees nothing but scratch.
func (p *Pipeline) prior(ctx context.Context, m *mail) ([]parse.File, error) {
	if !m.class.Believed {
		return nil, nil
	}
	s, err := p.Ledger.Before(ctx, m.call.ID, m.unit.ID, m.row)
	if err != nil {
		return nil, fmt.Errorf("reading what stands: %w", err)
	}
	if s != nil && s.Nil {
		// A nil return is undone by any later case, and what had come before it stands again.
		if s, err = p.beforeNil(ctx, m); err != nil {
			return nil, err
		}
	}
	if s == nil {
		return nil, nil
	}
	dir := filepath.Join(m.dir, "prior")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making scratch: %w", err)
	}
	var files []parse.File
	spares := 0
	for i, f := range s.Files {
		spare := !f.Used
		switch {
		case f.Part == string(call.PartUnknown), f.Part == string(call.PartLetter):
			continue
		case spare && (f.Part != string(call.PartCase) || f.Copy || spares == maxSpares || !p.Blobs.Has(f.SHA256)):
			continue
		case spare:
			spares++
		}
		path := filepath.Join(dir, fmt.Sprintf("%d", i))
		if err := p.copyBlob(f, path); err != nil {
			return nil, err
		}
		files = append(files, parse.File{Name: f.Path, Path: path, Size: f.Size, SHA256: string(f.SHA256), Prior: true, Spare: spare})
	}
	return files, nil
}

// beforeNil is the newest revision before the mail that is no nil return, nil when there is none.
func (p *Pipeline) beforeNil(ctx context.Context, m *mail) (*ledger.Submission, error) {
	all, err := p.Ledger.Submissions(ctx, m.call.ID, m.unit.ID)
	if err != nil {
		return nil, fmt.Errorf("reading what stood before: %w", err)
	}
	for _, s := range slices.Backward(all) {
		if !s.Nil && s.State != ledger.Withdrawn && s.Message != m.row.ID && s.ReceivedAt.Before(m.row.ReceivedAt) {
			return p.Ledger.Submission(ctx, s.ID)
		}
	}
	return nil, nil
}

func (p *Pipeline) copyBlob(f ledger.File, to string) error {
	src, err := p.Blobs.Open(f.SHA256)
	if err != nil {
		return fmt.Errorf("opening a standing file: %w", err)
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("copying a standing file: %w", err)
	}
	if _, err := io.Copy(dst, src); err != nil {
		dst.Close()
		return fmt.Errorf("copying a standing file: %w", err)
	}
	return dst.Close()
}

// keep makes the raw mail and its files durable, now that no secrecy mark was found in them.
func (p *Pipeline) keep(ctx context.Context, m *mail) error {
	if err := p.Blobs.Keep(m.row.SHA256); err != nil {
		return fmt.Errorf("keeping the raw mail: %w", err)
	}
	for _, l := range m.reading.Leaves {
		if l.Path == "" {
			continue
		}
		// The caged reader names the paths, and it may have been taken over: nothing but scratch is taken from it.
		if rel, err := filepath.Rel(m.dir, l.Path); err != nil || !filepath.IsLocal(rel) {
			return fmt.Errorf("keeping a file: %w: the reader names a path outside its scratch", cage.ErrReported)
		}
		if st, err := os.Lstat(l.Path); err != nil || !st.Mode().IsRegular() {
			return fmt.Errorf("keeping a file: %w: the reader names what is no file", cage.ErrReported)
		}
		if _, _, err := p.Blobs.PutFile(ctx, l.Path); err != nil {
			return fmt.Errorf("keeping a file: %w", err)
		}
	}
	return nil
}
