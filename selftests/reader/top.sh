#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# kvmhot top on saved trees, in a terminal of tmux: whole screens, to the digit.
# Needs tmux.
#
# Usage: top.sh [KVMHOT]	(default ../../tools/kvmhot)
#	KVMHOT_UPDATE_EXPECTED=1: make the expected screens anew
set -u
export LC_ALL=C TZ=UTC0

here=$(cd "$(dirname "$0")" && pwd)
kvmhot=$(realpath "${1:-$here/../../tools/kvmhot}")
expected=$here/fixtures/expected
if ! command -v tmux >/dev/null; then
	echo "Bail out! no tmux"
	exit 1
fi
dir=$(mktemp -d) || exit 1
trap 'tm kill-server 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 143' INT TERM HUP
export TMUX_TMPDIR="$dir"
unset TMUX
# shellcheck source=tap.sh
. "$here/tap.sh"

# A server that was told to end goes on for a while: the next has another name.
server=1
tm()
{
	tmux -u -L kvmhot$server -f /dev/null "$@" 2>>"$dir/tmux"
}

# until_true COMMAND: for a minute at most; its status
until_true()
{
	tries=0
	until eval "$1"; do
		tries=$((tries + 1))
		[ $tries -lt 1200 ] || return 1
		sleep 0.05
	done
}

keys()
{
	tm send-keys "$@"
}

# Without what differs from run to run: clock, own cost, host and directory
screen()
{
	tm capture-pane -p | sed "1s/[0-9:]\{8\}/hh:mm:ss/
		1s/s  [^ ]*  [^ ]*\$/s  HOST  DIR/
		1s/PAUSED .*/PAUSED  HOST  DIR/
		4s/top [0-9.]*%/top N%/
		s/^[0-9:]\{8\} /hh:mm:ss /
		s| $dir/[^ :]*| DIR|g"
}

# is NAME FILE: by and by, the screen
is()
{
	if [ -n "${KVMHOT_UPDATE_EXPECTED:-}" ]; then
		sleep 1
		screen >"$expected/top-$2.txt"
	fi
	until_true "screen >'$dir/screen'
		cmp -s '$dir/screen' '$expected/top-$2.txt'"
	same=$?
	diff -u "$expected/top-$2.txt" "$dir/screen" >"$dir/out"
	ok "$1" $same
}

# shows NAME TEXT: by and by, somewhere
shows()
{
	until_true "screen >'$dir/out'; grep -qF -e '$2' '$dir/out'"
	ok "$1" $?
}

# start SIZE ARGUMENTS...: an environment's variables may come first
start()
{
	rm -f "$dir/status"
	size=$1
	shift
	tm new-session -d -x "${size%x*}" -y "${size#*x}" \
		"env $* 2>'$dir/err'; echo \$? >'$dir/status'; sleep 100"
}

# ends NAME STATUS
ends()
{
	until_true "[ -s '$dir/status' ]"
	cp "$dir/err" "$dir/out"
	[ "$(cat "$dir/status")" = "$2" ]
	ok "$1: exit status $2" $?
	[ "$(tm display -p '#{alternate_on} #{cursor_flag}')" = "0 1" ]
	ok "$1: main screen, cursor seen" $?
	tm kill-server
	server=$((server + 1))
}

# Into the tree that is shown, while it is shown
becomes()
{
	cp -r "$dir/$1/." "$dir/live/"
}

echo "TAP version 13"
sh "$here/fixtures/make.sh" "$dir/first"
sh "$here/fixtures/make.sh" "$dir/second" 2
cp -r "$dir/first" "$dir/live"
top="$kvmhot top -d 1000 --root $dir/live"

start 80x24 LC_ALL=C.UTF-8 "$top"
shows "no exits yet" "No exits in this interval."
# Read once and paused again, before the same is read once more
keys Space
shows "paused" PAUSED
becomes second
keys Space Space
is "interval, 80x24" interval
keys u
is "microseconds" us
keys u
is "CPUs" cpu
keys u v
is "a row for each VM" vms
keys v Down Down H
is "histogram of the interval" hist
keys Escape t
is "totals" totals
keys a
shows "VMs that ended are said to be shown" "are shown until"
keys / 9 0 1 Enter
is "a VM that ended" ended
keys / C-u Enter
tm resize-window -x 200 -y 50
is "totals, 200x50" wide
keys h
is "help" help
keys h
tm resize-window -x 40 -y 8
is "40x8" small
tm resize-window -x 80 -y 24
keys R y
shows "a copy cannot be reset" "a saved copy: it cannot be reset"
keys d C-u 0 . 0 1 Enter
shows "delay: too short" "less than 0.1 s"
keys d C-u x Enter
shows "delay: no number" "is not an interval in seconds"

