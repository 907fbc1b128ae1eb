#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Exits on KVM's fast path: counted under their reason, and marked.  Those that
# did come to vmx_handle_exit are counted by another kprobe, of the kernel's
# tracing.  Columns of exits: 4 exits, 8 fast.
#
# With two CPUs the emulated TSC is slow enough for KVM to use the preemption
# timer, without which 6.1 has no fast path for TSC deadlines.
# requires: smp 2

. ./lib.sh

slow_event=$TRACING/events/kprobes/kvmhot_slow

tap_begin
load
echo 'p:kvmhot_slow kvm_intel:vmx_handle_exit' \
	> $TRACING/kprobe_events
echo 'hist:keys=common_cpu' > $slow_event/trigger
count_exits
guest_start vm cpuid=200 msr_deadline=200 msr_icr=100 out=50
guest_go vm
guest_done vm
cat "$(vm_of vm)/exits" > "$TMP/exits"
kernel_counts > "$TMP/kernel"
slow=$(hits $slow_event)

column_by_reason "$TMP/exits" 4 > "$TMP/is"
same "counts by reason as kvm:kvm_exit has them" "$TMP/is" "$TMP/kernel"
fast=$(column_sum "$TMP/exits" 8)
equal "fast: those that vmx_handle_exit did not see" "$fast" \
	$(($(column_sum "$TMP/exits" 4) - slow))
true_that "there were some" "$fast" -gt 0
equal "CPUID has no fast path" \
	"$(awk -F '\t' '$3 == "CPUID" { print $8 }' "$TMP/exits")" 0
equal "all of KVM's count" "$(column_sum "$TMP/exits" 4)" \
	"$(cat /sys/kernel/debug/kvm/"$(cat "$TMP/vm.pid")"-*/exits)"

guest_end vm
tap $? "the guest is content"
tap_end
