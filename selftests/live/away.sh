#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The VMM on a CPU is user, off it away: against what the scheduler says that the vCPU's
# thread ran, while it rests, is preempted, or is stopped, and while other VMs come and
# go, whose records are freed.
# needs: seconds=30

. ./lib.sh

# look: what the vCPU's stages and its thread have more than at the last look: its time
# by the scheduler in ns, and in cycles what is on a CPU, what is away, and all
look()
{
	cat "$dir/stages" > "$TMP/stages"
	is=$(cut -d ' ' -f 1 "/proc/$(cat "$TMP/vm.pid")/task/$tid/schedstat")
	on=0
	for stage in guest irq handle reenter enter poll user ioctl unknown; do
		on=$((on + $(sum stages "$stage" reason=-)))
	done
	# shellcheck disable=SC2046,SC2086 # words
	set -- ${looked:-0 0 0 0} "$is" "$on" $(sum stages away reason=-) \
		$(sum stages now reason=-)
	ran=$(($5 - $1)) on=$(($6 - $2)) away=$(($7 - $3)) all=$(($8 - $4))
	looked="$5 $6 $7 $8"
}

# agrees NAME: to within 3 %
agrees()
{
	on=$((on * 1000 / (khz / 1000)))
	true_that "$1: on a CPU for $on ns, and so says the scheduler ($ran)" \
		$(((on - ran) * 100)) -le $((ran * 3)) -a $(((ran - on) * 100)) -le $((ran * 3))
	true_that "$1: it ran ($ran)" "$ran" -gt 5000000
	equal "$1: stages add up" "$(not_conserved < "$TMP/stages")" "0 1"
}

# ms CYCLES
ms()
{
	echo $(($1 / khz))
}

tap_begin
load
khz=$(status tsc_khz)

# Five rests of 100 ms, of each is known that it is no shorter.
measure --rest 100 --rest-each --repeat 5 --burn 50000 cpuid=20 out=100
away=$(sum stages away reason=-)
user=$(sum stages user reason=-)
true_that "rests: they are in away ($(ms "$away") ms)" "$(ms "$away")" -ge 500 -a \
	"$(ms "$away")" -lt 700
true_that "rests: and not in user ($(ms "$user") ms)" "$user" -ge $((5 * 100 * 50000)) -a \
	"$user" -lt $((6 * 100 * 50000 * slow))
true_that "rests: file user has what stage user has, but for the last stay" \
	"$(sum user cycles)" -le "$user" -a "$(sum user cycles)" -gt $((user * 9 / 10))
true_that "rests: and what stage away has ($(sum user away_cycles))" \
	"$(sum user away_cycles)" -ge $((500 * khz)) -a "$(sum user away_cycles)" -le "$away"
true_that "rests: they are no exit's cost" \
	"$(sum exits max name=IO_INSTRUCTION)" -lt $((khz * 50))
true_that "rests: one switch each at least" "$(hook sched_switch 6)" -ge 5

# Preempted in the VMM
guest_start vm --forever --burn 2000000 out=5
guest_go vm
dir=$(vm_of vm)
tid=$(tid vm)
while :; do :; done &
echo $! > "$TMP/busy.pid"
taskset -p 1 "$(cat "$TMP/busy.pid")" > /dev/null
taskset -p 1 "$tid" > /dev/null
sleep 0.1
look
sleep 1
look
agrees "preempted"
true_that "preempted: a good part of the time is away ($(ms $away) ms)" \
	$((away * 5)) -gt $all
kill "$(cat "$TMP/busy.pid")"
rm "$TMP/busy.pid"

# Stopped
kill -STOP "$(cat "$TMP/vm.pid")"
sleep 0.1
look
sleep 0.5
look
equal "stopped: all is away" $away $all
equal "stopped: nothing ran" $on 0
kill -CONT "$(cat "$TMP/vm.pid")"

# Others end, and are freed
./kvmhot-vms --vms 20 --in-turn > "$TMP/out" 2>&1
tap $? "others come and go"
echo all > $KVMHOT/reset
look
for i in 1 2 3; do
	guest_start other cpuid=50
	guest_go other
	guest_done other
	guest_end other
done
sleep 0.3
look
agrees "others come and go"
guest_stop vm
guest_end vm
tap $? "the guest is content"

# All the time of a vCPU that is parked in the VMM
guest_start vm --rest 2000 --rest-each --forever cpuid=20 out=5
guest_go vm
dir=$(vm_of vm)
tid=$(tid vm)
sleep 0.3
look
sleep 0.8
look
true_that "parked: nearly all is away" $((away * 100)) -ge \
	$((all * 98))
guest_stop vm
guest_end vm
tap $? "parked: the guest is content"

# One thread runs three vCPUs in turn: while it does so it is away from the others.
guest_program=./kvmhot-vms
guest_start turns --vcpus 3 --exits 5
dir=$(vm_of turns)
until_true '[ "$(status vcpus)" = 3 ]'
sleep 0.5
cat "$dir/stages" > "$TMP/stages"
for vcpu in 0 1 2; do
	all=$(($(sum stages now reason=- vcpu=$vcpu) - $(sum stages since reason=- vcpu=$vcpu)))
	true_that "in turn: vCPU $vcpu: nearly all is away" \
		$(($(sum stages away reason=- vcpu=$vcpu) * 100)) -ge $((all * 95))
done
guest_go turns
guest_done turns
cat "$dir/stages" > "$TMP/stages"
equal "in turn: stages add up" "$(not_conserved < "$TMP/stages")" "0 3"
equal "in turn: nothing is unknown" "$(sum stages unknown reason=-)" 0
guest_end turns
tap $? "in turn: the VMM is content"
tap_end
