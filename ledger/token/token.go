// Package token signs what staff may decide with one click: the digest carries a link for each answer, the link writes a
// mail, and the mail's subject carries the token.
//
// Load reads the ledger's key or makes one; Key.Sign turns a Decision into a token; Find takes the token out of a subject
// and Key.Open proves it. A token is bound to the verb, to what it is about and to the day it expires; whoever carries it
// out must use up its Name, so that twice is once, and must know by other means that staff have sent it.
//
// The signature is HMAC-SHA256 (RFC 2104) cut to 128 bits. The package must never decide, send or read a clock.
package token

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"baosong/ledger/blob"
)

// Verb is what a decision does. The number stands in tokens: never give it another meaning.
type Verb byte

// The verbs of the command line that one click can mean.
const (
	Assign   Verb = 1 // the mail counts for Unit
	Remember Verb = 2 // the same, and later mail from its address too
	Release  Verb = 3 // the mail counts for the unit it names
	Ignore   Verb = 4 // the mail counts for nothing
	Replay   Verb = 5 // the mail is judged again
	Send     Verb = 6 // the letters go, or go once more
	Drop     Verb = 7 // the letters are given up
)

// Decision is one answer that staff may give.
type Decision struct {
	Verb    Verb
	IDs     []int64 // of one mail, or of letters
	Unit    string  // for Assign and Remember
	Expires time.Time
	Name    string // filled in by Open: what is used up; the same decision signed twice has the same name
}

// Refusals of Open.
var (
	ErrForged  = errors.New("the token is not one of ours")
	ErrExpired = errors.New("the token has expired")
)

const (
	version  = 1
	macBytes = 16
	maxIDs   = 200
	fileName = "decision.key"
	prefix   = "bs1-"
)

// written finds a token as mail programs leave it.
var written = regexp.MustCompile(`(?i)\bbs1-([a-z2-7]{32,})\b`)

// shown is a token with the brackets that the link has put around it.
var shown = regexp.MustCompile(`(?i)\s*[（(\[]?` + written.String()[4:] + `[）)\]]?`)

// Key is the secret that signs.
type Key []byte

// Load returns the key of a data directory. The first time it draws one; several processes may do so at once.
func Load(dir string) (Key, error) {
	path := filepath.Join(dir, fileName)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = draw(dir, path); err == nil {
			raw, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read the key of one-click decisions: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil || len(key) < 32 {
		return nil, fmt.Errorf("the key of one-click decisions in %s is damaged: remove the file, a new one is drawn", path)
	}
	return key, nil
}

// draw writes a fresh key, whole or not at all; who comes second keeps the first one's.
func draw(dir, path string) error {
	var key [32]byte
	rand.Read(key[:]) // never fails
	tmp, err := os.CreateTemp(dir, ".decision-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err := tmp.WriteString(hex.EncodeToString(key[:]) + "\n"); err != nil {
		return errors.Join(err, tmp.Close())
	}
	if err := errors.Join(tmp.Chmod(0o600), blob.HandOver(tmp.Name()), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return blob.SyncDir(dir)
}

// Sign returns the token of a decision. Expires counts to the minute.
func (k Key) Sign(d Decision) string {
	payload := d.payload()
	return prefix + strings.ToLower(encoding().EncodeToString(append(payload, k.mac(payload)...)))
}

// Find returns the token in a subject line, or "".
func Find(subject string) string { return strings.ToLower(written.FindString(subject)) }

// Strip takes tokens out of a text that is to be shown.
func Strip(s string) string {
	return strings.TrimSpace(shown.ReplaceAllString(s, ""))
}

// Open proves a token and returns its decision: ErrForged, or ErrExpired together with the decision.
func (k Key) Open(token string, now time.Time) (Decision, error) {
	body, ok := strings.CutPrefix(strings.ToLower(token), prefix)
	raw, err := encoding().DecodeString(strings.ToUpper(body))
	if !ok || err != nil || len(raw) <= macBytes {
		return Decision{}, ErrForged
	}
	payload, mac := raw[:len(raw)-macBytes], raw[len(raw)-macBytes:]
	if len(k) == 0 || !hmac.Equal(mac, k.mac(payload)) {
		return Decision{}, ErrForged
	}
	d, ok := parse(payload)
	if !ok {
		return Decision{}, ErrForged
	}
	if !now.Before(d.Expires) {
		return d, ErrExpired
	}
	return d, nil
}

func encoding() *base32.Encoding { return base32.StdEncoding.WithPadding(base32.NoPadding) }

func (k Key) mac(payload []byte) []byte {
	h := hmac.New(sha256.New, k)
	h.Write([]byte("baosong decision\x00"))
	h.Write(payload)
	return h.Sum(nil)[:macBytes]
}

// payload is version, verb, minute of expiry, number of ids, their differences, unit.
func (d Decision) payload() []byte {
	ids := slices.Compact(slices.Sorted(slices.Values(d.IDs)))
	b := []byte{version, byte(d.Verb)}
	b = binary.AppendUvarint(b, uint64(d.Expires.Unix()/60))
	b = binary.AppendUvarint(b, uint64(len(ids)))
	last := int64(0)
	for _, id := range ids {
		b = binary.AppendUvarint(b, uint64(id-last))
		last = id
	}
	return append(b, d.Unit...)
}

func parse(b []byte) (d Decision, ok bool) {
	sum := sha256.Sum256(b)
	d.Name = hex.EncodeToString(sum[:16])
	if len(b) < 2 || b[0] != version || Verb(b[1]) < Assign || Verb(b[1]) > Drop {
		return Decision{}, false
	}
	d.Verb, b = Verb(b[1]), b[2:]
	next := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 || v > 1<<40 {
			ok = false
			return 0
		}
		b = b[n:]
		return v
	}
	ok = true
	d.Expires = time.Unix(int64(next())*60, 0).UTC()
	n := next()
	if n == 0 || n > maxIDs {
		return Decision{}, false
	}
	last := int64(0)
	for range n {
		last += int64(next())
		d.IDs = append(d.IDs, last)
	}
	d.Unit = string(b)
	return d, ok
}
