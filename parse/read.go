package parse

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"baosong/parse/call"
	"baosong/parse/casedoc"
	"baosong/parse/container"
	"baosong/parse/finding"
	"baosong/parse/rule"
	"baosong/parse/sheet"
	"baosong/parse/sheet/grid"
)

// opened is one file of the submission with what reading it has shown.
type opened struct {
	rule.File
	in      File
	format  container.Format
	used    bool
	text    bool // plain text: a table or a document
	listed  bool // plain text that its name or its content shows to be a table
	scratch string
}

// open reads one file as far as its format allows. The error is ctx's or one of this machine's disk.
func open(ctx context.Context, in File, scratch string, reading func(string)) (*opened, error) {
	f := &opened{in: in, used: !in.Spare, scratch: scratch}
	f.Name, f.Path, f.SHA256, f.Prior = lastPart(in.Name), in.Name, in.SHA256, in.Prior
	f.Part = call.PartUnknown
	if in.Fault != nil {
		x := *in.Fault
		if x.File == "" {
			x.File = f.Name
		}
		f.Faults = append(f.Faults, x)
		f.Presumed, f.Guessed = presumed(f.Path)
		f.format = container.Format(in.Format)
		f.Opaque = f.format.HoldsFiles()
		return f, nil
	}
	if reading != nil {
		reading(in.Path)
	}
	format, err := container.SniffFile(in.Path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", in.Path, err)
	}
	f.format = format
	if ext := extension(f.Name); format == container.Text && (ext == "csv" || ext == "tsv") {
		f.listed = true
	}
	if err := f.load(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return f, f.fault(err)
	}
	f.checkExtension()
	f.checkEnd()
	f.checkCut()
	if (f.Book != nil && f.Book.Macros) || (f.Doc != nil && f.Doc.Macros) {
		f.Faults = append(f.Faults, finding.New("file.macro", f.At()).Saying("《"+f.Name+"》带有宏，系统不会运行。"))
	}
	return f, nil
}

// checkEnd tells of a file that stops early though what there is of it could be read.
func (f *opened) checkEnd() {
	if f.Doc == nil || !f.Doc.Unended {
		return
	}
	x := finding.New("file.unreadable", f.At()).Saying("《" + f.Name + "》没有正常的结尾，后面的内容可能缺失，已读取现有的部分。").
		Cured("请在本机打开核对，内容有缺失的请另存为 .docx 或 .xlsx 后重新发送；内容齐全的无需处理。")
	x.Severity = finding.Warning
	f.Faults = append(f.Faults, x)
}

func lastPart(name string) string { return path.Base(strings.ReplaceAll(name, "\\", "/")) }

func (f *opened) load(ctx context.Context) (err error) {
	switch f.format {
	case container.XLSX, container.XLSM, container.XLSB, container.XLS, container.XLS2, container.ODS, container.FODS, container.XML2003, container.CSV:
		f.Book, err = sheet.Read(ctx, f.in.Path, f.format, grid.Limits{})
	case container.Text:
		f.text = true
		if f.Book, err = sheet.Read(ctx, f.in.Path, container.CSV, grid.Limits{}); err != nil {
			f.Book = nil
		}
		f.Doc, err = casedoc.Read(ctx, f.in.Path, f.format, casedoc.Limits{Scratch: f.scratch})
	case container.DOCX, container.DOCM, container.DOC, container.DOC95, container.WORDML, container.ODT, container.RTF, container.PDF, container.HTML, container.MHTML:
		f.Doc, err = casedoc.Read(ctx, f.in.Path, f.format, casedoc.Limits{Scratch: f.scratch})
	case container.PNG, container.JPEG, container.GIF, container.BMP, container.TIFF, container.WebP, container.WMF, container.EMF, container.HEIC, container.SVG:
		f.Picture = true
	case container.Encrypted:
		err = container.ErrEncrypted
	case container.Empty:
		err = container.ErrDamaged
	case container.Unknown, container.OLE, container.Zip, container.XML:
		err = unknownContent(f.Name, f.format)
	default:
		err = container.ErrUnsupported
	}
	if f.Doc != nil {
		f.Lines = rule.DocLines(f.Doc)
		f.Scan = f.Doc.ScanOnly
	}
	return err
}

