#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check-long.sh - long and hard tests; what 'make check-long' calls
#
#   MINUTES=60      how long all of it takes on two CPUs, once it is built
#   TESTS="a b"     only these parts of selftests/long; fuzz-tree, fuzz-words: the
#                   fuzzers of the reader
#   SEED=N          of what goes by chance; another one each time without
#   JOBS=2          jobs at a time
#
# Each part does as much as it can in its share of the time, up to what the hour is
# to have.  At the end there is a line for each with what it did.
set -uo pipefail
here=$(realpath "$(dirname "$0")")
. "$here/check/tap.sh"
. "$here/check/needs.sh"

top=$(realpath "$here/..")
minutes=${MINUTES:-60}
seed=${SEED:-$((RANDOM * 32768 + RANDOM))}
fuzzers="fuzz-tree fuzz-words"
all=$(cd "$here/long" && for t in *.sh; do [[ $t = lib*.sh ]] || printf '%s ' "${t%.sh}"; done)
parts=${TESTS:-$fuzzers $all}
# What is left is for the states of hosts to be restored, or for a busy machine.
usable=95

[[ $minutes =~ ^[1-9][0-9]*$ ]] || { echo "check-long.sh: MINUTES=$minutes: a number, please" >&2 && exit 2; }
for t in $parts; do
	[[ " $fuzzers " = *" $t "* || -e $here/long/$t.sh ]] ||
		{ echo "check-long.sh: TESTS: there is no part '$t'" >&2 && exit 2; }
done

read_needs "$here/long" || exit 2

# seconds PERCENT: CPU time for a part with that share of the hour
seconds()
{
	echo $((minutes * 60 * $1 / 100))
}

# kernel PART
kernel()
{
	local kernel
	kernel=$(need "$1" kernel)
	echo "${kernel:-6.1}"
}

# run_args PART: of emulator/run
run_args()
{
	echo "--kernel $(kernel "$1") $(host_args "$1")"
}

# show PART: what it says as it goes on; its TAP into $out/PART.partial
show()
{
	local line
	while IFS= read -r line; do
		case $line in
		'# progress '*) say "$1: ${line#\# progress }" ;;
		'# figure '*) printf '%s\t%s\n' "$1" "${line#\# figure }" >> "$out/figures" ;;
		'kvmhot-check: begin '* | 'kvmhot-check: end '* | '') ;;
		# A test of its own, beside those that the part planned
		'kvmhot-check: '*ok*) printf '1..1\n%s\n' "${line#kvmhot-check: }" >> "$out/$1.partial" ;;
		*) echo "${line#kvmhot-check: }" >> "$out/$1.partial" ;;
		esac
	done
}

# note_time PART SECONDS: of the clock
note_time()
{
	printf '%s\t%s\n' "$1" "$2" >> "$out/seconds"
}

# on_host PART: the emulator is given some time more than the part is told
on_host()
{
	local part=$1 budget began=$SECONDS status
	budget=$(seconds "$(need "$part" share)")
	: > "$out/$part.partial"
	# shellcheck disable=SC2046 # words
	"$here/emulator/run" $(run_args "$part") --files "$top/build/$(kernel "$part")/long" --timeout $((budget + 600)) \
		-- "BUDGET=$budget MINUTES=$minutes SEED=$seed sh ./inside.sh $part=$((budget + 300))" \
		2> "$out/$part.errors" | show "$part"
	status=${PIPESTATUS[0]}
	[ "$status" = 0 ] || sed 's/^/#   /' "$out/$part.errors" >> "$out/$part.partial"
	end_tap "$part" "$status"
	note_time "$part" $((SECONDS - began))
	show_tap "$part"
}

# fuzz PART: into build/fuzz goes what it found, and the corpus, to go on from
fuzz()
{
	local part=$1 began=$SECONDS found=$top/build/fuzz/$1
	mkdir -p "$found"
	FUZZ_FOUND=$found SEED=$((seed % 2147483647 + 1)) make -s -C "$here/reader" "$part" SECONDS="$(seconds $((usable / 2)))" \
		< /dev/null > "$out/$part.said" 2>&1
	show "$part" < "$out/$part.said"
	end_tap "$part" 0
	note_time "$part" $((SECONDS - began))
	show_tap "$part"
}

# build KERNEL: and what these tests need beside that
build()
{
	local folder=$top/build/$1/long
	"$here/check/build.sh" "$1" > /dev/null &&
		rm -rf "$folder" && cp -r "$top/build/$1/files" "$folder" &&
		make -s -C "$here/long" OUT="$folder" &&
		# The kernel reads all of a module each time that it is loaded.
		strip -g "$folder"/*.ko &&
		cp "$here/check/inside.sh" "$here"/long/*.sh "$folder/" &&
		say "built for $1"
}

boot()
{
	"$here/emulator/run" "$@" -- true && say "there is a host: $*"
}

host_jobs()
{
	local part args
	job 1000 emulator "" "$here/emulator/emulator.sh"
	for part; do
		expect "$part"
		args=$(run_args "$part")
		job 900 "build-$(kernel "$part")" "" build "$(kernel "$part")"
		# shellcheck disable=SC2086 # words
		job 800 "boot-${args// /_}" emulator boot $args
		job "$(need "$part" share)" "$part" "build-$(kernel "$part") boot-${args// /_}" on_host "$part"
	done
}

# The heaviest, so they come first.
fuzz_jobs()
{
	local part
	job 1100 fuzz-build "" make -s -C "$here/reader" fuzz-build
	for part; do
		expect "$part"
		job 200 "$part" fuzz-build fuzz "$part"
	done
}

# summary: for the README
summary()
{
	local part what
	echo
	printf 'check-long: %s minutes, seed %s\n' "$minutes" "$seed"
	printf '%-11s%7s  %s\n' part seconds "what it did"
	while IFS=$'\t' read -r part what; do
		printf '%-11s%7s  %s\n' "$part" "$(sed -n "s/^$part\t//p" "$out/seconds")" "$what"
	done < <(sort "$out/figures")
	echo
}

begin
: > "$out/figures"
: > "$out/seconds"
say "packages"
expect packages
if "$here/emulator/deps.sh" emulator build check; then
	echo "ok - packages" > "$out/packages.tap"
	say "$minutes minutes, seed $seed, two jobs at a time: $parts"
	for t in $parts; do
		case $t in
		fuzz-*) fuzz_jobs "$t" ;;
		*) host_jobs "$t" ;;
		esac
	done
	run_jobs
	summary
else
	fail packages
fi
finish
