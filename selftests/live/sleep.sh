#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Time that the vCPU's thread does not run, or runs for others: asleep in the
# handler of an exit, in HLT, in the host's interrupts.  The VMM makes known
# amounts of it; of HLT, KVM has figures of its own.
# needs: stock (counts instructions) seconds=15

. ./lib.sh

POLL_NS=/sys/module/kvm/parameters/halt_poll_ns
poll_ns=$(cat $POLL_NS)
WAKEUP_EVENT=$TRACING/events/kvm/kvm_vcpu_wakeup

# shellcheck disable=SC2086 # no blanks in them
restore()
{
	echo "$poll_ns" > $POLL_NS
	echo '!hist:keys=waited' > $WAKEUP_EVENT/trigger
	cleanup
}
trap 'restore 2>/dev/null' EXIT

# For measure: KVM's figures go with the VM.
while_there()
{
	(cd /sys/kernel/debug/kvm/"$(cat "$TMP/vm.pid")"-* && grep . halt*ns \
		halt_exits halt_successful_poll) | tr : ' ' > "$TMP/kvm"
}

# halting ARGUMENT...: as measure, with the halts in which KVM gave the CPU away
halting()
{
	echo 'hist:keys=waited' > $WAKEUP_EVENT/trigger
	measure "$@"
	awk '/waited: *1 / { gsub(/[{},]/, " "); print "waited", $NF }' \
		$WAKEUP_EVENT/hist >> "$TMP/kvm"
	echo '!hist:keys=waited' > $WAKEUP_EVENT/trigger
}

# kvm NAME
kvm()
{
	awk -v name="$1" '$1 == name { print $2 }' "$TMP/kvm"
}

# ns CYCLES
ns()
{
	awk -v cycles="$1" -v khz="$khz" \
		'BEGIN { printf "%.0f\n", cycles * 1000000 / khz }'
}

# spent STAGE...: their sum, of the vCPU
spent()
{
	total=0
	for name; do
		total=$((total + $(sum stages "$name" reason=-)))
	done
	echo $total
}

# between NAME IS LEAST MOST
between()
{
	true_that "$1 ($2 of $3 to $4)" "$2" -ge "$3" -a "$2" -le "$4"
}

# check_halt NAME: kvmhot's poll and block against KVM's
check_halt()
{
	halts=$(kvm halt_exits)
	equal "$1: halts as KVM counts them" "$(sum halt timed stage=poll)" \
		"$halts"
	equal "$1: those in which it gave the CPU away" \
		"$(sum halt timed stage=block)" "$(kvm waited)"
	# KVM takes the time inside kvm_vcpu_halt, and around kvm_vcpu_block, in which
	# the way to the scheduler and back is poll.
	wait=$(kvm halt_wait_ns)
	between "$1: block is KVM's halt_wait_ns, without the way there and back" \
		"$(ns "$(sum halt cycles stage=block)")" \
		"$((wait - halts * 5000))" "$wait"
	poll=$(($(kvm halt_poll_success_ns) + $(kvm halt_poll_fail_ns)))
	between "$1: poll is KVM's, that way, and some book-keeping" \
		"$(ns "$(sum halt cycles stage=poll)")" \
		"$poll" "$((poll + poll / 20 + halts * 7000))"
}

emulated || skip_all "what else takes the CPU is not known here"

tap_begin
load
khz=$(status tsc_khz)

# Pages that take 10 ms each.
pages=40
ms10=$((khz * 10))
measure ept_write=$pages
slept=$(sum stages slept name=EPT_VIOLATION)
measure --uffd 10 ept_write=$pages
more=$(($(sum stages slept name=EPT_VIOLATION) - slept))
between "page faults: slept" "$more" $((pages * ms10)) \
	$((pages * ms10 * 11 / 10))
# Those of the setup may be preempted.
between "page faults: each waited" "$(sum exits wait name=EPT_VIOLATION)" \
	$pages "$(sum exits exits name=EPT_VIOLATION)"
between "page faults: the longest wait" \
	"$(sum exits wait_max name=EPT_VIOLATION)" $ms10 $((ms10 * 12 / 10))
true_that "page faults: the cost of none has it" \
	"$(sum exits max name=EPT_VIOLATION)" -lt $((ms10 / 10))
true_that "page faults: nor the handler's" \
	"$(sum ept max access=write present=0)" -lt $((ms10 / 10))
true_that "page faults: no other exit slept so" \
	"$(spent slept)" -lt $((pages * ms10 * 11 / 10))

