package ledger

import (
	"context"
	"os"
)

// vacuumInto writes a consistent copy of the database to a new file, 0600. It never goes through the live file by hand.
func vacuumInto(ctx context.Context, q querier, to string) error {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // VACUUM INTO takes an empty file
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `VACUUM INTO ?`, to)
	return err
}
