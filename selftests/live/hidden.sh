#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# No memory for a VM's directory, or for one of its files: the VM is counted all the
# same, status tells of it, and it has all its files when there is memory again.
# needs: kernel=6.1 seconds=15

. ./lib.sh

GIVE=/sys/module/kvmhot_test_return/parameters/give

end()
{
	cleanup
	rmmod kvmhot_test_return 2>/dev/null
}
trap end EXIT

# hidden FUNCTION SKIP: it fails when it was called that often
hidden()
{
	load
	guest_start vm --vcpus 2 cpuid=100 out=20
	echo "$1 -12 $2 1000000" > $GIVE || bail "$1 cannot be made to fail"
	guest_go vm
	guest_done vm
	until_true '[ "$(status vms)" = 1 ]'
	equal "$1 $2: a VM that is counted has no directory" \
		"$(status vms_hidden) $(ls $KVMHOT/vms)" "1 "
	true_that "$1 $2: its exits are counted" "$(status exits)" -ge 240
	echo "$1 0 0 0" > $GIVE
	dir=$(vm_of vm)
	equal "$1 $2: it has one when there is memory" "$(status vms_hidden)" 0
	equal "$1 $2: with all files" "$(basename -a "$dir"/* | tr '\n' ' ')" \
		"ept exits halt hist ioctl pmu reset stages totals user vcpus "
	same_as_guest "$1 $2: nothing is missing" vm "$dir/exits"
	guest_end vm
	tap $? "$1 $2: the guest is content"
	rmmod kvmhot
}

tap_begin
insmod ./kvmhot_test_return.ko || bail "insmod kvmhot_test_return.ko"
hidden debugfs_create_dir 0
hidden debugfs_create_file 0
hidden debugfs_create_file 7
tap_end
