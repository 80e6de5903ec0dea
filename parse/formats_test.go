package parse

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"baosong/intake/message"
	"baosong/intake/unpack"
	"baosong/parse/container"
)

// way is what baosong does with a file of a format.
type way string

const (
	reads    way = "read"    // a table or a document
	pictures way = "picture" // counted, looked at by nobody
	opens    way = "open"    // an archive or a mail: what is in it is judged
	refuses  way = "refuse"  // file.unsupported, with how to save it again
	locked   way = "locked"  // file.encrypted
	broken   way = "broken"  // file.unreadable
)

// format is one line of docs/formats.md.
type format struct {
	is    container.Format
	name  string // as people call it
	ext   string // the usual extension
	what  string // what is read, for those that are
	limit string // what is not, or is told
}

// formats lists every format that container can tell, in the order of the page.
func formats() []format {
	return []format{
		{container.XLSX, "Excel 工作簿（含 WPS 另存的、Strict OOXML）", "xlsx", "全部工作表、隐藏的行和表、合并单元格、公式的现有结果、日期；页眉页脚、文本框、批注中查密级标志和证件号码", "外部链接和查询不刷新；一百万个空白带格式的行只读有内容的"},
		{container.XLSM, "带宏的 Excel 工作簿", "xlsm", "同上", "宏从不运行，记 `file.macro`"},
		{container.XLSB, "Excel 二进制工作簿", "xlsb", "同上", ""},
		{container.XLS, "Excel 97—2003 工作簿、WPS 表格（.et）", "xls", "同上（BIFF5、BIFF8）", "设有打开密码的记 `file.encrypted`"},
		{container.XLS2, "更早的 Excel 工作表（裸 BIFF 流）", "xls", "单元格的值", ""},
		{container.ODS, "OpenDocument 表格", "ods", "同 .xlsx", ""},
		{container.FODS, "单文件的 OpenDocument 表格", "fods", "单元格的值、合并、隐藏的行和表", ""},
		{container.CSV, "逗号或制表符分隔的文本", "csv", "GB18030、UTF-8、UTF-16，有无 BOM 均可；分隔符自动识别", "没有格式，长数字是否丢位无从得知"},
		{container.XML2003, "XML 表格 2003", "xml", "单元格的值和合并", ""},
		{container.DOCX, "Word 文档（含 WPS 另存的、Strict OOXML）", "docx", "正文、标题层级、表格、图片、页眉页脚、文本框、批注、自动编号", "修订按全部接受后的文字；删去的文字不算正文"},
		{container.DOCM, "带宏的 Word 文档", "docm", "同上", "宏从不运行，记 `file.macro`"},
		{container.DOC, "Word 97—2003 文档、WPS 文字（.wps）", "doc", "正文、表格、图片数量、页眉页脚、文本框", "设有打开密码的记 `file.encrypted`"},
		{container.DOC95, "Word 6.0/95 文档", "doc", "正文", "读不出来的记 `file.unsupported`"},
		{container.WORDML, "Word 2003 XML、单文件 OPC", "xml", "同 .docx", ""},
		{container.ODT, "OpenDocument 文本", "odt", "正文、标题、表格、图片", ""},
		{container.RTF, "RTF", "rtf", "正文、表格、图片；文字编码按文件所记", ""},
		{container.PDF, "PDF", "pdf", "文字（按阅读次序）、页码、图片", "只有扫描图像的记 `file.scan-only`；不用密码就能打开的不算加密"},
		{container.HTML, "网页，含以 .doc、.xls 为名的网页", "html", "文字、表格、标题", "不取网上的图片"},
		{container.MHTML, "单文件网页", "mht", "同上，连同其中的图片", ""},
		{container.Text, "纯文本", "txt", "既按表格、也按文档试读", ""},

		{container.Zip, "ZIP", "zip", "名称按 UTF-8、0x7075 扩展字段或 GB18030；ZIP64；分卷齐全的", "加密、Deflate64 等不支持的压缩方式逐个说明；坏掉的成员不牵连其他成员"},
		{container.Rar, "RAR 4、RAR 5", "rar", "含固实压缩和齐全的分卷", "加密、缺卷、损坏分别说明"},
		{container.SevenZip, "7z", "7z", "含固实压缩", "加密（含文件名加密）、分卷、损坏分别说明"},
		{container.Tar, "TAR", "tar", "", "指向包外的链接和路径不读"},
		{container.Gzip, "GZIP（含 .tar.gz）", "gz", "", ""},
		{container.Bzip2, "BZIP2（含 .tar.bz2）", "bz2", "", ""},
		{container.XZ, "XZ（含 .tar.xz）", "xz", "", ""},
		{container.Zstd, "Zstandard（含 .tar.zst）", "zst", "", ""},
		{container.TNEF, "Outlook 的 winmail.dat", "dat", "其中的附件和文件名（按其代码页）", ""},
		{container.EML, "转发的邮件、作为附件的邮件", "eml", "其中的附件，最多三层", ""},
		{container.MSG, "Outlook 保存的邮件", "msg", "其中的附件", ""},

		{container.PNG, "PNG", "png", "", ""}, {container.JPEG, "JPEG", "jpg", "", ""}, {container.GIF, "GIF", "gif", "", ""}, {container.BMP, "BMP", "bmp", "", ""},
		{container.TIFF, "TIFF", "tif", "", ""}, {container.WebP, "WebP", "webp", "", ""}, {container.WMF, "WMF", "wmf", "", ""}, {container.EMF, "EMF", "emf", "", ""},
		{container.HEIC, "HEIC（苹果手机照片）", "heic", "", ""}, {container.SVG, "SVG", "svg", "", ""},

		{container.Encrypted, "设有打开密码的 Word、Excel 文件（含 WPS 加密）", "xlsx", "", ""},
		{container.Sealed, "被发送单位的文档安全（防泄密）软件加密的文件", "docx", "", ""},
		{container.Empty, "空文件", "docx", "", ""},

		{container.OFD, "OFD 版式文件", "ofd", "", ""},
		{container.Pages, "苹果 Pages 文稿", "pages", "", ""},
		{container.Numbers, "苹果 Numbers 表格", "numbers", "", ""},
		{container.Keynote, "苹果 Keynote 讲演", "key", "", ""},
		{container.WorksWPS, "微软 Works 文档（不是 WPS Office）", "wps", "", ""},
		{container.CAJ, "CAJ", "caj", "", ""},
		{container.PPT, "PowerPoint 97—2003", "ppt", "", ""}, {container.PPTX, "PowerPoint", "pptx", "", ""}, {container.ODP, "OpenDocument 演示", "odp", "", ""},
		{container.Video, "视频", "mp4", "", ""}, {container.Audio, "音频", "mp3", "", ""},
		{container.Exe, "程序", "exe", "", ""},
		{container.Archive, "其他压缩包（cab、ace、arj、lzh、iso 等）", "cab", "", ""},
		{container.Document, "其他打包文档（vsdx、xps、epub 等）", "vsdx", "", ""},
		{container.OLE, "其他复合文件", "bin", "", ""},
		{container.XML, "其他 XML", "xml", "", ""},
		{container.Unknown, "认不出的内容", "bin", "", ""},
	}
}

