package charset

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

func encode(t *testing.T, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecode(t *testing.T) {
	t.Parallel()
	gb := func(s string) []byte { return GB18030(s) }
	for _, c := range []struct {
		name  string
		in    []byte
		label string
		want  string
		ok    bool
	}{
		{"gb2312 with characters outside it", gb("朱镕基㑇𠀀"), "gb2312", "朱镕基㑇𠀀", true},
		{"x-gbk", gb("汇总表"), "x-gbk", "汇总表", true},
		{"cp936", gb("汇总表"), "CP936", "汇总表", true},
		{"GB_2312-80", gb("汇总表"), "GB_2312-80", "汇总表", true},
		{"quoted label", gb("汇总表"), ` "GBK" `, "汇总表", true},
		{"hz-gb-2312", []byte("~{VPND~}"), "hz-gb-2312", "中文", true},
		{"utf8 without the dash", []byte("中文"), "utf8", "中文", true},
		{"utf-8 that is GBK", gb("典型案例"), "utf-8", "典型案例", false},
		{"utf-8 cut within a character", []byte("正文内容在这里请查收附件")[:34], "utf-8", "正文内容在这里请查收附\uFFFD", false},
		{"gb2312 that is UTF-8", []byte("正文内容在这里请查收附件"), "gb2312", "正文内容在这里请查收附件", false},
		{"iso-8859-1 that is GBK", gb("请查收附件"), "iso-8859-1", "请查收附件", false},
		{"us-ascii that is GBK", gb("请查收附件"), "us-ascii", "请查收附件", false},
		{"true iso-8859-1", encode(t, charmap.ISO8859_1, "Größe und Frösche"), "iso-8859-1", "Größe und Frösche", true},
		{"unknown label", gb("请查收附件"), "unknown-8bit", "请查收附件", false},
		{"big5", encode(t, traditionalchinese.Big5, "彙總表"), "Big5", "彙總表", true},
		{"cp950", encode(t, traditionalchinese.Big5, "彙總表"), "cp950", "彙總表", true},
		{"big5-hkscs", encode(t, traditionalchinese.Big5, "彙總表"), "big5-hkscs", "彙總表", true},
		{"shift_jis", encode(t, japanese.ShiftJIS, "集計表です"), "Shift_JIS", "集計表です", true},
		{"cp932", encode(t, japanese.ShiftJIS, "集計表です"), "cp932", "集計表です", true},
		{"iso-2022-jp", encode(t, japanese.ISO2022JP, "集計表です"), "iso-2022-jp", "集計表です", true},
		{"euc-kr", encode(t, korean.EUCKR, "집계표"), "EUC-KR", "집계표", true},
		{"ks_c_5601-1987", encode(t, korean.EUCKR, "집계표"), "ks_c_5601-1987", "집계표", true},
		{"cp949", encode(t, korean.EUCKR, "집계표"), "cp949", "집계표", true},
		{"utf-16 with mark", encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "汇总表"), "utf-16", "汇总表", true},
		{"utf-16le", encode(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "汇总表"), "utf-16le", "汇总表", true},
		{"utf-16 without mark", encode(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "汇总表"), "utf-16", "汇总表", true},
		{"utf-7", []byte("Hi Mom -+Jjo--!  A+ImIDkQ. +ZeVnLIqe-"), "utf-7", "Hi Mom -☺-!  A≢Α. 日本語", true},
		{"utf-7 plus", []byte("1 +- 1"), "UTF-7", "1 + 1", true},
		{"utf-7 that is none", []byte("C++ and a+b-c, user+list@x"), "utf-7", "C++ and a+b-c, user+list@x", false},
		{"windows-1251", encode(t, charmap.Windows1251, "Привет"), "windows-1251", "Привет", true},
		{"windows-1251 that is UTF-8", []byte("Вам выставлен счет"), "windows-1251", "Вам выставлен счет", false},
		{"iso-8859-1 that is UTF-8", []byte("请查收附件"), "iso-8859-1", "请查收附件", false},
		{"gb2312 that is short UTF-8", []byte("张三"), "gb2312", "张三", false},
		{"gbk that is UTF-8 with Latin", []byte("2024年典型案例.docx"), "gbk", "2024年典型案例.docx", false},
		{"big5 that is UTF-8", []byte("典型案例汇总表"), "big5", "典型案例汇总表", false},
		{"gb2312 that looks like UTF-8", gb("联通"), "gb2312", "联通", true},
		{"iso-8859-1 with two odd signs", encode(t, charmap.ISO8859_1, "Â© 2024"), "iso-8859-1", "Â© 2024", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got, ok := Decode(c.in, c.label); got != c.want || ok != c.ok {
				t.Errorf("Decode(%q) = %q, %v; want %q, %v", c.label, got, ok, c.want, c.ok)
			}
		})
	}
}

