#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The file totals is what exits, hist, stages and vcpus have, summed over the
# vCPUs; it fits together in every reading, whatever happens meanwhile.
# Columns of exits: 2 reason, 3 name, 4 to 21 exits to halt_max, 22 level; of
# hist 8 buckets, 9 level, 10 to 13 felt; of stages 4 level, 6 to 19 guest to ept; of vcpus 3 to
# 19 exits to away_cycles; of totals, rows of reasons: 2 number, 4 level, 5 exits,
# 6 timed, 7 open, 8 lost, 10 cycles, 19 total, 23 to 36 guest to ept,
# 37 buckets, 38 to 41 felt; the VM's row: 2 vcpus, 3 exits, 9 kvm_cycles, 18 level2, 20 to 32
# guest to unknown.
# needs: cpus=2 seconds=60

. ./lib.sh

readings=50

# read_all: the files, into $TMP
read_all()
{
	for file in totals exits hist stages vcpus; do
		cat "$dir/$file" > "$TMP/$file"
	done
}

# expected: what totals should be but for its first line, by the other files
expected()
{
	(cd "$TMP" && awk -F '\t' '
	function name(columns, from, to,   i) {
		for (i = from; i <= to; i++) columns = columns "\t" $i
		return columns }
	function bucket_of(key, text,   list, pair, n, i) {
		n = split(text, list, " ")
		for (i = 1; i <= n; i++) {
			split(list[i], pair, ":")
			count[key, pair[1] + 0] += pair[2]
			if (!(pair[1] in is_low)) lows[++nr_lows] = pair[1] + 0
			is_low[pair[1]] = 1 } }
	function sort_lows(   i, k, low) {
		for (i = 2; i <= nr_lows; i++) {
			low = lows[i]
			for (k = i; k > 1 && lows[k - 1] > low; k--)
				lows[k] = lows[k - 1]
			lows[k] = low } }
	function buckets(key,   i, text) {
		for (i = 1; i <= nr_lows; i++)
			if (count[key, lows[i]])
				text = text " " sprintf("%.0f:%.0f", lows[i],
					count[key, lows[i]])
		return text == "" ? "-" : substr(text, 2) }
	/^# vcpu\t/ {
		if (FILENAME == "exits") reasons = name("# reason\tnumber\tname\tlevel", 4, 21)
		if (FILENAME == "stages") reasons = name(reasons, 6, 19)
		if (FILENAME == "stages") stages = name("", 6, 18)
		if (FILENAME == "hist") buckets_name = name("\t" $8, 10, 13)
		if (FILENAME == "vcpus") vm = name("# vm\tvcpus", 3, 19) }
	/^#/ { next }
	FILENAME == "exits" {
		key = $22 * 1000 + $2
		names[key] = $2 "\t" $3 "\t" $22
		for (i = 4; i <= 21; i++) {
			if (i == 10 && (!$5 || (timed[key] && sum[key, i] < $i)))
				continue
			if (i == 10) sum[key, i] = $i
			else if (i == 11 || i == 14 || i == 17 || i == 21) {
				if (sum[key, i] < $i) sum[key, i] = $i
			} else sum[key, i] += $i }
		timed[key] += $5 }
	FILENAME == "hist" {
		key = $9 * 1000 + $2
		bucket_of(key, $8)
		bucket_of("felt" key, $13)
		felt[key] += $10
		if (!(key in felt_min) || $11 < felt_min[key]) felt_min[key] = $11
		if ($12 > felt_max[key]) felt_max[key] = $12 }
	FILENAME == "stages" && $3 != "all" {
		for (i = 6; i <= 19; i++) sum[$4 * 1000 + $2, 16 + i] += $i }
	FILENAME == "stages" && $3 == "all" {
		for (i = 6; i <= 18; i++) of_vm[14 + i] += $i }
	FILENAME == "vcpus" {
		for (i = 3; i <= 19; i++) of_vm[i] += $i
		nr_vcpus++ }
	END {
		print reasons buckets_name
		sort_lows()
		for (key = 1000; key < 3000; key++) {
			if (!(key in names)) continue
			printf "reason\t%s", names[key]
			for (i = 4; i <= 35; i++) printf "\t%.0f", sum[key, i]
			printf "\t%s\t%.0f\t%.0f\t%.0f\t%s\n", buckets(key),
				felt[key], felt_min[key], felt_max[key],
				buckets("felt" key) }
		print vm stages
		printf "vm\t%d", nr_vcpus
		for (i = 3; i <= 32; i++) printf "\t%.0f", of_vm[i]
		print "" }' exits hist stages vcpus)
}

