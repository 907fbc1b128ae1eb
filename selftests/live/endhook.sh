#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A KVM whose functions that end a VM have other names, as a compiler may give them:
# VMs end all the same, and make place for others.
# needs: kernel=6.1 seconds=90

. ./lib.sh

emulated || skip_all "only where KVM's modules may be changed"

restore()
{
	cleanup
	unloadkvm
	loadkvm
}
trap restore EXIT

# rename FUNCTION...: load KVM with them under other names
rename()
{
	cp /mod/kvm.ko "$TMP/kvm.ko"
	for function; do
		sed -i "s/$function/${function%?}X/g" "$TMP/kvm.ko"
	done
	unloadkvm
	{ insmod "$TMP/kvm.ko" && loadkvm; } || bail "a KVM with other names"
	for function; do
		! grep -q " $function	" /proc/kallsyms || bail "$function is still there"
	done
}

# one_after_the_other ARGUMENT...: of kvmhot-vms; ten VMs, with place for two
one_after_the_other()
{
	./kvmhot-vms --exits 50 --vcpus 2 "$@" || tap 1 "$what: the VMM is content"
}

# all_seen TEST: they have ended, and no exit is missing
all_seen()
{
	until_true '[ "$(status vms) $(status vms_ended) $(status forgotten_vms)" = "0 2 8" ]'
	equal "$1: all ten were seen, and have ended" \
		"$(status vms) $(status vms_ended) $(status forgotten_vms)" "0 2 8"
	equal "$1: all their exits" \
		"$(($(cat $KVMHOT/vms/*/exits | awk -F '\t' '!/^#/ { n += $4 } END { print n }') + \
		$(status forgotten_exits))) $(status dropped)" "$(hits) 0"
	equal "$1: exits that are lost" "$(status lost)" "$2"
}

# ten_vms LOST: exits of the two last ones that are lost
ten_vms()
{
	load max_vms=2
	count_exits
	i=0
	while [ $i -lt 10 ]; do
		one_after_the_other
		i=$((i + 1))
	done
	all_seen "$what, ten VMMs" "$1"
	count_exits_end
	rmmod kvmhot
	load max_vms=2
	count_exits
	one_after_the_other --in-turn --vms 10
	all_seen "$what, one VMM" "$1"
	count_exits_end
}

tap_begin
what="no kvm_arch_vcpu_destroy"
rename kvm_arch_vcpu_destroy kvm_destroy_vm
ten_vms 0
equal "$what: kvm_arch_destroy_vm takes its place" \
	"$(hook kvm_arch_vcpu_destroy 5)$(hook kvm_arch_destroy_vm 5)" armed
rmmod kvmhot

what="neither"
rename kvm_arch_vcpu_destroy kvm_arch_destroy_vm kvm_destroy_vm
log_mark
ten_vms 4
equal "$what: status says so" "$(hook kvm_arch_vcpu_destroy 5)" missing
log_since | grep -q 'kvm_arch_vcpu_destroy of kvm: error -2'
tap $? "$what: so does the log"
rmmod kvmhot
tap_end
