#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Events that cannot be made, or stop counting: they say so, and have no counts,
# and all else goes on.  No event is left, whatever happens to the VM, the list
# or kvmhot.
# needs: seconds=50

. ./lib_pmu.sh

counts=kvmhot_test/0/ refused=kvmhot_test/1/ not_added=kvmhot_test/2/
stops=kvmhot_test/3/

# begin: a guest that runs
begin()
{
	guest_start vm --forever cpuid=100 out=10 hlt=2
	guest_go vm
	dir=$(vm_of vm)
	until_true '[ "$(event $counts 8)" = 1 ]'
	goes_on
}

read_pmu()
{
	cat "$dir/pmu" > "$TMP/pmu"
}

# goes_on: what is not told to fail counts on
goes_on()
{
	read_pmu
	# shellcheck disable=SC2034 # until_true has it
	exits=$(counted $counts exits)
	until_true '[ "$(read_pmu; counted $counts exits)" -gt $((exits + 10)) ]'
}

# failed NAME WORD STATE ERROR: it has no figures
failed()
{
	equal "$1: file pmu" "$(pmu_rows state event="$2") \
$(pmu_rows error event="$2")" "$3 $4"
	for column in exits $STAGES; do
		printf '%s\n' "$(pmu_rows "$column" event="$2")"
	done > "$TMP/column"
	equal "$1: - in all columns of all its rows" \
		"$(sort -u "$TMP/column")" -
	equal "$1: it counts on no vCPU" "$(event "$2" 8)" 0
	goes_on
	equal "$1: the other one goes on counting" \
		"$(event $counts 3) $(event $counts 9)" "counting 0"
	true_that "$1: with known exits" "$(counted tsc exits)" -gt 0
}

# end NAME
end()
{
	guest_stop vm
	cat "$dir/exits" > "$TMP/exits"
	guest_end vm
	tap $? "$1: the guest is content"
	equal "$1: nothing is lost" "$(sum exits lost)" 0
	until_true '[ "$(test_pmu live)" = 0 ]'
	tap $? "$1: no event is left when the VM is gone"
}

tap_begin
load_test_pmu
load events=none
memory=$(status memory_bytes)
count_exits

# The kernel refuses it from the beginning.
test_pmu refuse $EBUSY
log_mark
count $refused,$counts
log_since | grep -q "$refused.*-$EBUSY"
tap $? "refused: the log says so"
equal "refused: status" "$(event $refused 3) $(event $refused 4)" \
	"refused -$EBUSY"
true_that "refused: in words" -n "$(event $refused 10)"
begin
failed refused $refused refused -$EBUSY
test_pmu refuse 0
goes_on
equal "refused: it stays so" "$(pmu_rows state event=$refused)" refused
count $refused,$counts
until_true '[ "$(event $refused 3)" = counting ]'
goes_on
equal "refused: not any more, when the list is written anew" \
	"$(pmu_rows state event=$refused)" counting
end refused

# Only that of the vCPU.
test_pmu refuse $EBUSY
equal "refused later: it was fine" "$(event $refused 3)" idle
begin
equal "refused later: status" "$(event $refused 3) $(event $refused 4) \
$(event $refused 9)" "failed -$EBUSY 1"
failed "refused later" $refused refused -$EBUSY
test_pmu refuse 0
end "refused later"

# It does not come back on the PMU, although it is pinned.  Perf then tries no
# other of that kind that comes after it.
count $counts,$not_added,task-clock
begin
until_true '[ "$(event $not_added 3)" = counting ]'
test_pmu fail_add 1
until_true '[ "$(read_pmu; pmu_rows state event=$not_added)" = error ]'
failed "no place" $not_added error 0
equal "no place: status" "$(event $not_added 3) $(event $not_added 4) \
$(event $not_added 9)" "failed 0 1"
true_that "no place: in words" -n "$(event $not_added 10)"
test_pmu fail_add 0
goes_on
equal "no place: it stays so" "$(pmu_rows state event=$not_added)" error
end "no place"

