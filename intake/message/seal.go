package message

import (
	"bytes"
	"io"
	"os"
	"slices"
	"strings"

	"baosong/parse/container"
	"baosong/parse/finding"
)

// seal tells the envelopes of S/MIME (RFC 8551) and OpenPGP (RFC 3156) from files, and says what cannot be opened.
func (w *walker) seal(f *file) {
	switch kind := strings.Replace(f.ct.kind, "/x-", "/", 1); {
	case kind == "application/pkcs7-signature":
		f.att.Type = TypePKCS7Signature
	case kind == "application/pgp-signature":
		f.att.Type = TypePGPSignature
	case kind == "application/applefile" && bytes.HasPrefix(headOf(f.att.Path, 4), []byte("\x00\x05\x16\x07")):
		f.att.Type = TypeAppleFile
	case kind == "message/partial":
		w.unreadable(f.name, "邮件被拆成几封发送", "请关闭“拆分发送”，或把文件分几封普通邮件重新发送。")
	case kind == "application/pgp-encrypted":
		f.att.Type = TypePGPEncrypted // the part that says "Version: 1"
	case kind == "application/pkcs7-mime" || strings.HasSuffix(strings.ToLower(f.name), ".p7m"):
		w.sealPKCS7(f)
	case strings.HasSuffix(strings.ToLower(f.name), ".p7s") && f.att.Size < 64<<10:
		f.att.Type = TypePKCS7Signature
	case w.sealed || pgpArmoured(f.att.Path):
		f.att.Type = TypePGPEncrypted
		w.encrypted(f.name, "附件为 PGP 加密内容")
	}
}

func (w *walker) sealPKCS7(f *file) {
	switch oid := pkcs7Content(f.att.Path); {
	case oid == 2 && f.ct.params["smime-type"] != "certs-only":
		f.att.Type = TypePKCS7Signed
		w.unreadable(f.name, "邮件以 S/MIME 方式整体签名封装", "请关闭邮件签名后重新发送。")
	case oid == 3 || oid == 4 || f.ct.params["smime-type"] == "enveloped-data":
		f.att.Type = TypePKCS7Encrypted
		w.encrypted(f.name, "邮件经过 S/MIME 加密")
	case f.att.Type == string(container.Unknown):
		f.att.Type = TypePKCS7Signed
	}
}

// unreadable says that a part is wrapped so that its files cannot be read.
func (w *walker) unreadable(name, where, cure string) {
	w.say(finding.New("file.unsupported", finding.Place{File: name, Where: where}).Saying(where + "，无法读取其中的附件。").Cured(cure))
}

// encrypted says that a part cannot be opened without a key.
func (w *walker) encrypted(name, where string) {
	w.say(finding.New("file.encrypted", finding.Place{File: name, Where: where}).Saying(where + "，无法打开。").Cured("请取消加密后重新发送。"))
}

// say adds a finding once.
func (w *walker) say(f finding.Finding) {
	if !slices.ContainsFunc(w.m.Findings, func(old finding.Finding) bool { return old.Code == f.Code && old.Place == f.Place }) && len(w.m.Findings) < 2*maxDefects {
		w.m.Findings = append(w.m.Findings, f)
	}
}

// pkcs7Content returns the last arc of the content type 1.2.840.113549.1.7.n of a DER or BER file, or 0.
func pkcs7Content(path string) int {
	head := headOf(path, 64)
	oid := []byte{0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07}
	if i := bytes.Index(head, oid); i >= 0 && i < 20 && i+len(oid) < len(head) && head[0] == 0x30 {
		return int(head[i+len(oid)])
	}
	return 0
}

func pgpArmoured(path string) bool {
	return bytes.HasPrefix(bytes.TrimSpace(headOf(path, 256)), []byte("-----BEGIN PGP MESSAGE-----"))
}

// headOf returns the first n bytes of a file, fewer when it is shorter or cannot be read.
func headOf(path string, n int) []byte {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	b := make([]byte, n)
	n, _ = io.ReadFull(f, b)
	return b[:n]
}