func TestGuess(t *testing.T) {
	t.Parallel()
	type sample struct {
		in         []byte
		want, name string
	}
	var all []sample
	for _, s := range []string{"案件汇总表", "张三", "关于案件的回复", "序号,案号\n1,李四,1234.56\n", "2026年3月 summary 表.xlsx", "请查收",
		"答复", "收到，谢谢！", "王", "中国人民", "誠信", "镕", "滁州市汇总表.xls", strings.Repeat("案件编号与当事人姓名", 50)} {
		all = append(all, sample{GB18030(s), s, "gb18030"}, sample{[]byte(s), s, "utf-8"})
	}
	for _, s := range []string{"案件彙總表 臺北地方法院", "請查收附件", "您好，附上本公司的資料，謝謝"} {
		all = append(all, sample{encode(t, traditionalchinese.Big5, s), s, "big5"})
	}
	all = append(all,
		sample{encode(t, charmap.ISO8859_1, "Die Hasen und die Frösche"), "Die Hasen und die Frösche", "windows-1252"},
		sample{encode(t, charmap.Windows1252, "Über die Größe: später, ja schön"), "Über die Größe: später, ja schön", "windows-1252"},
		sample{encode(t, charmap.Windows1252, "über"), "über", "windows-1252"},
		sample{encode(t, charmap.Windows1252, "Mega Formação Final Verão"), "Mega Formação Final Verão", "windows-1252"},
		sample{encode(t, charmap.Windows1252, "le café noir"), "le café noir", "windows-1252"},
		sample{encode(t, charmap.Windows1252, "it doesn’t “fit” here"), "it doesn’t “fit” here", "windows-1252"},
		sample{GB18030("a镕b"), "a镕b", "gb18030"},
		sample{GB18030("Report開"), "Report開", "gb18030"},
		sample{GB18030("wang琦li"), "wang琦li", "gb18030"},
		sample{GB18030("附件a镕b"), "附件a镕b", "gb18030"},
		sample{[]byte("Юникод запрещен\xd0 <"), "Юникод запрещен\uFFFD <", ""},
		sample{encode(t, japanese.ISO2022JP, "集計表"), "集計表", "iso-2022-jp"},
		sample{encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "序号,市"), "序号,市", "utf-16le"},
		sample{encode(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "1,2024\r\n合肥\r\n"), "1,2024\r\n合肥\r\n", "utf-16le"},
		sample{[]byte("\xEF\xBB\xBF市"), "市", "utf-8"},
		sample{nil, "", "utf-8"},
	)
	for _, c := range all {
		if got, name := Guess(c.in); got != c.want || name != c.name {
			t.Errorf("Guess(% x) = %q, %q; want %q, %q", c.in[:min(len(c.in), 40)], got, name, c.want, c.name)
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	if got, want := Fold("１３８－００　Ａ（甲）"), "138-00 A(甲)"; got != want {
		t.Errorf("Fold = %q, want %q", got, want)
	}
}

func TestCodePage(t *testing.T) {
	t.Parallel()
	if got := CodePage(GB18030("报送"), 936); got != "报送" {
		t.Errorf("CodePage(936) = %q", got)
	}
	if got := CodePage(encode(t, traditionalchinese.Big5, "報送"), 950); got != "報送" {
		t.Errorf("CodePage(950) = %q", got)
	}
}

// FuzzDecode: whatever the bytes and the label, the text is valid UTF-8 and nothing panics.
func FuzzDecode(f *testing.F) {
	for _, label := range []string{"", "gbk", "utf-8", "utf-7", "utf-16", "big5", "iso-2022-jp", "hz-gb-2312", "iso-8859-1"} {
		f.Add(GB18030("汇总表 ABC"), label)
		f.Add([]byte("+ZeVnLIqe-\x1b$B"), label)
	}
	f.Fuzz(func(t *testing.T, b []byte, label string) {
		if s, _ := Decode(b, label); !utf8.ValidString(s) {
			t.Errorf("Decode(%x, %q) is not UTF-8: %x", b, label, s)
		}
		if s, _ := Guess(b); !utf8.ValidString(s) {
			t.Errorf("Guess(%x) is not UTF-8: %x", b, s)
		}
		if s, _ := Decode(b, label); len(s) > 4*len(b)+16 {
			t.Errorf("Decode(%x, %q) grew to %d bytes", b, label, len(s))
		}
	})
}

// TestFoldRune: one by one, characters are folded as in a text.
func TestFoldRune(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= 0x10FFFF; r++ {
		if r >= 0xD800 && r <= 0xDFFF {
			continue
		}
		if got, want := string(FoldRune(r)), Fold(string(r)); got != want {
			t.Errorf("%U: got %q, want %q", r, got, want)
		}
	}
}
