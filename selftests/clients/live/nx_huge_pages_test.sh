#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# nx_huge_pages_test, with what its own script sets before it: three huge pages, and
# the recovery of those that were split each 100 ms.
# needs: seconds=15
# needs: clients=nx_huge_pages_test

. ./lib_clients.sh

KVM=/sys/module/kvm/parameters
HUGE=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages

# set_all NX RATIO PERIOD PAGES
set_all()
{
	echo "$1" > $KVM/nx_huge_pages &&
		echo "$2" > $KVM/nx_huge_pages_recovery_ratio &&
		echo "$3" > $KVM/nx_huge_pages_recovery_period_ms &&
		echo "$4" > $HUGE
}

tap_begin
before=$(cat $KVM/nx_huge_pages $KVM/nx_huge_pages_recovery_ratio \
	$KVM/nx_huge_pages_recovery_period_ms $HUGE)
set_all 1 1 100 3
tap $? "parameters are set"
client nx_huge_pages_test -t 887563923 -p 100 -r
# shellcheck disable=SC2086 # four words
set_all $before
tap $? "parameters are as before"
tap_end
