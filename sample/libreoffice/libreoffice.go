// Package libreoffice has LibreOffice open and convert what was written. It is used by tests only.
package libreoffice

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Convert turns files into another format and returns the new ones in the same order. Without LibreOffice the test is skipped,
// or fails where CI=true.
func Convert(t testing.TB, to string, src ...string) (made []string) {
	t.Helper()
	exe, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("LIBREOFFICE MISSING, and CI must not go without")
		}
		t.Skip("LIBREOFFICE MISSING: what was written was NOT opened by another program")
	}
	dir := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", to, "--outdir", dir}
	if out, err := exec.Command(exe, append(args, src...)...).CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	ext, _, _ := strings.Cut(to, ":") // what follows names a filter
	for _, s := range src {
		made = append(made, filepath.Join(dir, strings.TrimSuffix(filepath.Base(s), filepath.Ext(s))+"."+ext))
	}
	return made
}
