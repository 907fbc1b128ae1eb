#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What is read while the guest runs fits together: the buckets of a histogram
# add up to its count, and exits = timed + open + lost, in every reading.
# needs: kernel=6.1 cpus=2 seconds=25

. ./lib.sh

readings=60

# Of files hist in a row: readings whose buckets do not add up, and readings.
check_hist()
{
	awk -F '\t' '/^# kvmhot/ { readings++ }
		/^#/ { next }
		{ n = split($8, bucket, " "); sum = 0
		  for (i = 1; i <= n; i++) {
			split(bucket[i], pair, ":"); sum += pair[2] }
		  if (sum != $4) bad++
		  rows++ }
		END { print bad + 0, readings, (rows >= readings) }'
}

check_exits()
{
	awk -F '\t' '/^# kvmhot/ { readings++ }
		/^#/ { next }
		$4 != $5 + $6 + $7 || $6 > 1 { bad++ }
		$4 < last[$1, $2] { bad++ }
		{ last[$1, $2] = $4 }
		END { print bad + 0, readings }'
}

tap_begin
load
guest_start vm --forever cpuid=1000 out=100 msr_read=100 vmcall=50
guest_go vm
dir=$(vm_of vm)
before=$(column_sum "$dir/exits" 4)
equal "$readings histograms add up" \
	"$(read_much "$dir/hist" $readings | check_hist)" "0 $readings 1"
equal "$readings readings of exits add up, and never fall" \
	"$(read_much "$dir/exits" $readings | check_exits)" "0 $readings"
after=$(column_sum "$dir/exits" 4)
true_that "the guest ran all the while ($((after - before)) exits)" \
	$((after - before)) -gt $readings
guest_stop vm
guest_end vm
tap $? "the guest is content"
tap_end