// unknownContent tells a damaged office file from one of a strange format: the name promises what the bytes are not.
func unknownContent(name string, format container.Format) error {
	if _, office := promised(extension(name)); office && format != container.XML {
		return container.ErrDamaged
	}
	return container.ErrUnsupported
}

// fault turns a reader's error into the right finding; an error that is none of the file's is handed back.
func (f *opened) fault(err error) error {
	f.Presumed, f.Guessed = presumed(f.Path)
	f.Opaque = f.format.HoldsFiles()
	at := f.At()
	var x finding.Finding
	switch {
	case errors.Is(err, container.ErrEncrypted):
		x = finding.New("file.encrypted", at).Saying("《" + f.Name + "》设有打开密码，无法读取。")
	case errors.Is(err, container.ErrLimit):
		x = finding.New("file.limit", at).Saying("《" + f.Name + "》展开后过大或过于复杂，系统未能读取。").
			Cured("请在本机打开后另存一份，压缩图片、删去多余的内容后重新发送；确实无法精简的，请联系工作人员人工查看。")
	case errors.Is(err, container.ErrUnsupported):
		what, cure := saveAgain(f.format, f.Name)
		x = finding.New("file.unsupported", at).Got(strings.TrimSpace(what), "").Saying("《" + f.Name + "》是" + what + "，暂不能读取。").Cured(cure)
	case errors.Is(err, container.ErrDamaged) && f.format == container.Empty:
		x = finding.New("file.unreadable", at).Saying("《" + f.Name + "》是空文件，没有任何内容。")
	case errors.Is(err, container.ErrDamaged) && f.format == container.Unknown: // beginning with the mark of no format at all
		x = finding.New("file.unreadable", at).Saying("《" + f.Name + "》的内容不是 ." + extension(f.Name) + " 文件，可能已损坏，也可能被文档加密软件加了密，无法打开。").
			Cured("请换一台电脑或用手机试着打开：打不开的，请在本单位解密或另存为未加密的文件（WPS、钉钉等的文档加密也请取消）后重新发送。")
	case errors.Is(err, container.ErrDamaged):
		x = finding.New("file.unreadable", at).Saying("《" + f.Name + "》损坏或不完整，无法打开。")
	default:
		return fmt.Errorf("read %s: %w", f.in.Path, err)
	}
	f.Faults = append(f.Faults, x)
	f.Book, f.Doc, f.Lines = nil, nil, nil
	return nil
}

// saveAgain names a format that cannot be read and says how to save the file again.
func saveAgain(format container.Format, name string) (what, cure string) {
	ext := extension(name)
	switch format {
	case container.OFD:
		return " OFD 版式文件", "请用原来的 Word 或 WPS 文件报送；没有的话请在 OFD 阅读器中导出为 PDF，或另存为 .docx。"
	case container.Pages, container.Numbers, container.Keynote:
		return "苹果办公软件的文件", "请在软件中选择“文件—导出为—Word（或 Excel）”，另存为 .docx 或 .xlsx 后重新发送。"
	case container.CAJ:
		return " CAJ 文件", "请报送原来的 Word 文件（.docx）。"
	case container.PPT, container.PPTX, container.ODP:
		return "演示文稿", "请把内容填入案例的 Word 表样（.docx）后重新发送。"
	case container.Video, container.Audio:
		return "音像文件", "本次只需 Word 和 Excel 文件，图片请插入 Word 文件中。"
	case container.XLSB:
		return "二进制工作簿（.xlsb）", "请在 Excel 或 WPS 中另存为 .xlsx 后重新发送。"
	case container.WorksWPS, container.DOC95:
		return "旧版文字处理软件的文件", "请用 Word 或 WPS 打开，另存为 .docx 后重新发送。"
	case container.Rar, container.SevenZip, container.Tar, container.Gzip, container.Bzip2, container.XZ, container.Zstd, container.Zip:
		return "未能展开的压缩包", "请解压后直接发送其中的文件，或改用 .zip 压缩。"
	case container.Exe:
		return "程序文件", "请只报送 Word、Excel 或 PDF 文件。"
	}
	switch ext {
	case "et", "xls", "xlsx", "xlsm", "csv", "ods", "fods", "numbers":
		return "暂不支持的表格格式", "请在 Excel 或 WPS 中另存为 .xlsx 后重新发送。"
	case "wps", "doc", "docx", "pages", "odt", "rtf":
		return "暂不支持的文档格式", "请在 Word 或 WPS 中另存为 .docx 后重新发送。"
	}
	return "暂不支持的格式", "表格请另存为 .xlsx，文档请另存为 .docx 后重新发送。"
}

