#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A Linux guest under QEMU, from power-on to power-off: every reason as the
# kernel's tracepoint has it, and the reader's figures are those of the files.
# requires: qemu

. ./lib.sh

tap_begin
command -v linux-guest > /dev/null || skip_all "no linux-guest here"
load
count_exits
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

echo poweroff >&3
exec 3>&-
wait "$(cat "$TMP/qemu.pid")"
tap $? "QEMU ends well"
rm "$TMP/qemu.pid"
until_true '[ "$(header "$dir/exits" state)" = ended ]'
cat "$dir/exits" > "$TMP/exits"
kernel_counts > "$TMP/kernel"
count_exits_end
column_by_reason "$TMP/exits" 4 > "$TMP/is"
same "every reason as kvm:kvm_exit has it" "$TMP/is" "$TMP/kernel"
true_that "there were many ($(column_sum "$TMP/exits" 4))" \
	"$(column_sum "$TMP/exits" 4)" -gt 1000
true_that "of many reasons" "$(wc -l < "$TMP/is")" -ge 8
equal "all of them are timed" "$(column_sum "$TMP/exits" 5)" \
	"$(column_sum "$TMP/exits" 4)"
equal "nothing is dropped" "$(status dropped)" 0
equal "handle_ept_violation: once per EPT violation" \
	"$(column_sum "$dir/vcpus" 13)" \
	"$(awk '$1 == 48 { print $2 }' "$TMP/kernel")"
tap_end
