#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Quantiles of the cost against exact durations of the same run.
# needs: kernel=6.1 seconds=15

. ./lib.sh
. ./lib_exact.sh

emulated || skip_all "needs a TSC that no other load disturbs"

tap_begin
load
trace_exact || bail "no synthetic events here"
measure --repeat 4 cpuid=500 msr_read=300 vmcall=200 ept_write=250 wbinvd=100
trace_exact_end

while read -r reason number; do
	equal "$reason: all of them are there" \
		"$(awk -v reason="$number" '$1 == reason { n += $3 }
			END { print n }' "$TMP/times")" "$(of "$reason" 4)"
	# Time switched out is not in the cost, but in the exact time.  So each
	# such exit may have changed its place among the others.
	wait=$(of "$reason" 12)
	true_that "$reason: few were switched out ($wait)" \
		$((wait * 50)) -le "$(of "$reason" 4)"
	for q in 50 95 99; do
		is=$(bucketed "$reason" $q 8)
		low=$(exact "$number" $q -"$wait")
		high=$(exact "$number" $q "$wait")
		true_that "$reason: p$q is $is, exact $low to $high" \
			$((is * 10000)) -ge $(((low - distance) * 9375)) -a \
			$((is * 10000)) -le $(((high + distance) * 10625))
	done
done << END
CPUID 10
MSR_READ 31
VMCALL 18
EPT_VIOLATION 48
WBINVD 54
END
tap_end
