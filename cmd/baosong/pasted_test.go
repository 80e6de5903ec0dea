package main

import (
	"strings"
	"testing"

	"baosong/sample"
)

// TestPastedSummary: a summary written into the body gets a word of its own; a blank form or an older mail quoted gets none,
// and the sheet that comes as a file settles it.
func TestPastedSummary(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	head := "序号\t所在市\t县（市、区）\t集群名称\t集群级别\t认定年度\t案例名称\t案例方向\t案例报送单位\t联系人\t联系电话\t备注\n"
	table := head + "1\t合肥市\t肥西县\t合肥市肥西县示例新能源汽车零部件产业集群\t国家级\t2023\t链主企业带动上下游\t协作共享\t肥西县经信局\t王五\t13800000000\t\n"
	summary, cases, measures := o.material("hefei", 2, nil)
	files := append([]sample.File{measures}, cases...)
	l := o.one(o.post("hefei", "典型案例", "汇总表如下，案例见附件。\n"+table, files...))
	says(t, l, "补正通知", "正文", "汇总表写在邮件正文里", "作为附件发来")
	if n := strings.Count(l.Text, "汇总表写在邮件正文里"); n != 1 {
		t.Errorf("told %d times", n)
	}
	l = o.one(o.post("hefei", "典型案例", "补上汇总表。\n"+table, summary))
	says(t, l, "材料齐全，符合要求")
	silent(t, l, "正文里")

	_, cases, measures = o.material("wuhu", 2, nil)
	l = o.one(o.post("wuhu", "典型案例", "案例先发。\n"+head+"协作共享、质量品牌任选\n", append(cases, measures)...))
	silent(t, l, "正文里", "需要更正")
}
