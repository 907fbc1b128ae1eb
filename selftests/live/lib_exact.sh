# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Exact durations: from each kvm:kvm_exit to the next kvm:kvm_entry, which the kernel's
# tracing counts one by one.  (A trace in its ring buffer would do, too, but each new
# page of that is in one time and not in the other.)

ENTRY_EVENT=$TRACING/events/kvm/kvm_entry

# What may lie between the edges of the two, in ticks: the probes themselves.
# shellcheck disable=SC2034 # for tests
distance=60

synthetic=$TRACING/events/synthetic/kvmhot_exact
keys='hist:keys=common_pid'
# Which the triggers change, and leave so
clock=$(sed 's/.*\[\(.*\)\].*/\1/' "$TRACING"/trace_clock)
at_exit="$keys:ts=common_timestamp,why=exit_reason:clock=x86-tsc"
at_entry="$keys:t=common_timestamp-\$ts:clock=x86-tsc"
at_entry="$at_entry:onmatch(kvm.kvm_exit).trace(kvmhot_exact,\$why,\$t)"

trace_exact()
{
	echo 'kvmhot_exact unsigned int why; u64 t' > "$TRACING"/synthetic_events
	echo 'hist:keys=why,t:size=16384' > "$synthetic"/trigger
	echo "$at_exit" > "$EXIT_EVENT"/trigger
	echo "$at_entry" > "$ENTRY_EVENT"/trigger
}

# trace_exact_end: what was counted is in $TMP/times: REASON TIME COUNT
trace_exact_end()
{
	awk '/^[{] why:/ { gsub(/[{},]/, " "); $0 = $0; print $2, $4, $6 }
		/Dropped:/ && $2 { print "dropped", $2 }' \
		"$synthetic"/hist > "$TMP/times"
	echo "!$at_entry" > "$ENTRY_EVENT"/trigger
	echo "!$at_exit" > "$EXIT_EVENT"/trigger
	echo '!hist:keys=why,t:size=16384' > "$synthetic"/trigger
	echo '!kvmhot_exact' >> "$TRACING"/synthetic_events
	echo "$clock" > "$TRACING"/trace_clock
}

trap 'trace_exact_end 2>/dev/null; cleanup' EXIT

# exact REASON Q SHIFT: at rank ceil(n * Q / 100) + SHIFT
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

# bucketed REASON Q COLUMN: the middle of the bucket, in that column of $TMP/hist
bucketed()
{
	awk -F '\t' -v reason="$1" -v q="$2" -v column="$3" '$3 == reason {
		rank = int(($4 * q + 99) / 100)
		n = split($column, bucket, " "); sum = 0
		for (i = 1; i <= n; i++) {
			split(bucket[i], pair, ":"); sum += pair[2]
			if (sum < rank) continue
			for (width = 1; width * 16 <= pair[1]; width *= 2) ;
			printf "%d\n", pair[1] + (width - 1) / 2
			exit } }' "$TMP/hist"
}
