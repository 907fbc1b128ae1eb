#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# bench-inside.sh OBSERVER... - the part of bench.sh that runs on the emulated
# host: the guest's loops, watched by each of these in turn.  Prints, separated
# by tabs,
#
#	each OBSERVER LOOP VCPUS N MIN MEDIAN P99 MAX MODE TIMES
#	note OBSERVER WHAT IT COUNTED
#
# LOOPS and VCPUS in the environment say what is run, N how many iterations.

KVMHOT=/sys/kernel/debug/kvmhot
TRACING=/sys/kernel/tracing
EXIT=$TRACING/events/kvm/kvm_exit
ENTRY=$TRACING/events/kvm/kvm_entry
: "${LOOPS:=cpuid ept_write out hlt msr_icr}" "${VCPUS:=1}" "${N:=3000}"
export LC_ALL=C LOOPS VCPUS N

fail()
{
	echo "bench: $*" >&2
	exit 1
}

# loop OBSERVER KIND VCPUS: the first round is there to warm up.  Those that
# watch by a thread or a worker have some time before it.
loop()
{
	fill=
	[ "$2" != hlt ] || fill=--fill
	./kvmhot-guest --rest 50 $fill --each --repeat 2 --vcpus "$3" "$2=$N" \
		> /tmp/guest || fail "guest: $2 with $1"
	awk -v observer="$1" -v vcpus="$3" -v OFS='\t' '/^each / {
		print $1, observer, $2, vcpus, $3, $4, $5, $6, $7, $8, $9 }' /tmp/guest
	awk '/^exit / && $3 != "*" { sum += $3 } END { print sum }' /tmp/guest \
		>> /tmp/made
}

loops()
{
	for vcpus in $VCPUS; do
		for kind in $LOOPS; do
			case $kind.$vcpus in
			hlt.1 | [!h]*) loop "$1" "$kind" "$vcpus" ;;
			esac
		done
	done
}

# note OBSERVER NUMBER: of all exits that it counted
note()
{
	made=$(awk '{ sum += $1 } END { print sum }' /tmp/made)
	printf 'note\t%s\tcounted %s; the guests made %s, besides what host interrupts made\n' \
		"$1" "${2:-nothing}" "$made"
}

# until_says WORDS: the observer that $pid is, into /tmp/out
until_says()
{
	until grep -qs "$1" /tmp/out; do
		kill -0 "$pid" || { cat /tmp/out >&2; fail "it ended before '$1'"; }
		sleep 0.05
	done
}

# with_kvmhot OBSERVER [FILE VALUE]: in its directory
with_kvmhot()
{
	insmod ./kvmhot.ko || fail "insmod"
	[ $# = 1 ] || echo "$3" > "$KVMHOT/$2" || fail "$2: $3"
	loops "$1"
	note "$1" "$(awk -F '\t' '$1 == "exits" { print $2 }' $KVMHOT/status)"
	rmmod kvmhot
}

hits()
{
	awk '/Hits:/ { print $2 }' $EXIT/hist
}

# with_bpftrace OBSERVER KPROBES PROGRAM: BEGIN would come before the rest is
# attached, which takes seconds with kprobes, and an interval may
with_bpftrace()
{
	bpftrace -e "$3 interval:s:1 { printf(\"attached\n\"); }" > /tmp/out 2>&1 &
	pid=$!
	until_says ^attached
	until [ "$(grep -c vmx_handle_exit /sys/kernel/debug/kprobes/list)" = "$2" ]; do
		kill -0 $pid || fail "no kprobes of bpftrace"
		sleep 0.05
	done
	sleep 1
	loops "$1"
	kill -INT $pid
	wait $pid
	note "$1" "$(awk '/^[[(].*\|/ { split($0, part, "|"); n = split(part[1], word, " ")
		sum += word[n] } END { print sum + 0 }' /tmp/out)"
}

# Not by "kvmexit-bpfcc &", as a shell's background job ignores the signal
with_bcc()
{
	python3 -u -c "import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_path('/tools/bin/kvmexit-bpfcc', run_name='__main__')" > /tmp/out 2>&1 &
	pid=$!
	until_says ^Display
	loops "$1"
	kill -INT $pid
	wait $pid
	note "$1" "$(awk '$1 ~ /^[0-9]+$/ { sum += $NF } END { print sum }' /tmp/out)"
}

observe()
{
	: > /tmp/made
	case $1 in
	nothing | again) loops "$1" ;;
	kvmhot) with_kvmhot "$1" ;;
	kvmhot-detail) with_kvmhot "$1" detail 1 ;;
	kvmhot-1-event) with_kvmhot "$1" events msr/0/ ;;
	kvmhot-2-events) with_kvmhot "$1" events msr/0/,task-clock ;;
	ftrace-hist)
		echo 'hist:keys=exit_reason' > $EXIT/trigger
		loops "$1"
		note "$1" "$(hits)"
		echo '!hist:keys=exit_reason' > $EXIT/trigger
		;;
	ftrace-events)
		echo 1 > $EXIT/enable
		echo 1 > $ENTRY/enable
		loops "$1"
		echo 0 > $EXIT/enable
		echo 0 > $ENTRY/enable
		note "$1" "$(awk '/^(entries|overrun):/ { sum += $2 }
			END { print int(sum / 2) }' $TRACING/per_cpu/cpu*/stats)"
		echo > $TRACING/trace
		;;
	perf-stat)
		perf stat -a -x ' ' -o /tmp/out -e kvm:kvm_exit -- sh "$0" loops "$1" ||
			fail "perf stat"
		note "$1" "$(awk '/kvm:kvm_exit/ { print $1 }' /tmp/out)"
		;;
	perf-kvm-stat)
		perf kvm stat record -a -o /tmp/perf.data -- sh "$0" loops "$1" 2> /tmp/out ||
			fail "perf kvm stat record"
		note "$1" "$(sed -n 's/.*(\([0-9]*\) samples).*/\1 events/p' /tmp/out)"
		rm /tmp/perf.data
		;;
	bpftrace-tp)
		with_bpftrace "$1" 0 '
			tracepoint:kvm:kvm_exit {
				@start[tid] = nsecs; @reason[tid] = args->exit_reason; }
			tracepoint:kvm:kvm_entry /@start[tid]/ {
				@ns[@reason[tid]] = hist(nsecs - @start[tid]);
				delete(@start[tid]); delete(@reason[tid]); }'
		;;
	bpftrace-kprobe)
		with_bpftrace "$1" 2 '
			kprobe:vmx_handle_exit { @start[tid] = nsecs; }
			kretprobe:vmx_handle_exit /@start[tid]/ {
				@ns = hist(nsecs - @start[tid]); delete(@start[tid]); }'
		;;
	bcc-kvmexit) with_bcc "$1" ;;
	*) fail "no observer '$1'" ;;
	esac
}

# what perf starts
if [ "$1" = loops ]; then
	loops "$2"
	exit
fi
for observer; do
	observe "$observer"
done
