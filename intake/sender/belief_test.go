package sender

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// TestBelieved holds the contract's rule for whom we believe.
func TestBelieved(t *testing.T) {
	t.Parallel()
	with := func(header ...string) string { return mail(append([]string{city, "Subject: x"}, header...)...) }
	ar := func(s string) string { return "Authentication-Results: mx.example.org; " + s }
	for _, c := range []struct {
		name, raw string
		require   bool
		why       string // "" is believed
	}{
		{name: "rostered, no header", raw: with()},
		{name: "rostered, no header, required", raw: with(), require: true, why: "no-authentication"},
		{name: "all pass", raw: with(ar("dmarc=pass header.from=hefei.example; spf=pass smtp.mailfrom=jxj@hefei.example; dkim=pass header.d=hefei.example")), require: true},
		{name: "dmarc pass alone", raw: with(ar("dmarc=pass header.from=hefei.example"))},
		{name: "dmarc fail", raw: with(ar("dmarc=fail header.from=hefei.example; spf=pass smtp.mailfrom=hefei.example")), why: "dmarc-fail"},
		{name: "dmarc fail with policy in a comment", raw: with(ar("dmarc=fail (p=none dis=none) header.from=hefei.example; spf=pass smtp.mailfrom=hefei.example")), why: "dmarc-fail"},
		{name: "spf aligned", raw: with(ar("spf=pass smtp.mailfrom=bounce@mail.hefei.example"))},
		{name: "spf of another domain", raw: with(ar("spf=pass smtp.mailfrom=evil@other.example")), why: "no-alignment"},
		{name: "dkim aligned", raw: with(ar("spf=fail smtp.mailfrom=x@other.example; dkim=pass header.d=hefei.example"))},
		{name: "dkim of another domain", raw: with(ar("dkim=pass header.d=other.example")), why: "no-alignment"},
		{name: "dkim fails", raw: with(ar("dkim=fail header.d=hefei.example; spf=softfail smtp.mailfrom=hefei.example")), why: "no-alignment"},
		{name: "none", raw: with(ar("none")), why: "no-alignment"},
		{name: "id in other case, with version", raw: with("Authentication-Results: MX.Example.Org 1; dmarc=fail header.from=hefei.example"), why: "dmarc-fail"},
		{name: "other server's header is nothing", raw: with("Authentication-Results: mx.evil.example; dmarc=fail header.from=hefei.example")},
		{name: "other server's pass proves nothing", raw: with("Authentication-Results: mx.evil.example; dmarc=pass header.from=hefei.example"), require: true, why: "no-authentication"},
		{name: "only the topmost counts: fail above pass", raw: with(ar("dmarc=fail header.from=hefei.example"), ar("dmarc=pass header.from=hefei.example")), why: "dmarc-fail"},
		{name: "only the topmost counts: pass above fail", raw: with(ar("dmarc=pass header.from=hefei.example"), ar("dmarc=fail header.from=hefei.example"))},
		{name: "one odd value hides nothing", raw: with(ar("spf=pass (发件人) smtp.mailfrom=hefei.example; dkim=pass header.d=hefei.example"))},
		{name: "folded over lines", raw: with("Authentication-Results: mx.example.org;\r\n\tdmarc=fail\r\n\theader.from=hefei.example"), why: "dmarc-fail"},
		{name: "two From headers", raw: mail(city, "From: evil@other.example", "Subject: x"), why: "several-from"},
		{name: "two From addresses", raw: mail("From: jxj@hefei.example, evil@other.example", "Subject: x"), why: "several-from"},
		{name: "two angle brackets", raw: mail("From: <jxj@hefei.example> <evil@other.example>", "Subject: x"), why: "several-from"},
		{name: "address inside an encoded word", raw: mail("From: =?UTF-8?B?anhqQGhlZmVpLmV4YW1wbGU=?=", "Subject: x"), why: "from-mended"},
		{name: "name shows another unit's address", raw: mail("From: \"jxj@xuancheng.example\" <jxj@hefei.example>", "Subject: x"), why: "from-name"},
		{name: "name shows its own address", raw: mail("From: \"jxj@hefei.example\" <jxj@hefei.example>", "Subject: x")},
		{name: "stranger under a unit's address as name", raw: mail("From: \"jxj@hefei.example\" <evil@other.example>", "Subject: x"), why: "stranger"},
		{name: "Reply-To of the unit", raw: with("Reply-To: gxj@mail.example")},
		{name: "Reply-To itself", raw: with("Reply-To: JXJ@hefei.example")},
		{name: "Reply-To elsewhere", raw: with("Reply-To: evil@other.example"), why: "reply-to"},
		{name: "Reply-To also elsewhere", raw: with("Reply-To: gxj@mail.example, evil@other.example"), why: "reply-to"},
		{name: "Reply-To of another unit", raw: with("Reply-To: jxj@xuancheng.example"), why: "reply-to"},
		{name: "Reply-To unreadable", raw: with("Reply-To: nobody"), why: "reply-to"},
		{name: "Sender of the same domain", raw: with("Sender: office@hefei.example")},
		{name: "Sender elsewhere", raw: with("Sender: evil@other.example"), why: "sender-header"},
		{name: "stranger with a pass", raw: mail("From: x@other.example", "Subject: x", ar("dmarc=pass header.from=other.example")), why: "stranger"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := options()
			o.AuthservID, o.Require = []string{"mx.example.org"}, c.require
			got := Classify(context.Background(), read(t, c.raw), nil, roster(), o)
			if got.Kind != Person || got.Why != c.why || got.Believed != (c.why == "") || (c.why == "") != (got.WhyText == "") {
				t.Errorf("got %s, believed %v, why %q (%s); want why %q", got.Kind, got.Believed, got.Why, got.WhyText, c.why)
			}
		})
	}
}

