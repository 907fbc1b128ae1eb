#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A reset under load loses no exit and counts none twice; a reset of one VM
# leaves the other alone.  Columns of exits: 4 exits, 18 total.
# needs: cpus=2 seconds=15

. ./lib.sh

# Exits before and after: what was reset, and what was counted since.
check_totals()
{
	dir=$(vm_of "$1")
	cat "$dir/exits" > "$TMP/exits"
	column_by_reason "$TMP/exits" 18 > "$TMP/is"
	kernel_counts_of "$(awk -F '\t' '!/^#/ { print $2 }' "$dir/vcpus")" \
		> "$TMP/kernel"
	same "$1: before + after = what kvm:kvm_exit has" "$TMP/is" \
		"$TMP/kernel"
}

tap_begin
load
count_exits common_pid,exit_reason
guest_start one --forever cpuid=200 out=50 hlt=2
guest_start two --forever cpuid=100 msr_read=50 in=20
guest_go one
guest_go two
name=$(basename "$(vm_of one)")
i=0
while [ $i -lt 50 ]; do
	echo "$name" > $KVMHOT/reset
	echo 1 > "$(vm_of one)/reset"
	i=$((i + 1))
done
cat "$(vm_of two)/exits" > "$TMP/two"
equal "reset of one VM: the other one is as it was" \
	"$(awk -F '\t' '!/^#/ && $4 != $18' "$TMP/two")" ""
cat "$(vm_of one)/exits" > "$TMP/one"
true_that "reset of one VM: it was reset" \
	"$(column_sum "$TMP/one" 4)" -lt "$(column_sum "$TMP/one" 18)"
equal "reset of one VM: generation of all is the same" \
	"$(status generation)" 0

i=0
while [ $i -lt 50 ]; do
	echo all > $KVMHOT/reset
	i=$((i + 1))
done
equal "reset of all: generation" "$(status generation)" 50
cat "$(vm_of two)/exits" > "$TMP/two"
true_that "reset of all: also the other one" \
	"$(column_sum "$TMP/two" 4)" -lt "$(column_sum "$TMP/two" 18)"
until_true '[ "$(column_sum "$(vm_of two)/exits" 4)" -gt 0 ]'
guest_stop one
guest_stop two
check_totals one
check_totals two

for vm in one two; do
	cat "$(vm_of $vm)/hist" > "$TMP/hist"
	cat "$(vm_of $vm)/exits" > "$TMP/exits"
	equal "$vm: the histogram was reset with the counts" \
		"$(column_sum "$TMP/hist" 4)" "$(column_sum "$TMP/exits" 5)"
	guest_end $vm
	tap $? "$vm: the guest is content"
done

# An idle VM, all of whose cells are of the old generation.
echo all > $KVMHOT/reset
equal "ended VMs went with the reset" "$(ls $KVMHOT/vms)" ""
equal "but their exits are not forgotten" "$(status exits)" \
	"$(hits)"
count_exits_end common_pid,exit_reason
tap_end
