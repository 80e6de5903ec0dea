#!/usr/bin/env bash
# Runs the benchmarks of all rooms and prints one line each: time per operation, MB/s, rows/s, mails/s, memory.
# Figures depend on the machine: compare ratios. Usage: bench/readers.sh [BENCHTIME]
set -euo pipefail
cd "$(dirname "$0")/.."
go test -run '^$' -bench . -benchmem -benchtime "${1:-1s}" \
  ./intake/message ./intake/unpack ./intake/cage ./parse/container ./parse/sheet/... ./parse/casedoc ./parse/rule ./parse ./ledger |
  grep -E '^(Benchmark|pkg:)'
