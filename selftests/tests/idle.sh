#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A dense host: hundreds of vCPUs, all of them asleep at once, and kvmhot as it is by
# default.  No return is missed, no exit is lost.
# takes: 30 s

. ./lib.sh

vms="a b c" vcpus=110 naps=1

# asleep: of all vCPUs, those whose threads sleep in KVM
asleep()
{
	cat "$KVMHOT"/vms/*/halt | awk -F '\t' '$2 == "poll" { sum += $3 }
		END { print sum + 0 }'
}

# missed: by all kretprobes
missed()
{
	awk -F '\t' '$1 == "hook" { sum += $7 } END { print sum }' $KVMHOT/status
}

tap_begin
load
khz=$(status tsc_khz)
for vm in $vms; do
	guest_start "$vm" --vcpus $vcpus --nap-ticks $((khz * 8000)) nap=$naps
done
for vm in $vms; do
	guest_go "$vm"
done
all=$((3 * vcpus))
until_true '[ "$(status vcpus)" = $all ]'
until_true '[ "$(hook kvm_vcpu_halt 6)" = 0 ]'
for vm in $vms; do
	guest_done "$vm"
	dir=$(vm_of "$vm")
	equal "$vm: no exit is lost" "$(column_sum "$dir/exits" 7)" 0
	cat "$dir/halt" > "$TMP/halt"
	equal "$vm: every nap is in poll and block" \
		"$(sum halt timed stage=poll) $(sum halt timed stage=block)" \
		"$((naps * vcpus)) $((naps * vcpus))"
done
equal "$all vCPUs" "$(status vcpus)" $all
equal "nothing is missed" "$(missed)" 0
equal "nothing is dropped" "$(status dropped) $(status dropped_spans)" "0 0"
for vm in $vms; do
	guest_end "$vm"
	tap $? "$vm: the guest is content"
done
tap_end
