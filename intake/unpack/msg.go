package unpack

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"

	"baosong/parse/container"
)

// msg opens a message saved by Outlook: properties are streams, attachments storages ([MS-OXMSG]).
func (w *walker) msg(n *Node) error {
	f, err := os.Open(n.Path)
	if err != nil {
		return fatal{fmt.Errorf("open msg: %w", err)}
	}
	defer f.Close()
	c, err := container.OpenCompound(f, n.Size)
	if err != nil {
		return err
	}
	return w.msgStorage(n, c, "", 0)
}

// msgStorage reads the message whose properties stand under prefix: the file's own, or one attached to it.
func (w *walker) msgStorage(n *Node, c *container.Compound, prefix string, depth int) error {
	m := msgProps{c: c, prefix: prefix}
	n.Text = joinTexts(m.text("0037"), m.text("1000"))
	for i, dir := range m.attachments() {
		a := msgProps{c: c, prefix: dir}
		name := a.text("3707")
		if name == "" {
			name = a.text("3704")
		}
		if data := "__substg1.0_37010102"; c.Has(dir + data) {
			if name == "" {
				name = fmt.Sprintf("附件%d", i+1)
			}
			b, err := c.Read(dir+data, 256<<20)
			open := bytesOf(b)
			if err != nil {
				open = failed(err)
			}
			if err := w.add(n, member{name: name, size: int64(len(b)), packed: max(n.Size, 1), inline: a.text("3712") != "" && isPictureName(name), open: open}); err != nil {
				return err
			}
			continue
		}
		if inner := dir + "__substg1.0_3701000D/"; depth < w.limits.Depth && has(c, inner) {
			if err := w.msgAttached(n, a, inner, name, depth); err != nil {
				return err
			}
		}
	}
	var rtf []byte
	if b := m.bytes("10090102"); len(b) > 0 {
		rtf, _ = unpackRTF(b)
	}
	return w.bodies(n, rtf, m.bytes("10130102"))
}

// msgAttached reads a message that is kept within another as a storage; it has no bytes of its own.
func (w *walker) msgAttached(n *Node, a msgProps, inner, name string, depth int) error {
	if err := w.count(); err != nil {
		return err
	}
	if name == "" {
		name = a.text("3001")
	}
	if name == "" {
		name = "转发邮件"
	}
	name, _ = cleanName(strings.NewReplacer("/", "／", `\`, "＼").Replace(name) + ".msg")
	child := &Node{Name: name, Type: string(container.MSG), Disposition: "attachment", Children: []*Node{}}
	n.Children = append(n.Children, child)
	return w.msgStorage(child, a.c, inner, depth+1)
}

func failed(err error) func() (io.Reader, error) {
	return func() (io.Reader, error) { return nil, err }
}

func isPictureName(name string) bool {
	name = strings.ToLower(name)
	for _, ext := range []string{".png", ".jpg", ".jpeg", ".gif", ".bmp", ".wmf", ".emf"} {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	return false
}

func has(c *container.Compound, prefix string) bool {
	for _, name := range c.Names() {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// msgProps reads the properties below one storage.
type msgProps struct {
	c      *container.Compound
	prefix string
}

// attachments returns the storages of the message's attachments, in their order.
func (m msgProps) attachments() []string {
	seen := map[string]bool{}
	var out []string
	for _, name := range m.c.Names() {
		rest, ok := strings.CutPrefix(name, m.prefix)
		if !ok || !strings.HasPrefix(rest, "__attach_version1.0_#") {
			continue
		}
		dir, _, _ := strings.Cut(rest, "/")
		if !seen[dir] {
			seen[dir] = true
			out = append(out, m.prefix+dir+"/")
		}
	}
	sort.Strings(out)
	return out
}

func (m msgProps) bytes(tag string) []byte {
	b, _ := m.c.Read(m.prefix+"__substg1.0_"+tag, 64<<20)
	return b
}

// text returns a property as text, whichever of the two kinds it is kept in.
func (m msgProps) text(id string) string {
	if b := m.bytes(id + "001F"); b != nil {
		return mapiProp{kind: mapiUnicode, value: b}.text(0)
	}
	return textOf(m.bytes(id+"001E"), m.codepage())
}

// codepage looks up PR_MESSAGE_CODEPAGE or PR_INTERNET_CPID among the fixed properties of the top message; 936 if there is none.
func (m msgProps) codepage() int {
	b, _ := m.c.Read("__properties_version1.0", 1<<20)
	for at := 32; at+16 <= len(b); at += 16 {
		tag, value := binary.LittleEndian.Uint32(b[at:]), binary.LittleEndian.Uint32(b[at+8:])
		if (tag == 0x3FFD0003 || tag == 0x3FDE0003) && value > 0 && value < 1<<17 {
			return int(value)
		}
	}
	return 936
}
