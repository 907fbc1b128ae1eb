#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A bucket's count has 32 bits; what goes beyond is not lost.  2^31 exits take
# hours: in this module 1000 are as many.
# needs: kernel=6.1 seconds=15

. ./lib.sh

# buckets FILE: sum of the counts of CPUID's histogram, and its greatest
buckets()
{
	awk -F '\t' '$3 == "CPUID" {
		n = split($8, bucket, " "); sum = 0; most = 0
		for (i = 1; i <= n; i++) {
			split(bucket[i], pair, ":"); sum += pair[2]
			if (pair[2] > most) most = pair[2] }
		print sum, most }' "$1"
}

# cpuid WORD N: there are N exits, all in the histogram, most of them alike
cpuid()
{
	cat "$dir/exits" > "$TMP/exits"
	cat "$dir/hist" > "$TMP/hist"
	equal "$1: exits" "$(of CPUID 4)" "$2"
	equal "$1: all are timed" "$(of CPUID 5)" "$2"
	# shellcheck disable=SC2046 # two words
	set -- "$1" "$2" $(buckets "$TMP/hist")
	equal "$1: all are in the histogram" "$3" "$2"
	true_that "$1: a bucket went beyond ($4)" "$4" -gt 1000
}

cp kvmhot_carry.ko kvmhot.ko
tap_begin
load
guest_start vm cpuid=5000
guest_go vm
guest_done vm
dir=$(vm_of vm)
cpuid "first" 5000
guest_end vm
tap $? "the guest is content"
tap_end
