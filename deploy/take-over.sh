#!/bin/sh
# On the second machine, once the first is surely down: makes a data directory of the replicated ledger and the synced blobs,
# and proves it. What verify names is what the last minute has lost; the mails themselves still lie on the mail server.
#
#   take-over.sh /var/lib/baosong-replica /var/lib/baosong [/etc/baosong/baosong.toml]
#
# Then start serve. The mailbox is read anew: known mails are matched by their bytes and answered to nobody again.
# A letter sent in the seconds that the replica was behind goes once more.
set -eu
umask 077
replica=${1:?replica directory}
data=${2:?data directory, which must not exist}
config=${3:-/etc/baosong/baosong.toml}
if [ -e "$data/ledger.db" ]; then
  echo "$data has a ledger already; move it away first" >&2
  exit 11
fi
mkdir -p "$data"
litestream restore -o "$data/ledger.db" "file://$replica/ledger"
for part in blobs spool decision.key; do
  if [ -e "$replica/$part" ]; then cp -Rp "$replica/$part" "$data/"; fi
done
baosong verify --config "$config"
