#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Events that every kernel has: the TSC as perf's msr reads it against the TSC
# at the edges; perf's clocks; tracepoints, of which each exit has one; context
# switches against those that the kernel counts for the thread.
# needs: stock (counts instructions) seconds=45

. ./lib_pmu.sh

# near NAME IS EXPECTED SLACK: not more apart than that
near()
{
	true_that "$1: $2 is $3" $(($2 - $3)) -le "$4" -a $(($3 - $2)) -le "$4"
}

# per_mille NAME IS WHOLE MOST: how much of it is that?
per_mille()
{
	true_that "$1 ($2 of $3)" $(($2 * 1000)) -le $(($3 * $4))
}

# ns TICKS
ns()
{
	awk -v ticks="$1" -v khz="$khz" \
		'BEGIN { printf "%.0f\n", ticks * 1000000 / khz }'
}

# reasons FILE: that have rows in it
reasons()
{
	awk -F '\t' '!/^#/ && $2 != "-" { print $3 }' "$TMP/$1" | sort -u
}

# table FILE [EVENT]: lines "NAME STAGE CYCLES", or counts of an event
table()
{
	awk -F '\t' -v event="$2" -v stages="$STAGES" '
		/^# vcpu\t/ { sub(/^# /, "")
			for (i = 1; i <= NF; i++) at[$i] = i
			n = split(stages, stage, " "); next }
		/^#/ || (event && $at["event"] != event) { next }
		{ for (i = 1; i <= n; i++) print $3, stage[i], $at[stage[i]] }
		' "$TMP/$1" | sort
}

# check_rows NAME [all]: what holds of every reading of a VM at rest, or ended
check_rows()
{
	for reason in $(reasons pmu); do
		known=$(counted tsc exits name="$reason")
		timed=$(sum exits timed name="$reason")
		true_that "$1: $reason: known ($known), of those timed" \
			"$known" -gt 0 -a "$known" -le "$timed"
		equal "$1: $reason: the events have the same exits" \
			"$(pmu_rows exits name="$reason")" "$known"
		# Wherever it is that the probe of an event is called.
		equal "$1: $reason: one kvm:kvm_exit each" \
			"$(total "$exit_event" name="$reason")" "$known"
		equal "$1: $reason: one kvm:kvm_entry each" \
			"$(total "$entry_event" name="$reason")" "$known"
	done
	equal "$1: the vCPU has the known exits of its reasons" \
		"$(counted tsc exits)" "$(awk -F '\t' '
			$2 != "-" && $5 == "tsc" { n += $8 }
			END { print n }' "$TMP/pmu")"
	# What was under way at a reset is whole in this file only.
	table stages | grep -v "^${2:-none} " > "$TMP/all"
	table pmu tsc | grep -v "^${2:-none} " > "$TMP/known"
	awk 'FNR == NR { all[$1, $2] = $3; next }
		$3 > all[$1, $2] { print $0 " is more than " all[$1, $2] }
		END { print FNR }' "$TMP/all" "$TMP/known" > "$TMP/is"
	wc -l < "$TMP/known" | tr -d ' ' > "$TMP/expected"
	same "$1: known time is of all time" "$TMP/is" "$TMP/expected"
}

# check_tsc EVENT: a reading of the TSC, a few instructions after each edge: in
# stages that begin and end on the CPU it rises as the edges do, but for a tick
# of rounding each.  Where perf stops and starts it, the edge comes first: of a
# short stretch that may be a third.
check_tsc()
{
	edges=$(counted tsc exits)
	for stage in $STAGES; do
		is=$(counted "$1" "$stage") tsc=$(counted tsc "$stage")
		case $stage in
		guest) near "$1: $stage" "$is" "$tsc" "$edges" ;;
		preempted | slept | away)
			true_that "$1: $stage: rests ($is of $tsc)" \
				$((is * 2)) -le "$tsc" ;;
		block) true_that "$1: $stage: rests ($is of $tsc)" \
			"$is" -lt "$tsc" ;;
		*) true_that "$1: $stage: $is is not more than $tsc" \
			"$is" -le $((tsc + edges)) ;;
		esac
	done
	for stage in irq handle enter poll; do
		is=$(counted "$1" $stage) tsc=$(counted tsc $stage)
		# Who is preempted in KVM_RUN before KVM has loaded the vCPU is
		# in enter all the while, but off the CPU: seldom, but long.
		most=50
		[ $stage != enter ] || most=600
		per_mille "$1: $stage: lacks little" $((tsc - is)) "$tsc" $most
	done
}

