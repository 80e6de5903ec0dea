package call

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"baosong/tomlfile"
)

const (
	callFile      = "call.toml"
	unitsFile     = "units.csv"
	clustersFile  = "clusters.csv"
	divisionsFile = "divisions.csv"
	lettersFolder = "letters"
)

const maxFile = 16 << 20 // bytes; a roster is a few hundred lines

// Load reads a call's folder. id, title and deadline must be said in call.toml; every other key it leaves out takes the
// default of the built-in call. units.csv and clusters.csv must be there; divisions.csv and letters/ may be.
// A mistake in the folder is an *Error.
func Load(dir string) (*Call, error) {
	path := filepath.Join(dir, callFile)
	b, err := readFile(path, "请用 baosong init 生成征集通知的文件夹，或检查配置中的路径。")
	if err != nil {
		return nil, err
	}
	c, err := loadCallFile(path, b)
	if err != nil {
		return nil, err
	}
	c.Folder = dir
	if err := c.loadDivisions(dir); err != nil {
		return nil, err
	}
	for _, f := range []struct {
		name string
		read func(*table) error
	}{{unitsFile, c.readUnits}, {clustersFile, c.readClusters}} {
		if err := loadTable(filepath.Join(dir, f.name), f.read); err != nil {
			return nil, err
		}
	}
	if st, err := os.Stat(filepath.Join(dir, lettersFolder)); err == nil && st.IsDir() {
		c.LettersDir = filepath.Join(dir, lettersFolder)
	}
	return c, nil
}

func (c *Call) loadDivisions(dir string) error {
	path := filepath.Join(dir, divisionsFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		c.Divisions = Default().Divisions
		return nil
	}
	return loadTable(path, c.readDivisions)
}

func loadTable(path string, read func(*table) error) error {
	b, err := readFile(path, "请用 baosong init 生成样例后填写。")
	if err != nil {
		return err
	}
	t, err := parseTable(path, b)
	if err != nil {
		return err
	}
	return read(t)
}

func readFile(path, hint string) ([]byte, error) {
	st, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &Error{File: path, Message: "找不到文件。", Hint: hint}
	case err != nil:
		return nil, &Error{File: path, Message: "文件无法读取：" + err.Error(), Hint: "请检查文件的权限。"}
	case !st.Mode().IsRegular() || st.Size() > maxFile:
		return nil, &Error{File: path, Message: "不是普通文件，或者过大。", Hint: hint}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, &Error{File: path, Message: "文件无法读取：" + err.Error(), Hint: "请检查文件的权限。"}
	}
	return b, nil
}

func loadCallFile(path string, b []byte) (*Call, error) {
	var f file
	if err := tomlfile.Decode(path, b, &f); err != nil {
		var te *tomlfile.Error
		if errors.As(err, &te) {
			return nil, (*Error)(te)
		}
		return nil, err
	}
	l := &loading{keys: tomlfile.Index(path, b), f: &f, c: defaults()}
	for _, step := range []func() *tomlfile.Error{l.names, l.times, l.parts, l.columns, l.lists, l.caseForm, l.measuresForm, l.rules, l.remind} {
		if e := step(); e != nil {
			return nil, (*Error)(e)
		}
	}
	return l.c, nil
}

func (l *loading) names() *tomlfile.Error {
	l.c.ID, l.c.Title, l.c.Number = l.f.ID, l.f.Title, l.f.Number
	switch {
	case l.f.ID == "":
		return l.keys.Fault("缺少 id。", "请填写本次征集的代号，例如 id = \"2024-typical-cases\"。", "id")
	case !idPattern.MatchString(l.f.ID):
		return l.keys.Fault("代号“"+l.f.ID+"”不能使用。", "由小写字母、数字和连字符组成，例如 2024-typical-cases。", "id")
	case l.f.Title == "":
		return l.keys.Fault("缺少 title。", "请填写通知的标题。", "title")
	}
	return nil
}

func (l *loading) times() *tomlfile.Error {
	const form = "请写作 2024-06-21 或 2024-06-21T17:00:00+08:00。"
	if l.f.Deadline == nil {
		return l.keys.Fault("缺少 deadline。", "请填写截止时间，例如 deadline = 2024-06-21。", "deadline")
	}
	t, day, err := tomlfile.Moment(l.f.Deadline, Zone())
	if err != nil {
		return l.keys.Fault(fmt.Sprintf("截止时间“%v”读不懂。", l.f.Deadline), form, "deadline")
	}
	if day {
		t = time.Date(t.Year(), t.Month(), t.Day(), 23, 59, 59, 0, Zone())
	}
	l.c.Deadline = t.In(Zone())
	if l.f.Opened == nil {
		return nil
	}
	if l.c.Opened, _, err = tomlfile.Moment(l.f.Opened, Zone()); err != nil {
		return l.keys.Fault(fmt.Sprintf("发布日期“%v”读不懂。", l.f.Opened), form, "opened")
	}
	l.c.Opened = l.c.Opened.In(Zone())
	if l.c.Deadline.Before(l.c.Opened) {
		return l.keys.Fault("截止时间早于发布日期。", "请核对 opened 和 deadline。", "deadline")
	}
	return nil
}
