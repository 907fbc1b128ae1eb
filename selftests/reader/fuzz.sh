#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The reader on damaged trees, of a fuzzer that looks for new ways through it: all
# verbs, and top with keys pressed by chance while the tree changes, files cannot
# be read and memory is short.
# The seeds are made from the fixtures; what is found is left in FUZZ_FOUND.
# Needs clang, with its fuzzer (build/reader_fuzz: see Makefile).
#
# Usage: fuzz.sh READER_FUZZ KVMHOT LIMIT
#	LIMIT	an option of libFuzzer: -runs=NUMBER or -max_total_time=SECONDS
#	FUZZ_CORPUS=DIR	inputs are kept there, to go on from
#	FUZZ_FOUND=DIR	default: the folder of READER_FUZZ
#	SEED	default: 4711
set -u
export LC_ALL=C TZ=UTC0

here=$(cd "$(dirname "$0")" && pwd)
fuzzer=$1
kvmhot=$2
limit=$3
found=${FUZZ_FOUND:-$(dirname "$fuzzer")}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
corpus=${FUZZ_CORPUS:-$dir/corpus}
# shellcheck source=tap.sh
. "$here/tap.sh"

# seed NAME [EVENT...]: a tree, as a file of snap's.  Small ones are faster, and
# what is in them is hit more often.
seed()
{
	tree=$dir/$1
	shift
	[ $# -eq 0 ] || sh "$here/fixtures/pmu.sh" "$tree" "$@"
	"$kvmhot" snap "$dir/snap" --root "$tree" >"$dir/out" 2>&1
	# What snap leaves out, as the other files have it, but not all verbs read
	{
		sed '$d' "$dir/snap"
		for file in "$tree"/vms/*/totals; do
			[ ! -e "$file" ] || {
				echo "= ${file#"$tree/"} $(wc -c <"$file")"
				cat "$file"
			}
		done
		tail -n 1 "$dir/snap"
	} >"$corpus/${tree##*/}"
	"$kvmhot" vms --root "$corpus/${tree##*/}" >"$dir/out" 2>&1
	grep -q '^cloud.hyper' "$dir/out"
	ok "seed: ${tree##*/}" $?
}

# As after a reset: rows of 0 exits
reset_tree()
{
	awk -F'\t' -v OFS='\t' '/^reason/ {
		for (i = 5; i <= 36; i++)
			if (i != 19)
				$i = 0
		$37 = "-"
		if (NF > 37) {
			$38 = $39 = $40 = 0
			$41 = "-"
		}
	} { print }' "$1/vms/901-8/totals" >"$dir/tmp"
	cp "$dir/tmp" "$1/vms/901-8/totals"
	awk -F'\t' -v OFS='\t' '/^[0-9]/ {
		for (i = 4; i <= 21; i++)
			if (i != 18)
				$i = 0
	} { print }' "$1/vms/901-8/exits" >"$dir/tmp"
	cp "$dir/tmp" "$1/vms/901-8/exits"
	for file in hist user ept halt ioctl; do
		sed -i '3,$d' "$1/vms/901-8/$file"
	done
}

echo "TAP version 13"
mkdir -p "$corpus"
for tree in whole events events-later no-totals after-reset; do
	case $tree in
	*later) factor=2 ;;
	*) factor=1 ;;
	esac
	case $tree in
	events*) felt= ;;
	*) felt=1 ;;
	esac
	KVMHOT_TOTALS=1 KVMHOT_FELT=$felt sh "$here/fixtures/make.sh" "$dir/$tree" $factor
	[ $tree = whole ] || rm -r "$dir/$tree/vms/4391-11"
done
rm -f "$dir"/no-totals/vms/*/totals
reset_tree "$dir/after-reset"
seed whole
seed no-totals
seed after-reset
seed events cycles=host=1000 instructions=host=850 cache-misses=host=3=901-8/0
seed events-later cycles=host=1000 branch-misses=host=5=refused

cp "$corpus/events-later" "$dir/good"
export FUZZ_GOOD="$dir/good" TMPDIR="$dir" ASAN_OPTIONS=quarantine_size_mb=64
"$fuzzer" -seed="${SEED:-4711}" "$limit" -max_len=65536 \
	-rss_limit_mb=512 -timeout=60 -dict="$here/fuzz/reader.dict" \
	-artifact_prefix="$found/" -print_final_stats=1 "$corpus" \
	>"$dir/log" 2>&1
status=$?
[ $status -eq 0 ] || tail -n 40 "$dir/log" | sed 's/^/# /'
grep -e 'DONE ' -e '^stat::' "$dir/log" | sed 's/^/# /'
ok "damaged files, $limit: no crash, hang or leak, and errors that say where" $status
executed=$(sed -n 's/^stat::number_of_executed_units: //p' "$dir/log")
[ "${executed:-0}" -gt 1000 ]
ok "it got somewhere: $executed files" $?

echo "# figure ${executed:-0} damaged trees, seed ${SEED:-4711}: exit status of the fuzzer $status"
tap_end
