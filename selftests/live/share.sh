#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# One VMM, or one user, makes as many VMs, vCPUs and kinds of ioctls as it can: a VM
# of another one that comes later is counted whole.
# needs: kernel=6.12 seconds=40

. ./lib.sh

[ -z "$quicker" ] || quicker=maxactive=512

# vmm NAME COLUMN: of its row in status; 4 VMs, 5 vCPUs, 6 bytes, 7 ended, 8 dropped
vmm()
{
	awk -F '\t' -v pid="$(cat "$TMP/$1.pid")" -v column="$2" \
		'$1 == "vmm" && $2 == pid { print $column }' $KVMHOT/status
}

# victim TEST: a VM that comes after all others
victim()
{
	guest_program=./kvmhot-guest
	guest_start victim --vcpus 2 cpuid=300 msr_read=200 out=50 vmcall=20
	guest_go victim
	guest_done victim
	dir=$(vm_of victim)
	same_as_guest "$1: a VM that comes later is counted" victim "$dir/exits"
	equal "$1: with all that it does" "$(column_sum "$dir/vcpus" 4) $(vmm victim 8)" "0 0"
	equal "$1: VMs, vCPUs" "$(vmm victim 4) $(vmm victim 5)" "1 2"
	guest_end victim
	tap $? "$1: it is content"
	guest_program=./kvmhot-vms
}

# all_counted TEST: what is dropped is said to be that VMM's
all_counted()
{
	equal "$1: what is not counted is said to be dropped" \
		"$(($(cat $KVMHOT/vms/*/vcpus | awk -F '\t' '!/^#/ { n += $3 - $4 } END { print n }') + \
		$(status dropped)))" "$(hits)"
	equal "$1: of the one that took too much" "$(vmm hog 8)" "$(status dropped)"
}

tap_begin
guest_program=./kvmhot-vms
log_mark
load max_vms=40
count_exits
guest_start hog --vms 60
until_true '[ "$(status vms)" = 20 ]'
equal "60 tiny VMs: half of what there is place for" "$(vmm hog 4)" 20
log_since | grep -q 'no place for [0-9]* vCPUs.*max_share=50 %'
tap $? "60 tiny VMs: the log says so"
victim "60 tiny VMs"
guest_go hog
guest_done hog
equal "60 tiny VMs: those that were counted stay so" \
	"$(cat $KVMHOT/vms/"$(cat "$TMP/hog.pid")"-*/exits | grep -c '	HLT	1	')" 20
all_counted "60 tiny VMs"
guest_end hog
tap $? "60 tiny VMs: their VMM is content"
until_true '[ "$(status vms)" = 0 ]'
equal "60 tiny VMs: no vCPU is kept count of" \
	"$(awk -F '\t' '$1 == "vmm" { n += $4 + $5 + $6 } END { print n + 0 }' $KVMHOT/status)" 0
count_exits_end
rmmod kvmhot

load max_vcpus=64
count_exits
guest_start hog --vcpus 100
equal "100 vCPUs: half" "$(vmm hog 5) $(vmm hog 9)" "32 1"
victim "100 vCPUs"
guest_go hog
guest_done hog
all_counted "100 vCPUs"
guest_end hog
tap $? "100 vCPUs: their VMM is content"
count_exits_end
rmmod kvmhot

load max_memory_kb=2048 detail=1
count_exits
guest_start hog --vcpus 120 --invent 250
true_that "invented ioctls: half of the memory" "$(vmm hog 6)" -gt 1000000
true_that "invented ioctls: and a record at most" "$(vmm hog 6)" -lt 1100000
victim "invented ioctls"
guest_go hog
guest_done hog
all_counted "invented ioctls"
guest_end hog
tap $? "invented ioctls: their VMM is content"
count_exits_end
rmmod kvmhot

# Ended ones make place for those of their owner, and of their user.
load
victim "before 65 short VMs"
./kvmhot-vms --in-turn --vms 65
until_true '[ "$(status vms) $(status vms_ended)" = "0 64" ]'
true_that "65 short VMs: what ended before is there" -e "$dir/exits"
rmmod kvmhot
load max_ended=8
victim "before 12 short VMMs"
i=0
while [ $i -lt 12 ]; do
	./kvmhot-vms --uid 1000
	i=$((i + 1))
done
until_true '[ "$(status vms) $(status vms_ended)" = "0 8" ]'
true_that "12 short VMMs of a user: what ended before is there" -e "$dir/exits"
rmmod kvmhot

# A user with many VMMs
load max_vms=20
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	guest_start hog$i --uid 1000
done
until_true '[ "$(status vms)" -ge 18 ]'
equal "20 VMMs of a user: nine tenths of what there is place for" "$(status vms)" 18
victim "20 VMMs of a user"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	guest_go hog$i
done
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	guest_done hog$i
	guest_end hog$i || tap 1 "20 VMMs of a user: they are content"
done
tap_end
