package container

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/richardlehane/mscfb"

	"baosong/sample/corpus"
)

// TestCorpusSniff tells every office file of the collection by its content and compares with its extension.
func TestCorpusSniff(t *testing.T) {
	root := corpus.Dir(t)
	want := map[string][]Format{
		".xlsx": {XLSX, Encrypted}, ".xlsm": {XLSM, Encrypted}, ".xlsb": {XLSB, Encrypted}, ".xls": {XLS}, ".xlt": {XLS}, ".et": {XLS},
		".ods": {ODS}, ".docx": {DOCX, Encrypted}, ".doc": {DOC, DOC95}, ".odt": {ODT}, ".rtf": {RTF}, ".pdf": {PDF}, ".7z": {SevenZip},
		".rar": {Rar}, ".zip": {Zip}, ".tar": {Tar}, ".gz": {Gzip}, ".html": {HTML}, ".htm": {HTML}, ".tnef": {TNEF}, ".wps": {WorksWPS}, ".eml": {EML},
	}
	allowed := map[string]string{
		"archives/libzip/data/bogus.zip":      "plain text",
		"sheets/calamine/too_small.xls":       "some bytes of text",
		"generated/html_as_xls.xls":           "HTML",
		"mime/stalwart/eml/malformed/010.eml": "no header field that is known",
		"mime/mimekit/mbox/jwz.body.37.html":  "a piece of text without a tag",
		"mime/mimekit/mbox/jwz.body.38.html":  "a piece of text without a tag",
	}
	right, all := map[string]int{}, map[string]int{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		formats := want[strings.ToLower(filepath.Ext(path))]
		if err != nil || d.IsDir() || formats == nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		source := strings.Join(strings.Split(rel, "/")[:min(2, strings.Count(rel, "/"))], "/")
		got, err := SniffFile(path)
		if err != nil {
			return err
		}
		all[source]++
		for _, f := range formats {
			if got == f {
				right[source]++
				return nil
			}
		}
		if reason, ok := allowed[rel]; ok {
			t.Logf("differs: %s is %q: %s", rel, got, reason)
			return nil
		}
		t.Errorf("%s: got %q, want one of %q", rel, got, formats)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for source, n := range all {
		t.Logf("%-40s %3d of %3d", source, right[source], n)
	}
}

// TestCorpusCompound reads every compound file also with the library that others use; where both open a file they must
// agree on its streams, byte by byte.
func TestCorpusCompound(t *testing.T) {
	root := corpus.Dir(t)
	files, streams, onlyOurs := 0, 0, 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(b, []byte(magicOLE)) {
			return err
		}
		files++
		theirs, ok := secondOpinion(b)
		ours, err := openCompound(b)
		switch {
		case err != nil && ok && len(theirs) > 0:
			t.Errorf("%s: we fail: %v", path, err)
			return nil
		case err != nil:
			return nil
		case !ok:
			onlyOurs++
			return nil
		}
		for name, want := range theirs {
			streams++
			if got, err := ours.Read(name, 1<<30); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %s: %d bytes of %d, %v", path, name, len(got), len(want), err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d compound files, %d streams alike, %d files opened by us alone", files, streams, onlyOurs)
}

func secondOpinion(b []byte) (streams map[string][]byte, ok bool) {
	defer func() {
		if v := recover(); v != nil {
			ok = false
		}
	}()
	r, err := mscfb.New(bytes.NewReader(b))
	if err != nil {
		return nil, false
	}
	streams = map[string][]byte{}
	for e, err := r.Next(); err == nil; e, err = r.Next() {
		if e.FileInfo().IsDir() {
			continue
		}
		data, err := io.ReadAll(e)
		name := strings.Join(append(append([]string{}, e.Path...), e.Name), "/")
		if err == nil && int64(len(data)) == e.Size && !strings.ContainsFunc(fmt.Sprint(name), func(r rune) bool { return r < ' ' }) {
			streams[name] = data
		}
	}
	return streams, true
}
