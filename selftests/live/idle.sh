#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A dense host: hundreds of vCPUs, all of them asleep at once, and kvmhot as it is by
# default.  No return is missed, no exit is lost.
# needs: seconds=30

. ./lib.sh

[ -z "$quicker" ] || quicker=maxactive=512

# No more vCPUs at once than kvmhot has records in store for (KVMHOT_NR_SPARES):
# of others the first exits would be refused, and counted as that.
vms="a b c d e f g h i" vcpus=30 naps=1

# asleep: threads that sleep in KVM
asleep()
{
	cat /proc/[0-9]*/task/*/wchan 2> /dev/null | grep -o kvm_vcpu_block | wc -l
}

tap_begin
load
khz=$(status tsc_khz)
for vm in $vms; do
	guest_start "$vm" --vcpus $vcpus --nap-ticks $((khz * 12000)) nap=$naps
done
all=0
for vm in $vms; do
	guest_go "$vm"
	all=$((all + vcpus))
	until_true '[ "$(status vcpus)" = $all ]'
done
until_true '[ "$(asleep)" = $all ]'
tap $? "$all vCPUs sleep at the same time"
for vm in $vms; do
	guest_done "$vm"
	dir=$(vm_of "$vm")
	equal "$vm: no exit is lost" "$(column_sum "$dir/exits" 7)" 0
	cat "$dir/halt" > "$TMP/halt"
	# KVM may wake a vCPU, and put it to sleep again.
	true_that "$vm: every nap is in poll" "$(sum halt timed stage=poll)" -ge $((naps * vcpus))
	true_that "$vm: and in block" "$(sum halt timed stage=block)" -ge $((naps * vcpus))
done
equal "$all vCPUs" "$(status vcpus)" $all
equal "nothing is missed" "$(missed)" 0
equal "nothing is dropped" "$(status dropped) $(status dropped_spans)" "0 0"
for vm in $vms; do
	guest_end "$vm"
	tap $? "$vm: the guest is content"
done
tap_end
