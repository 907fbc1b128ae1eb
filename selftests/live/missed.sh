#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Returns that are missed are told, and never turn into cost: with one instance of
# each kretprobe, which a vCPU that sleeps holds.  Columns of exits: 5 timed, 6 open,
# 7 lost, 8 fast, 11 max.
# needs: seconds=25

. ./lib.sh

# More by far than the interrupts that an exit may meet
burn=3000000

# greatest FILE: KVM cost in it
greatest()
{
	awk -F '\t' '!/^#/ && $11 > max { max = $11 } END { print max }' "$1"
}

# busy NAME: a guest beside those that sleep
busy()
{
	guest_start vm --burn $burn out=110 cpuid=300
	guest_go vm
	guest_done vm
	dir=$(vm_of vm)
	cat "$dir/exits" > "$TMP/exits"
	same_as_guest "$1: all exits are counted" vm "$TMP/exits"
	equal "$1: none is lost" "$(column_sum "$TMP/exits" 7)" 0
	# A TSC tick may be several instructions.
	true_that "$1: what the VMM burnt is in no exit's cost" \
		"$(greatest "$TMP/exits")" -lt $((burn / 8))
	sleep 0.3
	guest_end vm
	tap $? "$1: the guest is content"
	until_true '[ "$(header "$dir/exits" state)" = ended ]'
	true_that "$1: nor what it waited until its end" \
		"$(greatest "$dir/exits")" -lt $((burn / 8))
}

tap_begin
load maxactive=1
count_exits common_pid,exit_reason
guest_start asleep --vcpus 3 --forever hlt=100
guest_go asleep
until_true '[ "$(status vcpus)" = 3 ]'
busy "asleep in HLT"
equal "asleep in HLT: nothing is missed" "$(missed)" 0

# KVM_RUN's return is hooked with detail; its end is another hook.
echo 1 > $KVMHOT/detail
busy "asleep in KVM_RUN"
true_that "asleep in KVM_RUN: returns were missed" \
	"$(hook kvm_vcpu_ioctl 7 kretprobe)" -gt 100
equal "asleep in KVM_RUN: no end was" "$(hook kvm_userspace_exit 7)" 0
./kvmhot report > "$TMP/out"
grep -q 'kvm_vcpu_ioctl (kretprobe): missed [1-9]' "$TMP/out"
tap $? "asleep in KVM_RUN: the report says so"
equal "asleep in KVM_RUN: no exit is lost for it" "$(status lost)" 0
equal "asleep in KVM_RUN: it has its user" \
	"$(sum "exits" user name=IO_INSTRUCTION)" \
	"$(sum "exits" timed name=IO_INSTRUCTION)"
guest_stop asleep
guest_end asleep
tap $? "the others are content"
count_exits_end common_pid,exit_reason
rmmod kvmhot

# With detail, and a vCPU asleep in vmx_handle_exit, for a page: what does not
# come by there for all that is seen may be on KVM's fast path, and is not.
load maxactive=1 detail=1
guest_start asleep --uffd 3000 ept_write=1
guest_go asleep
vm_of asleep > /dev/null
guest_start vm cpuid=300
guest_go vm
guest_done vm
cat "$(vm_of vm)/exits" > "$TMP/exits"
true_that "detail: calls were missed" \
	"$(hook vmx_handle_exit 7 kretprobe)" -ge 300
equal "detail: all exits are counted" "$(of CPUID 4)" 300
equal "detail: they are lost" "$(of CPUID 7)" 300
equal "detail: none is taken for the fast path" \
	"$(column_sum "$TMP/exits" 8)" 0
guest_end vm
tap $? "detail: the guest is content"
guest_done asleep
guest_end asleep
tap $? "detail: the other one, too"
tap_end
