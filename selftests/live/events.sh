#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The list of events: by default, when there is no PMU, and while a guest runs.
# needs: seconds=20

. ./lib_pmu.sh

# counts_as_kernel NAME: a guest, whatever the list is
counts_as_kernel()
{
	count_exits
	measure cpuid=200 out=50 hlt=3
	kernel_counts > "$TMP/kernel"
	count_exits_end
	column_by_reason "$TMP/exits" 4 > "$TMP/is"
	same "$1: exits as kvm:kvm_exit has them" "$TMP/is" "$TMP/kernel"
	same_as_guest "$1: exits as the guest did" vm "$TMP/exits"
	equal "$1: nothing is lost" "$(sum exits lost)" 0
}

# no_counts NAME WORD: refused, so there are none
no_counts()
{
	equal "$1: state, error" "$(event "$2" 3) $(event "$2" 4)" \
		"refused -$ENOENT"
	true_that "$1: status says why" -n "$(event "$2" 10)"
	counts_as_kernel "$1"
	equal "$1: no rows" "$(grep -vc '^#' "$TMP/pmu")" 0
}

tap_begin
# By default it is auto.
log_mark
load
if hardware_pmu && ! grep -qw hypervisor /proc/cpuinfo; then
	equal "auto: a hardware PMU" "$(cat $KVMHOT/events)" \
		cycles,instructions
else
	equal "auto: no hardware PMU" "$(cat $KVMHOT/events)" none
	equal "auto: the log has nothing of it" "$(log_since | grep -c event)" 0
	counts_as_kernel auto
	equal "auto: no rows" "$(grep -vc '^#' "$TMP/pmu")" 0
fi
default=$(cat $KVMHOT/events)
count task-clock
count auto
equal "auto, when written: the same" "$(cat $KVMHOT/events)" "$default"
rmmod kvmhot

log_mark
load events=$none_such
equal "events=$none_such: loads" "$(cat $KVMHOT/events)" $none_such
log_since | grep -q "$none_such.*-$ENOENT"
tap $? "events=$none_such: the log says why not"
no_counts "no such PMU" $none_such
rmmod kvmhot
if ! hardware_pmu; then
	log_mark
	load events=cycles
	log_since | grep -q "cycles.*-$ENOENT"
	tap $? "events=cycles: the log says why not"
	no_counts "events=cycles" cycles
	rmmod kvmhot
fi

load events=none
equal "events=none" "$(cat $KVMHOT/events)" none
# Each list anew while a guest runs; enabled or not.
count_exits
guest_start vm --forever cpuid=100 out=10 hlt=2
guest_go vm
dir=$(vm_of vm)
since=$(header "$dir/exits" since)
for list in task-clock msr/0/,cpu-clock none context-switches \
		msr/0/,$none_such,task-clock; do
	count "$list"
	[ "$list" != none ] || continue
	# Of the last word, which the kernel has in all of these
	until_true "[ \"\$(event ${list##*,} 8)\" = 1 ]"
	until_true '[ "$(cat "$dir/pmu" > "$TMP/pmu"
		counted '"${list##*,}"' exits)" -gt 10 ]'
	equal "$list: events in file pmu" \
		"$(pmu_rows event reason=-)" \
		"$(echo "tsc,$list" | tr , '\n' | sort | tr '\n' ' ' |
			sed 's/ $//')"
done
equal "one that the kernel refuses" "$(pmu_rows state event=$none_such) \
$(pmu_rows error event=$none_such) $(pmu_rows guest event=$none_such)" \
	"refused -$ENOENT -"
equal "it stands so in status" "$(event $none_such 3) $(event $none_such 4)" \
	"refused -$ENOENT"
equal "the others count" "$(pmu_rows state event=task-clock)" counting
equal "no reset by all that" "$(header "$dir/exits" since)" "$since"
echo 0 > $KVMHOT/enabled
equal "disabled: the list is as it was" "$(cat $KVMHOT/events)" \
	msr/0/,$none_such,task-clock
equal "disabled: status" "$(event task-clock 3) $(event task-clock 8) \
$(event $none_such 3)" "off 0 refused"
cat "$dir/pmu" > "$TMP/pmu"
equal "disabled: file pmu" "$(pmu_rows state event=task-clock)" off
# shellcheck disable=SC2034 # until_true has it
exits=$(counted task-clock exits)
echo 1 > $KVMHOT/enabled
until_true '[ "$(event task-clock 3)" = counting ]'
until_true '[ "$(cat "$dir/pmu" > "$TMP/pmu"
	counted task-clock exits)" -gt $((exits + 10)) ]'
tap $? "enabled: counts again, and what was counted stayed"
count none
equal "none: no rows" "$(grep -vc '^#' "$dir/pmu")" 0
guest_stop vm
equal "no exit is dropped" "$(status dropped)" 0
equal "no counts are dropped" "$(status dropped_counts)" 0
cat "$dir/exits" > "$TMP/exits"
true_that "exits were missed only while disabled" \
	"$(sum exits exits)" -le "$(hits)"
true_that "two are lost at most" "$(sum exits lost)" -le 2
count_exits_end
guest_end vm
tap $? "the guest is content"

# What was counted in an exit that is open, here one to the VMM, is in the figures, and
# stays in them if all is off when it ends: without that, less than at the reset.
count msr/0/
for off in ended enabled; do
	guest_start vm out=20000
	guest_go vm
	dir=$(vm_of vm)
	until_true '[ "$(event msr/0/ 8)" = 1 ]'
	guest_done vm
	cat "$dir/pmu" > "$TMP/pmu"
	true_that "open, $off: counted" "$(counted msr/0/ exits)" -gt 1000
	echo all > $KVMHOT/reset
	echo 0 > $KVMHOT/enabled
	[ $off = ended ] || echo 1 > $KVMHOT/enabled
	guest_end vm
	tap $? "open, $off: the guest is content"
	cat "$dir/pmu" > "$TMP/pmu"
	equal "open, $off: no figure is less than nothing" "$(absurd "$TMP/pmu")" ""
	echo 1 > $KVMHOT/enabled
done
tap_end
