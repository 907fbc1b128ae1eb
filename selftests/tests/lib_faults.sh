# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# For the tests of allocations that fail: what lib_pmu.sh has, and more.

. ./lib_pmu.sh

DEBUG=/sys/kernel/debug

# all_may_fail: those of whoever asks for it by fail-nth, and no others.  The kernel
# warns, once each, if there is no memory to put a kprobe on ftrace or to take it off.
all_may_fail()
{
	echo "<6>kvmhot-expects: Failed to arm kprobe-ftrace" > /dev/kmsg
	echo "<6>kvmhot-expects: Failed to disarm kprobe-ftrace" > /dev/kmsg
	for kind in failslab fail_page_alloc; do
		[ -d $DEBUG/$kind ] || bail "no $kind: a kernel with CONFIG_FAULT_INJECTION, please"
		echo N > $DEBUG/$kind/ignore-gfp-wait
		echo 0 > $DEBUG/$kind/probability
		echo 0 > $DEBUG/$kind/verbose
	done
	echo N > $DEBUG/failslab/cache-filter
	echo N > $DEBUG/fail_page_alloc/ignore-gfp-highmem
	echo 0 > $DEBUG/fail_page_alloc/min-order
}

# others_kprobes: so many that the kernel has some left when it counts them too low, as
# it does by one for each that it has no memory to take off ftrace
others_kprobes()
{
	sed -n 's/^\(tty_[a-z_]*\).*/\1/p' $TRACING/available_filter_functions | sort -u | head -n 40 |
		while read -r symbol; do
			echo "p:kvmhot_other/$symbol $symbol" >> $TRACING/kprobe_events
		done 2> /dev/null
	echo 1 > $TRACING/events/kvmhot_other/enable
	wc -l < $TRACING/kprobe_events
}

no_others_kprobes()
{
	echo 0 > $TRACING/events/kvmhot_other/enable
	: > $TRACING/kprobe_events
}

# of_workers: the process ids of those of the kernel that may be kvmhot's
of_workers()
{
	for comm in /proc/[0-9]*/comm; do
		read -r name < "$comm" || continue
		pid=${comm#/proc/}
		case $name in kworker/u*) echo "${pid%/comm}" ;; esac
	done 2> /dev/null
}
