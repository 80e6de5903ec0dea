package casedoc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/klippa-app/go-pdfium"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"baosong/parse/container"
)

// engine is one run of pdfium in WebAssembly: made for one document and thrown away with it, so that nothing a hostile
// file does outlives it. It sees no file system.
type engine struct {
	pdfium.Pdfium
	heap        *pdfHeap
	interpreted bool
	close       func()
}

// worthCompiling is from how many bytes on a document is expected to repay compiling pdfium: some hundred pages of text.
const worthCompiling = 2 << 20

// engine starts an engine: the compiled pdfium from the cache in scratch takes 90 ms. Where it is not there yet, a large
// document has it compiled (3 s, once); a quick one, or one without scratch, or where the kernel forbids writable code or
// the cache cannot be written, has it interpreted: 300 ms to start, and some four times slower after.
func (rd *reader) engine(ctx context.Context, quick bool) (*engine, error) {
	if rd.engines != nil {
		return rd.engines.start(ctx)
	}
	if rd.lim.Scratch != "" && !quick {
		e, err := compiledEngine(ctx, rd.lim.Scratch)
		if err == nil || ctx.Err() != nil {
			return e, err
		}
	}
	return interpretedEngine(ctx)
}

func cacheDir(scratch string) string { return filepath.Join(scratch, "pdfium") }

func isCompiled(scratch string) bool {
	if scratch == "" {
		return false
	}
	kept, err := fs.Glob(os.DirFS(cacheDir(scratch)), "*/*") // a folder for each version of wazero
	return err == nil && len(kept) > 0
}

func compiledEngine(ctx context.Context, scratch string) (*engine, error) {
	if !isCompiled(scratch) {
		debug.FreeOSMemory()       // what an interpreted engine has left
		defer debug.FreeOSMemory() // what compiling takes would stand beside what the document takes
	}
	es, err := compiledEngines(ctx, scratch)
	if err != nil {
		return nil, err
	}
	return es.only(ctx)
}

// engines starts one engine after another, each with a memory of its own, from one pdfium made ready.
type engines struct {
	pool        pdfium.Pool
	heap        *pdfHeap
	interpreted bool
	close       func()
}

func compiledEngines(ctx context.Context, scratch string) (*engines, error) {
	dir := cacheDir(scratch)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return nil, err
	}
	es, err := newEngines(ctx, wazero.NewRuntimeConfigCompiler().WithCompilationCache(cache))
	if err != nil {
		return nil, errors.Join(err, cache.Close(context.WithoutCancel(ctx)))
	}
	end := es.close
	es.close = func() { end(); cache.Close(context.WithoutCancel(ctx)) }
	return es, nil
}

func newEngines(ctx context.Context, config wazero.RuntimeConfig) (es *engines, err error) {
	defer func() {
		if v := recover(); v != nil { // wazero panics where executable memory is forbidden
			es, err = nil, fmt.Errorf("start the PDF engine: %v", v)
		}
	}()
	config = config.
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling). // pdfium's setjmp needs it
		WithCloseOnContextDone(true)
	heap := &pdfHeap{most: pdfMemory}
	pool, err := webassembly.Init(webassembly.Config{Context: heap.in(ctx), MaxIdle: 1, MaxTotal: 1, RuntimeConfig: config,
		FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		return nil, err
	}
	return &engines{pool: pool, heap: heap, close: func() { pool.Close() }}, nil
}

// start starts an engine; the one before must be closed.
func (es *engines) start(ctx context.Context) (e *engine, err error) {
	defer func() {
		if v := recover(); v != nil { // wazero panics where there is not even the memory to begin with
			es.heap.release()
			e, err = nil, fmt.Errorf("start the PDF engine: %v: %w", v, container.ErrLimit)
		}
	}()
	inst, err := es.pool.GetInstanceWithContext(ctx)
	if err != nil {
		es.heap.release()
		return nil, err
	}
	return &engine{inst, es.heap, es.interpreted, func() { inst.Close(); es.heap.release() }}, nil
}

// only starts an engine with which all is closed.
func (es *engines) only(ctx context.Context) (*engine, error) {
	e, err := es.start(ctx)
	if err != nil {
		es.close()
		return nil, err
	}
	end := e.close
	e.close = func() { end(); es.close() }
	return e, nil
}

func interpretedEngine(ctx context.Context) (*engine, error) {
	es, err := newEngines(ctx, wazero.NewRuntimeConfigInterpreter())
	debug.FreeOSMemory() // what decoding the engine has left would double the memory before a document of many pages is read
	if err != nil {
		return nil, err
	}
	es.interpreted = true
	return es.only(ctx)
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