# Its PMU stops it.
count $counts,$stops,task-clock
begin
until_true '[ "$(event $stops 3)" = counting ]'
test_pmu stop 1
until_true '[ "$(read_pmu; pmu_rows state event=$stops)" = stopped ]'
failed stopped $stops stopped 0
equal "stopped: status" "$(event $stops 3) $(event $stops 9)" "failed 1"
equal "stopped: nor does the kernel's event suffer" \
	"$(pmu_rows state event=task-clock)" counting
test_pmu stop 0
count $counts,$stops,task-clock
until_true '[ "$(event $stops 3)" = counting ]'
goes_on
equal "stopped: not any more, when the list is written anew" \
	"$(pmu_rows state event=$stops)" counting

# Events go with the list, and when kvmhot is disabled, or gone.
true_that "there are events" "$(test_pmu live)" -ge 2
count none
equal "none: no event is left" "$(test_pmu live)" 0
count $counts
goes_on
echo 0 > $KVMHOT/enabled
equal "disabled: no event is left" "$(test_pmu live)" 0
echo 1 > $KVMHOT/enabled
goes_on
equal "enabled: there is one again" "$(test_pmu live)" 1
equal "all exits but those while disabled" \
	"$(($(status exits) <= $(hits)))" 1
count_exits_end
rmmod kvmhot_test_pmu 2> /dev/null
true_that "the PMU cannot go while it has events" $? -ne 0
rmmod kvmhot
equal "kvmhot gone: no event is left" "$(test_pmu live)" 0
load events=$counts
dir=$(vm_of vm)
goes_on
guest_stop vm
guest_end vm
tap $? "kvmhot gone and back: the guest is content"

# VMs that come and are killed, while the list is written again and again.
count_exits
churn()
{
	i=0
	while [ $i -lt 5 ]; do
		./kvmhot-guest --vcpus 2 --forever cpuid=50 out=5 hlt=1 \
			> /dev/null 2>&1 &
		churn_pid=$!
		sleep 0.1
		kill -KILL $churn_pid
		wait $churn_pid
		i=$((i + 1))
	done 2> /dev/null
}
churn &
echo $! > "$TMP/1.pid"
churn &
echo $! > "$TMP/2.pid"
lists=0
while kill -0 "$(cat "$TMP/1.pid")" 2> /dev/null; do
	for list in $counts $counts,$stops,task-clock none \
			$refused,$not_added,$counts,$stops; do
		count "$list" || echo "# $list: refused"
		cat $KVMHOT/vms/*/pmu $KVMHOT/status > /dev/null 2>&1
		lists=$((lists + 1))
	done
done
wait
rm "$TMP/1.pid" "$TMP/2.pid"
true_that "killed: the list was written ($lists times)" $lists -gt 10
until_true '[ "$(status vms)" = 0 ]'
until_true '[ "$(test_pmu live)" = 0 ]'
tap $? "killed: no event is left"
true_that "killed: there were some ($(test_pmu created))" \
	"$(test_pmu created)" -gt $lists
equal "killed: what was added was taken away" "$(test_pmu adds)" \
	"$(test_pmu dels)"
equal "killed: no exit is dropped" "$(status dropped)" 0
# Where all is new at once, the worker may come too late with memory for counts.
true_that "killed: the counts of few exits are dropped" \
	$(($(status dropped_counts) * 100)) -lt "$(status exits)"
echo all > $KVMHOT/reset
equal "killed: memory is back to where it was" "$(status memory_bytes)" \
	"$memory"
equal "never was an event read where it is not" "$(test_pmu misused)" 0
count_exits_end

# A PMU that has gone: its name is one of nothing, its number no PMU's.
count $counts
rmmod kvmhot_test_pmu
tap $? "the PMU can go, though it is in the list"
measure cpuid=100
equal "PMU gone: refused" "$(pmu_rows state event=$counts) \
$(pmu_rows error event=$counts)" "refused -$ENOENT"
count $counts 2> /dev/null
true_that "PMU gone: its name is not accepted" $? -ne 0
equal "PMU gone: the list is as it was" "$(cat $KVMHOT/events)" $counts
rmmod kvmhot
tap $? "kvmhot goes"
tap_end
