// Package smarthost hands finished letters to the mail provider over SMTP.
//
// In order: fill a Client, Check it when the set-up is to be proved, Send each letter. A Send is one connection. What the
// server says against a letter comes back as *Refused, which tells whether trying again can help, whether the fault lies
// with our account, and whether the letter may have gone out all the same. Waiting, counting and pacing are the caller's.
//
// It must never change a letter's bytes but for what SMTP itself demands (line ends, dots), never ask for SMTPUTF8 (the
// next server may lack it and bounce), and never send a password in the clear to another machine unless told to.
//
// Standards: RFC 5321 (SMTP), RFC 3207 (STARTTLS), RFC 4954 (AUTH), RFC 3463 and RFC 2034 (enhanced codes).
package smarthost

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

const (
	defaultTimeout = 30 * time.Second
	// verdictShare times Timeout is waited for the answer after a letter's last line: the server may scan it first, and
	// giving up early means sending twice.
	verdictShare = 4
	// slowest is the slowest transfer that is waited for, in bytes a second.
	slowest = 8 << 10
)

// Options say where the provider's server is.
type Options struct {
	Host     string
	Port     int
	TLS      string // "implicit", "starttls" or "none"
	Insecure bool   // allows TLS "none" to a host that is not loopback
	CAFile   string // a further trusted root, PEM
	Username string // "": no AUTH
	Password string // password or 授权码
	// Secret, when set, is asked for the password at each connection, so that a new 授权码 needs no restart.
	Secret    func() (string, error)
	From      string // envelope sender when Send is given none
	Timeout   time.Duration
	LocalName string // said with EHLO; "localhost" when empty
}

// Client sends letters. It keeps no state and may be used by several goroutines.
type Client struct {
	Options
}

// Send hands over one letter. raw is the whole mail. The error is a *Refused, or ctx's when it ended before the letter
// could have gone out. When some recipients were refused and others accepted, the letter went to the others, and
// Refused.Delivered names them.
func (c *Client) Send(ctx context.Context, from string, to []string, raw []byte) error {
	if from == "" {
		from = c.From
	}
	if err := sendable(from, to); err != nil {
		return err
	}
	s, err := c.open(ctx, time.Duration(len(raw)/slowest)*time.Second)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.smtp.Mail(from, &smtp.MailOptions{Size: int64(len(raw))}); err != nil {
		return s.refused("mail", err)
	}
	delivered, refused, err := s.recipients(to)
	if err != nil {
		return err
	}
	if err := s.letter(raw); err != nil {
		return err
	}
	// The letter is with the server: from here on nothing may look like a failure to send it.
	s.quit()
	if refused != nil {
		refused.Delivered = delivered
		return refused
	}
	return nil
}

// Check connects, negotiates TLS, authenticates and takes leave, sending nothing.
func (c *Client) Check(ctx context.Context) error {
	s, err := c.open(ctx, 0)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.smtp.Noop(); err != nil {
		return s.refused("noop", err)
	}
	s.quit()
	return nil
}

// sendable refuses what cannot be said in SMTP without SMTPUTF8, before anything is sent.
func sendable(from string, to []string) error {
	if len(to) == 0 {
		return &Refused{Stage: "rcpt", Permanent: true, Err: errors.New("no recipient")}
	}
	for i, a := range append([]string{from}, to...) {
		at := strings.LastIndexByte(a, '@')
		bad := at <= 0 || at == len(a)-1 || strings.ContainsFunc(a, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '<' || r == '>' })
		switch {
		case bad && i == 0:
			return &Refused{Stage: "mail", Auth: true, Err: fmt.Errorf("sender address %q cannot be used", a)}
		case bad:
			return &Refused{Stage: "rcpt", Permanent: true, Err: fmt.Errorf("address %q cannot be used", a)}
		}
	}
	return nil
}

// recipients names them to the server and says who was accepted and what was said against the others. When nobody is
// accepted the refusal is the error; one that may pass later outweighs a final one.
func (s *session) recipients(to []string) (accepted []string, refused *Refused, err error) {
	for _, a := range to {
		err := s.smtp.Rcpt(a, nil)
		if err == nil {
			accepted = append(accepted, a)
			continue
		}
		r := s.refused("rcpt", err)
		r.Recipient = a
		if r.Code == 0 { // the connection is gone
			return nil, nil, r
		}
		if refused == nil || refused.Permanent && !r.Permanent {
			refused = r
		}
	}
	if len(accepted) == 0 {
		return nil, nil, refused
	}
	return accepted, refused, nil
}

// letter sends the bytes and waits for the verdict.
func (s *session) letter(raw []byte) error {
	w, err := s.smtp.Data()
	if err != nil {
		return s.refused("data", err)
	}
	if _, err := w.Write(raw); err != nil {
		return s.refused("body", err)
	}
	s.wire.patience(verdictShare * s.timeout)
	if err := w.Close(); err != nil {
		r := s.refused("verdict", err)
		// The last line may have arrived although no answer came.
		r.Maybe = r.Code == 0
		return r
	}
	return nil
}
