#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Thousands of vCPUs that have run once and are idle, all there at the same time, with
# bounds that are raised for that: once they are seen, nothing is missed or dropped, and
# when they go, all that they took comes back.
#
# VMs come one after the other, so that records are there before their vCPUs are.
# needs: memory=1024 share=9

# shellcheck source-path=SCRIPTDIR/../live
. ./lib.sh
. ./lib_long.sh

nominal=$(scaled 2000)
[ "$nominal" -ge 60 ] || nominal=60
vcpus=20 vms=0 all=0

# missed: by all hooks
missed()
{
	awk -F '\t' '$1 == "hook" { sum += $7 } END { print sum }' $KVMHOT/status
}

# asleep: threads that sleep in KVM
asleep()
{
	cat /proc/[0-9]*/task/*/wchan 2> /dev/null | grep -o kvm_vcpu_block | wc -l
}

# come: one more VM
come()
{
	vms=$((vms + 1))
	guest_start "$vms" --vcpus $vcpus --nap-ticks $((khz * 1000000)) cpuid=5 nap=1
	guest_go $vms
	all=$((all + vcpus))
	until_true '[ "$(status vcpus)" = $all ]'
	# shellcheck disable=SC2034 # over has it
	did="$all vCPUs"
}

tap_begin
load max_vcpus=8192 max_vms=2048 max_memory_kb=524288 max_share=90
khz=$(status tsc_khz)
begin=$(status memory_bytes)
count_exits
until over 60 || [ $all -ge "$nominal" ]; do
	come
done
until_true '[ "$(asleep)" = $all ]'
tap $? "$all vCPUs in $vms VMs sleep at the same time"
equal "all are there" "$(status vms) $(status vcpus)" "$vms $all"
equal "nothing is dropped" "$(status dropped) $(status dropped_spans) $(status lost)" "0 0 0"
equal "no hook missed anything" "$(missed)" 0
bytes=$(status memory_bytes)
true_that "memory is within bounds ($bytes bytes)" "$bytes" -le $((524288 * 1024))
# A nap is a thousand seconds: nobody else exits meanwhile.
equal "all exits of the host" "$(status exits)" "$(hits)"
cat $KVMHOT/vms/*/exits > "$TMP/exits"
equal "and each vCPU's CPUIDs" "$(of CPUID 4)" $((all * 5))
./kvmhot report --all > "$TMP/report" 2> "$TMP/error"
equal "the reader takes them all" "$? $(cat "$TMP/error")" "0 "
for i in $(seq $vms); do
	kill -KILL "$(cat "$TMP/$i.pid")"
done
for i in $(seq $vms); do
	wait "$(cat "$TMP/$i.pid")" 2> /dev/null
	rm "$TMP/$i.pid"
done
until_true '[ "$(status vms)" = 0 ]'
equal "killed: all exits are there" "$(status exits) $(status dropped)" "$(hits) 0"
echo all > $KVMHOT/reset
equal "killed: memory is as it was at first" "$(status memory_bytes)" "$begin"
equal "killed: no directory is left" "$(ls $KVMHOT/vms)" ""
count_exits_end
figure "$all of $nominal idle vCPUs in $vms VMs, $bytes bytes ($((bytes / all / 1024)) KiB a vCPU): dropped $(status dropped), missed $(missed)"
tap_end
