#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kvmhot is loaded and removed while guests run: the guests do not notice, memory stays
# as it is, and after the last time counts are right.
# needs: share=12

# shellcheck source-path=SCRIPTDIR/../live
. ./lib.sh
. ./lib_long.sh

nominal=$(scaled 1000)
loads=0 wrong=0

# load_once: with this and that, read, and sometimes removed at once
load_once()
{
	case $((loads % 4)) in
	0) insmod ./kvmhot.ko ;;
	1) insmod ./kvmhot.ko detail=1 ;;
	2) insmod ./kvmhot.ko events=task-clock,context-switches ;;
	3) insmod ./kvmhot.ko max_vms=1 max_memory_kb=64 ;;
	esac || wrong=$((wrong + 1))
	if [ $((loads / 4 % 2)) = 0 ]; then
		until_true '[ "$(status exits)" -gt 0 ]'
		cat $KVMHOT/vms/*/* > /dev/null 2>&1
	fi
	rmmod kvmhot || wrong=$((wrong + 1))
	if [ -e $KVMHOT ] || grep -q '^kvmhot ' /proc/modules; then
		wrong=$((wrong + 1))
		echo "# load $loads: something is left"
	fi
	loads=$((loads + 1))
	# shellcheck disable=SC2034 # over has it
	did="$loads loads"
}

# load_until PERCENT NUMBER: of the budget, or so many
load_until()
{
	until over "$1" || [ $loads -ge "$2" ]; do
		load_once
	done
}

# Guests rest most of the time: a load is mostly waiting, for grace periods, which
# costs nothing here only while nobody runs.
tap_begin
guest_start one --vcpus 2 --forever --rest 40 --rest-each cpuid=100 out=10 hlt=1
guest_start two --forever --rest 40 --rest-each cpuid=50 ept_write=4 msr_deadline=20
guest_go one
guest_go two
load_once
load_until 25 $((nominal / 4))
first=$loads
memory_mark "$TMP/first"
load_once
load_until 92 "$nominal"
memory_mark "$TMP/last"
grown "$TMP/first" "$TMP/last" $((loads - first)) > "$TMP/grown"
equal "each load: in and out, and nothing is left" $wrong 0
equal "from load $first to load $loads: nothing of the kernel's has grown" "$(cat "$TMP/grown")" ""
for vm in one two; do
	guest_stop $vm
	guest_end $vm
	tap $? "$vm: the guest is content"
done

load
count_exits
measure --repeat 3 cpuid=100 out=20 ept_write=10
same_as_guest "after load $((loads + 1)): counts" vm "$TMP/exits"
equal "and all exits of the host" "$(status exits) $(status dropped)" "$(hits) 0"
count_exits_end
figure "$loads of $nominal loads under two guests; grown: $(grep -c . "$TMP/grown") of $(grep -c . "$TMP/first") figures of the kernel; $wrong wrong"
tap_end
