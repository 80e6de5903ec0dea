// Command baosong collects submissions by e-mail: it reads a mailbox, judges what units send against a call, answers,
// reminds, reports to staff, and builds the package that goes on to the ministry.
//
// Each command is one file: its flags, its help and its run function. wire.go puts the house together from the
// configuration; serve.go alone starts long-lived goroutines.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// Exit statuses; part of the command line's contract.
const (
	exitOK          = 0
	exitError       = 1
	exitUsage       = 2
	exitFindings    = 3
	exitNotFound    = 10
	exitConflict    = 11
	exitInterrupted = 130
)

// command is one verb of the command line.
type command struct {
	name   string
	args   string // what follows the name in the usage line
	short  string // one line for the overview
	long   string // purpose, then examples
	status string // the lines of EXIT STATUS besides 0, 1 and 2
	hidden bool
	run    func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error
}

// terminal is where a command reads and writes.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], &terminal{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// commands in the order of the overview.
func commands() []command {
	return []command{
		demoCommand(), initCommand(), doctorCommand(), serveCommand(),
		checkCommand(), unpackCommand(), formCommand(),
		statusCommand(), showCommand(), messagesCommand(), heldCommand(), lettersCommand(), previewCommand(), digestCommand(),
		assignCommand(), ignoreCommand(), releaseCommand(), waiveCommand(), acceptCommand(), extendCommand(),
		withdrawCommand(), postponeCommand(), replayCommand(), exportCommand(), backupCommand(), restoreCommand(), verifyCommand(), pruneCommand(),
		configCommand(), readerCommand(),
	}
}

// run executes one command line and returns its exit status.
func run(ctx context.Context, args []string, t *terminal) int {
	if len(args) == 0 {
		overview(t.err)
		return exitUsage
	}
	switch args[0] {
	case "-h", "--help", "help":
		if len(args) > 1 {
			return run(ctx, []string{args[1], "--help"}, t)
		}
		overview(t.out)
		return exitOK
	case "--version", "version":
		fmt.Fprintln(t.out, version())
		return exitOK
	}
	for _, c := range commands() {
		if c.name == args[0] {
			err := runCommand(ctx, c, args[1:], t)
			if err != nil && ctx.Err() != nil {
				// Whatever step the signal has cut short, and however that step words it.
				return exitInterrupted
			}
			return exitStatus(t, c.name, err)
		}
	}
	return exitStatus(t, "", usage("没有“%s”这个命令", args[0]).hint("运行 baosong --help 查看全部命令。"))
}

func runCommand(ctx context.Context, c command, args []string, t *terminal) error {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	err := c.run(ctx, t, fs, args)
	if errors.Is(err, flag.ErrHelp) {
		printHelp(t.out, c, fs)
		return nil
	}
	return err
}

// parseArgs reads flags and arguments in any order and checks how many arguments there are; most < 0 means any number.
func parseArgs(fs *flag.FlagSet, args []string, least, most int) ([]string, error) {
	var rest []string
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usage("%s", flagFault(err)).hint(fmt.Sprintf("运行 baosong %s --help 查看用法。", fs.Name()))
		}
		if fs.NArg() == 0 {
			break
		}
		ended := len(args) > fs.NArg() && args[len(args)-fs.NArg()-1] == "--"
		if ended {
			rest = append(rest, fs.Args()...)
			break
		}
		rest = append(rest, fs.Arg(0))
		args = fs.Args()[1:]
	}
	if len(rest) < least || most >= 0 && len(rest) > most {
		return nil, usage("%s 的参数个数不对", fs.Name()).hint(fmt.Sprintf("运行 baosong %s --help 查看用法。", fs.Name()))
	}
	return rest, nil
}

func overview(w io.Writer) {
	fmt.Fprint(w, "baosong（报送）：通过电子邮件收集报送材料的服务程序\n\n用法：baosong 命令 [选项] [参数]\n\n命令：\n")
	for _, c := range commands() {
		if !c.hidden {
			fmt.Fprintf(w, "  %-10s %s\n", c.name, c.short)
		}
	}
	fmt.Fprint(w, "\n运行 baosong 命令 --help 查看用法、示例和退出状态。\n")
}

// argumentWords name the kinds of an option's argument for people.
var argumentWords = map[string]string{"": "", "string": " 内容", "int": " 数"}

func printHelp(w io.Writer, c command, fs *flag.FlagSet) {
	fmt.Fprintf(w, "用法：baosong %s", c.name)
	if c.args != "" {
		fmt.Fprintf(w, " %s", c.args)
	}
	fmt.Fprintf(w, "\n\n%s\n", strings.ReplaceAll(strings.TrimSpace(c.long), "示例:", "示例："))
	first := true
	fs.VisitAll(func(f *flag.Flag) {
		if first {
			fmt.Fprint(w, "\n选项：\n")
			first = false
		}
		kind, text := flag.UnquoteUsage(f)
		fmt.Fprintf(w, "  --%s%s\n        %s", f.Name, argumentWords[kind], text)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			fmt.Fprintf(w, "（默认 %s）", f.DefValue)
		}
		fmt.Fprintln(w)
	})
	fmt.Fprint(w, "\nEXIT STATUS（退出状态）：\n  0    成功\n  1    出错\n  2    用法或配置有误\n")
	if c.status != "" {
		fmt.Fprintf(w, "  %s\n", strings.ReplaceAll(strings.TrimSpace(c.status), "\n", "\n  "))
	}
	fmt.Fprint(w, "  130  被中断\n")
}
