#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A PMU of the tests' own, which knows what it counted: while the vCPU's thread
# is preempted, goes from CPU to CPU, CPUs go, and other threads take the vCPU
# over.
# needs: cpus=2 seconds=65

. ./lib_pmu.sh

own=kvmhot_test/0/

trap 'echo 1 > /sys/devices/system/cpu/cpu1/online; cleanup' EXIT

# check NAME: its counts are three times the TSC's, but for a tick of rounding
# at each edge, and what the TSCs of two CPUs are apart, for a thread that goes
# from one to the other; where perf stops and starts it, the edge comes first.
check()
{
	edges=$((3 * $(counted tsc exits)))
	is=$(counted $own guest) tsc=$((3 * $(counted tsc guest)))
	slack=$((edges + tsc / 100))
	! emulated || true_that "$1: guest: $is is three times the TSC" \
		$((is - tsc)) -le $slack -a $((tsc - is)) -le $slack
	for stage in irq handle enter user; do
		is=$(counted $own $stage) tsc=$((3 * $(counted tsc $stage)))
		! emulated || true_that "$1: $stage: $is is not more than $tsc" \
			"$is" -le $((tsc + tsc / 100 + edges))
	done
	for stage in preempted slept; do
		is=$(counted $own $stage) tsc=$((3 * $(counted tsc $stage)))
		! emulated || true_that "$1: $stage: rests ($is of $tsc)" \
			$((is * 4)) -le $tsc
	done
	equal "$1: never read where it is not" "$(test_pmu misused)" 0
}

# whole NAME: what the stages have of all that the PMU has counted, as only one
# thread had its event
whole()
{
	is=$(($(total $own) - before))
	true_that "$1: it is all between first and last reading ($is)" \
		"$is" -ge $(($(test_pmu between) - between))
	true_that "$1: and not more than was counted" \
		"$is" -le $(($(test_pmu counted) - counted))
	! emulated || true_that "$1: which is nearly the same" \
		$(($(test_pmu counted) - counted - is)) -le $((is / 20))
}

# start ARGUMENT...: a guest that runs, and is counted
start()
{
	between=$(test_pmu between) counted=$(test_pmu counted) before=0
	guest_start vm "$@"
	guest_go vm
	dir=$(vm_of vm)
	until_true '[ "$(event $own 8)" = "$(status vcpus)" ]'
}

# stop: it, and read
stop()
{
	guest_stop vm
	for file in exits stages pmu; do
		cat "$dir/$file" > "$TMP/$file"
	done
	guest_end vm
	tap $? "$1: the guest is content"
	until_true '[ "$(test_pmu live)" = 0 ]'
	equal "$1: the vCPU counted" "$(pmu_rows state event=$own)" counting
	equal "$1: nothing is lost" "$(sum exits lost)" 0
	true_that "$1: most exits are known" \
		$(($(counted tsc exits) * 2)) -gt "$(sum exits timed)"
}

busy_on()
{
	while :; do :; done &
	echo $! > "$TMP/busy$1.pid"
	taskset -p $((1 << $1)) "$(cat "$TMP/busy$1.pid")" > /dev/null
}

not_busy()
{
	kill "$(cat "$TMP/busy$1.pid")"
	rm "$TMP/busy$1.pid"
}

[ -e /sys/devices/system/cpu/cpu1/online ] || skip_all "no second CPU to take away"

tap_begin
load_test_pmu
load events=$own
count_exits

start --forever cpuid=300 out=20 hlt=1
sleep 0.2
stop quiet
check quiet
whole quiet

# Another task on the same CPU.
adds=$(test_pmu adds)
start --forever cpuid=300 out=20
taskset -p 1 "$(tid vm)" > /dev/null
busy_on 0
sleep 0.3
stop preempted
not_busy 0
check preempted
whole preempted
true_that "preempted: it was" "$(counted tsc preempted)" -gt 0
adds=$(($(test_pmu adds) - adds))
true_that "preempted: its event came and went ($adds times)" $adds -gt 5

# From CPU to CPU.
start --forever cpuid=300 out=20 hlt=1
tid=$(tid vm)
i=0 moved=0
while [ $i -lt 8 ]; do
	taskset -p $((1 + i % 2)) "$tid" > /dev/null
	sleep 0.02
	cpu=$(sed 's/.*) //' "/proc/$(cat "$TMP/vm.pid")/task/$tid/stat" |
		cut -d ' ' -f 37)
	[ "$cpu" != $((i % 2)) ] || moved=$((moved + 1))
	i=$((i + 1))
done
stop moved
check moved
whole moved
equal "moved: from CPU to CPU" $moved 8

# CPUs go and come, with two vCPUs.
start --vcpus 2 --forever cpuid=300 out=20 hlt=1
i=0
while [ $i -lt 2 ]; do
	echo 0 > /sys/devices/system/cpu/cpu1/online
	sleep 0.05
	echo 1 > /sys/devices/system/cpu/cpu1/online
	sleep 0.05
	i=$((i + 1))
done
stop hotplug
check hotplug
equal "all exits of all of them, as the kernel has them" "$(status exits)" \
	"$(hits)"
count_exits_end

# Each round of the vCPU is another thread's, for which KVM and perf both wait
# for RCU.
khz=$(status tsc_khz)
start --forever --new-threads --nap-ticks $((khz * 2)) cpuid=50 nap=50
first=$(tid vm)
# shellcheck disable=SC2034 # until_true has it
made=$(test_pmu created)
until_true '[ "$(test_pmu created)" -ge $((made + 6)) ]'
true_that "threads: another thread runs it" "$(tid vm)" -ne "$first"
until_true '[ "$(sed 1d "$dir/pmu" > "$TMP/pmu"; counted tsc exits)" -gt 0 ]'
guest_stop vm
for file in exits stages pmu; do
	cat "$dir/$file" > "$TMP/$file"
done
true_that "threads: not known are the exits of a thread's first moments" \
	"$(counted tsc exits)" -lt "$(sum exits timed)"
check threads
case $(pmu_rows state event=$own) in
counting | waiting) true ;;
*) false ;;
esac
tap $? "threads: no event has failed"
same_as_guest "threads: exits as the guest did" vm "$TMP/exits"
guest_end vm
tap $? "threads: the guest is content"
until_true '[ "$(test_pmu live)" = 0 ]'
tap $? "threads: no event is left"
rmmod kvmhot
tap $? "kvmhot goes"
rmmod kvmhot_test_pmu
tap $? "the PMU can go"
tap_end
