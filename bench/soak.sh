#!/usr/bin/env bash
# The long soak: mails through Postfix and Dovecot while the daemon is killed and its lines to both have bad weather. Needs root and
# the packages that .ci/run installs. It ends with the table for docs/soak.md.
#
#   bench/soak.sh                      # 10,000 mails in an hour
#   MAILS=2000 MINUTES=12 bench/soak.sh
#   OUT=table.md bench/soak.sh         # the table into a file as well
set -euo pipefail
cd "$(dirname "$0")/.."
export BAOSONG_SOAK_MAILS="${MAILS:-10000}" BAOSONG_SOAK_MINUTES="${MINUTES:-60}" BAOSONG_SOAK_OUT=""
if [ -n "${OUT:-}" ]; then BAOSONG_SOAK_OUT="$(realpath -m "$OUT")"; fi
exec nice -n "${NICE:-5}" go test -tags integration -count=1 -timeout "$((BAOSONG_SOAK_MINUTES * 2 + 30))m" -run '^TestSoak$' -v ./integration
