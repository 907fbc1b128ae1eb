#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Others have the functions that kvmhot has: another user of ftrace that changes where
# they go on, as a live patch does, and other kprobes.  And ftrace and kprobes are
# turned off and on.  All in an order by chance.  After each step a guest's counts are
# right, and where kvmhot cannot see all, it says so.
# needs: share=6

# shellcheck source-path=SCRIPTDIR/../live
. ./lib.sh
. ./lib_long.sh

FTRACE=/proc/sys/kernel/ftrace_enabled
KPROBES=/sys/kernel/debug/kprobes/enabled
FUNCTIONS="vmx_handle_exit handle_ept_violation kvm_vcpu_ioctl"
nominal=$(scaled 2000)
steps=0 wrong=0 told=0 state=$SEED history=
rival=0 probes=0 enabled=1 detail=0

restore()
{
	echo 1 > "$FTRACE"
	echo 1 > "$KPROBES"
	[ "$probes" = 0 ] || drop_probes
	rmmod kvmhot_test_rival 2> /dev/null
	cleanup
}
trap restore EXIT

# chance BELOW: into $chosen
chance()
{
	state=$(((state * 1103515245 + 12345) % 2147483648))
	chosen=$((state / 256 % $1))
}

# bad TEXT
bad()
{
	wrong=$((wrong + 1))
	echo "# step $steps, after$history: $*"
}

add_probes()
{
	for function in $FUNCTIONS; do
		echo "p:kvmhot_rival/$function $function" >> $TRACING/kprobe_events || bad "no kprobe on $function"
	done
	echo 1 > $TRACING/events/kvmhot_rival/enable || bad "kprobes are not enabled"
}

drop_probes()
{
	echo 0 > $TRACING/events/kvmhot_rival/enable
	for function in $FUNCTIONS; do
		echo "-:kvmhot_rival/$function" >> $TRACING/kprobe_events || bad "kprobe on $function stays"
	done
	probes=0
}

# count_right HIT: a guest; HIT: are kprobes hit?
count_right()
{
	guest_start vm --rest 10 cpuid=20 out=10 ept_write=4
	guest_go vm
	guest_done vm
	dir=$(vm_of vm)
	cat "$dir/exits" > "$TMP/exits"
	cat "$dir/ept" > "$TMP/ept"
	guest_end vm || bad "the guest"
	until_true '[ "$(status vms)" = 0 ]'
	expected_counts vm > "$TMP/expected"
	counts_by_name "$TMP/exits" | awk 'FNR == NR { expected[$1]; next } $1 in expected' "$TMP/expected" - > "$TMP/named"
	cmp -s "$TMP/named" "$TMP/expected" || bad "counts: $(diff "$TMP/named" "$TMP/expected" | grep '^[<>]' | tr '\n' ' ')"
	if [ "$1" = 1 ]; then
		# Lost are none; on the fast path none of these; those that ended left KVM_RUN.
		whole="$(of CPUID 7) $(of CPUID 8) $(of IO_INSTRUCTION 8) $(of IO_INSTRUCTION 15)"
		[ "$whole" = "0 0 0 $(of IO_INSTRUCTION 5)" ] || bad "lost, fast, fast, user: $whole of $(of IO_INSTRUCTION 5)"
		[ "$(sum ept timed access=unseen)" = 0 ] || bad "$(sum ept timed access=unseen) EPT violations without a class"
	fi
	echo all > $KVMHOT/reset
}

# said HIT: does kvmhot say what is so?
said()
{
	[ "$(status kprobes_hit)" = "$1" ] || bad "kprobes_hit $(status kprobes_hit), not $1"
	[ "$1" = 0 ] || return
	told=$((told + 1))
	# It runs a VM of its own, for long.
	[ $((told % 4)) = 1 ] || return
	./kvmhot check > "$TMP/out" 2>&1
	rc=$?
	# 1: nothing is counted; 3: counts lack something
	[ $rc = $((1 + 2 * enabled)) ] || bad "kvmhot check: exit status $rc"
}

# off FILE: kprobes are not hit meanwhile
off()
{
	if ! echo 0 > "$1" 2> "$TMP/error"; then
		# A kernel may refuse that while somebody needs it.
		grep -q busy "$TMP/error" || bad "$1: $(cat "$TMP/error")"
		return
	fi
	said 0
	[ $enabled = 0 ] || count_right 0
	echo 1 > "$1" || bad "$1 stays off"
}

step()
{
	chance 7
	case $chosen in
	0) rival=$((1 - rival))
		history="$history rival=$rival"
		if [ $rival = 1 ]; then insmod ./kvmhot_test_rival.ko; else rmmod kvmhot_test_rival; fi || bad "rival" ;;
	1) probes=$((1 - probes))
		history="$history probes=$probes"
		if [ $probes = 1 ]; then add_probes; else drop_probes; fi ;;
	2) history="$history ftrace" && off "$FTRACE" ;;
	3) history="$history kprobes" && off "$KPROBES" ;;
	4) enabled=$((1 - enabled))
		history="$history enabled=$enabled"
		echo $enabled > $KVMHOT/enabled || bad "enabled" ;;
	5) detail=$((1 - detail))
		history="$history detail=$detail"
		echo $detail > $KVMHOT/detail || bad "detail" ;;
	6) history="$history load"
		rmmod kvmhot && load detail=$detail && enabled=1 ;;
	esac
	steps=$((steps + 1))
	history=$(echo "$history" | tail -c 100)
	did="$steps steps"
}

tap_begin
load
until over 92 || [ $steps -ge "$nominal" ]; do
	step
	said 1
	[ $enabled = 0 ] || count_right 1
done
[ $rival = 1 ] || insmod ./kvmhot_test_rival.ko
echo 1 > $KVMHOT/enabled
echo 1 > "$FTRACE"
count_right 1
read -r a b c < /sys/module/kvmhot_test_rival/parameters/calls
true_that "the other user of ftrace had the calls ($a $b $c)" $((a > 10 && b > 0 && c > 10)) = 1
rmmod kvmhot_test_rival
equal "each step: counts are right, and what kvmhot cannot see it says" $wrong 0
true_that "there were steps ($steps)" $steps -gt 0
figure "$steps of $nominal steps by chance, a guest after each; $told times not hit, and said so; $wrong wrong"
tap_end
