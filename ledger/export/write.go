package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"baosong/ledger/blob"
	"baosong/parse/sheet/workbook"
)

const (
	manifestName = "manifest.json"
	listName     = "清单.csv"
	summaryName  = "汇总表.xlsx"
	missingName  = "未报送情况.xlsx"
	casesDir     = "典型案例"
	measuresDir  = "培育举措"
)

// writer lays the package out below root. It lives for one Build.
type writer struct {
	ctx   context.Context
	root  string
	store *blob.Store
	at    time.Time // of every file
	files []File
}

func (w *writer) write(p *contents) (Manifest, error) {
	m := Manifest{Call: p.call.ID, Title: p.call.Title, Files: []File{}, Units: []Unit{}}
	if err := os.MkdirAll(w.root, 0o700); err != nil {
		return m, err
	}
	var rows []placedCase
	for i, u := range p.units {
		folder := fmt.Sprintf("%02d_%s", i+1, safe(u.unit.City, 30))
		for j, c := range u.cases {
			// Numbers first: they keep names apart and in order. Cut so that 255 bytes are never reached.
			name := fmt.Sprintf("%02d_%s_%s%s", j+1, safe(c.Cluster, 30), safe(c.Title, 40), extension(c.file.file.Name, c.file.file.Format))
			at := path.Join(casesDir, folder, name)
			if err := w.copy(at, u.unit.ID, c.file); err != nil {
				return m, err
			}
			rows = append(rows, placedCase{c, u.unit, at})
		}
		for j, f := range u.measures {
			name := folder + "_" + measuresDir
			if j > 0 {
				name += fmt.Sprintf("_%d", j+1)
			}
			if err := w.copy(path.Join(measuresDir, name+extension(f.file.Name, f.file.Format)), u.unit.ID, f); err != nil {
				return m, err
			}
		}
		m.Units = append(m.Units, entryOf(u))
		m.Cases += len(u.cases)
	}
	if err := w.tables(p, rows); err != nil {
		return m, err
	}
	slices.SortFunc(w.files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	m.Files = append(m.Files, w.files...)
	return m, errors.Join(w.list(m), w.manifest(m))
}

func entryOf(u unitContents) Unit {
	e := Unit{
		ID: u.unit.ID, Name: u.unit.Name, City: u.unit.City, State: u.standing.State,
		Cases: len(u.cases), Measures: len(u.measures), Owed: u.standing.Owed, Receipt: u.standing.Receipt,
	}
	if e.Owed == nil {
		e.Owed = []string{}
	}
	return e
}

// copy writes a stored file into the package and makes sure that its bytes are the right ones.
func (w *writer) copy(to, unit string, s source) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	from, err := w.store.Open(s.file.SHA256)
	if err != nil {
		return fmt.Errorf("%s: %w", to, err)
	}
	defer from.Close()
	sum, size, err := w.create(to, from)
	if err != nil {
		return fmt.Errorf("%s: %w", to, err)
	}
	if sum != string(s.file.SHA256) {
		return fmt.Errorf("%s: stored bytes hash to %s, not %s: %w", to, sum, s.file.SHA256, blob.ErrDamaged)
	}
	w.files = append(w.files, File{Path: to, Size: size, SHA256: sum, Unit: unit, Receipt: s.receipt, Source: s.file.Path})
	return nil
}

// create writes one file with the package's time and returns its hash and size.
func (w *writer) create(to string, from io.Reader) (sum string, size int64, err error) {
	full := filepath.Join(w.root, filepath.FromSlash(to))
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		return "", 0, err
	}
	f, err := os.OpenFile(full, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, h), from)
	if err != nil {
		return "", 0, err
	}
	if err := errors.Join(f.Close(), os.Chtimes(full, w.at, w.at)); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

// workbook writes tables into the package.
func (w *writer) workbook(name string, tables []workbook.Table) error {
	full := filepath.Join(w.root, name)
	if err := workbook.WriteTables(full, tables); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	raw, err := os.ReadFile(full)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	w.files = append(w.files, File{Path: name, Size: int64(len(raw)), SHA256: hex.EncodeToString(sum[:])})
	return os.Chtimes(full, w.at, w.at)
}

// list writes 清单.csv: with a BOM and CRLF, as Excel and WPS want it.
func (w *writer) list(m Manifest) error {
	var b strings.Builder
	b.WriteString("\uFEFF")
	line := func(cells ...string) {
		for i, c := range cells {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + strings.ReplaceAll(unformula(c), `"`, `""`) + `"`)
		}
		b.WriteString("\r\n")
	}
	line("序号", "文件", "字节数", "SHA-256", "报送单位", "回执编号", "原文件名")
	names := map[string]string{}
	for _, u := range m.Units {
		names[u.ID] = u.Name
	}
	for i, f := range m.Files {
		line(fmt.Sprint(i+1), f.Path, fmt.Sprint(f.Size), f.SHA256, names[f.Unit], f.Receipt, f.Source)
	}
	_, _, err := w.create(listName, strings.NewReader(b.String()))
	return err
}

func (w *writer) manifest(m Manifest) error {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		return err
	}
	_, _, err := w.create(manifestName, strings.NewReader(b.String()))
	return err
}
