package sheet

import (
	"context"
	"fmt"
	"io"
	"os"

	"baosong/parse/container"
	"baosong/parse/sheet/biff"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/ooxml"
)

const (
	maxTextFile  = 48 << 20 // a text file likewise; decoding needs it three times
	packageBytes = 4 << 30  // pictures count here; what is read is counted against Limits.Bytes
)

// Read reads the workbook at path, whose format was told from its content. A file that goes over a limit of rows or
// cells is read up to there and its grid marked Cut. Errors wrap container.ErrEncrypted, ErrDamaged, ErrUnsupported
// or ErrLimit; any other error is one of reading the disk or of ctx.
func Read(ctx context.Context, path string, format container.Format, lim grid.Limits) (book *grid.Book, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open workbook: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open workbook: %w", err)
	}
	book, err = ReadAt(ctx, f, st.Size(), format, lim)
	if err != nil {
		return nil, err
	}
	book.SetAside()
	return book, nil
}

// read is Read on anything that can be read at an offset, with nothing set aside; the fuzz targets enter here.
func ReadAt(ctx context.Context, r io.ReaderAt, size int64, format container.Format, lim grid.Limits) (book *grid.Book, err error) {
	defer func() {
		if v := recover(); v != nil {
			book, err = nil, fmt.Errorf("%w: reader gave up: %v", container.ErrDamaged, v)
		}
	}()
	if size == 0 {
		return nil, fmt.Errorf("%w: no bytes", container.ErrDamaged)
	}
	k := grid.NewBuilder(ctx, lim)
	switch format {
	case container.XLSX, container.XLSM:
		err = fromPackage(k, r, size, ooxml.Read)
	case container.XLSB:
		err = fromPackage(k, r, size, ooxml.ReadBinary)
	case container.ODS:
		err = fromPackage(k, r, size, readODS)
	case container.XLS:
		err = biff.ReadCompound(k, r, size)
	case container.XLS2:
		err = fromMemory(k, r, size, biff.MaxStream, biff.Read)
	case container.CSV, container.Text:
		err = fromMemory(k, r, size, maxTextFile, readCSV)
	case container.FODS:
		err = fromMemory(k, r, size, maxTextFile, readFlatODS)
	case container.XML2003:
		err = fromMemory(k, r, size, maxTextFile, readXML2003)
	case container.Encrypted:
		err = container.ErrEncrypted
	case container.Empty:
		err = container.ErrDamaged
	default:
		err = fmt.Errorf("%w: %q is no workbook", container.ErrUnsupported, format)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", format, err)
	}
	if len(k.Book.Sheets) == 0 {
		return nil, fmt.Errorf("read %s: %w: no sheets", format, container.ErrDamaged)
	}
	k.Book.Format = format
	return k.Book, nil
}

// fromPackage opens the zipped parts for one of the readers.
func fromPackage(k *grid.Builder, r io.ReaderAt, size int64, read func(*grid.Builder, *container.Package) error) error {
	p, err := container.OpenPackage(r, size, container.PackageLimits{Bytes: packageBytes})
	if err != nil {
		return err
	}
	defer p.Close()
	return read(k, p)
}

// fromMemory takes the file into memory for one of the readers.
func fromMemory(k *grid.Builder, r io.ReaderAt, size, most int64, read func(*grid.Builder, []byte) error) error {
	if size > most || size > k.Left() {
		return fmt.Errorf("%w: %d bytes", container.ErrLimit, size)
	}
	b := make([]byte, size) // io.ReadAll would take five times as much on its way
	n, err := r.ReadAt(b, 0)
	if err != nil && err != io.EOF {
		return err
	}
	return read(k, b[:n])
}

// FormVersion returns the version of the form that a workbook was made from, "" when it was made otherwise or cannot
// be read. It looks into the workbook's own properties, then into the hidden sheet.
func FormVersion(path string) string {
	format, err := container.SniffFile(path)
	if err != nil {
		return ""
	}
	book, err := Read(context.Background(), path, format, grid.Limits{})
	if err != nil {
		return ""
	}
	return book.FormVersion()
}