// wayOf finds out what the code does with a format: whether the unpacker opens it, else how loading a file that is not there
// fails.
func wayOf(t *testing.T, f format) way {
	t.Helper()
	if len(unpack.Leaves([]*unpack.Node{{Name: "x", Path: "x", Type: string(f.is)}})) == 0 {
		return opens
	}
	if f.is == container.Sealed {
		return locked // the unpacker says so before anything is loaded
	}
	o := &opened{in: File{Path: filepath.Join(t.TempDir(), "absent")}, format: f.is}
	o.Name = "x." + f.ext
	err := o.load(t.Context())
	switch {
	case o.Picture:
		return pictures
	case errors.Is(err, container.ErrUnsupported):
		return refuses
	case errors.Is(err, container.ErrEncrypted):
		return locked
	case errors.Is(err, container.ErrDamaged):
		return broken
	case errors.Is(err, fs.ErrNotExist):
		return reads
	}
	t.Fatalf("%q is neither read nor refused: %v", f.is, err)
	return ""
}

// TestFormatsPage keeps docs/formats.md equal to what the code does with each format, and complete.
func TestFormatsPage(t *testing.T) {
	t.Parallel()
	listed := map[container.Format]bool{}
	for _, f := range formats() {
		if listed[f.is] {
			t.Errorf("%q is listed twice", f.is)
		}
		listed[f.is] = true
	}
	for _, f := range toldFormats(t) {
		if !listed[f] {
			t.Errorf("%q can be told, but docs/formats.md says nothing of it", f)
		}
	}
	page := filepath.Join("..", "docs", "formats.md")
	want := formatsPage(t)
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != want {
		t.Errorf("docs/formats.md is out of date (%v); run: go test ./parse -run FormatsPage -update", err)
	}
}

// toldFormats reads the constants of container's source, so that a new format cannot be forgotten here.
func toldFormats(t *testing.T) []container.Format {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("container", "container.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []container.Format
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "Format" {
			s, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, container.Format(s))
		}
		return true
	})
	if len(out) < 50 {
		t.Fatalf("found only %d formats: reading the constants is broken", len(out))
	}
	return out
}

