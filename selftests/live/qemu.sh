#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A Linux guest under QEMU, from power-on to power-off: every reason as the
# kernel's tracepoint has it, and as KVM itself counts; the reader reads it.
# needs: stock (a Linux guest takes too long) tools=qemu seconds=90

. ./lib.sh

tap_begin
command -v linux-guest > /dev/null || skip_all "no linux-guest here"
load
count_exits
echo 'hist:keys=common_pid' > $FAULT_EVENT/trigger
mkfifo "$TMP/console"
linux-guest < "$TMP/console" > "$TMP/guest" 2>&1 &
echo $! > "$TMP/qemu.pid"
exec 3> "$TMP/console"
until_true 'grep -q "GUEST READY" "$TMP/guest"'
dir=$(vm_of qemu)
sleep 2
./kvmhot vms > "$TMP/vms"
tap $? "the reader reads it"
grep -q '^demo ' "$TMP/vms"
tap $? "the VM's name is QEMU's -name"
equal "it runs" "$(header "$dir/exits" state)" running
equal "idle: stages add up" "$(not_conserved < "$dir/stages")" "0 1"
./kvmhot reset
sleep 1
cat "$dir/stages" > "$TMP/stages"
equal "idle, after a reset: stages add up" \
	"$(not_conserved < "$TMP/stages")" "0 1"
halted=$(($(stage 0 11) + $(stage 0 12)))
true_that "idle: it is halted most of the time" \
	$((halted * 10)) -gt $((($(stage 0 21) - $(stage 0 20)) * 5))
for verb in report tree costs hist 'export --folded'; do
	# shellcheck disable=SC2086 # a verb and an option
	./kvmhot $verb > "$TMP/out"
	equal "kvmhot $verb: exit code" $? 0
	true_that "kvmhot $verb: says something" -s "$TMP/out"
done

echo poweroff >&3
exec 3>&-
wait "$(cat "$TMP/qemu.pid")"
tap $? "QEMU ends well"
rm "$TMP/qemu.pid"
until_true '[ "$(header "$dir/exits" state)" = ended ]'
cat "$dir/exits" > "$TMP/exits"
kernel_counts > "$TMP/kernel"
count_exits_end
faults=$(hits $FAULT_EVENT)
echo '!hist:keys=common_pid' > $FAULT_EVENT/trigger
column_by_reason "$TMP/exits" 18 > "$TMP/is"
same "every reason as kvm:kvm_exit has it" "$TMP/is" "$TMP/kernel"
true_that "there were many ($(column_sum "$TMP/exits" 18))" \
	"$(column_sum "$TMP/exits" 18)" -gt 1000
true_that "of many reasons" "$(wc -l < "$TMP/is")" -ge 8
equal "all of them are timed" "$(column_sum "$TMP/exits" 5)" \
	"$(column_sum "$TMP/exits" 4)"
equal "nothing is dropped" "$(status dropped)" 0
equal "and as KVM itself counts" \
	"$(awk -F '\t' '$1 == "vm" { print $3 }' $KVMHOT/status)" \
	"$(awk -F '\t' '$1 == "vm" { print $4 }' $KVMHOT/status)"
equal "the folded stacks are all of its time" \
	"$(./kvmhot export --folded | awk '{ sum += $NF }
		END { printf "%.0f\n", sum }')" \
	"$(awk -F '\t' '$3 == "all" {
		for (i = 6; i <= 17; i++) sum += $i }
		END { printf "%.0f\n", sum }' "$dir/stages")"
equal "at the end stages add up" "$(not_conserved < "$dir/stages")" "0 1"
equal "handle_ept_violation: as often as kvm:kvm_page_fault" \
	"$(hook handle_ept_violation 6 kprobe)" "$faults"
equal "handle_ept_violation: once per EPT violation" "$faults" \
	"$(awk '$1 == 48 { print $2 }' "$TMP/kernel")"
tap_end
