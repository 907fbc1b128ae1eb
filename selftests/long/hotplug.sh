#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A CPU goes and comes back while guests exit, with and without events and detail, and
# while all is read and reset: each round counts are what KVM counted, and stages add
# up.
# needs: kernel=6.12 cpus=2 share=6

# shellcheck source-path=SCRIPTDIR/../live
. ./lib_pmu.sh
. ./lib_long.sh

CPU1=/sys/devices/system/cpu/cpu1/online
nominal=$(scaled 1000)
switched=0 wrong=0 exits=0 rounds=0

restore()
{
	echo 1 > "$CPU1"
	cleanup
}
trap restore EXIT

# bad TEXT
bad()
{
	wrong=$((wrong + 1))
	echo "# round $rounds: $*"
}

# look: what must be so at any time
look()
{
	cat "$dir"/* $KVMHOT/status > "$TMP/all"
	[ "$(absurd "$TMP/all")" = "" ] || bad "absurd: $(absurd "$TMP/all")"
	cat "$dir/stages" > "$TMP/stages"
	[ "$(not_conserved < "$TMP/stages")" = "0 2" ] || bad "stages: $(not_conserved < "$TMP/stages")"
}

# switch: off, on, and something else between
switch()
{
	echo 0 > "$CPU1" || bad "CPU 1 stays"
	case $((switched % 4)) in
	1) echo $((switched / 4 % 2)) > $KVMHOT/detail ;;
	2) echo all > $KVMHOT/reset ;;
	3) count "$list" ;;
	esac
	look
	echo 1 > "$CPU1" || bad "CPU 1 does not come"
	switched=$((switched + 1))
	did="CPU 1 off and on $switched times"
}

# round LIST: a guest, until some percent more of the budget
round()
{
	list=$1
	rounds=$((rounds + 1))
	count "$list"
	guest_start vm --vcpus 2 --forever --rest 10 --rest-each cpuid=200 out=20 hlt=2 ept_write=2
	guest_go vm
	dir=$(vm_of vm)
	until_true '[ "$(grep -c ^[0-9] "$dir/vcpus")" = 2 ]'
	switch
	until over $((rounds * 12)) || [ $switched -ge "$nominal" ]; do
		switch
	done
	guest_stop vm
	awk -F '\t' '$1 == "vm" { print $3, $4, $5 }' $KVMHOT/status > "$TMP/both"
	read -r ours kvms cleared < "$TMP/both"
	[ "$ours $cleared" = "$kvms 0" ] || bad "$ours exits, KVM has $kvms, cleared $cleared"
	exits=$((exits + ours))
	[ "$(column_sum "$dir/exits" 18)" = "$kvms" ] || bad "total $(column_sum "$dir/exits" 18), KVM has $kvms"
	[ "$(status lost) $(status dropped)" = "0 0" ] || bad "lost $(status lost), dropped $(status dropped)"
	[ "$(awk -F '\t' '$1 == "hook" { sum += $7 } END { print sum }' $KVMHOT/status)" = 0 ] || bad "a hook missed something"
	guest_end vm || bad "the guest"
	echo all > $KVMHOT/reset
}

tap_begin
load
until over 95 || [ $switched -ge "$nominal" ]; do
	round none
	over 95 || round task-clock,context-switches
	over 95 || round msr/0/,page-faults
done
equal "each round: exits as KVM has them, none lost, stages that add up" $wrong 0
true_that "CPU 1 went and came ($switched)" $switched -gt 0
true_that "there were exits ($exits)" $exits -gt 1000
figure "$switched of $nominal times that CPU 1 went and came, under $exits exits of $rounds guests: $wrong wrong"
tap_end
