// Package unpack opens what is packed: zip, rar, 7z, tar and its compressions, winmail.dat, Outlook messages and
// forwarded mails, one within another to a depth.
//
// Walk takes a mail's attachments and returns a tree of nodes; Leaves lists the files in it that want a verdict. Every
// member becomes a file of its own, named by a counter, below one folder: names from archives are text and never
// paths. Office files are leaves although they are zips. Limits of depth, count, bytes and ratio hold before bytes are
// written; a member that cannot be read carries a finding and the others are read all the same.
//
// It must be run in the cage: the readers of rar and 7z are other people's. It never follows a link, never tries a
// password, and never joins what it was not given. Formats: APPNOTE 6.3 (zip), [MS-OXTNEF], [MS-OXMSG], [MS-OXRTFCP].
package unpack

import (
	"context"
	"fmt"
	"path"
	"strings"

	"baosong/intake/message"
	"baosong/parse/container"
	"baosong/parse/finding"
)

// Node is a file as it was sent: an attachment, or a member of one. A node that holds others is an archive or a mail;
// members that could not be read have a name but no path. Its JSON crosses the cage and is part of the contract.
type Node struct {
	Name        string `json:"name"`
	Path        string `json:"path,omitempty"` // where the bytes are; "" when there are none
	Size        int64  `json:"size"`
	SHA256      string `json:"sha256"`
	Type        string `json:"type"`        // container.Format told from the content
	Disposition string `json:"disposition"` // attachment or inline; a mail's own body is inline
	// Text is the body of a forwarded mail or of a winmail.dat; Links are its large attachments kept elsewhere.
	Text     string           `json:"text,omitempty"`
	Links    []message.Link   `json:"links,omitempty"`
	Children []*Node          `json:"children"`          // never nil
	Finding  *finding.Finding `json:"finding,omitempty"` // why it could not be read, or not wholly
	Piece    bool             `json:"piece,omitempty"`   // a volume that was opened together with the first one
}

// Leaf is a file that wants a verdict.
type Leaf struct {
	Name        string // path within the mail: 材料.zip/案例一.docx
	Path        string // where the bytes are; "" when Fault says why there are none
	SHA256      string
	Type        string
	Disposition string
	Size        int64
	Fault       *finding.Finding
}

// Limits bound what one mail may unfold to. Zero values take the defaults.
type Limits struct {
	Depth   int   // containers within one another; 3
	Files   int   // members in all; 2000
	Bytes   int64 // unpacked bytes in all; 1 GiB
	Ratio   int64 // unpacked to packed; 200. Holds for members over 10 MiB and for an attachment over 50 MiB in all
	Message message.Limits
}

const (
	memberFloor = 10 << 20
	totalFloor  = 50 << 20
)

func (l Limits) withDefaults() Limits {
	if l.Depth == 0 {
		l.Depth = 3
	}
	if l.Files == 0 {
		l.Files = 2000
	}
	if l.Bytes == 0 {
		l.Bytes = 1 << 30
	}
	if l.Ratio == 0 {
		l.Ratio = 200
	}
	return l
}

// Walk opens the attachments of one mail. Members are written below dir, which must exist and belong to this mail alone.
// reading, if not nil, is called with a file's name before a reader is set on it. The findings are remarks that hang on
// no node; what is wrong with a file stands in its node and comes out of Leaves. The error is never a sender's fault: it is
// the disk's or the context's, and the nodes read so far are returned with it.
func Walk(ctx context.Context, atts []*message.Attachment, dir string, lim Limits, reading func(path string)) ([]*Node, []finding.Finding, error) {
	if reading == nil {
		reading = func(string) {}
	}
	w := &walker{ctx: ctx, limits: lim.withDefaults(), reading: reading, dir: path.Join(dir, "unpacked")}
	nodes := make([]*Node, 0, len(atts))
	for _, a := range atts {
		nodes = append(nodes, fromAttachment(a))
	}
	err := w.expandAll(nodes, "", 1)
	return nodes, w.findings, err
}

func fromAttachment(a *message.Attachment) *Node {
	return &Node{Name: a.Name, Path: a.Path, Size: a.Size, SHA256: a.SHA256, Type: a.Type, Disposition: a.Disposition, Children: []*Node{}}
}

// Leaves lists the files to judge, depth first: files that are no containers, and containers with a fault. Left out are
// members without bytes whose container already says why, pictures shown within a mail, bodies of mails, signatures, and
// what a folder holds of its own when all of it was attached.
func Leaves(nodes []*Node) []Leaf { return leaves(nil, nodes, "") }

func leaves(out []Leaf, nodes []*Node, prefix string) []Leaf {
	for i, n := range nodes {
		name := prefix + n.Name
		if n.Name == "" {
			name = prefix + unnamed(i+1, n.Type)
		}
		fileOrFault := len(n.Children) == 0 && n.Path != "" && !n.Piece && !container.Format(n.Type).HoldsFiles() || n.Finding != nil
		if fileOrFault && !isEnvelope(n.Type) && !(n.Disposition == "inline" && (isPicture(n.Type) || isBody(n.Name))) && !isLitter(n) {
			out = append(out, Leaf{Name: name, Path: n.Path, SHA256: n.SHA256, Type: n.Type, Disposition: n.Disposition, Size: n.Size, Fault: n.Finding})
		}
		out = leaves(out, n.Children, name+"/")
	}
	return out
}

// unnamed calls the n-th file of a mail by what it is, when its sender's program gave it no name.
func unnamed(n int, typ string) string {
	name := fmt.Sprintf("未命名附件%d", n)
	switch container.Format(typ) {
	case container.Unknown, container.Empty:
		return name
	case container.Text:
		return name + ".txt"
	}
	return name + "." + typ
}

// isEnvelope tells what mail programs add of themselves: signatures, and what a Mac keeps beside a file.
func isEnvelope(typ string) bool {
	return typ == message.TypePKCS7Signature || typ == message.TypePGPSignature || typ == message.TypeAppleFile
}

func isPicture(typ string) bool {
	switch container.Format(typ) {
	case container.PNG, container.JPEG, container.GIF, container.BMP, container.TIFF, container.WebP, container.WMF, container.EMF,
		container.HEIC, container.SVG:
		return true
	}
	return false
}

func isBody(name string) bool { return strings.HasPrefix(name, "message.") }
