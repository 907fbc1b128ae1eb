#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What is written by chance, to each file of kvmhot's and as its parameters, while guests
# run and events fail: it does what it says or fails with an errno that the ABI has, the
# kernel says nothing but why, and after that counts are right.
# needs: share=13

# shellcheck source-path=SCRIPTDIR/../live
. ./lib_pmu.sh
. ./lib_long.sh

nominal_writes=$(scaled 1000000) nominal_loads=$(scaled 100000)
many=$(scaled 60000) some=$(scaled 600)
writes=0 loads=0 accepted=0 refused=0 bad=0 seed=$SEED

restore()
{
	dmesg -n 5
	cleanup
}
trap restore EXIT

# listen: what the kernel said that is not about kvmhot's input.  Its log is too short
# for all of it.
listen()
{
	dmesg -c | grep -v -e 'kvmhot: ' -e 'callbacks suppressed' > "$TMP/said" || return 0
	bad=$((bad + 1))
	sed "s/^/# seed $seed: the kernel said: /" "$TMP/said"
}

# scribble NUMBER VM: adds to accepted, refused and bad
scribble()
{
	./kvmhot-scribble "$seed" "$1" "$2" > "$TMP/scribble" 2>&1 || bad=$((bad + 1))
	grep -v '^accepted' "$TMP/scribble" | sed "s/^/# seed $seed, $1 $2: /"
	# shellcheck disable=SC2046 # numbers
	set -- $(awk '/^accepted/ { for (i = 3; i < NF; i += 2) if ($i ~ /^errno/) sum += $(i + 1)
		print $2, sum + 0, $NF }' "$TMP/scribble") 0 0 1
	accepted=$((accepted + $1)) refused=$((refused + $2)) bad=$((bad + $3))
	listen
	seed=$((seed + 1))
	# shellcheck disable=SC2034 # over has it
	did="$writes writes, $loads loads, $accepted accepted"
}

# count_right NAME: a guest, and no event is left behind
count_right()
{
	echo 1 > $KVMHOT/enabled
	echo 0 > $KVMHOT/detail
	count task-clock
	echo all > $KVMHOT/reset
	count_exits
	before=$(status exits)
	measure --rest 20 --repeat 2 cpuid=200 out=30 ept_write=10 msr_deadline=20
	same_as_guest "$1: counts" vm "$TMP/exits"
	equal "$1: all exits" $(($(status exits) - before)) "$(hits)"
	equal "$1: nothing is lost" "$(sum exits lost)" 0
	true_that "$1: events are counted" "$(counted task-clock exits)" -gt 10
	count_exits_end
}

# Guests rest most of the time: what kvmhot does when it is switched is mostly waiting,
# for grace periods, and costs nothing here only while nobody runs.
tap_begin
load_test_pmu
# On the console a line takes as long as a hundred writes.
dmesg -n 1
dmesg -c > /dev/null
load events=none
guest_start one --vcpus 2 --forever --rest 40 --rest-each cpuid=100 out=10 hlt=1
guest_go one
vm=$(basename "$(vm_of one)")
until over 55 || [ $writes -ge "$nominal_writes" ]; do
	scribble "$many" "$vm"
	writes=$((writes + many))
done
for file in refuse fail_add stop; do
	test_pmu $file 0
done
guest_stop one
guest_end one
tap $? "the guest is content"
count_right "after $writes writes"
count none
equal "no event is left" "$(test_pmu live)" 0
equal "never was an event read where it is not" "$(test_pmu misused)" 0
rmmod kvmhot
tap $? "kvmhot goes"

guest_start one --forever --rest 40 --rest-each cpuid=100 out=10
guest_go one
until over 95 || [ $loads -ge "$nominal_loads" ]; do
	scribble "$some" -
	loads=$((loads + some))
done
guest_stop one
guest_end one
tap $? "the guest beside the loads is content"
load
count_right "after $loads loads"
equal "all writes and loads do what they say, or fail as the ABI has it" $bad 0
true_that "some were accepted ($accepted), some refused ($refused)" $((accepted > 0 && refused > 0)) = 1
figure "$writes of $nominal_writes writes, $loads of $nominal_loads loads with parameters by chance: $accepted accepted, $refused refused, $bad wrong"
tap_end
