#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kvmhot, kvm and kvm_intel come and go in any order, with VMs or without.
# needs: seconds=60

. ./lib.sh

# run_and_check NAME: a VM from its first entry on
run_and_check()
{
	guest_start vm cpuid=200 out=100
	guest_go vm
	guest_done vm
	cat "$(vm_of vm)/exits" > "$TMP/exits"
	same_as_guest "$1: counts" vm "$TMP/exits"
	guest_end vm
	tap $? "$1: the guest is content"
}

tap_begin
unloadkvm
load
equal "before kvm: waits" "$(hook kvm_exit 5) $(hook vmx_handle_exit 5 kprobe)" \
	"waiting waiting"
equal "before kvm: does not count" "$(status armed)" 0
loadkvm_only || bail "kvm.ko"
equal "before kvm_intel: waits for it" \
	"$(hook kvm_exit 5) $(hook vmx_handle_exit 5 kprobe)" "waiting waiting"
equal "before kvm_intel: does not count" "$(status armed)" 0
loadkvm || bail "kvm-intel.ko"
equal "kvm_intel came: armed" \
	"$(hook kvm_exit 5) $(hook vmx_handle_exit 5 kprobe) $(status armed)" \
	"armed armed 1"
run_and_check "loaded first"

rmmod kvm_intel
tap $? "kvm_intel can be removed: it is not pinned"
equal "kvm_intel went: waits" "$(hook vmx_handle_exit 5 kprobe) $(status armed)" \
	"waiting 0"
loadkvm
equal "kvm_intel is back: armed" "$(status armed)" 1
run_and_check "kvm_intel came back"
unloadkvm
[ ! -e /sys/module/kvm ]
tap $? "kvm can be removed: it is not pinned"
loadkvm
equal "kvm is back: armed" "$(status armed)" 1
run_and_check "kvm came back"
rmmod kvmhot
tap $? "unload"

# Loaded when a VM has already run for a while: picked up as it goes.
guest_start vm --forever cpuid=100 out=20 hlt=1
guest_go vm
sleep 0.2
load
dir=$(vm_of vm)
until_true '[ "$(column_sum "$dir/exits" 4)" -gt 1000 ]'
early=$(column_sum "$dir/exits" 4)
count_exits
late=$(column_sum "$dir/exits" 4)
sleep 0.2
guest_stop vm
kernel=$(hits)
after=$(column_sum "$dir/exits" 4)
# The kernel began to count somewhere between the two readings.
true_that "loaded after a VM: misses none" $((after - early)) -ge "$kernel"
true_that "loaded after a VM: has none twice" $((after - late)) -le "$kernel"
count_exits_end
lost=$(column_sum "$dir/exits" 7)
true_that "loaded after a VM: at most the exit under way is lost" \
	"$lost" -le 1
guest_end vm
tap $? "loaded after a VM: the guest is content"
rmmod kvmhot

# Unloaded while a VM runs, and while one sleeps in KVM_RUN.
load
guest_start vm --forever cpuid=100 out=20 hlt=5
guest_go vm
vm_of vm > /dev/null
i=0
while [ $i -lt 2 ]; do
	rmmod kvmhot || break
	load
	i=$((i + 1))
done
equal "twice unloaded and loaded under a VM" $i 2
rmmod kvmhot
tap $? "unloaded for good"
guest_stop vm
guest_end vm
tap $? "unloaded under a VM: the guest is content"

# Disabled and enabled under a VM: what was counted stays, nothing is guessed.
load
guest_start vm --forever cpuid=100 out=20
guest_go vm
dir=$(vm_of vm)
echo 0 > $KVMHOT/enabled
equal "disabled: reads 0" "$(cat $KVMHOT/enabled)" 0
equal "disabled: hook of exits is off" "$(hook kvm_exit 5)" off
exits=$(column_sum "$dir/exits" 4)
sleep 0.2
equal "disabled: counts nothing" "$(column_sum "$dir/exits" 4)" "$exits"
true_that "disabled: what was counted stays" "$exits" -gt 0
echo 1 > $KVMHOT/enabled
until_true '[ "$(column_sum "$dir/exits" 4)" -gt "$exits" ]'
tap $? "enabled: counts again"
# One when it was disabled, one when it was enabled.
true_that "enabled: two exits at most are lost" \
	"$(column_sum "$dir/exits" 7)" -le 2
true_that "enabled: the time between is unknown" \
	"$(awk -F '\t' '!/^#/ { print $12 }' "$dir/vcpus")" -gt 0
guest_stop vm
guest_end vm
tap $? "disabled and enabled: the guest is content"

# Again and again, under one that is in KVM hardly at all, so that it cannot be
# mistaken if what is not seen is taken for that.
khz=$(status tsc_khz)
guest_start vm --forever --nap-ticks $((khz * 4)) --nap-spin $((khz / 2)) \
	nap=5 out=1
guest_go vm
dir=$(vm_of vm)
i=0
while [ $i -lt 3 ]; do
	echo 0 > $KVMHOT/enabled
	sleep 0.05
	cat "$dir/stages"
	echo 1 > $KVMHOT/enabled
	sleep 0.03
	cat "$dir/stages"
	i=$((i + 1))
done > "$TMP/readings"
equal "switched 3 times: stages add up" "$(not_conserved < "$TMP/readings")" \
	"0 6"
cat "$dir/stages" > "$TMP/stages"
whole=$(($(stage 0 21) - $(stage 0 20)))
kvm=$(($(stage 0 7) + $(stage 0 8) + $(stage 0 9) + $(stage 0 10)))
true_that "switched 3 times: the time between ($(stage 0 18)) is unknown" \
	"$(stage 0 18)" -gt $((whole / 2))
known=$((whole - $(stage 0 18)))
! emulated ||
	true_that "switched 3 times: KVM's ($kvm of $known) is what it was" \
		$((kvm * 100)) -lt $((known * slow))
true_that "switched 3 times: one exit is lost each time off and on" \
	"$(column_sum "$dir/exits" 7)" -le 6
guest_stop vm
guest_end vm
tap $? "switched 3 times: the guest is content"
tap_end