# Preempted at any point of KVM_RUN, be it before KVM has loaded the vCPU or after
# it has put it: a rival of real-time priority comes again and again.
# A kernel without this file is fully preemptible, or not at all.
PREEMPT=/sys/kernel/debug/sched/preempt
if [ -e $PREEMPT ]; then
	mode=$(sed 's/.*(\(.*\)).*/\1/' $PREEMPT)
	echo full > $PREEMPT
fi
measure --rival 200 --repeat 20 out=1000
[ ! -e $PREEMPT ] || echo "$mode" > $PREEMPT
shortest=100000
true_that "preempted: often ($(sum exits wait name=IO_INSTRUCTION) times)" \
	"$(sum exits wait name=IO_INSTRUCTION)" -gt 50
true_that "preempted: for long ($(sum exits wait_max name=IO_INSTRUCTION))" \
	"$(sum exits wait_max name=IO_INSTRUCTION)" -gt $shortest
true_that "preempted: no exit's cost has it ($(sum exits max name=IO_INSTRUCTION))" \
	"$(sum exits max name=IO_INSTRUCTION)" -lt $shortest

# 9 ms in HLT, 1 ms in the guest.
nap="--nap-ticks $((khz * 9)) --nap-spin $khz nap=20"
# shellcheck disable=SC2086 # a list of words
halting $nap
asleep=$(spent poll block)
time=$((asleep + $(spent guest irq handle reenter enter preempted slept)))
between "HLT: per mille of the time in poll and block" \
	$((asleep * 1000 / time)) 880 920
between "HLT: per mille of the time in the guest" \
	$(($(spent guest) * 1000 / time)) 80 120
between "HLT: its own part of that" $(($(sum exits halt_cycles name=HLT))) \
	$((20 * khz * 9 * 98 / 100)) $((20 * khz * 9 * 101 / 100))
equal "HLT: every one halted" "$(sum exits halt name=HLT)" 20
cost=$(sum exits cycles name=HLT)
true_that "HLT: costs little ($cost)" "$cost" -gt 0 -a \
	"$cost" -lt $((time / 50))
equal "HLT: its stages are in its columns" \
	"$(sum exits halt_cycles name=HLT)" \
	"$(($(sum stages poll name=HLT) + $(sum stages block name=HLT)))"
check_halt "long naps"

# Short enough to be polled for, and then not.
short="--nap-ticks $((khz / 10)) nap=200"
echo 200000 > $POLL_NS
# shellcheck disable=SC2086
halting $short
true_that "polling: there was some that helped" \
	"$(kvm halt_successful_poll)" -gt 100
check_halt "polling"
echo 0 > $POLL_NS
# shellcheck disable=SC2086
halting $short
equal "no polling: there was none" "$(kvm halt_successful_poll)" 0
check_halt "no polling"
true_that "no polling: hardly any poll" \
	"$(ns "$(sum halt cycles stage=poll)")" -lt $((200 * 7000))

# A vCPU that waits for a SIPI sleeps in kvm_vcpu_block, but was not halted.
measure cpuid=100
slept=$(spent slept)
measure --park 40 cpuid=100
between "waiting for a SIPI: it is block" "$(spent block)" $((ms10 * 4 * 97 / 100)) \
	$((ms10 * 4 * 103 / 100))
true_that "waiting for a SIPI: it is not slept" "$(spent slept)" -lt $((slept + ms10))
true_that "waiting for a SIPI: no exit's cost has it" \
	"$(sum exits max name=IO_INSTRUCTION)" -lt $ms10
equal "waiting for a SIPI: it is no halt" "$(sum halt timed stage=block)" 0

# Interrupts of the host, while the guest always does the same.
halting spin=40000
quiet=$(spent guest)
quiet_irq=$(sum stages irq name=EXTERNAL_INTERRUPT)
count_exits
halting --timer 50 spin=40000
kernel_counts | awk '$1 == 1' > "$TMP/kernel"
count_exits_end
column_by_reason "$TMP/exits" 4 | awk '$1 == 1' > "$TMP/is"
same "interrupts: as kvm:kvm_exit has them" "$TMP/is" "$TMP/kernel"
interrupts=$(sum exits exits name=EXTERNAL_INTERRUPT)
true_that "interrupts: many ($interrupts)" "$interrupts" -gt 500
# What the timer does takes more than a thousand instructions.
irq=$(($(sum stages irq name=EXTERNAL_INTERRUPT) - quiet_irq))
true_that "interrupts: they are in irq ($irq)" "$irq" -gt $((interrupts * 1000))
between "interrupts: irq is nearly all they cost" \
	"$(sum exits cycles name=EXTERNAL_INTERRUPT)" "$irq" $((irq * 2))
# An entry and an exit more each.
between "interrupts: the guest's time" "$(spent guest)" "$quiet" \
	$((quiet * 103 / 100))
tap_end
