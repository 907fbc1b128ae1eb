#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Quantiles of the cost against exact durations of the same run: from each
# kvm:kvm_exit to the next kvm:kvm_entry, which the kernel's tracing counts one
# by one.  (A trace in its ring buffer would do, too, but each new page of that
# is in one time and not in the other.)
# kernels: 6.1

. ./lib.sh

ENTRY_EVENT=$TRACING/events/kvm/kvm_entry

# What may lie between the edges of the two, in ticks: the probes themselves.
distance=60

synthetic=$TRACING/events/synthetic/kvmhot_exact
keys='hist:keys=common_pid'
# Which the triggers change, and leave so
clock=$(sed 's/.*\[\(.*\)\].*/\1/' $TRACING/trace_clock)
at_exit="$keys:ts=common_timestamp,why=exit_reason:clock=x86-tsc"
at_entry="$keys:t=common_timestamp-\$ts:clock=x86-tsc"
at_entry="$at_entry:onmatch(kvm.kvm_exit).trace(kvmhot_exact,\$why,\$t)"

trace_exact()
{
	echo 'kvmhot_exact unsigned int why; u64 t' > $TRACING/synthetic_events
	echo 'hist:keys=why,t:size=16384' > $synthetic/trigger
	echo "$at_exit" > $EXIT_EVENT/trigger
	echo "$at_entry" > $ENTRY_EVENT/trigger
}

trace_exact_end()
{
	echo "!$at_entry" > $ENTRY_EVENT/trigger
	echo "!$at_exit" > $EXIT_EVENT/trigger
	echo '!hist:keys=why,t:size=16384' > $synthetic/trigger
	echo '!kvmhot_exact' >> $TRACING/synthetic_events
	echo "$clock" > $TRACING/trace_clock
}

trap 'trace_exact_end 2>/dev/null; cleanup' EXIT

# exact REASON Q SHIFT: in $TMP/times (REASON TIME COUNT), at rank
# ceil(n * Q / 100) + SHIFT
exact()
{
	awk -v reason="$1" '$1 == reason { print $2, $3 }' "$TMP/times" |
		sort -n | awk -v q="$2" -v shift="$3" '
			{ t[NR] = $1; c[NR] = $2; n += $2 }
			END { rank = int((n * q + 99) / 100) + shift
				if (rank < 1) rank = 1
				if (rank > n) rank = n
				for (i = 1; rank > c[i]; i++) rank -= c[i]
				print t[i] }'
}

# bucketed REASON Q: the middle of the bucket, in $TMP/hist
bucketed()
{
	awk -F '\t' -v reason="$1" -v q="$2" '$3 == reason {
		rank = int(($4 * q + 99) / 100)
		n = split($8, bucket, " "); sum = 0
		for (i = 1; i <= n; i++) {
			split(bucket[i], pair, ":"); sum += pair[2]
			if (sum < rank) continue
			for (width = 1; width * 16 <= pair[1]; width *= 2) ;
			printf "%d\n", pair[1] + (width - 1) / 2
			exit } }' "$TMP/hist"
}

emulated || skip_all "needs a TSC that no other load disturbs"

tap_begin
load
trace_exact || bail "no synthetic events here"
measure --repeat 4 cpuid=500 msr_read=300 vmcall=200 ept_write=250 wbinvd=100
awk '/^[{] why:/ { gsub(/[{},]/, " "); $0 = $0; print $2, $4, $6 }
	/Dropped:/ && $2 { print "dropped", $2 }' $synthetic/hist > "$TMP/times"
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
		is=$(bucketed "$reason" $q)
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
