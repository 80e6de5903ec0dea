module baosong

go 1.26.8

require (
	github.com/bodgit/sevenzip v1.6.5 // 7z archives
	github.com/emersion/go-imap/v2 v2.0.0-beta.8 // IMAP client; its server framework for tests and demo
	github.com/emersion/go-message v0.18.2 // writing our letters as MIME
	github.com/emersion/go-msgauth v0.7.0 // Authentication-Results and DKIM
	github.com/emersion/go-sasl v0.0.0-20241020182733-b788ff22d5a6 // AUTH PLAIN and LOGIN for the SMTP client and its test server
	github.com/emersion/go-smtp v0.25.1 // SMTP client; its server for tests and demo
	github.com/klauspost/compress v1.19.0 // zstd archives
	github.com/klippa-app/go-pdfium v1.20.0 // text of PDF, Chinese fonts not embedded included
	github.com/landlock-lsm/go-landlock v0.11.0 // the reader sees nothing but its scratch
	github.com/nwaples/rardecode/v2 v2.4.6 // rar 4 and 5
	github.com/pelletier/go-toml/v2 v2.4.3 // configuration with line and column of each fault
	github.com/richardlehane/mscfb v1.0.9 // second opinion on our compound file reader, in tests only
	github.com/robfig/cron/v3 v3.0.1 // cron expressions (parser only)
	github.com/rogpeppe/go-internal v1.16.0 // testscript, in tests only
	github.com/tetratelabs/wazero v1.12.0 // runs pdfium without cgo, with a compilation cache
	github.com/ulikunitz/xz v0.5.15 // xz and lzma archives
	github.com/xuri/excelize/v2 v2.11.1 // writing workbooks
	golang.org/x/net v0.62.0 // HTML parser
	golang.org/x/sys v0.50.0 // rlimits and seccomp of the reader
	golang.org/x/text v0.44.0 // GB18030 and other charsets
	modernc.org/sqlite v1.61.1 // the ledger, without cgo
)

require (
	github.com/BurntSushi/toml v1.4.1-0.20240526193622-a339e1f7089c // indirect
	github.com/andybalholm/brotli v1.2.2 // indirect
	github.com/bodgit/plumbing v1.3.0 // indirect
	github.com/bodgit/windows v1.0.1 // indirect
	github.com/dustin/go-humanize v1.1.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/hashicorp/golang-lru/v2 v2.0.7 // indirect
	github.com/jolestar/go-commons-pool/v2 v2.1.2 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/ncruces/go-strftime v1.1.0 // indirect
	github.com/pierrec/lz4/v4 v4.1.27 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/richardlehane/msoleps v1.0.6 // indirect
	github.com/spf13/afero v1.15.0 // indirect
	github.com/stangelandcl/ppmd v0.1.1 // indirect
	github.com/tiendc/go-deepcopy v1.7.2 // indirect
	github.com/xuri/efp v0.0.3-0.20260924042702-217b81952dec // indirect
	github.com/xuri/nfp v0.0.2-0.20250530014748-2ddeb826f9a9 // indirect
	go4.org v0.0.0-20260112195520-a5071408f32f // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/exp/typeparams v0.0.0-20231108232855-2478ac86f678 // indirect
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/sync v0.25.0 // indirect
	golang.org/x/tools v0.52.0 // indirect
	honnef.co/go/tools v0.8.2 // indirect
	kernel.org/pub/linux/libs/security/libcap/psx v1.2.77 // indirect
	modernc.org/libc v1.79.0 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
)

tool honnef.co/go/tools/cmd/staticcheck
