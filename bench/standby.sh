#!/usr/bin/env bash
# The second machine over SSH: a real Litestream replicates the ledger over SFTP by deploy/litestream.yml while serve runs, both are
# killed, and deploy/take-over.sh goes on (TestTakeOverBySFTP). Needs root. It is no part of .ci/run, because building Litestream
# takes longer than all tests: a minute and a half of processor time after a large download.
set -euo pipefail
cd "$(dirname "$0")/.."
missing=""
for p in openssh-server openssh-client rsync; do dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"; done
if [ -n "$missing" ]; then
  apt-get -qq update
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing >/dev/null
fi
if ! command -v litestream >/dev/null; then
  bin="$(mktemp -d)"
  trap 'rm -rf "$bin"' EXIT
  GOBIN="$bin" CGO_ENABLED=0 go install github.com/benbjohnson/litestream/cmd/litestream@v0.5.18
  PATH="$bin:$PATH"
fi
export PATH
go test -tags standby -count=1 -timeout 8m -run '^TestTakeOver' -v ./cmd/baosong
