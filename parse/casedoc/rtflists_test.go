package casedoc

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"baosong/parse/container"
)

// TestRTFListsCounted: without the numbers written out, a file has them all the same, counted by its list table. LibreOffice
// writes marks beyond Latin-1 as ? there; they are put as Word has them.
func TestRTFListsCounted(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/lists.rtf")
	if err != nil {
		t.Fatal(err)
	}
	bare := regexp.MustCompile(`\{\\listtext[^}]*\}`).ReplaceAllString(string(b), "")
	bare = strings.NewReplacer(`\'02\'00\'3f;`, `\'02\'00\u12289\'3f;`, `\'03\'28\'01\'29;`, `\'03\u65288\'28\'01\u65289\'29;`, `\'03\'3f\'00\'3f;`, `\'03\u31532\'3f\'00\u26465\'3f;`).Replace(bare)
	if strings.Contains(bare, `\listtext`) || !strings.Contains(bare, `\u12289`) || !strings.Contains(bare, `\u31532`) {
		t.Fatal("the fixture has changed its shape")
	}
	want, err := os.ReadFile("testdata/lists.doc.golden")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(want), "\n")
	expect(t, mustRead(t, []byte(bare), container.RTF), text)
}

func TestRTFLists(t *testing.T) {
	t.Parallel()
	const head = `{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}{\*\listtable{\list\listtemplateid1` +
		`{\listlevel\levelnfc39\levelnfcn39\leveljc0\levelfollow0\levelstartat1{\leveltext\leveltemplateid2\'02\'00\'a1\'a2;}{\levelnumbers\'01;}\fi-720\li720}` +
		`{\listlevel\levelnfc0\levelnfcn0\levelfollow2\levelstartat1{\leveltext\'04\'00-\'01.;}{\levelnumbers\'01\'03;}}` +
		`{\listname ;}\listid7}}{\*\listoverridetable{\listoverride\listid7\listoverridecount0\ls1}` +
		`{\listoverride\listid7\listoverridecount1{\lfolevel\listoverridestartat\levelstartat5}\ls2}{\listoverride\listid9\listoverridecount0\ls3}}`
	for name, tc := range map[string]struct{ body, want string }{
		"counted":                               {`\pard\ls1\ilvl0\u30002?\par\ls1\ilvl1\u20057?\par\pard\u27491?\par\pard\ls1 \u19993?\par}`, "一、甲\n一-1.乙\n正\n二、丙"},
		"begun anew":                            {`\pard\ls1 a\par\pard\ls2 b\par\ls2 c\par}`, "一、a\n五、b\n六、c"},
		"a list that is not there":              {`\pard\ls3 a\par\pard\ls4 b\par\pard\ls0 c\par}`, "a\nb\nc"},
		"written before its pard, as Word does": {`{\listtext\pard\plain\'d2\'bb\'a1\'a2\tab}\pard\ls1\ilvl0 a\par{\listtext\pard\plain\'c8\'fd\'a1\'a2\tab}b\par\ls1 c\par}`, "一、a\n三、b\n三、c"},
		"a bullet written out":                  {`{\listtext\'a1\'f1\tab}\pard\ls1 a\par}`, "a"},
		"in a table":                            {`\trowd\cellx1000\cellx2000\pard\intbl\ls1 a\cell\pard\intbl b\cell\row\pard\ls1 c\par}`, "一、a\tb\n二、c"},
	} {
		if got := mustRead(t, []byte(head+tc.body), container.RTF).Text(); got != tc.want {
			t.Errorf("%s: got %q want %q", name, got, tc.want)
		}
	}
}
