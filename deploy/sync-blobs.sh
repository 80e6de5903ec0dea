#!/bin/sh
# Carries the stored bytes and the key of the one-click decisions to the second machine; see litestream.yml. To be run every
# minute by a timer or cron, as baosong's user:
#
#   sync-blobs.sh /var/lib/baosong baosong@standby.example.org:/var/lib/baosong-replica
#
# A blob is named by its hash and never changes, so names and sizes are enough to compare. What was removed here (a secrecy
# mark, prune) is removed there too. The spool goes along: mail that is received and not yet judged lies there.
set -eu
from=${1:?data directory}
to=${2:?target, as rsync writes it}
for part in blobs spool; do
  rsync --archive --delete --size-only --exclude='.tmp-*' "$from/$part/" "$to/$part/"
done
if [ -e "$from/decision.key" ]; then
  rsync --archive "$from/decision.key" "$to/decision.key"
fi
