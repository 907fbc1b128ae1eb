#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The module's log of edges, of a fuzzer: any sequence of them comes to what a plain
# reckoning has, and nothing is read or written beside it.
# Needs clang, with its fuzzer (build/log_fuzz: see Makefile).
#
# Usage: log_fuzz.sh LOG_FUZZ LIMIT
#	LIMIT	an option of libFuzzer: -runs=NUMBER or -max_total_time=SECONDS
#	FUZZ_CORPUS=DIR	inputs are kept there, to go on from
#	FUZZ_FOUND=DIR	default: the folder of LOG_FUZZ
#	SEED	default: 4711
set -u
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
fuzzer=$1
limit=$2
found=${FUZZ_FOUND:-$(dirname "$fuzzer")}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
corpus=${FUZZ_CORPUS:-$dir/corpus}
# shellcheck source=../reader/tap.sh
. "$here/../reader/tap.sh"

echo "TAP version 13"
mkdir -p "$corpus"
"$fuzzer" -seed="${SEED:-4711}" "$limit" -max_len=300 -timeout=10 \
	-artifact_prefix="$found/" -print_final_stats=1 "$corpus" > "$dir/log" 2>&1
status=$?
[ $status -eq 0 ] || tail -n 40 "$dir/log" | sed 's/^/# /'
ok "logs of edges, $limit: as a plain reckoning has them" $status
executed=$(sed -n 's/^stat::number_of_executed_units: //p' "$dir/log")
[ "${executed:-0}" -gt 1000 ]
ok "it got somewhere: $executed logs" $?
tap_end