# check NAME [COMMAND]: are totals what the others have, what COMMAND leaves of
# both?  Nothing may happen meanwhile.
check()
{
	sed 1d "$TMP/totals" | ${2:-cat} > "$TMP/is"
	expected | ${2:-cat} > "$TMP/expected"
	same "$1: totals are the sums over the vCPUs" "$TMP/is" "$TMP/expected"
	for file in totals exits hist stages vcpus; do
		header "$TMP/$file" since
	done | sort -u > "$TMP/since"
	equal "$1: all files have the same since" \
		"$(grep -c '[0-9]' "$TMP/since")" 1
	equal "$1: vCPUs" "$(awk '$1 == "vm" { print $2 }' "$TMP/totals")" \
		"$(grep -vc '^#' "$TMP/vcpus")"
}

# By reason, as column_by_reason.
totals_by_reason()
{
	awk -F '\t' '$1 == "reason" { sum[$2] += $5 }
		END { for (r in sum) if (sum[r]) print r, sum[r] }' "$TMP/totals" |
		sort
}

reasons()
{
	grep reason
}

# While vCPUs are in the VMM, nothing but the VM's times goes on.
while_there()
{
	read_all
	check "$name, not yet ended" reasons
	true_that "$name: of each vCPU an exit is open" 0 -lt \
		"$(awk '$1 == "reason" { open += $7 } END { print open }' \
			"$TMP/totals")"
}

# check_ended NAME ARGUMENT...: a VM, from its first entry to its end
check_ended()
{
	name=$1
	shift
	count_exits
	measure "$@"
	kernel_counts > "$TMP/kernel"
	count_exits_end
	read_all
	check "$name"
	totals_by_reason > "$TMP/is"
	same "$name: exits as kvm:kvm_exit has them" "$TMP/is" "$TMP/kernel"
	equal "$name: it says ended" "$(header "$TMP/totals" state)" ended
}

# check_reset: the VM "vm", whose guest is done
check_reset()
{
	read_all
	sort "$TMP/totals" | awk -F '\t' '$1 == "reason" {
		print $2, $4, $19 }' > "$TMP/before"
	since=$(header "$TMP/totals" since)
	echo 1 > "$dir/reset"
	read_all
	check "reset" reasons
	true_that "reset: later since" "$since" -lt "$(header "$TMP/totals" since)"
	sort "$TMP/totals" | awk -F '\t' '$1 == "reason" {
		print $2, $4, $19 }' > "$TMP/after"
	same "reset: rows and totals are kept" "$TMP/after" "$TMP/before"
	equal "reset: of the rest nothing is" "$(awk -F '\t' '
		$1 == "reason" { for (i = 5; i <= 40; i++)
			if (i != 19 && i != 37 && $i) print i, $i
			if ($37 $41 != "--") print $37, $41 }
		$1 == "vm" && $3 { print }' "$TMP/totals")" ""
	true_that "reset: there are rows" "$(wc -l < "$TMP/after")" -gt 3
}

# Of readings in a row: what is wrong with them; how many there are, whether there
# were rows of reasons, and the number of times that since changed.
check_readings()
{
	awk -F '\t' '
	function bad(what) { if (nr_bad++ < 5) print what }
	/^# kvmhot/ { if (readings++ && !ended) bad("no row of the VM")
		exits = 0; level2 = 0; ended = 0
		since = $0; sub(/.* since=/, "", since); sub(/ .*/, "", since)
		if (since != last) { resets++; split("", exits_of) }
		last = since; next }
	/^#/ { next }
	ended { bad("something behind the row of the VM") }
	$1 == "reason" {
		for (k = 37; k <= 41; k += 4) {
			n = split($k, bucket, " "); sum = 0
			for (i = 1; i <= n; i++) {
				split(bucket[i], pair, ":"); sum += pair[2] }
			if ($k == "-") sum = 0
			if (sum != $6) bad("buckets " k ": " sum " not " $6) }
		if ($38 < $10 || $39 < $11 || $40 < $12)
			bad("less felt than KVM cost: " $38 " " $39 " " $40)
		if ($5 != $6 + $7 + $8) bad("exits " $5 " " $6 " " $7 " " $8)
		if ($7 > 2) bad("open " $7)
		if ($24 + $25 + $26 + $27 != $10) bad("stages " $10)
		if ($19 < $5 || $19 < total[$2, $4]) bad("total " $19)
		if ($5 < exits_of[$2, $4]) bad("exits fell " $5)
		exits_of[$2, $4] = $5; total[$2, $4] = $19
		exits += $5; rows++
		if ($4 == 2) level2 += $5 }
	$1 == "vm" {
		ended = 1
		if ($3 < exits) bad("exits of the VM " $3 " " exits)
		if ($18 < level2) bad("level 2 " $18 " " level2)
		if ($21 + $22 + $23 + $24 != $9) bad("kvm_cycles " $9)
		if (NF != 32) bad("columns " NF)
		vms++ }
	$1 != "vm" && $1 != "reason" { bad("what is " $1) }
	END { if (!ended) bad("no row of the VM")
		print readings, vms, (rows >= readings), resets }'
}