func extension(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(strings.TrimSpace(lastPart(name))), "."))
}

// shown is the format that is told: Sniff knows plain text only.
func (f *opened) shown() container.Format {
	if f.format == container.Text && (f.listed || len(f.Tables) > 0) {
		return container.CSV
	}
	return f.format
}

// checkExtension notes a name that promises another format than the content has.
func (f *opened) checkExtension() {
	want, ok := promised(extension(f.Name))
	if !ok {
		return
	}
	for _, w := range want {
		if w == f.format {
			return
		}
	}
	f.Faults = append(f.Faults, finding.New("file.type-mismatch", f.At()).Got(string(f.format), extension(f.Name)).
		Saying("《"+f.Name+"》的扩展名是 ."+extension(f.Name)+"，内容实际是 "+string(f.format)+" 格式，已按内容读取。"))
}

// checkCut tells of a file of which only the first part was read. What is missed in it is no fault of the sender's.
func (f *opened) checkCut() {
	f.Cut = f.Doc != nil && f.Doc.Cut || f.Book != nil && slices.ContainsFunc(f.Book.Sheets, func(g *grid.Grid) bool { return g.Cut })
	if !f.Cut {
		return
	}
	x := finding.New("file.limit", f.At()).Saying("《" + f.Name + "》内容过多，系统只读取了前面一部分，其余由工作人员人工查看。").
		Cured("如有多余的内容，请删去后重新发送；没有则无需处理。")
	x.Severity = finding.Warning
	f.Faults = append(f.Faults, x)
}

// promised returns the formats that an extension stands for.
func promised(ext string) ([]container.Format, bool) {
	switch ext {
	case "xlsx", "xltx":
		return []container.Format{container.XLSX}, true
	case "xlsm", "xltm":
		return []container.Format{container.XLSM, container.XLSX}, true
	case "xls", "xlt", "et", "ett":
		return []container.Format{container.XLS, container.XLS2}, true
	case "xlsb":
		return []container.Format{container.XLSB}, true
	case "ods":
		return []container.Format{container.ODS}, true
	case "fods":
		return []container.Format{container.FODS}, true
	case "csv", "tsv", "txt":
		return []container.Format{container.CSV, container.Text}, true
	case "docx", "dotx":
		return []container.Format{container.DOCX}, true
	case "docm":
		return []container.Format{container.DOCM, container.DOCX}, true
	case "doc", "dot", "wps", "wpt":
		return []container.Format{container.DOC, container.DOC95}, true
	case "odt":
		return []container.Format{container.ODT}, true
	case "rtf":
		return []container.Format{container.RTF}, true
	case "pdf":
		return []container.Format{container.PDF}, true
	case "htm", "html":
		return []container.Format{container.HTML}, true
	case "jpg", "jpeg", "jfif":
		return []container.Format{container.JPEG}, true
	case "png":
		return []container.Format{container.PNG}, true
	}
	return nil, false
}
