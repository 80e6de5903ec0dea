package parse

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"baosong/parse/finding"
)

// TestHoldTellsNothing: the report on a submission with a secrecy mark carries no byte of its content.
func TestHoldTellsNothing(t *testing.T) {
	t.Parallel()
	e := cleanEntry("滁州市", 0)
	e.file.paras[0] = "独一无二的正文内容"
	e.file.header = "机密★5年"
	e.contact = "独一无二的联系人"
	files := []made{{name: "机密★5年/独一无二的名称.docx", bytes: docx(e.document())},
		{name: "汇总表.xlsx", bytes: xlsx(page{name: "秘密★3年", rows: [][]string{headerRow(), e.row()}})}}
	r := check(t, Submission{Unit: "chuzhou", Files: onDisk(t, files...), Texts: []Text{{"正文", "独一无二的正文"}}})
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != Hold || len(r.Rows) > 0 || len(r.Cases) > 0 || strings.Contains(string(b), "独一无二") || strings.Contains(string(b), "★") || strings.Contains(string(b), e.title) {
		t.Errorf("verdict %s, report %s", r.Verdict, b)
	}
	for _, f := range r.Findings {
		if f.Code != "content.classified-mark" || f.Severity != finding.Error || f.Found != "" {
			t.Errorf("finding %+v", f)
		}
	}
}

// TestPersonalNumbersAreMasked: no finding quotes a whole number of a person.
func TestPersonalNumbersAreMasked(t *testing.T) {
	t.Parallel()
	e := cleanEntry("滁州市", 0)
	e.title += "13911112222"
	e.phone = "139111122223"
	e.body = "11010519491231002X"
	e.direction = "手机13911112222"
	r := check(t, Submission{Unit: "chuzhou", Files: onDisk(t, made{name: "汇总表.xlsx", bytes: xlsx(page{name: "S", rows: [][]string{headerRow(), e.row()}})})})
	for _, f := range r.Findings {
		for _, s := range []string{f.Found, f.Message, f.Hint, f.Wanted, f.Where} {
			if strings.Contains(s, "13911112222") || strings.Contains(s, "11010519491231002X") {
				t.Errorf("%s quotes a number: %s", f.Code, s)
			}
		}
	}
}

// TestManyRows: thousands of rows, repeated and faulty, take seconds at most and are cut with a word.
func TestManyRows(t *testing.T) {
	t.Parallel()
	rows := [][]string{headerRow()}
	for i := range 6000 {
		e := cleanEntryFast(i)
		rows = append(rows, e)
	}
	began := time.Now()
	r := check(t, Submission{Unit: "chuzhou", Files: onDisk(t, append(cleanFiles(3)[:3], made{name: "汇总表.csv", bytes: csvText(rows, false)})...)})
	if d := time.Since(began); d > 30*time.Second {
		t.Errorf("took %s", d)
	}
	limit := 0
	for _, f := range r.Findings {
		if f.Code == "file.limit" {
			limit++
		}
	}
	if len(r.Rows) != 2000 || limit != 1 {
		t.Errorf("%d rows, %d words about it", len(r.Rows), limit)
	}
}

func cleanEntryFast(i int) []string {
	return []string{fmt.Sprint(i), "合肥", "不知道县", fmt.Sprintf("某某%d集群", i), "市级", "明年", fmt.Sprintf("案例%d", i), "数字化", "某单位", "某人", "123", ""}
}
