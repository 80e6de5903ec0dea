package sender

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/authres"
	"github.com/emersion/go-msgauth/dkim"

	"baosong/intake/message"
	"baosong/parse/call"
)

const (
	dkimTime       = 10 * time.Second
	dkimSignatures = 5
)

// doubt says why a person's mail may not change a unit's standing; the zero reason means that it may.
func doubt(ctx context.Context, m *message.Message, raw func() (io.ReadCloser, error), c *call.Call, o Options, class Class) reason {
	switch {
	case class.Unit == "":
		return whyStranger()
	case m.FromHeaders > 1 || len(m.From) != 1:
		return whySeveral()
	case m.FromMended:
		return whyMended()
	case oddName(m.From[0], class.Unit, c, o):
		return whyName()
	}
	for _, a := range m.ReplyTo {
		if !sameUnit(a.Address, class, c, o) {
			return whyReplyTo()
		}
	}
	if m.Header.Get("Reply-To") != "" && len(m.ReplyTo) == 0 {
		return whyReplyTo() // something stands there that we cannot read
	}
	for _, a := range m.Sender {
		if !sameUnit(a.Address, class, c, o) && !aligned(domainOf(a.Address), domainOf(class.Address)) {
			return whySender()
		}
	}
	return unproven(ctx, m, raw, o, domainOf(class.Address))
}

// sameUnit tells whether an address is the sender's own or its unit's.
func sameUnit(address string, class Class, c *call.Call, o Options) bool {
	address = strings.ToLower(address)
	return address == class.Address || unitOf(address, c, o) == class.Unit
}

// oddName tells a display name that shows another address than the real one.
func oddName(a message.Address, unit string, c *call.Call, o Options) bool {
	for _, shown := range anyAddress.FindAllString(a.Name, 5) {
		if shown = strings.ToLower(shown); shown != strings.ToLower(a.Address) && unitOf(shown, c, o) != unit {
			return true
		}
	}
	return false
}

// unproven weighs the receiving server's Authentication-Results (RFC 8601): of our own servers only, and only the
// topmost, since whatever stands lower may have come with the mail. Where there is none, a DKIM signature that we can
// verify ourselves is as good.
func unproven(ctx context.Context, m *message.Message, raw func() (io.ReadCloser, error), o Options, domain string) reason {
	results, found := trusted(m.Header.All("Authentication-Results"), o.AuthservID)
	if found {
		return weigh(results, domain)
	}
	if !o.Require {
		return reason{}
	}
	if raw != nil && o.LookupTXT != nil && signed(ctx, raw, o.LookupTXT, domain) {
		return reason{}
	}
	return whyRequire()
}

// trusted parses the topmost header of one of our servers.
func trusted(headers, ids []string) (results []authres.Result, found bool) {
	for _, v := range headers {
		first, _, _ := strings.Cut(v, ";")
		words := strings.Fields(first)
		if len(words) == 0 {
			continue
		}
		for _, id := range ids {
			if strings.EqualFold(strings.TrimSpace(id), words[0]) {
				return parseResults(v), true
			}
		}
	}
	return nil, false
}

// parseResults reads each result on its own, so that one odd value does not hide the others.
func parseResults(v string) (results []authres.Result) {
	defer func() {
		if recover() != nil {
			results = nil
		}
	}()
	if _, all, err := authres.Parse(v); err == nil {
		return all
	}
	id, rest, _ := strings.Cut(v, ";")
	for _, one := range strings.Split(rest, ";") {
		if _, some, err := authres.Parse(id + ";" + one); err == nil {
			results = append(results, some...)
		}
	}
	return results
}

// weigh applies the contract: dmarc=fail condemns, dmarc=pass or an aligned pass of SPF or DKIM proves.
func weigh(results []authres.Result, domain string) reason {
	proven := false
	for _, r := range results {
		switch r := r.(type) {
		case *authres.DMARCResult:
			switch {
			case is(r.Value, "fail"):
				return whyDMARC()
			case is(r.Value, "pass") && (r.From == "" || aligned(domainOf(r.From), domain)):
				proven = true
			}
		case *authres.SPFResult:
			by := r.From
			if by == "" {
				by = r.Helo
			}
			proven = proven || is(r.Value, "pass") && aligned(domainOf(by), domain)
		case *authres.DKIMResult:
			by := r.Domain
			if by == "" {
				by = r.Identifier
			}
			proven = proven || is(r.Value, "pass") && aligned(domainOf(by), domain)
		}
	}
	if !proven {
		return whyAlign()
	}
	return reason{}
}

func is(v authres.ResultValue, want string) bool { return strings.EqualFold(string(v), want) }

// signed tells whether a DKIM signature of the sender's domain verifies (RFC 6376). A signature that does not is no
// signature: gateways and lists break them every day. DNS that cannot be reached proves nothing either way.
func signed(ctx context.Context, raw func() (io.ReadCloser, error), lookup LookupTXT, domain string) bool {
	ctx, cancel := context.WithTimeout(ctx, dkimTime)
	defer cancel()
	verified, err := verify(ctx, raw, lookup)
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return false
	}
	for _, v := range verified {
		if v.Err == nil && aligned(strings.ToLower(v.Domain), domain) {
			return true
		}
	}
	return false
}

func verify(ctx context.Context, raw func() (io.ReadCloser, error), lookup LookupTXT) (v []*dkim.Verification, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("verify DKIM: %v", r)
		}
	}()
	r, err := raw()
	if err != nil {
		return nil, fmt.Errorf("verify DKIM: %w", err)
	}
	defer r.Close()
	return dkim.VerifyWithOptions(r, &dkim.VerifyOptions{
		MaxVerifications: dkimSignatures,
		LookupTXT:        func(name string) ([]string, error) { return lookup(ctx, name) },
	})
}

func domainOf(address string) string {
	_, domain, ok := strings.Cut(strings.ToLower(strings.Trim(address, "<> ")), "@")
	if !ok {
		domain = strings.ToLower(strings.Trim(address, "<> "))
	}
	return strings.TrimSuffix(domain, ".")
}

// aligned tells whether two domains belong to the same organisation (RFC 7489, relaxed alignment).
func aligned(a, b string) bool {
	return a != "" && b != "" && organisation(a) == organisation(b)
}

// organisation returns the registered part of a domain: one label more than the public suffix.
func organisation(domain string) string {
	labels := strings.Split(strings.TrimSuffix(domain, "."), ".")
	n := 2
	if len(labels) > 2 && publicSecond(labels[len(labels)-2], labels[len(labels)-1]) {
		n = 3
	}
	if len(labels) <= n {
		return domain
	}
	return strings.Join(labels[len(labels)-n:], ".")
}

// publicSecond tells suffixes of two labels under which anybody registers: gov.cn, ah.cn, com.hk, co.uk.
func publicSecond(second, top string) bool {
	switch second {
	case "com", "net", "org", "gov", "edu", "ac", "mil", "co", "or", "ne", "go", "gob":
		return len(top) == 2
	}
	const provinces = " bj sh tj cq he sx nm ln jl hl js zj ah fj jx sd ha hb hn gd gx hi sc gz yn xz sn gs qh nx xj tw hk mo "
	return top == "cn" && len(second) == 2 && strings.Contains(provinces, " "+second+" ")
}