func TestAligned(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"hefei.example", "hefei.example", true},
		{"mail.hefei.example", "hefei.example", true},
		{"a.hefei.gov.cn", "b.hefei.gov.cn", true},
		{"hefei.gov.cn", "wuhu.gov.cn", false},
		{"gov.cn", "hefei.gov.cn", false},
		{"hefei.ah.cn", "wuhu.ah.cn", false},
		{"qq.com", "exmail.qq.com", true},
		{"a.com.hk", "b.com.hk", false},
		{"", "", false},
		{"evilhefei.example", "hefei.example", false},
	} {
		if got := aligned(c.a, c.b); got != c.want {
			t.Errorf("aligned(%q, %q) = %v", c.a, c.b, got)
		}
	}
}

// TestDKIM: where the server says nothing, a signature that we verify ourselves proves; DNS that fails does not condemn.
func TestDKIM(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(domain string) string {
		var out bytes.Buffer
		err := dkim.Sign(&out, strings.NewReader(mail(city, "Subject: x")), &dkim.SignOptions{Domain: domain, Selector: "s", Signer: private})
		if err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	key := func(context.Context, string) ([]string, error) {
		return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
	}
	down := func(context.Context, string) ([]string, error) { return nil, errors.New("no network") }
	good := sign("hefei.example")
	for _, c := range []struct {
		name, raw string
		lookup    LookupTXT
		require   bool
		why       string
	}{
		{"verified", good, key, true, ""},
		{"verified by a parent domain", sign("hefei.example"), key, true, ""},
		{"of another domain", sign("other.example"), key, true, "no-authentication"},
		{"altered", strings.Replace(good, "各位好", "你们好", 1), key, true, "no-authentication"},
		{"altered, not required", strings.Replace(good, "各位好", "你们好", 1), key, false, ""},
		{"no DNS", good, down, true, "no-authentication"},
		{"no DNS, not required", good, down, false, ""},
		{"not asked", good, nil, true, "no-authentication"},
		{"no signature", mail(city, "Subject: x"), key, true, "no-authentication"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := options()
			o.Require, o.LookupTXT = c.require, c.lookup
			raw := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(c.raw)), nil }
			got := Classify(context.Background(), read(t, c.raw), raw, roster(), o)
			if got.Why != c.why || got.Believed != (c.why == "") {
				t.Errorf("believed %v, why %q; want why %q", got.Believed, got.Why, c.why)
			}
		})
	}
}
