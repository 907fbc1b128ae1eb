#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Kprobes that are turned off, by ftrace or by their own switch, are noticed while
# tracepoints go on: status says so, and so does each verb, by one line and by its
# exit status.
# needs: seconds=15

. ./lib.sh

FTRACE=/proc/sys/kernel/ftrace_enabled
KPROBES=/sys/kernel/debug/kprobes/enabled

restore()
{
	echo 1 > "$FTRACE"
	[ ! -e "$KPROBES" ] || echo 1 > "$KPROBES"
	cleanup
}
trap restore EXIT

# verbs NAME STATUS LINE: the exit status of all verbs that show counts, and how many
# of their lines on stderr have LINE
verbs()
{
	./kvmhot snap "$TMP/before" 2> /dev/null
	for verb in report "stat 0.2 1" "top -b -n 1 -d 0.2" hist tree costs vms \
		"snap $TMP/snap" "diff $TMP/before" "export --json" \
		"export --openmetrics" "export --csv" "export --folded"; do
		# shellcheck disable=SC2086 # words
		./kvmhot $verb > "$TMP/out" 2> "$TMP/err"
		echo "$verb: $? $(grep -c "$3" "$TMP/err") $(wc -l < "$TMP/err")"
		[ "$verb" != report ] || cp "$TMP/out" "$TMP/report"
	done > "$TMP/is"
	sed "s/: .*/: $2/" "$TMP/is" > "$TMP/expected"
	same "$1" "$TMP/is" "$TMP/expected"
}

# off NAME FILE: while FILE has 0
off()
{
	echo 0 > "$2"
	equal "$1: status says so" "$(status kprobes_hit)" 0
	verbs "$1: all verbs say so" "3 1 1" "kprobes are not hit"
	grep -q "^KPROBES OFF" "$TMP/report"
	tap $? "$1: report says what that means"
	./kvmhot check > "$TMP/out" 2>&1
	equal "$1: check" $? 3
	# A kernel without ftrace does not forget a kprobe that goes.
	for switch in "0 > $KVMHOT/enabled" "1 > $KVMHOT/detail"; do
		(eval "echo $switch") 2> "$TMP/err"
		grep -q busy "$TMP/err"
		tap $? "$1: refused: echo $switch"
	done
	equal "$1: enabled as before" "$(status enabled) $(status detail)" "1 0"
	echo 1 > "$2"
	equal "$1: no more" "$(status kprobes_hit)" 1
}

tap_begin
load
equal "at first they are hit" "$(status kprobes_hit)" 1
guest_start vm --forever cpuid=50 out=5
guest_go vm
vm_of vm > /dev/null
verbs "at first nothing is wrong" "0 0 0" .
off "ftrace off" "$FTRACE"
[ ! -e "$KPROBES" ] || off "kprobes off" "$KPROBES"
echo 0 > $KVMHOT/enabled
equal "not enabled: they are hit all the same" "$(status kprobes_hit)" 1
guest_stop vm
guest_end vm
tap $? "the guest is content"
rmmod kvmhot

# Put in place while nothing can be hit
echo 0 > "$FTRACE"
load
equal "off at load: status says so" "$(status kprobes_hit)" 0
echo 1 > "$FTRACE"
equal "off at load, then on" "$(status kprobes_hit)" 1
tap_end