func formatsPage(t *testing.T) string {
	t.Helper()
	by := map[way][]format{}
	for _, f := range formats() {
		w := wayOf(t, f)
		by[w] = append(by[w], f)
	}
	var b strings.Builder
	b.WriteString("# 文件格式一览\n\n本页由程序生成（`go test ./parse -run FormatsPage -update`），请勿手工修改。\n\n" +
		"一律按文件内容判断格式，不看扩展名；两者不一致时记 `file.type-mismatch`，照常读取。\n" +
		"所有附件都在隔离的子进程中打开：不联网，不运行宏，不写数据目录；超过内存、时间或大小上限的文件只影响它自己。\n")
	b.WriteString("\n## 能读的表格和文档\n\n| 格式 | 扩展名 | 读什么 | 说明 |\n| --- | --- | --- | --- |\n")
	for _, f := range by[reads] {
		fmt.Fprintf(&b, "| %s | .%s | %s | %s |\n", f.name, f.ext, f.what, f.limit)
	}
	b.WriteString("\n## 能展开的压缩包和邮件\n\n里面的文件逐个判断；最多三层，每封邮件最多 2000 个文件、解开后 1 GB（`[limits]` 可调），超过的记 `file.limit`。" +
		"`__MACOSX`、`.DS_Store`、`Thumbs.db`、`~$` 开头的临时文件略过。\n\n| 格式 | 扩展名 | 能展开的 | 说明 |\n| --- | --- | --- | --- |\n")
	for _, f := range by[opens] {
		fmt.Fprintf(&b, "| %s | .%s | %s | %s |\n", f.name, f.ext, f.what, f.limit)
	}
	b.WriteString("\n## 图片\n\n单独发来的图片不识别内容；名称与某个案例一致的算该案例的图片，其余记 `file.unrecognised`。\n\n")
	var names []string
	for _, f := range by[pictures] {
		names = append(names, f.name)
	}
	b.WriteString(strings.Join(names, "、") + "。\n")
	b.WriteString("\n## 打不开的\n\n| 情形 | 代码 | 怎样重新发送 |\n| --- | --- | --- |\n")
	for _, w := range []way{locked, broken} {
		for _, f := range by[w] {
			code, cure := told(t, f)
			fmt.Fprintf(&b, "| %s | `%s` | %s |\n", f.name, code, cure)
		}
	}
	b.WriteString("\n## 不能读的，以及怎样另存\n\n都记 `file.unsupported`，须更正。\n\n| 格式 | 常见扩展名 | 怎样重新发送 |\n| --- | --- | --- |\n")
	for _, f := range by[refuses] {
		_, cure := told(t, f)
		fmt.Fprintf(&b, "| %s | .%s | %s |\n", f.name, f.ext, cure)
	}
	b.WriteString("\n邮件整体加密或封装的（S/MIME、PGP、拆分发送）也不能读取其中的附件，说明中写有办法。\n" +
		"超大附件、云附件、网盘链接不是附件：系统从不打开链接，记 `mail.large-attachment-link`，请来信人改用普通附件。\n")
	return b.String()
}

// specimens are the first bytes of formats that the unpacker itself speaks of.
func specimens() map[container.Format]string {
	return map[container.Format]string{
		container.Archive: "MSCF\x00\x00\x00\x00" + strings.Repeat("\x00", 64),
		container.Sealed:  "%TSD-Header-###%\x00\x01\x02",
	}
}

// told is the code and the cure that the sender of such a file reads.
func told(t *testing.T, f format) (code, cure string) {
	t.Helper()
	bytes, ok := specimens()[f.is]
	if !ok {
		o := &opened{format: f.is}
		o.Name = "x." + f.ext
		if err := o.fault(o.load(context.Background())); err != nil || len(o.Faults) != 1 {
			t.Fatalf("%q: %v, %v", f.is, o.Faults, err)
		}
		return string(o.Faults[0].Code), o.Faults[0].Hint
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "x."+f.ext)
	if err := os.WriteFile(path, []byte(bytes), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := message.AttachFile(path, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	nodes, _, err := unpack.Walk(t.Context(), []*message.Attachment{a}, dir, unpack.Limits{}, func(string) {})
	if err != nil || len(nodes) != 1 || nodes[0].Finding == nil {
		t.Fatalf("%q: %v, %v", f.is, nodes, err)
	}
	return string(nodes[0].Finding.Code), nodes[0].Finding.Hint
}
