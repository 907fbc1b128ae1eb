#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# KVM's own counts may be cleared at any time (its debugfs files exits): then they are
# compared with kvmhot's afresh, which is told, and nothing becomes a number of 2^64.
# needs: seconds=25

. ./lib.sh

KVM=/sys/kernel/debug/kvm

# row VM: its row in status: exits, kvm_exits and cleared
row()
{
	awk -F '\t' -v vm="$1" '$1 == "vm" && $2 == vm { print $3, $4, $5 }' \
		$KVMHOT/status
}

# more VM: wait until it has made some exits more, without a look at KVM's counts
more()
{
	more_to=$(($(column_sum "$KVMHOT/vms/$1/exits" 4) + 150))
	until_true '[ "$(column_sum "$KVMHOT/vms/'"$1"'/exits" 4)" -gt '$more_to' ]'
}

# sane TEST VM CLEARED: what all say of it
sane()
{
	# shellcheck disable=SC2046 # three words
	set -- "$1" "$2" "$3" $(row "$2")
	true_that "$1: the two counts agree: $4, $5" \
		"$(($4 - $5))" -le 4 -a "$(($5 - $4))" -le 4
	equal "$1: cleared" "$6" "$3"
	{
		./kvmhot export --openmetrics
		./kvmhot export --json
		./kvmhot report
		cat "$KVMHOT/vms/$2/vcpus" "$KVMHOT/vms/$2/totals"
	} > "$TMP/out" 2> /dev/null
	! grep -o '.\{1,40\}1844674407.*' "$TMP/out" > "$TMP/absurd"
	tap $? "$1: no number is absurd"
	sed 's/^/#   /' "$TMP/absurd"
	./kvmhot check > "$TMP/out" 2> /dev/null
	! grep -e 'fast path' -e 'exits that kvmhot has not' "$TMP/out"
	tap $? "$1: check gives no wrong cause"
}

tap_begin
# Before kvmhot: so KVM's counts have a part that is not to be compared.
guest_start one --forever --vcpus 2 --nap-ticks 400000 cpuid=5 out=2 nap=1
guest_start two --forever --nap-ticks 400000 cpuid=5 out=2 nap=1
guest_go one
guest_go two
sleep 0.5
load
one=$(basename "$(vm_of one)")
two=$(basename "$(vm_of two)")
more "$one"
sane "at first" "$one" 0
echo 0 > "$KVM/$one/exits"
sane "one is cleared" "$one" 2
grep -q "^note *coverage .*$one.*cleared" "$TMP/out"
tap $? "check says that it was cleared"
more "$one"
sane "it goes on" "$one" 2

# Often, as a reader may lose its CPU to the vCPUs between any two counts.
i=0
apart=0
while [ $i -lt 150 ]; do
	i=$((i + 1))
	echo 0 > "$KVM/$one/exits"
	# shellcheck disable=SC2046 # words
	set -- $(row "$one")
	[ $(($1 - $2)) -gt $apart ] && apart=$(($1 - $2))
	[ $(($2 - $1)) -gt $apart ] && apart=$(($2 - $1))
done
true_that "cleared $i times: the two counts are apart by at most 4: $apart" $apart -le 4
cleared=$3
echo all > $KVMHOT/reset
equal "the other one, after a reset" "$(row "$two" | cut -d ' ' -f 3)" 0

# Nobody looks before KVM has counted more than it had when kvmhot came.
more "$two"
echo 0 > $KVM/exits
for i in 1 2 3 4 5 6 7 8; do
	more "$two"
done
sane "all are cleared" "$one" $((cleared + 2))
sane "all are cleared" "$two" 1

# In the interval of a verb that looks twice
./kvmhot stat 2 1 > "$TMP/out" 2> "$TMP/err" &
sleep 1
echo 0 > $KVM/exits
wait $!
equal "stat: exit status" $? 0
grep -q "^# kvmhot-guest ($two): KVM's count of its exits was cleared" "$TMP/out"
tap $? "stat: says so"
sed -n '/coverage/s/^/# /p' "$TMP/out"
# It is noticed at the end of the interval, of which nothing is compared then.
grep -qE '^# coverage (-|9[0-9]\.[0-9]+|100\.00) %' "$TMP/out"
tap $? "stat: coverage is not absurd"

# Between the last look and the end of the VM
guest_stop one
guest_stop two
echo 0 > "$KVM/$two/exits"
guest_end two
tap $? "two: the guest is content"
until_true '[ "$(header "$KVMHOT/vms/$two/exits" state)" = ended ]'
sane "cleared, then the end" "$two" 3
guest_end one
tap $? "one: the guest is content"
until_true '[ "$(header "$KVMHOT/vms/$one/exits" state)" = ended ]'
# shellcheck disable=SC2046 # words
set -- $(row "$one")
equal "the end: to the last exit" "$1 $3" "$2 $((cleared + 4))"
tap_end