# Things that are wrong, on readings that are asked for by Space
sed -i '1s/abi [0-9]*/abi 99/' "$dir/live/status"
keys t Space Space
shows "another ABI: says so" "not read: DIR: line 1: abi 99"
shows "another ABI: figures are old" "STALE for"
sed 's/^generation.*/generation\t1/' "$dir/first/status" >"$dir/live/status"
keys Space Space
shows "reset by another" "reset of all VMs by another"
sed -i 's/^kprobes_hit.*/kprobes_hit\t0/' "$dir/live/status"
keys Space Space
shows "kprobes off: says so" "KPROBES OFF: times are wrong"
sed -i 's/^kprobes_hit.*/kprobes_hit\t1/' "$dir/live/status"
rm -r "$dir/live/vms/5120-14"
keys Space Space
shows "a VM is gone" "hh:mm:ss db,02 (5120-14): gone"
tm capture-pane -p >"$dir/out"
! grep -q ' -[0-9]' "$dir/out"
ok "nothing is negative" $?
keys q
ends "q" 0

# A VM whose vCPUs cannot be read: says so, and goes on as soon as they can be
rm -rf "$dir/live"
cp -r "$dir/second" "$dir/live"
start 80x24 LC_ALL=C "$top"
shows "vcpus: starts" "No exits in this interval."
mv "$dir/live/vms/4391-11/vcpus" "$dir/vcpus"
keys t Enter
shows "vcpus is gone: says so" "not read: DIR: No such file"
mkdir "$dir/live/vms/4391-11/vcpus"
keys Escape Enter
shows "vcpus is a directory: says so" "not read: DIR: Is a directory"
rmdir "$dir/live/vms/4391-11/vcpus"
: >"$dir/live/vms/4391-11/vcpus"
keys Escape Enter
shows "vcpus is empty: says so" "not read: DIR: line 1: nothing there"
cp "$dir/vcpus" "$dir/live/vms/4391-11/vcpus"
keys Escape Enter
shows "vcpus is there again: its rows" vCPU_0
keys q
ends "vcpus: q" 0

# A module that has not timed its probes
sed -i '/^own_/d' "$dir/live/status"
start 80x24 LC_ALL=C "$top"
shows "plain: starts" "No exits in this interval."
keys t Enter
shows "plain: its vCPUs" vCPU_0
keys Enter
shows "plain: its reasons" "> vCPU 0"
keys H
is "plain histogram of a vCPU's reason" plain
keys q
ends "plain: q" 0

# A module that has what the guest felt
rm -rf "$dir/live"
KVMHOT_FELT=1 sh "$here/fixtures/make.sh" "$dir/felt"
KVMHOT_FELT=1 sh "$here/fixtures/make.sh" "$dir/felt2" 2
cp -r "$dir/felt" "$dir/live"
start 80x24 LC_ALL=C.UTF-8 "$top" -p web-01 -r IO_INSTRUCTION
shows "felt: starts" "No exits in this interval."
keys Space
shows "felt: paused" PAUSED
becomes felt2
keys Space Space H
is "histogram of the interval, and what the guest felt" felt
tm resize-window -x 80 -y 17
is "the same, with less room" felt-low
keys q
ends "felt: q" 0

start 80x24 "$kvmhot top --root $dir/live -p nobody"
ends "no such VM" 1
echo "kvmhot: no such VM: nobody" | cmp -s - "$dir/err"
ok "no such VM: says so" $?
start 80x24 TERM=dumb "$top"
ends "TERM=dumb" 1
start 80x24 "$kvmhot top --root $dir/live -n 1 | cat"
until_true "tm capture-pane -p >'$dir/out'; grep -q '^# coverage' '$dir/out'"
ok "no terminal: as stat" $?
ends "no terminal" 0
tap_end
