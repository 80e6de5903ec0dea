// Package ledger remembers: everything received, decided and sent, and who decided it. It holds the only SQL of the house
// and, with ledger/blob, the only files.
//
// The data directory, 0700 with files 0600 whatever the umask:
//
//	ledger.db           SQLite in WAL mode, with ledger.db-wal and ledger.db-shm beside it
//	blobs/ab/<sha256>   bytes that are kept: raw mails, attachments, letters as sent (0600)
//	spool/<sha256>      raw mails not yet judged
//	scratch/            working space of the caged readers; its content may be removed whenever no daemon runs
//	lock                held by the one daemon (flock); it holds that process's id
//
// How it is used, in order: Open; for a daemon also Lock, then Sweep. intake asks Located and BeginFetch, stores the bytes with
// blob.Store, then Receive makes the row; once judged, Record writes the outcome and the letters that follow in ONE
// transaction. notify runs Claim, SetComposed, Settle, and Enqueue for what is planned. Staff commands open the same
// ledger beside the daemon: every decision is one immediate transaction with one event.
//
// What a unit's state is and which cases stand is computed when asked (Province, Cases), never stored twice.
//
// Two storeys: exported methods open one transaction, unexported functions take it. Every change of state writes a row
// into the append-only, hash-chained table event in the same transaction; Verify proves the chain, the rows and the blobs.
//
// The package must never read a mail, judge a file, or know a configuration. Bytes come before rows: a row never names a
// blob that is not yet durable.
package ledger
