package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode"

	"baosong/ledger"
	"baosong/ledger/export"
	"baosong/parse/call"
	"baosong/tomlfile"
)

// flagFault words an error of package flag for the people at the command line.
func flagFault(err error) string {
	text := err.Error()
	for english, chinese := range map[string]string{
		"flag provided but not defined: -": "没有这个选项：--", "flag needs an argument: -": "选项后面缺少内容：--", "bad flag syntax: ": "选项的写法不对："} {
		if rest, ok := strings.CutPrefix(text, english); ok {
			return chinese + rest
		}
	}
	for _, english := range []string{"invalid value ", "invalid boolean value "} {
		if rest, ok := strings.CutPrefix(text, english); ok {
			value, _, _ := strings.Cut(rest, " for ")
			return "选项的内容不对：" + value
		}
	}
	return text
}

// failure is an error with what to do about it and the exit status it ends with.
type failure struct {
	err  error
	tip  string
	code int
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// hint adds what to do next.
func (f *failure) hint(tip string) *failure { f.tip = tip; return f }

func usage(format string, a ...any) *failure {
	return &failure{err: fmt.Errorf(format, a...), code: exitUsage}
}

func failed(code int, err error) *failure { return &failure{err: err, code: code} }

// errFindings ends a command whose answer is "there are errors": the answer itself is on stdout already.
var errFindings = &failure{err: errors.New(""), code: exitFindings}

// exitStatus prints the error with its hint and turns it into the exit status.
func exitStatus(t *terminal, name string, err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, context.Canceled) {
		return exitInterrupted
	}
	code, text, tip := exitError, err.Error(), ""
	var f *failure
	var refusal *ledger.Refusal
	switch {
	case errors.As(err, &f):
		code, tip = f.code, f.tip
	case errors.As(err, &refusal):
		code, text, tip = exitConflict, refusal.Text, refusal.Hint
		if errors.Is(err, ledger.ErrNotFound) {
			code = exitNotFound
		}
	case errors.Is(err, ledger.ErrNotFound):
		code, text = exitNotFound, "台账中没有这个编号"
	case errors.Is(err, ledger.ErrConflict), errors.Is(err, ledger.ErrLocked), errors.Is(err, export.ErrOccupied):
		code = exitConflict
	}
	if text == "" {
		return code
	}
	if tip == "" {
		text, tip = advice(name, code, text, err)
	}
	fmt.Fprintf(t.err, "baosong %s: %s\n提示：%s\n", name, text, tip)
	return code
}

// fileFault says what ails a file; text when the error does not name one.
func fileFault(text, what string, err error) string {
	var path *fs.PathError
	var link *os.LinkError
	name := ""
	switch {
	case errors.As(err, &path):
		name = path.Path
	case errors.As(err, &link):
		name = link.New
	default:
		return text
	}
	if strings.HasPrefix(filepath.Base(name), ".baosong-") { // ours, for the time of the work
		name = filepath.Dir(name)
	}
	if doing, _, ok := strings.Cut(text, ": "); ok && strings.IndexFunc(doing, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 {
		what = doing + "：" + what // what we were about, in our words
	}
	return what + "：" + name
}

// advice says what to do about an error that brings no hint of its own.
func advice(name string, code int, text string, err error) (said, tip string) {
	var file *tomlfile.Error
	var folder *call.Error
	if errors.As(err, &folder) {
		file = (*tomlfile.Error)(folder)
	}
	switch {
	case (file != nil || errors.As(err, &file)) && file.Hint != "":
		plain := *file
		plain.Hint = ""
		return plain.Error(), file.Hint
	case errors.Is(err, export.ErrOccupied):
		return "目标目录里已有其他文件，不是以前生成的上报材料", "没有改动任何文件；请换一个空目录，或尚不存在的目录。"
	case errors.Is(err, ledger.ErrNewerSchema):
		return "台账是由更新版本的 baosong 写成的", "请重新安装较新的版本，或恢复升级前的备份。"
	case errors.Is(err, ledger.ErrLocked):
		return "数据目录正由另一个 baosong 使用", "服务已在运行；请不要同时运行两个 serve。"
	case errors.Is(err, ledger.ErrReplaced): // it may wrap that the file is gone, which would lead astray
		return "数据目录在运行中被移走或替换（" + ledger.ErrReplaced.Error() + "）", "运行中不要移动或替换数据目录；先停止服务，恢复或换好之后再启动。"
	case errors.Is(err, fs.ErrNotExist):
		return fileFault(text, "没有这个文件或目录", err), "请核对名称和路径。"
	case errors.Is(err, fs.ErrPermission):
		return fileFault(text, "没有权限", err), "请检查属主和权限，或以运行服务的用户执行（sudo -u baosong）。"
	case errors.Is(err, syscall.ENOTDIR):
		return fileFault(text, "不是目录", err), "请核对路径：其中有一段是文件，不是目录。"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EROFS):
		return fileFault(text, "不能写入", err), "请检查磁盘空间，以及文件系统是否只读。"
	case code == exitNotFound:
		return text, "编号见 baosong messages、letters 和 show 单位编号；单位编号见 units.csv。"
	case code == exitConflict:
		return text, "请先用 baosong status、messages 或 letters 查看现状。"
	case code == exitUsage:
		return text, fmt.Sprintf("运行 baosong %s --help 查看用法。", name)
	}
	return text, "请用 baosong doctor 逐项检验，或查看日志。"
}
