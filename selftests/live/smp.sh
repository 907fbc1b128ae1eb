#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Two VMs with two vCPUs each, on two CPUs: each vCPU has its own figures, as
# the kernel counts them by thread, and nothing is missed.
# needs: cpus=2 seconds=15

. ./lib.sh

# "VCPU TID" of a VM
vcpus()
{
	awk -F '\t' '!/^#/ { print $1, $2 }' "$1/vcpus"
}

# check NAME: every vCPU against its thread
check()
{
	dir=$(vm_of "$1")
	cat "$dir/exits" > "$TMP/exits"
	vcpus "$dir" > "$TMP/vcpus"
	equal "$1: has two vCPUs" "$(wc -l < "$TMP/vcpus" | tr -d ' ')" 2
	while read -r vcpu tid; do
		awk -F '\t' -v vcpu="$vcpu" '$1 == vcpu { print $2, $4 }' \
			"$TMP/exits" | sort > "$TMP/is"
		kernel_counts_of "$tid" > "$TMP/kernel"
		same "$1: vCPU $vcpu as kvm:kvm_exit has its thread" \
			"$TMP/is" "$TMP/kernel"
	done < "$TMP/vcpus"
	same_as_guest "$1: as the guest did" "$1" "$TMP/exits"
	equal "$1: nothing is lost" "$(column_sum "$TMP/exits" 7)" 0
}

tap_begin
load
count_exits common_pid,exit_reason
guest_start one --vcpus 2 --repeat 5 cpuid=500 out=100 msr_read=50
guest_start two --vcpus 2 --repeat 5 vmcall=300 in=200 ept_write=40
guest_go one
guest_go two
guest_done one
guest_done two
check one
check two
equal "two VMs" "$(status vms)" 2
equal "four vCPUs" "$(status vcpus)" 4
equal "nothing is dropped" "$(status dropped)" 0
equal "no hook missed anything" \
	"$(awk -F '\t' '$1 == "hook" { sum += $7 } END { print sum }' \
		$KVMHOT/status)" 0
equal "all exits of the host" "$(status exits)" \
	"$(hits)"
count_exits_end common_pid,exit_reason
guest_end one
tap $? "one: the guest is content"
guest_end two
tap $? "two: the guest is content"
tap_end
