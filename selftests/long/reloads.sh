#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# KVM is removed and loaded again under kvmhot, in each state of kvmhot's: after each
# time a guest is counted right, with its cycles and its events.
# needs: kernel=6.12 share=12

# shellcheck source-path=SCRIPTDIR/../live
. ./lib_pmu.sh
. ./lib_long.sh

nominal=$(scaled 200)
reloads=0 wrong=0
states=

# bad TEXT
bad()
{
	wrong=$((wrong + 1))
	echo "# reload $reloads, $state: $*"
}

# probed: hooks of kvmhot on functions of KVM
probed()
{
	awk '$4 ~ /^kvm(_intel)?$/' /sys/kernel/debug/kprobes/list | wc -l
}

# check_guest: one that comes and goes
check_guest()
{
	./kvmhot-guest --rest 20 cpuid=20 out=10 msr_deadline=5 > "$TMP/vm.out" || bail "guest"
	if [ "$on" = 0 ]; then
		[ "$(ls $KVMHOT/vms)" = "" ] || bad "counted, though it is not enabled"
		[ "$(probed)" = 0 ] || bad "probes, though it is not enabled"
		return
	fi
	until_true '[ "$(status vms)" = 0 ]'
	cat $KVMHOT/vms/*/exits > "$TMP/exits"
	cat $KVMHOT/vms/*/pmu > "$TMP/pmu"
	expected_counts vm > "$TMP/expected"
	counts_by_name "$TMP/exits" | awk 'FNR == NR { expected[$1]; next } $1 in expected' "$TMP/expected" - > "$TMP/named"
	cmp -s "$TMP/named" "$TMP/expected" || bad "counts: $(diff "$TMP/named" "$TMP/expected" | grep '^[<>]' | tr '\n' ' ')"
	both=$(awk -F '\t' '$1 == "vm" { print $3, $4, $5 }' $KVMHOT/status)
	[ "$both" = "$(column_sum "$TMP/exits" 4) $(column_sum "$TMP/exits" 4) 0" ] ||
		bad "exits by kvmhot, by KVM, cleared: $both; rows have $(column_sum "$TMP/exits" 4)"
	[ "$(sum exits lost) $(status dropped)" = "0 0" ] || bad "lost $(sum exits lost), dropped $(status dropped)"
	[ "$events" = none ] || [ "$(counted msr/0/ exits)" -gt 10 ] || bad "events: $(counted msr/0/ exits) known exits"
	echo all > $KVMHOT/reset
}

# reload_once NR: its bits choose the state, and when it is changed
reload_once()
{
	on=$(($1 & 1 ^ 1)) detail=$(($1 >> 1 & 1)) events=none
	[ $(($1 >> 2 & 1)) = 0 ] || events=msr/0/
	late=$(($1 >> 3 & 1)) which=$(($1 >> 4 & 1))
	state="enabled=$on detail=$detail events=$events late=$late core=$which"
	[ $late = 1 ] || set_state
	rmmod kvm_intel || bail "rmmod kvm_intel"
	[ $which = 0 ] || rmmod kvm || bail "rmmod kvm"
	# Between, with KVM gone
	[ $late = 0 ] || set_state
	[ "$(status armed) $(probed)" = "0 0" ] || bad "armed $(status armed), $(probed) probes without kvm_intel"
	loadkvm || bail "loadkvm"
	reloads=$((reloads + 1))
	[ "$(status armed) $(cat $KVMHOT/detail) $(cat $KVMHOT/enabled)" = "$on $detail $on" ] ||
		bad "armed $(status armed), detail $(cat $KVMHOT/detail), enabled $(cat $KVMHOT/enabled)"
	check_guest
}

set_state()
{
	echo $on > $KVMHOT/enabled || bad "enabled"
	echo $detail > $KVMHOT/detail || bad "detail"
	count $events || bad "events"
}

tap_begin
load
i=0
until over 95 || [ $i -ge "$nominal" ]; do
	# Each of the 32 states comes once in 32 times, in an order without a pattern.
	reload_once $((i * 13 % 32))
	i=$((i + 1))
	did="$reloads reloads"
done
[ $i -ge 32 ] && states=32 || states=$i
equal "each reload: armed or not as it should be, and a guest counted right" $wrong 0
true_that "there were some" $reloads -gt 0
echo 1 > $KVMHOT/enabled
rmmod kvmhot
tap $? "kvmhot goes"
figure "$reloads of $nominal reloads of kvm_intel, $states of 32 states, a guest after each: $wrong wrong"
tap_end
