package charset

import (
	"testing"

	"golang.org/x/text/encoding/charmap"
)

func TestUnmangle(t *testing.T) {
	t.Parallel()
	as := func(cm *charmap.Charmap, b []byte) string {
		s, err := cm.NewDecoder().Bytes(b)
		if err != nil {
			t.Fatal(err)
		}
		return string(s)
	}
	gb := func(s string) []byte { return GB18030(s) }
	for in, want := range map[string]string{
		as(charmap.ISO8859_1, gb("典型案例汇总表.xlsx")):           "典型案例汇总表.xlsx",
		as(charmap.Windows1252, gb("典型案例汇总表.xlsx")):         "典型案例汇总表.xlsx",
		as(charmap.ISO8859_1, gb("附件1：汇总（定稿）.doc")):         "附件1：汇总（定稿）.doc",
		as(charmap.ISO8859_1, gb("文件")):                     "文件",
		as(charmap.ISO8859_1, []byte("典型案例.xlsx")):          "典型案例.xlsx",
		as(charmap.Windows1252, []byte("典型案例汇总表（定稿）.xlsx")): "典型案例汇总表（定稿）.xlsx",
		as(charmap.ISO8859_1, []byte("合肥市𠮷.doc")):           "合肥市𠮷.doc",
		"ÎÄ¼þ": "文件",
		as(charmap.ISO8859_1, gb("朱镕基案例.doc")): "朱镕基案例.doc",
		"鍏稿瀷妗堜緥.xlsx":                          "典型案例.xlsx",
		"鍏稿瀷妗堜緥姹囨€昏〃2024.xlsx":                 "典型案例汇总表2024.xlsx",
	} {
		if got := Unmangle(in); got != want {
			t.Errorf("Unmangle(%q) = %q, want %q", in, got, want)
		}
	}
	for _, s := range []string{"", "report.docx", "典型案例.xlsx", "Größe und Größen.xlsx", "RELAÇÃO DE AVALIAÇÃO.doc", "Ä Ö Ü ß", "façade «où»", "Ça été",
		"¿Qué? ¡Señor!", "Ñandú", "ÄÖ.txt", "Ã¼ber", "10 €–20 €", "naïve café", "Þórður Ægisson", "ÅÄÖ åäö", "Привет", "联通", "鍏", "開發區彙總表", "镕基", "朱镕基案例.doc", "附件（定稿）－１.docx", "한국어", "集計表です", "㑇𠀀案例", "合肥ÎÄ¼þ", "£100 ±5%", "™®©", "œuvre", "××××.docx", "××××", "·····", "°×°×", "±×÷°", "35°±2°", "黏丁槎盨", "§·※×"} {
		if got := Unmangle(s); got != s {
			t.Errorf("Unmangle(%q) = %q, want it as it is", s, got)
		}
	}
}

// BenchmarkUnmangle: every header value passes through.
func BenchmarkUnmangle(b *testing.B) {
	for b.Loop() {
		Unmangle("Received: from mail.city.example (mail.city.example [192.0.2.1]) by mx.example.org with ESMTPS id 12345678")
	}
}
