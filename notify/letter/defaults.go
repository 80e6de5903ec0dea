package letter

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteTemplates writes the embedded templates into dir, for staff to take what they want to word otherwise into their
// call's letters folder. It returns the names, and overwrites nothing: an existing file is fs.ErrExist, and none is written.
func WriteTemplates(dir string) ([]string, error) {
	entries, err := embedded.ReadDir("templates")
	if err != nil {
		return nil, fmt.Errorf("write letter templates: %w", err)
	}
	var names []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if _, err := os.Lstat(path); err == nil {
			return nil, fmt.Errorf("write letter template %s: %w", path, fs.ErrExist)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("write letter templates: %w", err)
		}
		names = append(names, e.Name())
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("write letter templates: %w", err)
	}
	for _, name := range names {
		b, err := embedded.ReadFile("templates/" + name)
		if err != nil {
			return nil, fmt.Errorf("write letter templates: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			return nil, fmt.Errorf("write letter templates: %w", err)
		}
	}
	return names, nil
}
