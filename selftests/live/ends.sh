#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The end of a VM with many vCPUs: each ends by itself, so that no CPU is kept from
# switching threads for as long as all of them take.
# needs: stock (counts instructions) seconds=25

. ./lib.sh

VCPUS=200
EVENTS="ends_vm:kvm_destroy_vm ends_first:unregister_pm_notifier
	ends_vcpu:kvm_arch_vcpu_destroy ends_free:vmx_vcpu_free"

remove_events()
{
	for event in $EVENTS; do
		event=${event%:*}
		[ -e "$TRACING/events/kprobes/$event" ] || continue
		echo 0 > "$TRACING/events/kprobes/$event/enable"
		echo "-:$event" >> "$TRACING/kprobe_events"
	done
	echo local > "$TRACING/trace_clock"
	cleanup
}
trap remove_events EXIT

# median FROM TO: ticks from an event to the next one.  Not the longest: after a
# vCPU's probe the worker may come.
median()
{
	awk -v from="$1:" -v to="$2:" '
		{ for (i = 3; i < NF; i++) if ($i ~ /^[0-9]+:$/) break
		  tsc = $i; sub(/:/, "", tsc) }
		$(i + 1) == from { since = tsc }
		$(i + 1) == to && since { print tsc - since; since = 0 }
		' "$TMP/trace" | sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] + 0 }'
}

tap_begin
guest_program=./kvmhot-vms
load
guest_start vm --vcpus $VCPUS --exits 5
dir=$(vm_of vm)
until_true '[ "$(status vcpus)" = $VCPUS ]'
# Behind kvmhot: so their probes are called before its own.
echo x86-tsc > $TRACING/trace_clock
for event in $EVENTS; do
	echo "p:${event%:*} ${event#*:}" >> $TRACING/kprobe_events || bail "kprobe event $event"
	echo 1 > "$TRACING/events/kprobes/${event%:*}/enable"
done
guest_go vm
guest_done vm
guest_end vm
tap $? "the VMM is content"
until_true '[ "$(header "$dir/exits" state)" = ended ]'
cp $TRACING/trace "$TMP/trace"
equal "each vCPU hits the hook" "$(hook kvm_arch_vcpu_destroy 6)" $VCPUS
equal "no exit is lost" "$(column_sum "$dir/vcpus" 5)" 0
cp "$dir/stages" "$TMP/stages"
equal "all stages are conserved" "$(not_conserved < "$TMP/stages")" "0 $VCPUS"
equal "its end is that of the last vCPU" "$(header "$dir/exits" now)" \
	"$(awk -F '\t' '$3 == "all" { print $21 }' "$TMP/stages" | sort -n | tail -n 1)"
if emulated; then
	vm=$(median ends_vm ends_first) vcpu=$(median ends_vcpu ends_free)
	echo "# instructions with the probe, at the end of the VM: $vm; at that of a vCPU: $vcpu"
	true_that "the VM's end: a few thousand instructions" "$vm" -lt 30000
	true_that "that of a vCPU: it was seen" "$vcpu" -gt 0
	true_that "that of a vCPU: not many more" "$vcpu" -lt 30000
fi
tap_end
