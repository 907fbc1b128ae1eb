#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# VMs end: in order, killed, by the hundreds; their memory comes back.

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
while [ $i -lt 200 ]; do
	./kvmhot-guest cpuid=7 > "$TMP/out" || bail "guest $i"
	i=$((i + 1))
done
until_true '[ "$(status vms)" = 0 ]'
kernel=$(awk '/Hits:/ { print $2 }' $EXIT_EVENT/hist)
count_exits_end
equal "200 VMs: those kept are bounded" "$(status vms_ended)" 8
equal "200 VMs: the others are said to be forgotten" \
	"$(status forgotten_vms)" 192
kept=0
for dir in "$KVMHOT"/vms/*; do
	kept=$((kept + $(column_sum "$dir/exits" 4)))
done
equal "200 VMs: exits kept and forgotten are all there were" \
	$((kept + $(status forgotten_exits))) "$kernel"
equal "200 VMs: nothing is dropped" "$(status dropped)" 0
echo all > $KVMHOT/reset
equal "200 VMs: memory is back to where it was" "$(status memory_bytes)" \
	"$memory"
rmmod kvmhot

# Beyond the bounds: refused, counted, shown.
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
kernel=$(awk '/Hits:/ { print $2 }' $EXIT_EVENT/hist)
equal "max_vms=1: exits of the other are dropped, and counted" \
	$(($(column_sum "$(vm_of one)/exits" 4) + $(status dropped))) \
	"$kernel"
dmesg | grep -q 'kvmhot: no place for 1 vCPUs.*max_vms=1'
tap $? "max_vms=1: the log says so"
guest_end two
guest_end one
count_exits_end
rmmod kvmhot

load max_vcpus=1
count_exits
guest_start one --vcpus 2 cpuid=100
guest_go one
guest_done one
equal "max_vcpus=1: one vCPU" "$(status vcpus)" 1
kernel=$(awk '/Hits:/ { print $2 }' $EXIT_EVENT/hist)
equal "max_vcpus=1: exits of the other are dropped, and counted" \
	$(($(column_sum "$(vm_of one)/exits" 4) + $(status dropped))) \
	"$kernel"
guest_end one
count_exits_end
tap_end
