#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The reader on saved trees, good and damaged, and its command line.
# Needs nothing but the program.
#
# shellcheck disable=SC2034,SC2086
#
# Usage: reader.sh [KVMHOT [PART...]]	(default ../../tools/kvmhot, all parts)
set -u
export LC_ALL=C TZ=UTC0

here=$(cd "$(dirname "$0")" && pwd)
kvmhot=${1:-$here/../../tools/kvmhot}
[ $# -eq 0 ] || shift
expected=$here/fixtures/expected
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
tab=$(printf '\t')
files="exits hist vcpus stages user ept halt ioctl"
# shellcheck source=tap.sh
. "$here/tap.sh"

# run ARGUMENTS...: the program's output in out and err, its status in $status
run()
{
	"$kvmhot" "$@" >"$dir/out" 2>"$dir/err"
	has_run $?
}

# has_run STATUS: most trees have a hook that is missing: what comes of that is
# told apart, in $lacks, the status then being that of success
has_run()
{
	status=$1
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

# damage FILE COLUMN: what is the same for all files; the column has a number
damage()
{
	file=$1
	fresh; : >"$vm/$file"
	damaged "$file: empty" "$file: line 1: nothing there"
	fresh; rm "$vm/$file"; mkdir "$vm/$file"
	damaged "$file: a directory" "4391-11/$file: Is a directory"
	fresh; head -c 3000 "$kvmhot" >"$vm/$file"
	damaged "$file: binary" "4391-11/$file: line 1: "
	fresh; printf '%s\0\n' x >>"$vm/$file"
	damaged "$file: a NUL byte" "a NUL byte"
	fresh; printf '%s' "$(cat "$vm/$file")" >"$dir/tmp"; cp "$dir/tmp" "$vm/$file"
	damaged "$file: last line truncated" "truncated: no newline"
	fresh; head -c 10000000 /dev/zero | tr '\0' 7 >>"$vm/$file"; echo >>"$vm/$file"
	damaged "$file: a line of 10 MB" "4391-11/$file: line "
	fresh; edit "$vm/$file" '1s/abi 2/abi 3/'
	damaged "$file: another abi" "$file: line 1: abi 3, but this kvmhot reads only 2"
	fresh; edit "$vm/$file" '1s/abi 2/abi one/'
	damaged "$file: abi no number" "abi: 'one' is not a number"
	fresh; edit "$vm/$file" "1s/$file/wrong/"
	damaged "$file: another file" "file 'wrong', not '$file'"
	fresh; edit "$vm/$file" 2d
	damaged "$file: no names of columns" "line 2: no '#'"
	fresh; edit "$vm/$file" '2,$d'
	damaged "$file: one line only" "line 2: no '#'"
	fresh; edit "$vm/$file" "4s/${tab}[^${tab}]*\$//"
	damaged "$file: a column too few" "4391-11/$file: line 4: "
	fresh; edit "$vm/$file" '4s/.*//'
	damaged "$file: an empty line" "4391-11/$file: line 4: 1 columns"
	fresh; edit "$vm/$file" '3{p;}'
	damaged "$file: a row twice" "4391-11/$file: line 4: of the same vCPU and kind as line 3"
	for word in "" x -1 +1 " 1" 1x 0x1 1.0 1e3; do
		fresh; field "$vm/$file" 4 1 "$word"
		damaged "$file: vcpu '$word'" "line 4: vcpu: '$word' is not a number"
	done
	fresh; field "$vm/$file" 4 "$2" 18446744073709551616
	damaged "$file: 2^64" "'18446744073709551616' is too large"
	fresh; field "$vm/$file" 4 1 4294967296
	damaged "$file: vcpu 2^32" "vcpu: '4294967296' is too large"
	for key in vm pid state tsc_khz since now comm; do
		fresh; edit "$vm/$file" "1s/ $key=/ x$key=/"
		damaged "$file: no $key=" "line 1: no $key="
	done
	fresh; edit "$vm/$file" '1s/vm=4391-11/vm=1-1/'
	damaged "$file: of another VM" "vm=1-1, but the directory is 4391-11"
	fresh; edit "$vm/$file" '1s/state=running/state=asleep/'
	damaged "$file: state unknown" "state=asleep: not known"
	fresh; edit "$vm/$file" '1s/since=1/since=9/'
	damaged "$file: now before since" "now is before since"
	fresh; edit "$vm/$file" '1s/tsc_khz=[0-9]*/tsc_khz=0/'
	damaged "$file: tsc_khz=0" "tsc_khz is 0"
	fresh; edit "$vm/$file" '1s/since=100000000000/since=100000000001/'
	damaged "$file: of another time" "since= is not that of the other files"
}

# remade TREE: the VM of $vm has ended, and another has its name
remade()
{
	mkdir "$1/vms/4391-11.1"
	for f in $files; do
		sed '1s/vm=4391-11/&.1/; 1s/state=running/state=ended/' "$dir/later/vms/4391-11/$f" >"$1/vms/4391-11.1/$f"
		sed '1s/since=100000000000/since=104800000000/; 1s/now=[0-9]*/now=109600000000/' \
			"$dir/good/vms/4391-11/$f" >"$1/vms/4391-11/$f"
	done
	edit "$1/status" "s/^vm${tab}4391-11\(${tab}.*\)/&\\nvm${tab}4391-11.1\1/"
}

# until_true COMMAND: its status; for a minute at most
until_true()
{
	tries=0
	until eval "$1"; do
		tries=$((tries + 1))
		[ $tries -lt 3000 ] || return 1
		sleep 0.02
	done
}

# stat has read the tree and sleeps: is it still the program, and does it wait?
stat_waits()
{
	[ "$(sed -n 's/^State:.\(.\).*/\1/p' "/proc/$pid/status" 2>/dev/null)" = S ] &&
		[ "$(cat "/proc/$pid/comm")" = "$(basename "$kvmhot")" ]
}

# blocks FILE: how many stat has printed
blocks()
{
	grep -c '^VM ' "$1" 2>/dev/null
}

# stat_start ARGUMENTS...: in the background, $pid; it waits after its first reading
stat_start()
{
	# A job of a shell without job control would ignore SIGINT, one of nohup SIGHUP.
	env --default-signal=INT,HUP,TERM "$kvmhot" stat "$@" --root "$bad" >"$dir/out" 2>"$dir/err" &
	pid=$!
	until_true stat_waits
}

stat_end()
{
	wait $pid
	has_run $?
}

# between COMMAND: the tree $bad, COMMAND on it in the one interval of stat.  That
# is ended by a signal, so that nobody waits in vain, or too short a time.
stat_options=
between()
{
	# shellcheck disable=SC2086 # a list
	stat_start 3600 1 $stat_options
	eval "$1"
	kill -INT $pid
	stat_end
	sed 's/^# 20[0-9T:+-]*: /# TIME: /' "$dir/out" >"$dir/clean"
}

# shows NAME FILE
shows()
{
	[ -z "${KVMHOT_UPDATE_EXPECTED:-}" ] || cp "$dir/clean" "$expected/$2"
	diff -u "$expected/$2" "$dir/clean" >"$dir/diff" 2>&1 ||
		cp "$dir/diff" "$dir/out"
	[ ! -s "$dir/diff" ] && [ $status -eq 0 ] && [ ! -s "$dir/err" ]
	ok "$1" $?
}

# after_block INTERVAL COMMAND ARGUMENTS...: stat -p web-01 of $bad without end, which
# is stopped behind one of its blocks, then COMMAND; $seen are the blocks before it
after_block()
{
	stat_start "$1" -p web-01
	until_true "[ \"\$(blocks '$dir/out')\" -ge 1 ]"
	kill -STOP $pid
	until_true "grep -q '^State:.T' /proc/$pid/status"
	seen=$(blocks "$dir/out")
	eval "$2"
	kill -CONT $pid
	stat_end
}

# adds_up FILE: is in each line TOTAL = SELF and the TOTALs of its children?
adds_up()
{
	awk '
	function close_to(d) {
		for (; depth >= d; depth--) {
			bad += rest[depth] != 0
			checked++
		}
	}
	BEGIN { depth = -1 }
	$1 !~ /^([0-9.]+|-)$/ { next }
	{
		total = $3
		self = $4
		sub(/^ *[^ ]+ +[^ ]+ +[0-9]+ +[0-9]+ +[^ ]+ +[^ ]+ +[^ ]+  /, "")
		match($0, /^[|` -]*/)
		d = RLENGTH / 3
		close_to(d)
		if (d)
			rest[d - 1] -= total
		bad += d > depth + 1 || $0 ~ /^[|` -]*$/
		rest[d] = total - self
		depth = d
	}
	END { close_to(0); exit bad || checked < 10 }' "$1"
}
# sum_of VM FILE: the cycles of its stacks
sum_of() { awk -v vm="$1" 'index($1, vm ";") == 1 { n += $2 } END { printf "%.0f\n", n }' "$2"; }

# What the parts share.
echo "TAP version 13"
sh "$here/fixtures/make.sh" "$dir/good"
sh "$here/fixtures/make.sh" "$dir/later" 2
# Another distribution in between: two exits of 2 cycles.
edit "$dir/later/vms/4391-11/hist" "/INVPCID/s/${tab}10${tab}2${tab}3${tab}.*/${tab}9${tab}2${tab}3${tab}2:3 3:1${tab}1/"
good=$dir/good
saved=$dir/good.snap
run snap "$saved" --root "$good"
[ $status -eq 0 ] && [ ! -s "$dir/out" ] && [ ! -s "$dir/err" ]
ok "snap" $?

# One that lacks nothing
cp -r "$good" "$dir/sound"
edit "$dir/sound/status" "s/${tab}2${tab}0${tab}time in/${tab}0${tab}0${tab}time in/
	s/${tab}missing${tab}0${tab}0${tab}-2/${tab}armed${tab}5${tab}0${tab}0/"

[ $# -gt 0 ] || set -- cases stages figures felt pmu live saved export fuzz
for part; do
	tree=$good
	stat_options=
	# shellcheck source=/dev/null
	. "$here/reader_$part.sh"
done

tap_end
