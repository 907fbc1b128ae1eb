#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The reader's command line, of a fuzzer: options and verbs by chance, on trees that
# are sound.  It ends each time, with one of its exit statuses, without a leak, and
# writes nothing but where it is told to.
# Needs clang, with its fuzzer (build/words_fuzz: see Makefile).
#
# Usage: fuzz_words.sh WORDS_FUZZ KVMHOT LIMIT
#	LIMIT	an option of libFuzzer: -runs=NUMBER or -max_total_time=SECONDS
#	FUZZ_CORPUS=DIR	inputs are kept there, to go on from
#	FUZZ_FOUND=DIR	default: the folder of WORDS_FUZZ
#	SEED	default: 4711
set -u
export LC_ALL=C TZ=UTC0

here=$(cd "$(dirname "$0")" && pwd)
fuzzer=$(realpath "$1")
kvmhot=$(realpath "$2")
limit=$3
found=$(realpath "${FUZZ_FOUND:-$(dirname "$fuzzer")}")
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
corpus=$(realpath -m "${FUZZ_CORPUS:-$dir/corpus}")
# shellcheck source=tap.sh
. "$here/tap.sh"

# beside: what is beside the folder that may be written to, with sums
beside()
{
	find "$dir/fixtures" -type f -exec cksum {} + | sort -k 3
}

echo "TAP version 13"
mkdir -p "$corpus" "$dir/tmp" "$dir/fixtures"
KVMHOT_TOTALS=1 sh "$here/fixtures/make.sh" "$dir/fixtures/tree" 1
"$kvmhot" snap "$dir/fixtures/good" --root "$dir/fixtures/tree" > "$dir/out" 2>&1
beside > "$dir/before"
FUZZ_GOOD="$dir/fixtures/good" FUZZ_TREE="$dir/fixtures/tree" TMPDIR="$dir/tmp" \
	ASAN_OPTIONS=quarantine_size_mb=64 \
	"$fuzzer" -seed="${SEED:-4711}" "$limit" -max_len=96 -rss_limit_mb=512 \
	-timeout=60 -artifact_prefix="$found/" -print_final_stats=1 "$corpus" \
	> "$dir/log" 2>&1
status=$?
[ $status -eq 0 ] || tail -n 40 "$dir/log" | sed 's/^/# /'
grep -e 'DONE ' -e '^stat::' "$dir/log" | sed 's/^/# /'
ok "command lines, $limit: no crash, hang or leak, and a known exit status" $status
beside > "$dir/after"
[ $status -ne 0 ] || diff "$dir/before" "$dir/after" > "$dir/diff"
changed=$?
[ $changed -eq 0 ] || sed 's/^/# /' "$dir/diff"
ok "nothing is written but in the folder for that" $changed
[ "$(ls "$dir/tmp")" = words ]
ok "nor is a file left in TMPDIR" $?
executed=$(sed -n 's/^stat::number_of_executed_units: //p' "$dir/log")
[ "${executed:-0}" -gt 1000 ]
ok "it got somewhere: $executed command lines" $?
echo "# figure ${executed:-0} command lines, seed ${SEED:-4711}: exit status of the fuzzer $status"
tap_end
