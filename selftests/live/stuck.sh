#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A vCPU's record that never is of one moment, as threads that race for a vCPU may
# leave it: whoever reads it comes to an end with an errno, at once if it is killed,
# and holds up nobody afterwards.
# needs: kernel=6.12 seconds=20

. ./lib.sh

# stuck COMMAND: every copy that it makes of a record has to be made again
stuck()
{
	give kvmhot_look_retry 1 0 2000000000
	sh -c "$1" > "$TMP/stuck.out" 2> "$TMP/stuck"
	rc=$?
	tries=$(given)
	give kvmhot_look_retry 0 0 0
	return $rc
}

# ends NAME COMMAND: with EBUSY, after many tries, and the same goes on afterwards
ends()
{
	stuck "$2"
	true_that "$1: it fails" $rc -ne 0
	grep -qi 'resource busy' "$TMP/stuck"
	tap $? "$1: with EBUSY"
	true_that "$1: after many tries ($tries)" "$tries" -ge 1000000
	sh -c "$2" > "$TMP/stuck.out" 2> "$TMP/stuck"
	equal "$1: it does when the record is as it should be" "$? $(cat "$TMP/stuck")" "0 "
}

# killed NAME COMMAND: while it tries
killed()
{
	give kvmhot_look_retry 1 0 2000000000
	# shellcheck disable=SC2086 # words
	$2 > "$TMP/stuck.out" 2> "$TMP/stuck" &
	until_true '[ "$(given)" -gt 1000 ]'
	kill -KILL $!
	wait $! 2> /dev/null
	equal "$1: killed: it ends" $? 137
	true_that "$1: killed: before its tries are over ($(given))" "$(given)" -lt 1000000
	give kvmhot_look_retry 0 0 0
}

tap_begin
load_give
load
guest_start vm --vcpus 2 cpuid=100 out=10
guest_go vm
guest_done vm
dir=$(vm_of vm)
ends exits "cat $dir/exits"
ends status "cat $KVMHOT/status"
ends reset "echo all > $KVMHOT/reset"
for file in "$dir/stages" "$dir/totals" $KVMHOT/status; do
	killed "${file##*/}" "cat $file"
done
guest_end vm
tap $? "the guest is content"
until_true '[ "$(status vms)" = 0 ]'
tap $? "the VM ends"
rmmod kvmhot
tap $? "kvmhot goes"
tap_end
