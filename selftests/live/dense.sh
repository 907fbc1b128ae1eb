#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Everything at once, for a kernel that looks for data races: two VMs of two vCPUs
# exit, all files are read over and over, VMs come and go, all is reset, and what can be
# switched is switched.  In the end all counts are right.
# needs: only=k1,k2 cpus=2 seconds=60

. ./lib.sh

KCSAN=/sys/module/kcsan/parameters/skip_watch
ROUNDS=12

# again COMMAND: beside all else, until the end
again()
{
	while [ ! -e "$TMP/stop" ]; do sh -c "$1"; done 2> /dev/null &
}

tap_begin
# Look at one access in so many.
if [ -e $KCSAN ]; then
	skip=$(cat $KCSAN)
	echo 20 > $KCSAN
fi
load events=task-clock,context-switches
for vm in a b; do
	guest_start $vm --vcpus 2 --forever cpuid=40 out=5 hlt=1 ept_write=3 msr_read=5
	guest_go $vm
done
again "cat $KVMHOT/vms/*/* $KVMHOT/status > /dev/null"
again "cat $KVMHOT/vms/*/totals $KVMHOT/vms/*/pmu > /dev/null"
again "./kvmhot-guest --vcpus 2 cpuid=20 out=3 hlt=1 > /dev/null; sleep 0.1"
again "echo all > $KVMHOT/reset; for r in $KVMHOT/vms/*/reset; do echo 1 > \$r; done; sleep 0.05"
round=0
while [ $round -lt $ROUNDS ]; do
	round=$((round + 1))
	echo $((round % 2)) > $KVMHOT/detail
	./kvmhot-race 3 1 > /dev/null 2>&1
	case $((round % 4)) in
	0) echo none > $KVMHOT/events ;;
	1) echo task-clock,context-switches,page-faults > $KVMHOT/events ;;
	2) echo 0 > $KVMHOT/enabled ;;
	3) echo 1 > $KVMHOT/enabled ;;
	esac
done
: > "$TMP/stop"
for vm in a b; do
	guest_stop $vm
	guest_end $vm
	tap $? "the guest of VM $vm is content"
done
wait
[ ! -e $KCSAN ] || echo "$skip" > $KCSAN
rmmod kvmhot
load
counts_right "loaded again"
tap_end
