#!/usr/bin/env bash
# Makes the pictures of this folder anew from the approved letters in notify/letter/testdata.
# usage: docs/pictures/make.sh      needs chromium and python3
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
notify/letter/pictures.sh "$work" digest correction receipt-complete reminder-none done
for name in digest-1100 digest-dark correction-1100 receipt-complete-1100 reminder-none-1100 done-1100; do
	python3 docs/pictures/shrink.py "$work/$name.png" "docs/pictures/$name.png"
done
for name in digest-390 correction-390; do
	python3 docs/pictures/shrink.py "$work/$name.png" "docs/pictures/$name.png" 390
done
