#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Memory is short when kprobes are taken off ftrace: none of kvmhot's stays, and it
# can be enabled again, or go.  The kernel itself warns of it, once.
# needs: kernel=6.1 alone seconds=15

. ./lib_pmu.sh

KPROBES=/sys/kernel/debug/kprobes/list

# probed: kprobes on functions of KVM
probed()
{
	awk '$4 == "kvm" || $4 == "kvm_intel"' $KPROBES | wc -l
}

tap_begin
echo "<6>kvmhot-expects: Failed to disarm kprobe-ftrace" > /dev/kmsg
load_give
load events=none
probes=$(probed)
true_that "there are kprobes ($probes)" "$probes" -ge 5
for nth in 0 1 4; do
	give ftrace_set_filter_ip -$ENOMEM $nth 2
	echo 0 > $KVMHOT/enabled
	equal "$nth: two calls found no memory" "$(given)" 2
	give ftrace_set_filter_ip 0 0 0
	equal "$nth: no kprobe stays" "$(probed)" 0
	echo 1 > $KVMHOT/enabled
	equal "$nth: enabled again" "$(status armed) $(probed)" "1 $probes"
	measure cpuid=20 out=10
	same_as_guest "$nth: counts" vm "$TMP/exits"
done
give ftrace_set_filter_ip -$ENOMEM 0 1
rmmod kvmhot
tap $? "it goes"
give ftrace_set_filter_ip 0 0 0
equal "none stays then" "$(grep -c kvm $KPROBES)" 0
load
measure cpuid=20 out=10
same_as_guest "loaded again: counts" vm "$TMP/exits"
tap_end
