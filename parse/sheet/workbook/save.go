package workbook

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"regexp"
	"sort"
	"time"

	"github.com/xuri/excelize/v2"
)

// save writes the file with fixed times and its parts in order.
func save(f *excelize.File, dst string) error {
	if err := f.SetDocProps(&excelize.DocProperties{Creator: "baosong", LastModifiedBy: "baosong", Created: writtenAt, Modified: writtenAt}); err != nil {
		return err
	}
	if err := f.SetAppProps(&excelize.AppProperties{Application: "Microsoft Excel"}); err != nil {
		return err
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	z, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	out := &bytes.Buffer{}
	if err := repack(out, z); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return os.WriteFile(dst, out.Bytes(), 0o600)
}

// repack writes the parts in the order of their names, the content types first, all of one time.
func repack(w io.Writer, z *zip.Reader) error {
	files := append([]*zip.File(nil), z.File...)
	first := func(f *zip.File) bool { return f.Name == contentTypes }
	sort.Slice(files, func(i, j int) bool {
		if first(files[i]) != first(files[j]) {
			return first(files[i])
		}
		return files[i].Name < files[j].Name
	})
	out := zip.NewWriter(w)
	for _, f := range files {
		part, err := out.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: zipTime()})
		if err != nil {
			return err
		}
		rc, err := f.Open()
		if err != nil {
			return err
		}
		if first(f) {
			err = copySorted(part, rc)
		} else {
			_, err = io.Copy(part, rc)
		}
		rc.Close()
		if err != nil {
			return err
		}
	}
	return out.Close()
}

var typeEntry = regexp.MustCompile(`<(Default|Override) [^>]*(/>|></(Default|Override)>)`)

// copySorted copies the content types with their entries in order; excelize writes them as a map yields them.
func copySorted(w io.Writer, r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	entries := typeEntry.FindAll(b, -1)
	sort.Slice(entries, func(i, j int) bool { return bytes.Compare(entries[i], entries[j]) < 0 })
	n := -1
	_, err = w.Write(typeEntry.ReplaceAllFunc(b, func([]byte) []byte { n++; return entries[n] }))
	return err
}

func zipTime() time.Time { return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC) }

const contentTypes = "[Content_Types].xml"
