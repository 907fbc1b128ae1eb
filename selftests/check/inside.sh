#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# inside.sh TEST=SECONDS... - the part of check.sh that runs on an emulated host:
# tests, one after the other, each with a limit of CPU time.  Prints what they print,
# and between that lines
#
#	kvmhot-check: begin TEST
#	kvmhot-check: end TEST STATUS
#	kvmhot-check: (a line of TAP: did the test leave anything behind?)

export LC_ALL=C
TRACING=/sys/kernel/tracing

say()
{
	# A test's last line may have no end.
	printf '\nkvmhot-check: %s\n' "$*"
}

# state: what a test could leave behind
state()
{
	awk '{ print "module", $1, $3 }' /proc/modules | sort
	grep -s '' /sys/module/kvm/parameters/* /sys/module/kvm_intel/parameters/* \
		/proc/sys/kernel/ftrace_enabled /proc/sys/kernel/perf_* \
		/proc/sys/kernel/nmi_watchdog /sys/devices/system/cpu/online \
		/sys/kernel/debug/kprobes/enabled /sys/kernel/debug/kprobes/list \
		$TRACING/kprobe_events $TRACING/synthetic_events \
		$TRACING/set_event $TRACING/set_ftrace_filter \
		$TRACING/current_tracer $TRACING/tracing_on $TRACING/trace_clock
	grep -s -v '^#' $TRACING/events/kvm/*/trigger $TRACING/events/sched/*/trigger
	ls -d /sys/kernel/debug/kvmhot /sys/kernel/debug/kvm/*/
	ls -A /sys/bus/event_source/devices /tmp
	# What has lost its parent
	awk '/^Name:/ { name = $2 } /^PPid:/ && $2 == 1 { print "process", name }' \
		/proc/[0-9]*/status
	# Died, warned, soft lockup: bits 7, 9 and 14.  What a test expects the kernel to
	# warn of, the log tells apart from other warnings.
	mask=0x4280
	! dmesg | grep -q 'kvmhot-expects: ' || mask=0x4080
	echo "tainted: $(($(cat /proc/sys/kernel/tainted) & mask))"
} 2> /dev/null

# settled: is all as it was?  What ends may take a while.
settled()
{
	tries=0
	until state > /check/after && cmp -s /check/before /check/after; do
		tries=$((tries + 1))
		[ $tries -lt 20 ] || return
		sleep 0.1
	done
}

mkdir /check
state > /check/before
for word; do
	t=${word%=*}
	say "begin $t"
	echo "${word#*=} $t" > /check/part
	e9 p < /check/part
	echo "<6>kvmhot-host: $t" > /dev/kmsg
	sh "./$t.sh" 2>&1
	say "end $t $?"
	if settled; then
		say "ok - $t leaves nothing behind"
	else
		say "not ok - $t leaves nothing behind"
		diff /check/before /check/after | sed -n 's/^[-+]/kvmhot-check: #   &/p'
		mv /check/after /check/before
	fi
done
