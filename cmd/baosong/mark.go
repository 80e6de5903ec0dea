package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"baosong/intake"
	"baosong/parse/sheet/annotate"
	"baosong/parse/sheet/workbook"
)

// markRequest asks the caged reader to mark the workbook "source" in the job's folder; the outcome is written beside it.
type markRequest struct {
	Mark *struct {
		Marks []annotate.Mark
		List  []workbook.ListRow
	} `json:"mark"`
}

const (
	markSource = "source.xlsx"
	markResult = "marked.xlsx"
)

// read is the caged reader's handler: it marks a workbook, or does what intake asks.
func read(ctx context.Context, dir string, body []byte, reading func(string)) ([]byte, error) {
	var r markRequest
	if err := json.Unmarshal(body, &r); err != nil || r.Mark == nil {
		return intake.ServeReader(ctx, dir, body, reading)
	}
	reading(markSource)
	return nil, annotate.Workbook(filepath.Join(dir, markSource), filepath.Join(dir, markResult), r.Mark.Marks, r.Mark.List)
}

// mark has a sender's workbook marked in the cage: it is as hostile on its way out as it was on its way in.
func (h *house) mark(src, dst string, marks []annotate.Mark, list []workbook.ListRow) error {
	pool := h.pipeline.Reader.Pool
	dir, err := os.MkdirTemp(pool.Dir, "mark-")
	if err != nil {
		return fmt.Errorf("making scratch: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := copyFile(src, filepath.Join(dir, markSource)); err != nil {
		return fmt.Errorf("copying a workbook: %w", err)
	}
	var r markRequest
	r.Mark = &struct {
		Marks []annotate.Mark
		List  []workbook.ListRow
	}{marks, list}
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encoding marks: %w", err)
	}
	// The letter's own context ends with the daemon, and so does the pool.
	if _, err := pool.Do(context.Background(), dir, body); err != nil {
		return fmt.Errorf("marking a workbook: %w", err)
	}
	result := filepath.Join(dir, markResult)
	if st, err := os.Lstat(result); err != nil || !st.Mode().IsRegular() {
		return errors.Join(errors.New("marking a workbook: the reader left no file"), err)
	}
	return copyFile(result, dst)
}