# switches: of the vCPU's thread, as the kernel counts them
switches()
{
	awk '/ctxt_switches/ { n += $2 } END { print n }' \
		"/proc/$vm_pid/task/$tid/status"
}

# ran: nanoseconds that it ran, as the scheduler has it
ran()
{
	cut -d ' ' -f 1 "/proc/$vm_pid/task/$tid/schedstat"
}

# out EVENT: while switched out, in KVM_RUN and in the VMM
out()
{
	echo $(($(counted "$1" preempted) + $(counted "$1" slept) + $(counted "$1" away)))
}

# at_rest: stop the VMM, outside of KVM_RUN, and read
at_rest()
{
	kill -STOP "$vm_pid"
	until_true "grep -q '^State:.*stopped' /proc/$vm_pid/task/$tid/status"
	for file in exits stages pmu; do
		cat "$dir/$file" > "$TMP/$file"
	done
}

# number EVENT: of a tracepoint
number()
{
	cat "$TRACING/events/$1/id"
}

[ -e /sys/bus/event_source/devices/msr ] || skip_all "no PMU msr"
exit_event=2:$(number kvm/kvm_exit)
entry_event=2:$(number kvm/kvm_entry)
switch_event=2:$(number sched/sched_switch)
msr=msr/0/ msr_too=$(type_of msr):0

tap_begin
load events=none
khz=$(status tsc_khz)
words="$msr task-clock cpu-clock $exit_event $entry_event context-switches $switch_event $msr_too"
count "$words"
for word in $words; do
	equal "$word: idle" "$(event "$word" 3) $(event "$word" 4)" "idle 0"
done

# From the first entry to the end.
measure --rest 200 --repeat 10 cpuid=300 out=50 hlt=5 ept_write=20 msr_read=50
check_rows mixed
for word in $msr task-clock "$exit_event" context-switches; do
	equal "$word: ended with the VM" "$(pmu_rows state event="$word")" ended
done
true_that "most exits are known" $(($(counted tsc exits) * 2)) -gt \
	"$(sum exits timed)"
equal "nothing is lost" "$(sum exits lost)" 0
equal "no counts are dropped" "$(status dropped_counts)" 0
if emulated; then
	check_tsc $msr
	check_tsc "$msr_too"
	# In nanoseconds, each rounded.
	edges=$(($(counted tsc exits) * (1000000 / khz + 1)))
	near "task-clock: guest, as the TSC" "$(counted task-clock guest)" \
		"$(ns "$(counted tsc guest)")" "$edges"
	near "cpu-clock: guest, as the TSC" "$(counted cpu-clock guest)" \
		"$(ns "$(counted tsc guest)")" "$edges"
	poll=$(ns "$(counted tsc poll)")
	per_mille "task-clock: poll: lacks little" \
		$((poll - $(counted task-clock poll))) "$poll" 50
fi

# Two clocks: a thread that sleeps in HLT for 9 ms of 10.
measure --rest 200 --nap-ticks $((khz * 9)) --nap-spin "$khz" nap=20
tsc=$(counted tsc block)
true_that "HLT: it slept ($tsc)" "$tsc" -gt $((khz * 9 * 10))
per_mille "HLT: task-clock stood still in block" \
	"$(counted task-clock block)" "$(ns "$tsc")" 100
