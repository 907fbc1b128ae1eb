#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A Linux guest that writes to its memory all the while migrates from one QEMU to
# another, back into a third one, then into a file, and out of that into a fourth.
# needs: tools=qemu seconds=120

. ./lib_clients.sh

# qemu NAME [ARGUMENT...]: its console and its monitor are fifos
qemu()
{
	vm=$TMP/$1
	shift
	mkfifo "$vm.console" "$vm.monitor.in" "$vm.monitor.out"
	linux-guest -chardev "pipe,id=monitor,path=$vm.monitor" -mon monitor "$@" \
		< "$vm.console" > "$vm.out" 2>&1 &
	echo $! > "$vm.pid"
	# Hold the fifos open.
	sleep 100000 > "$vm.console" &
	echo $! > "$vm.console.pid"
	cat "$vm.monitor.out" > "$vm.said" &
	echo $! > "$vm.said.pid"
}

# tell NAME COMMAND: QEMU's monitor
tell()
{
	echo "$2" > "$TMP/$1.monitor.in"
}

# says NAME COMMAND WORDS: does the monitor answer that?
says()
{
	tell "$1" "$2"
	sleep 0.1
	grep -q "$3" "$TMP/$1.said"
}

# ask NAME LINE: have the guest's shell run it
ask()
{
	echo "$2" > "$TMP/$1.console"
}

# migrate NAME URI: and it ends
migrate()
{
	# The guest writes faster than an emulated QEMU sends.
	tell "$1" "migrate_set_parameter downtime-limit 5000"
	tell "$1" "migrate_set_parameter max-bandwidth 10G"
	tell "$1" "migrate -d \"$2\""
	until_true "says $1 'info migrate' 'Migration status: [cf][oa]'"
	sed -n '/Migration status\|total time\|downtime:/p' "$TMP/$1.said" | tail -n 3 |
		tr -d '\r' | tr '\n' ' ' | sed "s/^/# $how, $1: /"
	echo
	tell "$1" quit
	wait "$(cat "$TMP/$1.pid")"
	tap $? "$how: $1 sent the guest, and ended"
	rm "$TMP/$1.pid"
}

# alive NAME: the guest goes on, and has what it had
alive()
{
	# Before that, what comes into the console is overwritten.
	until_true "says $1 'info status' 'VM status: running'"
	# The echo of the line has no number.
	ask "$1" "echo alive \$((6 * 7)); md5sum < /data"
	until_true "grep -q '^alive 42' $TMP/$1.out && grep -q '^[0-9a-f]\{32\} ' $TMP/$1.out"
	echo "$1 $(sed -n 's/^\([0-9a-f]\{32\}\) .*/\1/p' "$TMP/$1.out")" >> "$TMP/$how"
}

# receive NAME: another QEMU waits for the guest
receive()
{
	rm -f "$TMP/socket"
	qemu "$1" -incoming "unix:$TMP/socket"
	until_true '[ -e "$TMP/socket" ]'
}

# journey HOW: what the guest says is in the file HOW
journey()
{
	how=$1
	: > "$TMP/$how"
	qemu first
	until_true 'grep -q "GUEST READY" "$TMP/first.out"'
	ask first "seq 400000 > /data; (while :; do cat /data > /copy; done) &"
	alive first
	receive second
	migrate first "unix:$TMP/socket"
	alive second
	receive third
	migrate second "unix:$TMP/socket"
	alive third
	migrate third "exec:cat > $TMP/state"
	qemu fourth -incoming "exec:cat $TMP/state"
	alive fourth
	ask fourth poweroff
	wait "$(cat "$TMP/fourth.pid")"
	tap $? "$how: the guest powers itself off"
	tr -d '\r' < "$TMP/first.out" | sed 's/^/#   /' > "$TMP/console.$how"
	# The cats are gone with their QEMUs.
	# shellcheck disable=SC2046 # a list of pids
	kill $(cat "$TMP"/*.console.pid)
	# What QEMUs of these names said is not the word of the next ones.
	rm -f "$TMP"/*.pid "$TMP"/*.console "$TMP"/*.monitor.* "$TMP"/*.out "$TMP"/*.said "$TMP/state"
}

tap_begin
command -v linux-guest > /dev/null || skip_all "no linux-guest here"
journey without
judge migrate 0 journey with
cmp -s "$TMP/with" "$TMP/without" || cat "$TMP/console.without" "$TMP/console.with"
tap_end
