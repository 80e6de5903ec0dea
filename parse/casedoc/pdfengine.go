package casedoc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/klippa-app/go-pdfium"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"baosong/parse/container"
)

// pdfMemory caps the memory of the PDF engine, in pages of 64 KiB.
const pdfMemory = 192 << 20 / 65536

// engine is one run of pdfium in WebAssembly: made for one document and thrown away with it, so that nothing a hostile
// file does outlives it. It sees no file system.
type engine struct {
	pdfium.Pdfium
	close func()
}

// worthCompiling is from how many bytes on a document is expected to repay compiling pdfium: some hundred pages of text.
const worthCompiling = 2 << 20

// newEngine takes the compiled pdfium from the cache in scratch (90 ms to start). Where it is not there yet, a large document
// has it compiled (3 s and 300 MB, once). A small one, or one without scratch, or where the kernel forbids writable code or the
// cache cannot be written, has it interpreted: 300 ms and 190 MB to start, and some four times slower after.
func newEngine(ctx context.Context, scratch string, size int64) (*engine, error) {
	if scratch != "" && (size >= worthCompiling || isCompiled(scratch)) {
		e, err := compiledEngine(ctx, scratch)
		if err == nil || ctx.Err() != nil {
			return e, err
		}
	}
	e, err := startEngine(ctx, wazero.NewRuntimeConfigInterpreter())
	runtime.GC() // what decoding the engine has left would double the memory before a document of many pages is read
	return e, err
}

func cacheDir(scratch string) string { return filepath.Join(scratch, "pdfium") }

func isCompiled(scratch string) bool {
	kept, err := fs.Glob(os.DirFS(cacheDir(scratch)), "*/*") // a folder for each version of wazero
	return err == nil && len(kept) > 0
}

func compiledEngine(ctx context.Context, scratch string) (*engine, error) {
	dir := cacheDir(scratch)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return nil, err
	}
	e, err := startEngine(ctx, wazero.NewRuntimeConfigCompiler().WithCompilationCache(cache))
	if err != nil {
		return nil, errors.Join(err, cache.Close(context.WithoutCancel(ctx)))
	}
	end := e.close
	e.close = func() { end(); cache.Close(context.WithoutCancel(ctx)) }
	return e, nil
}

func startEngine(ctx context.Context, config wazero.RuntimeConfig) (e *engine, err error) {
	defer func() {
		if v := recover(); v != nil { // wazero panics where executable memory is forbidden
			e, err = nil, fmt.Errorf("start the PDF engine: %v", v)
		}
	}()
	config = config.
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling). // pdfium's setjmp needs it
		WithMemoryLimitPages(pdfMemory).
		WithCloseOnContextDone(true)
	pool, err := webassembly.Init(webassembly.Config{Context: ctx, MaxIdle: 1, MaxTotal: 1, RuntimeConfig: config,
		FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		return nil, err
	}
	inst, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return &engine{inst, func() { inst.Close(); pool.Close() }}, nil
}

// pdfError turns an error of pdfium into one of ours.
func pdfError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pdferrors.ErrPassword), errors.Is(err, pdferrors.ErrSecurity):
		return container.ErrEncrypted
	}
	return fmt.Errorf("%v: %w", err, container.ErrDamaged)
}
