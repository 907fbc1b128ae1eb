#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What the guest felt of its exits, against exact durations of the same run: with a
# VMM that takes its time, a thread that is preempted, and halts.  The traced end is
# after what kvmhot does at kvm_entry, which for such an exit is some 400 instructions;
# what it does for a first one of its kind is more.
# Columns of hist: 4 timed, 5 cycles, 8 buckets, 10 to 13 felt.
# needs: kernel=6.1 seconds=15

. ./lib.sh
. ./lib_exact.sh

most=600 most_once=2000

# The VM's last exit is over when the VM is, but no kvm_entry follows it.
while_there()
{
	mkdir -p "$TMP/there"
	cp "$dir/hist" "$dir/stages" "$TMP/there/"
}

# measure_there ARGUMENT...: as measure, but of before the last exit ended
measure_there()
{
	measure "$@"
	cp "$TMP/hist" "$TMP/ended"
	cp "$TMP/there/hist" "$TMP/there/stages" "$TMP/"
}

# of_exact REASON sum|max
of_exact()
{
	awk -v reason="$1" -v what="$2" '$1 == reason {
			sum += $2 * $3
			if ($2 > max) max = $2 }
		END { printf "%.0f\n", what == "sum" ? sum : max }' "$TMP/times"
}

# of_hist REASON COLUMN
of_hist()
{
	awk -F '\t' -v reason="$1" -v column="$2" '$3 == reason { print $column }' \
		"$TMP/hist"
}

# about NAME IS EXACT MORE: by no more than MORE beside it
about()
{
	true_that "$1 is $2, exact $3" "$2" -ge $(($3 - $4)) -a "$2" -le $(($3 + $4))
}

# check_reason NAME NUMBER REASON: is what was felt of it what was traced?
check_reason()
{
	n=$(of_hist "$3" 4)
	equal "$1: $3: all of them are there" "$n" \
		"$(awk -v reason="$2" '$1 == reason { n += $3 } END { print n }' \
			"$TMP/times")"
	about "$1: $3: the sum" "$(of_hist "$3" 10)" "$(of_exact "$2" sum)" \
		$((n * most))
	about "$1: $3: the greatest" "$(of_hist "$3" 12)" "$(of_exact "$2" max)" \
		$most_once
	for q in 1 50 95 99; do
		is=$(bucketed "$3" $q 13)
		exact=$(exact "$2" $q 0)
		true_that "$1: $3: p$q is $is, exact $exact" \
			$((is * 10000)) -ge $(((exact - most) * 9375)) -a \
			$((is * 10000)) -le $(((exact + distance) * 10625))
	done
}

# check_sums NAME: of each reason, felt is the cost and the stages that are no halt
check_sums()
{
	awk -F '\t' '
		/^# vcpu\t/ { sub(/^# /, ""); for (i = 1; i <= NF; i++) at[$i] = i; next }
		/^#/ || $3 == "all" { next }
		FILENAME ~ /stages$/ { more[$2] = $at["user"] + $at["away"] +
			$at["ioctl"] + $at["preempted"] + $at["slept"]; next }
		{ rows++
		  if ($at["felt_cycles"] != $at["cycles"] + more[$2])
			print $3, $at["felt_cycles"], $at["cycles"], more[$2] }
		END { if (!rows) print "no rows" }' "$TMP/stages" "$TMP/hist" > "$TMP/wrong"
	equal "$1: felt is KVM's cost, and all else but halts" \
		"$(head -n 3 "$TMP/wrong")" ""
	sed 's/felt_buckets/x/; s/\tbuckets/\ty/; s/x$/buckets/' "$TMP/hist" \
		> "$TMP/felt"
	equal "$1: the buckets add up" "$(not_added_up hist felt)" "0 rows"
}

emulated || skip_all "needs a TSC that no other load disturbs"

tap_begin
load

trace_exact || bail "no synthetic events here"
measure_there --repeat 4 --burn 20000 cpuid=300 out=200 mmio_read=100 ept_write=150
trace_exact_end
check_reason "VMM" 10 CPUID
check_reason "VMM" 30 IO_INSTRUCTION
check_reason "VMM" 49 EPT_MISCONFIG
check_reason "VMM" 48 EPT_VIOLATION
check_sums "VMM"
# column OF FILE: of port I/O
column()
{
	awk -F '\t' -v column="$1" '$3 == "IO_INSTRUCTION" { print $column }' "$2"
}
equal "the end: there is one exit more" \
	"$(($(column 4 "$TMP/ended") - $(column 4 "$TMP/hist")))" 1
equal "the end: of the last exit the guest felt KVM's cost" \
	"$(($(column 10 "$TMP/ended") - $(column 10 "$TMP/hist")))" \
	"$(($(column 5 "$TMP/ended") - $(column 5 "$TMP/hist")))"
more=$(($(of_hist IO_INSTRUCTION 11) - $(of_hist IO_INSTRUCTION 6)))
true_that "VMM: the guest felt what it burnt ($more)" "$more" -ge 20000

# Two threads on one CPU: some exits take as long as the other's time slice.
trace_exact || bail "no synthetic events here"
sh -c 'while :; do :; done' &
echo $! > "$TMP/busy.pid"
measure_there --repeat 40 --burn 20000 cpuid=300 out=50
kill -KILL "$(cat "$TMP/busy.pid")"
rm "$TMP/busy.pid"
trace_exact_end
preempted=$(sum stages preempted reason=-)
true_that "busy: preempted in KVM ($preempted)" "$preempted" -gt 1000000
away=$(sum stages away name=IO_INSTRUCTION)
true_that "busy: preempted in the VMM ($away)" "$away" -gt 1000000
check_reason "busy" 10 CPUID
check_reason "busy" 30 IO_INSTRUCTION
check_sums "busy"

grep dropped "$TMP/times" > "$TMP/dropped"
equal "busy: the trace is whole" "$(cat "$TMP/dropped")" ""

# What 32 bits cannot tell.  Time in which nothing runs is short here.
measure_there --rest $((5100000000 / $(status tsc_khz))) --rest-each --repeat 2 cpuid=1
max=$(of_hist IO_INSTRUCTION 12)
true_that "long: the guest has waited ($max)" "$max" -gt 5000000000
rest=$(($(of_hist IO_INSTRUCTION 10) - max))
true_that "long: twice, and little else ($rest)" "$rest" -gt 5000000000 -a \
	"$rest" -le "$max"
equal "long: both are in buckets of 4 to 8 * 2^30" "$(of_hist IO_INSTRUCTION 13 |
	tr ' ' '\n' | awk -F : '$1 >= 4294967296 && $1 < 8589934592 { n += $2 }
		END { print n }')" 2
check_sums "long"

measure_there hlt=10 cpuid=10 out=10
true_that "halts: they took time" "$(sum exits halt_cycles name=HLT)" -gt 0
check_sums "halts"
tap_end
