#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Edges that are missed are told, and never turn into cost: with two instances
# for the return of kvm_vcpu_ioctl, which two vCPUs that sleep in KVM_RUN hold,
# the returns of all others are missed.  Columns of exits: 5 timed, 6 open,
# 7 lost, 11 max.
# takes: 25 s

. ./lib.sh

burn=1000000

tap_begin
load maxactive=1
count_exits common_pid,exit_reason
guest_start asleep --vcpus 2 --forever hlt=100
guest_go asleep
until_true '[ "$(status vcpus)" = 2 ]'
guest_start vm --burn $burn out=300 cpuid=300
guest_go vm
guest_done vm
dir=$(vm_of vm)
cat "$dir/exits" > "$TMP/exits"
true_that "returns were missed" "$(hook kvm_vcpu_ioctl 7 kretprobe)" -gt 100
equal "entries were not" "$(hook kvm_vcpu_ioctl 7 kprobe)" 0
same_as_guest "all exits are counted" vm "$TMP/exits"
true_that "those of unknown cost are lost" \
	"$(awk -F '\t' '$3 == "IO_INSTRUCTION" { print $7 }' "$TMP/exits")" \
	-gt 100
equal "those of known cost are not" \
	"$(awk -F '\t' '$3 == "CPUID" { print $7 }' "$TMP/exits")" 0
# A TSC tick may be several instructions.
true_that "what the VMM burnt is in no exit's cost" \
	"$(awk -F '\t' '!/^#/ && $11 > max { max = $11 }
		END { print max }' "$TMP/exits")" -lt $((burn / 8))
equal "status has what is lost" "$(status lost)" \
	"$(cat $KVMHOT/vms/*/exits | awk -F '\t' '!/^#/ { sum += $7 }
		END { print sum }')"
./kvmhot report > "$TMP/out"
grep -q 'kvm_vcpu_ioctl (kretprobe): missed [1-9]' "$TMP/out"
tap $? "the report says so"
sleep 0.3
guest_end vm
tap $? "the guest is content"
until_true '[ "$(header "$dir/exits" state)" = ended ]'
true_that "nor what it waited until its end" \
	"$(awk -F '\t' '!/^#/ && $11 > max { max = $11 }
		END { print max }' "$dir/exits")" -lt $((burn / 8))
guest_stop asleep
guest_end asleep
tap $? "the other one, too"
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
