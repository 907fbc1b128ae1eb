#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# VMs end: in order, killed, many of them; their memory comes back.
# needs: seconds=20

. ./lib.sh

tap_begin
load max_ended=8
memory=$(status memory_bytes)

guest_start vm --forever cpuid=100 out=10
guest_go vm
dir=$(vm_of vm)
equal "a VM runs" "$(status vms) $(header "$dir/exits" state)" "1 running"
true_that "its memory is accounted" "$(status memory_bytes)" -gt "$memory"
kill -KILL "$(cat "$TMP/vm.pid")"
wait "$(cat "$TMP/vm.pid")"
rm "$TMP/vm.pid"
until_true '[ "$(status vms)" = 0 ]'
equal "killed: the VM is marked as ended" "$(header "$dir/exits" state)" ended
true_that "killed: its totals are kept" "$(column_sum "$dir/exits" 4)" -gt 0
equal "killed: no exit is open" "$(column_sum "$dir/exits" 6)" 0
now=$(header "$dir/exits" now)
equal "killed: its time stands still" "$(header "$dir/exits" now)" "$now"
name=$(basename "$dir")
echo "$name" > $KVMHOT/reset
[ ! -e "$dir" ]
tap $? "reset: the ended VM is gone"
equal "reset: its memory is back" "$(status memory_bytes)" "$memory"

i=0
count_exits
while [ $i -lt 50 ]; do
	./kvmhot-guest cpuid=7 > "$TMP/out" || bail "guest $i"
	i=$((i + 1))
done
until_true '[ "$(status vms)" = 0 ]'
kernel=$(hits)
count_exits_end
equal "50 VMs: those kept are bounded" "$(status vms_ended)" 8
equal "50 VMs: the others are said to be forgotten" \
	"$(status forgotten_vms)" 42
kept=0
for dir in "$KVMHOT"/vms/*; do
	kept=$((kept + $(column_sum "$dir/exits" 4)))
done
equal "50 VMs: exits kept and forgotten are all there were" \
	$((kept + $(status forgotten_exits))) "$kernel"
equal "50 VMs: nothing is dropped" "$(status dropped)" 0
echo all > $KVMHOT/reset
equal "50 VMs: memory is back to where it was" "$(status memory_bytes)" \
	"$memory"
rmmod kvmhot

# Beyond the bounds: refused, counted, shown.
log_mark
load max_vms=1
count_exits
guest_start one --forever cpuid=100
guest_go one
vm_of one > /dev/null
guest_start two cpuid=100
guest_go two
guest_done two
guest_stop one
equal "max_vms=1: one VM" "$(status vms)" 1
kernel=$(hits)
equal "max_vms=1: exits of the other are dropped, and counted" \
	$(($(column_sum "$(vm_of one)/exits" 4) + $(status dropped))) \
	"$kernel"
log_since | grep -q 'no place for 1 vCPUs.*max_vms=1'
tap $? "max_vms=1: the log says so"
guest_end two
tap $? "max_vms=1: the guest without a place is content"
guest_end one
tap $? "max_vms=1: the other one, too"
until_true '[ "$(status vms_ended)" = 1 ]'
exits=$(column_sum $KVMHOT/vms/*/exits 4)
guest_start three cpuid=10
guest_go three
guest_done three
vm_of three > /dev/null
equal "max_vms=1: an ended VM makes place" \
	"$(status vms) $(status vms_ended) $(status forgotten_vms)" "1 0 1"
equal "max_vms=1: its exits are said to be forgotten" \
	"$(status forgotten_exits)" "$exits"
guest_end three
count_exits_end
rmmod kvmhot

load max_vcpus=1
count_exits
guest_start one --vcpus 2 cpuid=100
guest_go one
guest_done one
equal "max_vcpus=1: one vCPU" "$(status vcpus)" 1
kernel=$(hits)
equal "max_vcpus=1: exits of the other are dropped, and counted" \
	$(($(column_sum "$(vm_of one)/exits" 4) + $(status dropped))) \
	"$kernel"
guest_end one
tap $? "max_vcpus=1: the guest is content"
count_exits_end
until_true '[ "$(status vms_ended)" = 1 ]'
# Not from its first exit on: the worker has to make place first.
guest_start three --forever cpuid=100
guest_go three
vm_of three > /dev/null
guest_stop three
equal "max_vcpus=1: an ended VM makes place" \
	"$(status vms) $(status forgotten_vms)" "1 1"
guest_end three
rmmod kvmhot

# So little memory that there is a record, but not for all reasons.
load max_memory_kb=64
equal "max_memory_kb=64: is kept to" \
	"$(($(status memory_bytes) <= 65536))" 1
count_exits
kinds=$(./kvmhot-guest --list | awk '!/^(setup|round|\*)\t/ { print $1 "=50" }')
# shellcheck disable=SC2086 # a list of words
guest_start one --vcpus 12 $kinds
guest_go one
guest_done one
equal "max_memory_kb=64: is still kept to" \
	"$(($(status memory_bytes) <= 65536))" 1
true_that "max_memory_kb=64: exits are dropped" "$(status dropped)" -gt 0
# Those of vCPUs that have a record are in its VM's figures.
seen=$(awk -F '\t' '!/^#/ { sum += $3 - $4 } END { print sum }' \
	"$(vm_of one)/vcpus")
equal "max_memory_kb=64: all that are not are counted as dropped" \
	$((seen + $(status dropped))) "$(hits)"
guest_end one
tap $? "max_memory_kb=64: the guest is content"
count_exits_end
tap_end
