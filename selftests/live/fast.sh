#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Exits on KVM's fast path: counted under their reason, and marked.  Those that
# did come to vmx_handle_exit are counted by another kprobe, of the kernel's
# tracing.  Columns of exits: 4 exits, 8 fast.
#
# With two CPUs the emulated TSC is slow enough for KVM to use the preemption
# timer, without which 6.1 has no fast path for TSC deadlines.
# needs: cpus=2 seconds=15

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
# What never comes to vmx_handle_exit is all handle, be it KVM that goes on or the
# VMM: KVM's fast path may do either.
./kvmhot-vms --exits 20 > "$TMP/out" || bail "kvmhot-vms"
until_true '[ "$(status vms)" = 0 ]'
for dir in "$KVMHOT"/vms/*; do
	awk -F '\t' 'FNR == 1 { file++ } /^#/ { next }
		file == 1 && $8 == $5 && $5 { all[$1, $2] = 1; next }
		file == 2 && ($1, $2) in all { n++; irq += $7 }
		END { print n + 0, irq + 0 }' "$dir/exits" "$dir/stages"
done > "$TMP/fast"
equal "exits that never came to vmx_handle_exit: no irq" \
	"$(awk '{ irq += $2 } END { print irq + 0 }' "$TMP/fast")" 0
# HLT to the VMM, from 6.12 on
case $(uname -r) in 6.1.*) least=0 ;; *) least=1 ;; esac
true_that "there were such" "$(awk '{ n += $1 } END { print n + 0 }' "$TMP/fast")" -ge $least
tap_end
