#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The reader on saved trees, good and damaged, and its command line.
# requires: nothing but the program
#
# shellcheck disable=SC2034
#
# Usage: reader.sh [KVMHOT]	(default ../../tools/kvmhot)
set -u
export LC_ALL=C TZ=UTC0

here=$(cd "$(dirname "$0")" && pwd)
kvmhot=${1:-$here/../../tools/kvmhot}
expected=$here/fixtures/expected
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
tab=$(printf '\t')
files="exits hist vcpus stages user ept halt ioctl"
# shellcheck source=tap.sh
. "$here/tap.sh"

# run ARGUMENTS...: the program's output in out and err, its status in $status.
# Most trees have a hook that is missing: what comes of that is told apart, in
# $lacks, its status then being that of success.
run()
{
	"$kvmhot" "$@" >"$dir/out" 2>"$dir/err"
	status=$?
	lacks=
	[ $status -eq 3 ] || return
	lacks=$(sed -n '$s/^kvmhot: counts are incomplete: \(.*\) (see kvmhot check)$/\1/p' "$dir/err")
	[ "$lacks" ] || return
	edit "$dir/err" '$d'
	status=0
}

# prints NAME FILE ARGUMENTS...: exactly what FILE has, and nothing on stderr
prints()
{
	name=$1
	file=$expected/$2
	shift 2
	run "$@"
	sed "s|$dir|DIR|g" "$dir/out" >"$dir/clean"
	if [ -n "${KVMHOT_UPDATE_EXPECTED:-}" ]; then
		cp "$dir/clean" "$file"
	fi
	diff -u "$file" "$dir/clean" >"$dir/diff" 2>&1
	same=$?
	[ $same -eq 0 ] || cp "$dir/diff" "$dir/out"
	[ $same -eq 0 ] && [ $status -eq 0 ] && [ ! -s "$dir/err" ]
	ok "$name" $?
}

# refuses NAME STATUS MESSAGE ARGUMENTS...: one line with MESSAGE on stderr,
# nothing on stdout
refuses()
{
	name=$1
	want=$2
	message=$3
	shift 3
	run "$@"
	[ $status -eq "$want" ] && [ ! -s "$dir/out" ] &&
		[ "$(wc -l <"$dir/err")" -eq 1 ] &&
		grep -q '^kvmhot: ' "$dir/err" &&
		grep -qF -e "$message" "$dir/err"
	ok "$name" $?
}

# A fresh tree to damage, in $bad: of $tree; $vm is a VM in it.
tree=$dir/good
fresh()
{
	rm -rf "$dir/bad"
	cp -r "$tree" "$dir/bad"
	bad=$dir/bad
	vm=$bad/vms/4391-11
}

# damaged NAME MESSAGE: a verb that reads $bad refuses it, with MESSAGE.  All
# read it the same way: each in its turn.
damaged()
{
	case $((nr % 6)) in
	0) verb=report ;;
	1) verb="export --json" ;;
	2) verb=hist ;;
	3) verb=tree ;;
	4) verb=costs ;;
	5) verb="export --folded" ;;
	esac
	# shellcheck disable=SC2086
	refuses "damage: $1" 1 "$2" $verb --root "$bad"
}

# field FILE LINE COLUMN VALUE
field()
{
	awk -F'\t' -v OFS='\t' -v line="$2" -v column="$3" -v value="$4" \
		'NR == line { $column = value } { print }' "$1" >"$dir/tmp" &&
		cat "$dir/tmp" >"$1"
}

# edit FILE SED-EXPRESSION
edit()
{
	sed "$2" "$1" >"$dir/tmp" && cat "$dir/tmp" >"$1"
}

# shellcheck source=/dev/null
. "$here/reader_cases.sh"
# shellcheck source=/dev/null
. "$here/reader_stages.sh"
# shellcheck source=/dev/null
. "$here/reader_figures.sh"
# shellcheck source=/dev/null
. "$here/reader_pmu.sh"
tree=$dir/good
stat_options=
# shellcheck source=/dev/null
. "$here/reader_live.sh"
# shellcheck source=/dev/null
. "$here/reader_saved.sh"
# shellcheck source=/dev/null
. "$here/reader_export.sh"
# shellcheck source=/dev/null
. "$here/reader_fuzz.sh"

tap_end