# Again and again, now sooner, now later; a reading in which one comes is begun
# anew, so that there must be some that have time enough.
resets_at_random()
{
	x=12345
	while :; do
		echo 1 > "$1/reset"
		x=$(((x * 1103515245 + 12345) % 2147483648))
		i=$((x / 65536 % 250))
		while [ $i -gt 0 ]; do
			i=$((i - 1))
		done
	done
}

tap_begin
load
check_ended one --vcpus 2 --repeat 3 cpuid=300 out=100 ept_write=50 hlt=5 \
	vmcall=70 mmio_read=20 msr_icr=30
check_ended "with one vCPU" cpuid=100 out=20
# More vCPUs than CPUs, of many reasons.
level2=
if grep -q '[1Y]' /sys/module/kvm_intel/parameters/nested; then
	level2="--nested l2_cpuid=41 l2_vmcall=9"
fi
# shellcheck disable=SC2086 # a list of words
check_ended many --vcpus 5 $level2 cpuid=300 out=100 ept_write=50 hlt=5 \
	mmio_read=20 msr_icr=30 msr_read=40 in=50 dr=10 cr4=10 xsetbv=10 invd=10 \
	wbinvd=10 monitor=10 mwait=10 ud=10
[ -z "$level2" ] || true_that "many: there are rows of level 2" \
	"$(grep -c '^reason.*	2	' "$TMP/totals")" -gt 1
# Parts of it are as the whole, which is more than one page.
true_that "it is more than a page" "$(wc -c < "$TMP/totals")" -gt 4096
sed 1d "$TMP/totals" > "$TMP/expected"
dd if="$dir/totals" bs=777 2>/dev/null | sed 1d > "$TMP/is"
same "it can be read in parts" "$TMP/is" "$TMP/expected"
equal "its mode" "$(stat -c %a "$dir/totals")" 400

guest_start vm --vcpus 2 --forever cpuid=100 out=20 hlt=1 ept_write=10
guest_go vm
dir=$(vm_of vm)
until_true '[ "$(grep -c ^reason "$dir/totals")" -gt 4 ]'
read_much "$dir/totals" 30 > "$TMP/readings"
equal "running: 30 readings" "$(check_readings < "$TMP/readings")" "30 30 1 1"
before=$(hook kvm_exit 6)
resets_at_random "$dir" &
echo $! > "$TMP/resets.pid"
# How many resets come between two readings depends on how fast each of them is.
read=0
: > "$TMP/readings"
until [ "$(grep -o ' since=[0-9]*' "$TMP/readings" | uniq | wc -l)" -gt 10 ]; do
	[ $read -lt $((20 * readings)) ] || bail "too few resets between readings"
	read_much "$dir/totals" $readings >> "$TMP/readings"
	read=$((read + readings))
done
check_readings < "$TMP/readings" > "$TMP/is"
kill "$(cat "$TMP/resets.pid")"
wait "$(cat "$TMP/resets.pid")"
rm "$TMP/resets.pid"
equal "resets at random, between readings, too" \
	"$(sed 's/ [0-9]*$//' "$TMP/is")" "$read $read 1"
true_that "and exits all the while" "$(hook kvm_exit 6)" -gt \
	$((before + read))
guest_stop vm
check_reset

# Reading while the VM ends, and while it is removed.
while cat "$dir/totals"; do :; done > "$TMP/readings" 2>/dev/null &
echo $! > "$TMP/reader.pid"
sleep 0.1
guest_end vm
tap $? "the guest is content"
until_true '[ "$(header "$dir/totals" state)" = ended ]'
sleep 0.1
echo all > $KVMHOT/reset
wait "$(cat "$TMP/reader.pid")"
rm "$TMP/reader.pid"
equal "the VM went" "$(ls $KVMHOT/vms)" ""
equal "ending: every reading is whole" \
	"$(check_readings < "$TMP/readings" | sed '$d')" ""
for state in running ended; do
	true_that "ending: readings while it was $state" 0 -lt \
		"$(grep -c "state=$state" "$TMP/readings")"
done
equal "nothing is dropped" "$(status dropped)" 0
tap_end
