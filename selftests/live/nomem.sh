#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Memory is short when kvmhot is switched, when its events are made, or when KVM's
# modules come: all is had or nothing, with ENOMEM for who asked; what nobody
# asked for comes by itself once there is memory.  Until then status says so.
# needs: kernel=6.12 seconds=45

. ./lib_pmu.sh

always=1000000 new_event=perf_event_create_kernel_counter

# nomem FUNCTION SKIP COUNT: which of its calls find no memory
nomem()
{
	give "$1" -$ENOMEM "$2" "$3"
}

# refused COMMAND: there was no memory for it, it says
refused()
{
	! sh -c "$1" 2> "$TMP/refused" || return
	grep -qi "cannot allocate memory\|out of memory" "$TMP/refused"
}

# hooks_now: the states of all that are there, and what lacked memory
hooks_now()
{
	awk -F '\t' '$1 == "hook" { n[$5]++; if ($8) lacks = lacks " " $5 " " $8 }
		END { print n["armed"] + 0, n["waiting"] + 0 lacks }' $KVMHOT/status
}

# switches: what it is
switches()
{
	echo "$(cat $KVMHOT/enabled) $(cat $KVMHOT/detail) $(status armed)"
}

# enabling NAME FUNCTION CALLS: each of its calls for the hooks fails in turn
enabling()
{
	skip=0 bad=
	while nomem "$2" $skip 1 && ! echo 1 2> /dev/null > $KVMHOT/enabled; do
		now="$(switches) $(hooks_now)"
		[ "$now" = "0 $detail 0 0 0 missing -$ENOMEM" ] || bad="$bad; $skip: $now"
		skip=$((skip + 1))
	done
	nomem "$2" 0 0
	equal "$1: $2: nothing" "$bad" ""
	true_that "$1: $2: it was called so often at least" $skip -ge "$3"
	equal "$1: $2: or all" "$(switches) $(hooks_now)" "1 $detail 1 $all"
}

tap_begin
load_give
load events=none

for detail in 1 0; do
	echo $detail > $KVMHOT/detail
	all=$(hooks_now)
	echo 0 > $KVMHOT/enabled
	enabling "enabled, detail=$detail" tracepoint_probe_register 3
	echo 0 > $KVMHOT/enabled
	enabling "enabled, detail=$detail" register_kprobe $((5 + 2 * detail))
done
echo 1 > $KVMHOT/detail
nomem register_kprobe 0 1
echo 1 > $KVMHOT/enabled
equal "enabled twice: it wants nothing more" "$(given)" 0
refused "echo 0 > $KVMHOT/detail"
tap $? "detail: refused"
equal "detail: nothing has changed" "$(switches)" "1 1 1"
echo 0 > $KVMHOT/detail
counts_right "switched"

# Nobody asks when a module comes.
for function in tracepoint_probe_register register_kprobe; do
	name="kvm_intel comes, $function"
	rmmod kvm_intel
	nomem $function 1 $always
	log_mark
	loadkvm
	equal "$name: nothing is counted" "$(switches)" "1 0 0"
	# It tries again each second, and then it is the first call that fails.
	until
		now=$(hooks_now)
		said=$(log_since | grep -c "error -$ENOMEM")
		[ "$(hooks_now)" = "$now" ]
	do :; done
	lack=" missing -$ENOMEM"
	hooks=1
	[ "$now" = "0 0$lack" ] || hooks=2
	[ $hooks = 1 ] || lack="$lack$lack"
	equal "$name: nothing is in place" "$now" "0 0$lack"
	equal "$name: the log says so, once for each hook" "$said" $hooks
	refused "echo 1 > $KVMHOT/enabled"
	tap $? "$name: enabled: refused"
	equal "$name: it stays enabled" "$(switches)" "1 0 0"
	nomem $function 0 0
	until_true '[ "$(status armed)" = 1 ]'
	equal "$name: all, by itself" "$(hooks_now)" "$all"
	counts_right "$name"
done
rmmod kvm_intel
nomem register_kprobe 1 $always
loadkvm
echo 0 > $KVMHOT/enabled
nomem register_kprobe 0 0
equal "disabled meanwhile: it stays so" "$(switches)" "0 0 0"
rmmod kvmhot
nomem tracepoint_probe_register 0 1
load events=none
until_true '[ "$(status armed)" = 1 ]'
equal "loaded: all, by itself" "$(hooks_now)" "$all"

# The list of events.
nomem $new_event 1 1
refused "echo task-clock,context-switches > $KVMHOT/events"
tap $? "events: refused"
equal "events: the list is as it was" "$(cat $KVMHOT/events)" none
count task-clock,context-switches
equal "events: both" "$(event task-clock 3) $(event context-switches 3)" "idle idle"
nomem $new_event 0 1
refused "echo auto > $KVMHOT/events"
hardware_pmu || [ $? = 1 ]
tap $? "auto: refused, if it would be anything"
[ "$(cat $KVMHOT/events)" = task-clock,context-switches ] || count task-clock,context-switches
nomem $new_event 1 $always
guest_start vm --vcpus 2 --forever cpuid=20 out=10
guest_go vm
dir=$(vm_of vm)
until_true '[ "$(event task-clock 9)" = 2 ]'
for word in task-clock context-switches; do
	equal "events of vCPUs: status, $word" \
		"$(event $word 3) $(event $word 4) $(event $word 8)" "failed -$ENOMEM 0"
	true_that "events of vCPUs: in words, $word" -n "$(event $word 10)"
done
cat "$dir/pmu" > "$TMP/pmu"
equal "events of vCPUs: file pmu" "$(pmu_rows state event=task-clock reason=-)" waiting
nomem $new_event 0 0
until_true '[ "$(event task-clock 3) $(event task-clock 8)" = "counting 2" ]'
equal "events of vCPUs: the other one" \
	"$(event context-switches 3) $(event context-switches 8)" "counting 2"
until_true 'cat "$dir/pmu" > "$TMP/pmu" && [ "$(counted task-clock exits)" -gt 10 ]'
tap $? "events of vCPUs: all, by themselves"
guest_stop vm
guest_end vm
tap $? "events of vCPUs: the guest is content"
rmmod kvmhot
# insmod may try twice.
nomem $new_event 0 $always
refused "insmod ./kvmhot.ko events=task-clock"
tap $? "loaded with events: refused"
equal "and not there" "$(lsmod | grep -c '^kvmhot ')" 0
tap_end
