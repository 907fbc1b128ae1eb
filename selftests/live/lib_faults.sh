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

# other_kprobe: one more on the host.  The kernel counts its kprobes too low by one for
# each that it has no memory to take off ftrace, and turns all off when it comes to 0.
other_kprobe()
{
	[ -e "$TMP/symbols" ] ||
		grep -E '^(tty|n_tty|vt|con|serial|ata|scsi|sr|pci|input)_[a-z_]*$' \
			$TRACING/available_filter_functions | sort -u > "$TMP/symbols"
	while :; do
		nr_others=$((${nr_others:-0} + 1))
		symbol=$(sed -n "${nr_others}p" "$TMP/symbols")
		[ -n "$symbol" ] || bail "no function is left for one more kprobe"
		! echo "p:kvmhot_other/$symbol $symbol" 2> /dev/null >> $TRACING/kprobe_events || break
	done
	echo 1 > "$TRACING/events/kvmhot_other/$symbol/enable"
}

no_other_kprobes()
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
