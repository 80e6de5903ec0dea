// Package export builds the package that the province sends on: what stands in the ledger, as one folder.
//
//	汇总表.xlsx                        all cases that stand, in the call's columns, cities in the roster's order
//	典型案例/01_合肥市/01_集群_案例.docx   one file per case, numbered as in the city's rows
//	培育举措/01_合肥市_培育举措.docx      each city's measures
//	未报送情况.xlsx                    who has sent nothing, declared a nil return, or still owes something
//	清单.csv, manifest.json            every file with its size, SHA-256 and origin
//
// Build is given an open ledger, its blobs, the call and the target. The package is built beside the target and put in
// place at the end, so a half-built one is never taken for a whole one. The same ledger gives the same bytes, the zip
// included: names, order and times are fixed, and nothing in it says when it was made.
//
// The package must never judge a file, change the ledger, or take a name from a sender's file without making it safe.
package export

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"baosong/ledger"
	"baosong/ledger/blob"
	"baosong/parse/call"
)

// ErrOccupied means that the target folder holds something that is no earlier package.
var ErrOccupied = errors.New("target folder is not empty and holds no earlier package")

// Manifest says what the package holds. It is also its manifest.json.
type Manifest struct {
	Call  string `json:"call"`
	Title string `json:"title"`
	Cases int    `json:"cases"`
	Files []File `json:"files"` // ascending by path, without the manifest and the list themselves
	Units []Unit `json:"units"` // in the roster's order
}

// File is one file of the package.
type File struct {
	Path    string `json:"path"` // below the package's folder, with /
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"`
	Unit    string `json:"unit,omitempty"`
	Receipt string `json:"receipt,omitempty"` // of the submission it came with
	Source  string `json:"source,omitempty"`  // as the unit named it
}

// Unit is how a unit stands in the package.
type Unit struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	City     string   `json:"city"`
	State    string   `json:"state"`
	Cases    int      `json:"cases"`
	Measures int      `json:"measures"`
	Owed     []string `json:"owed"`
	Receipt  string   `json:"receipt"`
}

// Build writes the package into the folder out, and with zipped also as out + ".zip". An earlier package there is
// replaced; anything else is ErrOccupied. now decides nothing but what is late.
func Build(ctx context.Context, db *ledger.DB, store *blob.Store, c *call.Call, out string, zipped bool, now time.Time) (Manifest, error) {
	m, err := build(ctx, db, store, c, out, zipped, now)
	if err != nil {
		return Manifest{}, fmt.Errorf("export to %s: %w", out, err)
	}
	return m, nil
}

func build(ctx context.Context, db *ledger.DB, store *blob.Store, c *call.Call, out string, zipped bool, now time.Time) (Manifest, error) {
	out, err := filepath.Abs(out)
	if err != nil {
		return Manifest{}, err
	}
	if err := replaceable(out); err != nil {
		return Manifest{}, err
	}
	p, err := gather(ctx, db, c, now)
	if err != nil {
		return Manifest{}, err
	}
	if err := blob.MakeDir(filepath.Dir(out)); err != nil {
		return Manifest{}, err
	}
	work, err := os.MkdirTemp(filepath.Dir(out), ".baosong-export-*")
	if err != nil {
		return Manifest{}, err
	}
	defer os.RemoveAll(work)
	w := &writer{ctx: ctx, root: filepath.Join(work, "package"), store: store, at: fixedTime(c)}
	m, err := w.write(p)
	if err != nil {
		return Manifest{}, err
	}
	archive := filepath.Join(work, "package.zip")
	if zipped {
		if err := w.zip(archive); err != nil {
			return Manifest{}, err
		}
	}
	if err := syncAll(work); err != nil {
		return Manifest{}, err
	}
	if err := swap(w.root, out, filepath.Join(work, "old")); err != nil {
		return Manifest{}, err
	}
	if zipped {
		if err := os.Rename(archive, out+".zip"); err != nil {
			return Manifest{}, err
		}
	}
	return m, blob.SyncDir(filepath.Dir(out))
}

// syncAll brings all files and folders below root to the disk, so that a power cut leaves no package with empty files.
func syncAll(root string) error {
	return filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}

// replaceable allows a missing or empty folder, and one that an earlier export made.
func replaceable(out string) error {
	names, err := os.ReadDir(out)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(names) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(out, manifestName)); err != nil {
		return ErrOccupied
	}
	return nil
}

// swap puts the new folder in the old one's place.
func swap(built, out, aside string) error {
	if err := os.Rename(out, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(built, out)
}

// fixedTime is the time that all files of the package bear: the call's deadline.
func fixedTime(c *call.Call) time.Time {
	if c.Deadline.Year() < 1980 { // older than a zip can say
		return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return c.Deadline.Truncate(2 * time.Second)
}