per_mille "HLT: so did the TSC of perf" "$(counted $msr block)" "$tsc" 100
naps=$(counted tsc exits name=HLT)
true_that "HLT: each of $naps switched once at least" \
	"$(counted context-switches block)" -ge "$naps" -a "$naps" -gt 10
equal "HLT: as sched:sched_switch" "$(counted context-switches block)" \
	"$(counted "$switch_event" block)"

# A guest that runs, and another task on its CPU: what perf counted between two
# stops, against the kernel's own counts.
guest_start vm --forever cpuid=300 out=20
while :; do :; done &
echo $! > "$TMP/busy.pid"
taskset -p 1 "$(cat "$TMP/busy.pid")" > /dev/null
guest_go vm
dir=$(vm_of vm)
tid=$(tid vm)
vm_pid=$(cat "$TMP/vm.pid")
taskset -p 1 "$tid" > /dev/null
until_true '[ "$(event $switch_event 8)" = 1 ]'
sleep 0.1
at_rest
hits=$(hook sched_switch 6)
ran=$(ran)
switches=$(switches)
clock=$(total task-clock)
all=$(total context-switches) all_tp=$(total "$switch_event")
out=$(out context-switches) out_tp=$(out "$switch_event")
kill -CONT "$vm_pid"
until_true '[ $(($(hook sched_switch 6) - hits)) -gt 20 ]'
at_rest
check_rows busy
hits=$(($(hook sched_switch 6) - hits))
out=$(($(out context-switches) - out))
true_that "busy: it was switched out ($hits times)" $hits -gt 3
equal "busy: context-switches in preempted, slept and away: as sched_switch hit" \
	$out $hits
equal "busy: sched:sched_switch there, too" \
	$(($(out "$switch_event") - out_tp)) $hits
# At both stops what came after the last edge is not counted yet, the stop's own
# switch; there may be one of a preemption before it.
near "busy: context-switches as the kernel has them" \
	$(($(total context-switches) - all)) $(($(switches) - switches)) 3
near "busy: sched:sched_switch as the kernel has them" \
	$(($(total "$switch_event") - all_tp)) $(($(switches) - switches)) 3
ran=$(($(ran) - ran))
clock=$(($(total task-clock) - clock))
! emulated || per_mille "busy: task-clock ($clock) is the thread's time ($ran)" \
	$((clock > ran ? clock - ran : ran - clock)) $ran 50

# Stopped for a while: all of it is away.
kill "$(cat "$TMP/busy.pid")"
rm "$TMP/busy.pid"
sleep 1
kill -CONT "$vm_pid"
away=$(counted tsc away) away_clock=$(counted task-clock away)
until_true '[ "$(cat "$dir/pmu" > "$TMP/pmu"; counted tsc away)" -gt \
	$((away + khz * 500)) ]'
tsc=$(($(counted tsc away) - away))
clock=$(($(counted task-clock away) - away_clock))
per_mille "stopped: the TSC ran on, task-clock did not" $clock "$(ns $tsc)" 100

# From a reset on, all is known: that the events are there.
echo all > $KVMHOT/reset
sleep 0.2
guest_stop vm
for file in exits stages pmu; do
	cat "$dir/$file" > "$TMP/$file"
done
check_rows reset all
equal "reset: all timed exits are known" "$(counted tsc exits)" \
	"$(sum exits timed)"
for reason in $(reasons pmu); do
	equal "reset: $reason: all of them" \
		"$(counted tsc exits name="$reason")" \
		"$(sum exits timed name="$reason")"
done
table pmu tsc | grep -v '^all ' > "$TMP/is"
table stages | grep -v '^all ' > "$TMP/expected"
same "reset: all time of all exits is known" "$TMP/is" "$TMP/expected"
equal "reset: nothing is lost by all this" "$(status lost)" 0
guest_end vm
tap $? "the guest is content"
tap_end
