package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"baosong/ledger/blob"
)

// VerifyBackup proves a backup as Verify proves a data directory, without unpacking its blobs. A file that is no whole
// backup is reported as damage, not as an error.
func VerifyBackup(ctx context.Context, file string) ([]Damage, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("verify backup: %w", err)
	}
	work, err := os.MkdirTemp("", "baosong-verify-*")
	if err != nil {
		return nil, fmt.Errorf("verify backup: %w", err)
	}
	defer os.RemoveAll(work)
	copied := filepath.Join(work, databaseName)
	var damage []Damage
	there := map[blob.Ref]bool{}
	err = readTar(ctx, file, func(r io.Reader) error { return writeFile(copied, r) }, func(ref blob.Ref, r io.Reader) error {
		sum := sha256.New()
		if _, err := io.Copy(sum, r); err != nil {
			return err
		}
		there[ref] = true
		if hex.EncodeToString(sum.Sum(nil)) != string(ref) {
			damage = append(damage, Damage{DamagedBlob, string(ref), "备份中的文件内容被改动或损坏。"})
		}
		return nil
	})
	if ctx.Err() != nil {
		return damage, fmt.Errorf("verify backup: %w", ctx.Err())
	}
	if err != nil {
		damage = append(damage, Damage{DamagedDatabase, filepath.Base(file), "备份文件不完整或不是备份：" + err.Error()})
	}
	if _, err := os.Stat(copied); err != nil {
		return damage, nil
	}
	more, err := verifyCopied(ctx, copied, there)
	if err != nil {
		more = append(more, Damage{DamagedDatabase, databaseName, "备份中的数据库无法读取：" + err.Error()})
	}
	return append(damage, more...), nil
}

// verifyCopied checks the rows of an unpacked ledger and that the blobs they name were there.
func verifyCopied(ctx context.Context, path string, there map[blob.Ref]bool) ([]Damage, error) {
	pool, err := connect(path, "deferred", false)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	if err := migrate(ctx, pool, migrations()); err != nil { // a backup of an older schema; this is a copy
		return nil, err
	}
	damage, err := verifyRows(ctx, pool)
	if err != nil {
		return damage, err
	}
	named, err := namedRefs(ctx, pool)
	if err != nil {
		return damage, err
	}
	for _, ref := range sortedRefs(named) {
		if !there[ref] {
			damage = append(damage, Damage{DamagedBlob, string(ref), fmt.Sprintf("备份中缺少文件（%s）。", named[ref])})
		}
	}
	return damage, nil
}
