#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Every cycle of a vCPU is in one stage, and every cycle of KVM in one exit.
# Columns of exits: 4 exits, 9 cycles, 13 wait_cycles, 20 halt_cycles; of stages
# 6 guest, 7 irq, 8 handle, 9 reenter, 10 enter, 11 poll, 12 block, 13 user,
# 14 away, 15 ioctl, 16 preempted, 17 slept, 18 unknown, 19 ept, 20 since, 21 now.
# needs: seconds=15

. ./lib.sh

# add COLUMN...: of $TMP/stages, over the rows of reasons
add()
{
	awk -F '\t' -v columns="$*" '/^[0-9]/ && $3 != "all" {
		n = split(columns, c, " ")
		for (i = 1; i <= n; i++) sum += $c[i] }
		END { printf "%.0f\n", sum }' "$TMP/stages"
}

# all COLUMN...: of $TMP/stages, of the vCPU
all()
{
	all_sum=0
	for column in "$@"; do
		all_sum=$((all_sum + $(stage 0 "$column")))
	done
	echo $all_sum
}

# One vCPU from its first entry to its end.
check_whole()
{
	before=$(status tsc)
	measure "$@"
	after=$(status tsc)
	equal "$*: stages add up to the vCPU's time" \
		"$(not_conserved < "$TMP/stages")" "0 1"
	true_that "$*: which is within that of the measurement" \
		"$before" -lt "$(stage 0 20)" -a "$(stage 0 21)" -lt "$after"
	equal "$*: nothing is unknown" "$(stage 0 18)" 0
	equal "$*: nothing is lost" "$(column_sum "$TMP/exits" 7)" 0
	for column in 6 7 8 9 10 11 12 13 14 15 16 17 19; do
		echo "$column $(add $column)"
	done > "$TMP/is"
	for column in 6 7 8 9 10 11 12 13 14 15 16 17 19; do
		echo "$column $(stage 0 $column)"
	done > "$TMP/all"
	same "$*: each stage is that of the exits" "$TMP/is" "$TMP/all"
	equal "$*: KVM's cost is irq, handle, reenter, enter" \
		"$(column_sum "$TMP/exits" 9)" "$(all 7 8 9 10)"
	equal "$*: as KVM counts exits" "$(column_sum "$TMP/vcpus" 3)" \
		"$(column_sum "$TMP/vcpus" 17)"
}

tap_begin
load
for kind in cpuid=5000 out=2000 ept_write=500 hlt=20 mmio_read=200; do
	check_whole $kind
done
check_whole cpuid=300 hlt=5 out=100 ept_write=50 vmcall=100 msr_icr=50

# The same with the return of vmx_handle_exit.
echo 1 > $KVMHOT/detail
called=$(hook vmx_handle_exit 6 kprobe)
check_whole cpuid=300 hlt=5 out=100 ept_write=50 vmcall=100 msr_icr=50
true_that "detail: reenter is told" "$(stage 0 9)" -gt 0
equal "detail: every call of vmx_handle_exit returned" \
	"$(hook vmx_handle_exit 6 kretprobe)" \
	$(($(hook vmx_handle_exit 6 kprobe) - called))
measure cpuid=2000
detail=$(all 8)
echo 0 > $KVMHOT/detail
measure cpuid=2000
equal "no detail: no reenter" "$(stage 0 9)" 0
# Elsewhere a run takes now more, now less.
! emulated ||
	true_that "detail: handle ends earlier ($detail, not $(all 8))" \
		"$detail" -lt "$(all 8)"

# What the probe of kvm_entry does after its timestamp is in guest.  It does not do
# much more there after an exit to the VMM, or one with an EPT violation, than after
# a plain one.  An OUT takes KVM and the guest itself some more, too.
! emulated || for kind in out ept_write mmio_read; do
	measure --repeat 2 cpuid=1000 $kind=400
	plain=$(($(sum stages guest name=CPUID) / $(sum exits timed name=CPUID)))
	case $kind in
	out) name=IO_INSTRUCTION ;;
	ept_write) name=EPT_VIOLATION ;;
	mmio_read) name=EPT_MISCONFIG ;;
	esac
	odd=$(($(sum stages guest name="$name") / $(sum exits timed name="$name")))
	true_that "$kind: little of the probe is in guest ($odd; CPUID: $plain)" \
		"$odd" -lt $((plain + 130 * slow))
done

# A VM whose VMM is stopped for a while.
guest_start vm --forever cpuid=100 out=10
guest_go vm
dir=$(vm_of vm)
kill -STOP "$(cat "$TMP/vm.pid")"
sleep 0.2
cat "$dir/stages" > "$TMP/stages"
before=$(all 14 17) start=$(stage 0 21)
sleep 1.5
cat "$dir/stages" > "$TMP/stages"
stopped=$(($(stage 0 21) - start))
equal "stopped: stages add up" "$(not_conserved < "$TMP/stages")" "0 1"
equal "stopped: all of the time is away or slept" \
	$(($(all 14 17) - before)) $stopped
true_that "stopped: there was such time" $stopped -gt \
	$(($(status tsc_khz) * 1000))
kill -CONT "$(cat "$TMP/vm.pid")"

# A reset in the middle.
before=$(status tsc)
echo all > $KVMHOT/reset
after=$(status tsc)
sleep 0.05
cat "$dir/stages" > "$TMP/stages"
equal "reset: stages add up" "$(not_conserved < "$TMP/stages")" "0 1"
true_that "reset: from then on" "$before" -le "$(stage 0 20)" -a \
	"$(stage 0 20)" -le "$after"
guest_stop vm
guest_end vm
tap $? "the guest is content"
tap_end
