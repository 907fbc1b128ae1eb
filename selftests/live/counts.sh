#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Every exit is counted, under its reason: kvmhot against what the guest did,
# against the kernel's tracepoint, and against KVM's own count.
# Columns of the file exits: 4 exits, 5 timed, 6 open, 7 lost, 8 fast.
# needs: seconds=20

. ./lib.sh

# one KIND N: a guest that does nothing else
one()
{
	count_exits
	guest_start vm "$1=$2"
	guest_go vm
	guest_done vm
	cat "$(vm_of vm)/exits" > "$TMP/exits"
	kernel_counts > "$TMP/kernel"
	grep -h . /sys/kernel/debug/kvm/"$(cat "$TMP/vm.pid")"-*/exits \
		> "$TMP/kvm"
	count_exits_end

	same_as_guest "$1: as the guest did" vm "$TMP/exits"
	column_by_reason "$TMP/exits" 4 > "$TMP/is"
	same "$1: as kvm:kvm_exit has it" "$TMP/is" "$TMP/kernel"
	equal "$1: as KVM counts exits" "$(column_sum "$TMP/exits" 4)" \
		"$(cat "$TMP/kvm")"
	guest_end vm
	tap $? "$1: the guest is content"
}

tap_begin
load
for kind in $(./kvmhot-guest --list | awk '!/^(setup|round|\*)\t/ { print $1 }')
do
	one "$kind" 97
done

# All at once.
all=$(./kvmhot-guest --list | awk '!/^(setup|round|\*)\t/ { print $1 "=31" }')
count_exits
# shellcheck disable=SC2086 # a list of words
guest_start vm $all
guest_go vm
guest_done vm
cat "$(vm_of vm)/exits" > "$TMP/exits"
kernel_counts > "$TMP/kernel"
count_exits_end
column_by_reason "$TMP/exits" 4 > "$TMP/is"
same "all kinds: as kvm:kvm_exit has it" "$TMP/is" "$TMP/kernel"
equal "all kinds: exits = timed + open + lost" \
	"$(awk -F '\t' '!/^#/ && $4 != $5 + $6 + $7' "$TMP/exits")" ""
equal "nothing is lost" "$(column_sum "$TMP/exits" 7)" 0
equal "nothing is dropped" "$(status dropped)" 0
dir=$(vm_of vm)
guest_end vm
tap $? "all kinds: the guest is content"
until_true '[ "$(header "$dir/exits" state)" = ended ]'
equal "an ended VM has no open exit" "$(column_sum "$dir/exits" 6)" 0
equal "an ended VM has all its exits" "$(column_sum "$dir/exits" 5)" \
	"$(column_sum "$TMP/exits" 4)"
tap_end
