#!/usr/bin/env bash
# Renders the golden letters as pictures: wide (1100 px), on a telephone (390 px) and in dark mode.
# usage: notify/letter/pictures.sh OUT [NAME...]      needs chromium
set -euo pipefail
out=$(mkdir -p "${1:?folder for the pictures}" && cd "$1" && pwd)
shift
cd "$(dirname "$0")/testdata"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

shot() { # file width height page [flags]
	chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --hide-scrollbars --allow-file-access-from-files "--user-data-dir=$work/profile" \
		"--screenshot=$out/$1" "--window-size=$2,$3" "${@:5}" "file://$4" >/dev/null 2>&1
}

[ $# -gt 0 ] || set -- $(basename -s .html ./*.html)
for name; do
	lines=$(wc -l <"$name.txt")
	high=$((500 + lines * 24))
	shot "$name-1100.png" 1100 "$high" "$PWD/$name.html"
	shot "$name-dark.png" 1100 "$high" "$PWD/$name.html" --force-dark-mode --enable-features=WebContentsForceDark
	# chromium has no window narrower than 500 px: a frame of 390 stands for the telephone
	printf '<body style="margin:0;background:#888"><iframe src="file://%s" width="390" height="%d" style="border:0"></iframe></body>' \
		"$PWD/$name.html" $((high * 3 / 2)) >"$work/phone.html"
	shot "$name-390.png" 500 $((high * 3 / 2)) "$work/phone.html"
done
