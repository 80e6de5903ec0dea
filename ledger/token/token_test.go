package token

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestSignAndOpen(t *testing.T) {
	t.Parallel()
	key, err := Load(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	expires := time.Date(2024, 6, 25, 16, 0, 0, 0, time.UTC)
	for _, d := range []Decision{
		{Verb: Assign, IDs: []int64{12}, Unit: "hefei", Expires: expires},
		{Verb: Remember, IDs: []int64{1 << 33}, Unit: "合肥", Expires: expires},
		{Verb: Ignore, IDs: []int64{12}, Expires: expires},
		{Verb: Send, IDs: []int64{41, 42, 43, 300}, Expires: expires},
	} {
		signed := key.Sign(d)
		subject := "Re: 办理：第 12 号来信（" + strings.ToUpper(signed) + "）"
		if got := Find(subject); got != signed {
			t.Fatalf("Find(%q) = %q", subject, got)
		}
		if s := Strip(subject); strings.Contains(strings.ToLower(s), "bs1-") {
			t.Errorf("Strip left the token: %q", s)
		}
		got, err := key.Open(signed, expires.Add(-time.Second))
		if err != nil {
			t.Fatal(err)
		}
		d.Name = got.Name
		if got.Name == "" || !reflect.DeepEqual(got, d) {
			t.Errorf("got %+v, want %+v", got, d)
		}
		if again, _ := key.Open(key.Sign(d), expires.Add(-time.Hour)); again.Name != got.Name {
			t.Error("the same decision has two names")
		}
		if d, err := key.Open(signed, expires); !errors.Is(err, ErrExpired) || d.Name != got.Name {
			t.Errorf("expired: %v", err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	key, _ := Load(t.TempDir())
	other, _ := Load(t.TempDir())
	now := time.Date(2024, 6, 18, 0, 0, 0, 0, time.UTC)
	good := key.Sign(Decision{Verb: Assign, IDs: []int64{12}, Unit: "hefei", Expires: now.AddDate(0, 0, 7)})
	bad := []string{
		"", "bs1-", "bs1-aaaa", strings.TrimPrefix(good, "bs1-"), good[:len(good)-2], good + "aa", "bs1-" + strings.Repeat("a", 60),
		other.Sign(Decision{Verb: Assign, IDs: []int64{12}, Unit: "hefei", Expires: now.AddDate(0, 0, 7)}),
		key.Sign(Decision{Verb: 99, IDs: []int64{12}, Expires: now.AddDate(0, 0, 7)}),
		key.Sign(Decision{Verb: Ignore, Expires: now.AddDate(0, 0, 7)}),
	}
	for i := range len(good) - len(prefix) - 1 { // the very last letter may hold bits that carry nothing
		b := []byte(good)
		if b[i+len(prefix)]++; b[i+len(prefix)] > 'z' {
			b[i+len(prefix)] = 'a'
		}
		bad = append(bad, string(b))
	}
	for _, s := range bad {
		if d, err := key.Open(s, now); !errors.Is(err, ErrForged) {
			t.Errorf("Open(%q) = %+v, %v", s, d, err)
		}
	}
	if _, err := Key(nil).Open(Key(nil).Sign(Decision{Verb: Ignore, IDs: []int64{1}, Expires: now.AddDate(0, 0, 1)}), now); !errors.Is(err, ErrForged) {
		t.Errorf("without a key: %v", err)
	}
}

func TestLoadOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keys := make([]Key, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() { keys[i], _ = Load(dir) })
	}
	wg.Wait()
	for _, k := range keys {
		if len(k) != 32 || string(k) != string(keys[0]) {
			t.Fatal("several keys")
		}
	}
	st, err := os.Stat(filepath.Join(dir, fileName))
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", st, err)
	}
	if es, _ := os.ReadDir(dir); len(es) != 1 {
		t.Errorf("left behind: %v", es)
	}
	if err := os.WriteFile(filepath.Join(dir, fileName), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil {
		t.Error("a damaged key was taken")
	}
}

func FuzzOpen(f *testing.F) {
	key := Key(strings.Repeat("k", 32))
	f.Add(key.Sign(Decision{Verb: Send, IDs: []int64{1, 2, 3}, Expires: time.Unix(1e9, 0)}), []byte{1, 6, 1, 1, 1})
	f.Fuzz(func(t *testing.T, subject string, payload []byte) {
		if _, err := key.Open(Find(subject), time.Unix(0, 0)); err == nil && !strings.Contains(strings.ToLower(subject), prefix) {
			t.Error("opened what is no token")
		}
		parse(payload)
	})
}
