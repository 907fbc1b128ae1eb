#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Exits without end on two CPUs, while all files are read and counting is reset every
# 10 ms: none is lost, none is counted twice, no number is absurd.
#
# While the guest runs, kvmhot-watch compares readings.  Each round ends with the
# guest, and then all is exact: column total has what was counted before and after
# every reset.  It is compared with what the guest says it did, reason by reason, and
# with what KVM itself counted.
# needs: cpus=2 share=25

# shellcheck source-path=SCRIPTDIR/../live
. ./lib.sh
. ./lib_long.sh

nominal=$(scaled 100000000)
exits=0 resets=0 compared=0 readings=0 rounds=0 wrong=0 bad=0
round_share=10

# totals FILE: column total, summed over the vCPUs, by reason
totals()
{
	awk -F '\t' '!/^#/ { sum[$3] += $18 }
		END { for (r in sum) if (sum[r]) print r, sum[r] }' "$1" | sort
}

# same_totals: as the guest did, but for what is not its doing
same_totals()
{
	expected_counts vm > "$TMP/expected"
	totals "$dir/exits" | awk '
		FNR == NR { expected[$1]; next }
		$1 in expected || $1 !~ /^(EXTERNAL_INTERRUPT|EXCEPTION_NMI|INTERRUPT_WINDOW|PREEMPTION_TIMER)$/
		' "$TMP/expected" - > "$TMP/is"
	cmp -s "$TMP/is" "$TMP/expected" && return
	echo "# round $rounds: kvmhot and the guest:"
	diff "$TMP/is" "$TMP/expected" | sed 's/^/#   /'
	return 1
}

# same_as_kvm: row vm of status has both counts
same_as_kvm()
{
	awk -F '\t' -v vm="${dir##*/}" '$1 == "vm" && $2 == vm { print $3, $4, $5 }' $KVMHOT/status > "$TMP/both"
	read -r ours kvms cleared < "$TMP/both"
	exits=$((exits + ours))
	[ "$ours $cleared" = "$kvms 0" ] && [ "$ours" = "$(column_sum "$dir/exits" 18)" ] && return
	echo "# round $rounds: kvmhot $ours, total $(column_sum "$dir/exits" 18), KVM $kvms, cleared $cleared"
	return 1
}

# watch_until PERCENT: of the budget
watch_until()
{
	./kvmhot-watch "${dir##*/}" 10000 > "$TMP/watch.out" 2>&1 &
	echo $! > "$TMP/watch.pid"
	until over "$1"; do
		kill -0 "$(cat "$TMP/watch.pid")" 2> /dev/null || break
		sleep 0.5
	done
	kill -TERM "$(cat "$TMP/watch.pid")"
	wait "$(cat "$TMP/watch.pid")" || wrong=$((wrong + 1))
	rm "$TMP/watch.pid"
	grep '^wrong' "$TMP/watch.out" | sed 's/^/#   /'
	sed -n 's/^readings \([0-9]*\) rows [0-9]* compared \([0-9]*\) resets \([0-9]*\) bad \([0-9]*\)$/\1 \2 \3 \4/p' \
		"$TMP/watch.out" > "$TMP/watched"
	read -r r c n b < "$TMP/watched" || r=0 c=0 n=0 b=1
	readings=$((readings + r)) compared=$((compared + c)) resets=$((resets + n)) bad=$((bad + b))
}

# round PERCENT DETAIL EVENTS: until then
round()
{
	echo "$2" > $KVMHOT/detail
	echo "$3" > $KVMHOT/events
	guest_start vm --vcpus 2 --forever cpuid=3000 msr_deadline=500 out=20 ept_write=4 hlt=1
	guest_go vm
	dir=$(vm_of vm)
	watch_until "$1"
	guest_stop vm
	same_totals || wrong=$((wrong + 1))
	same_as_kvm || wrong=$((wrong + 1))
	[ "$(status dropped)" = 0 ] || { wrong=$((wrong + 1)) && echo "# round $rounds: dropped $(status dropped)"; }
	guest_end vm || wrong=$((wrong + 1))
	rounds=$((rounds + 1))
	# shellcheck disable=SC2034 # over has it
	did="$exits exits, $resets resets, $readings readings"
}

tap_begin
load
percent=0
until over || [ $exits -ge "$nominal" ]; do
	percent=$((percent + round_share))
	case $rounds in
	*[27]) round $percent 0 task-clock ;;
	*[49]) round $percent 1 none ;;
	*) round $percent 0 none ;;
	esac
done
equal "each round: total is what the guest did and what KVM counted, over all resets" $wrong 0
equal "no reading has what cannot be" $bad 0
true_that "there were exits ($exits)" $exits -gt 10000
true_that "there were resets ($resets)" $resets -gt 20
true_that "readings were compared between resets ($compared)" $compared -gt 20
figure "$exits of $nominal exits, $resets resets, $readings readings of files, $compared rows compared between resets: $wrong rounds of $rounds wrong, $bad rows"
tap_end
