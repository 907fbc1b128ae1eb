# shellcheck shell=sh disable=SC2034,SC2154,SC2016,SC2086
# SPDX-License-Identifier: GPL-2.0
# More cases of reader.sh: trees whose files hist and totals have what the guest
# felt.  All other parts read trees without.

KVMHOT_FELT=1 KVMHOT_TOTALS=1 sh "$here/fixtures/make.sh" "$dir/felt"
tree=$dir/felt
prints "felt: hist" hist-felt.txt hist -p web-01 -r IO_INSTRUCTION --root "$tree"
prints "felt: hist --vcpu" hist-felt-vcpu.txt hist --vcpu 1 -r INVPCID --root "$tree"
prints "felt: export --json" export-json-felt.txt export --json -p 901 --root "$tree"

run snap "$dir/felt.snap" --root "$tree"
run hist -p web-01 -r IO_INSTRUCTION --root "$dir/felt.snap"
cmp -s "$dir/out" "$expected/hist-felt.txt"
ok "felt: snap keeps it" $?
run export --json --root "$tree"
sed 's/"felt":{[^}]*},//g' "$dir/out" >"$dir/clean"
run export --json --root "$good"
[ $status -eq 0 ] && cmp -s "$dir/out" "$dir/clean" && ! grep -q felt "$dir/out"
ok "felt: without it, the rest of the JSON is the same" $?
for verb in vms "report --all" "tree --all" costs "export --csv" "export --folded" "export --openmetrics"; do
	run $verb --root "$good"
	grep -v '^kvmhot_export_time' "$dir/out" >"$dir/want"
	run $verb --root "$tree"
	grep -v '^kvmhot_export_time' "$dir/out" | cmp -s "$dir/want" -
	ok "felt: $verb has what it had" $?
done

# Each figure over all vCPUs is in totals, too, where the fixture summed it up.
if command -v jq >/dev/null; then
	run export --json --root "$tree"
	jq -r '.vms[] | .id as $id | .reasons[] | select(.felt) | [$id, .reason,
		.level, .felt.cycles, .felt.min, .felt.max,
		(.felt.histogram | map("\(.[0]):\(.[2])") | join(" "))] | @csv' \
		<"$dir/out" | tr -d '"' | sort >"$dir/have"
	awk -F'\t' '$1 == "reason" && $6 {
		split(FILENAME, part, "/vms/"); sub(/\/.*/, "", part[2])
		printf "%s,%s,%s,%s,%s,%s,%s\n", part[2], $2, $4, $38, $39, $40, $41
	}' "$tree"/vms/*/totals | sort >"$dir/want"
	diff "$dir/want" "$dir/have" >"$dir/out" && [ "$(wc -l <"$dir/have")" -gt 15 ]
	ok "felt: sums, least, greatest and buckets over all vCPUs" $?
fi

# A reason that has none since a reset
fresh
awk -F'\t' -v OFS='\t' '$3 == "CPUID" {
	for (i = 5; i <= 40; i++)
		if (i != 37)
			$i = 0
	$37 = $41 = "-"
} { print }' "$vm/totals" >"$dir/tmp" && cp "$dir/tmp" "$vm/totals"
run vms --root "$bad"
[ $status -eq 0 ] && [ ! -s "$dir/err" ]
ok "felt: totals of a reason with no exits" $?
edit "$vm/totals" "/CPUID/s/-\$/8:1/"
refuses "felt: no exits, but buckets" 1 "felt_buckets: timed is 0, but there are buckets" vms --root "$bad"

# wrong FILE LINE COLUMN CHECK: damage of a row whose felt_cycles is in COLUMN
wrong()
{
	file=$1
	line=$2
	first=$3
	check=$4
	for word in "" x -1 18446744073709551616; do
		fresh; field "$vm/$file" $line $first "$word"
		$check "felt_cycles '$word'" "line $line: felt_cycles: '$word' is "
	done
	fresh; field "$vm/$file" $line $((first + 1)) x
	$check "felt_min no number" "line $line: felt_min: 'x' is not a number"
	fresh; field "$vm/$file" $line $((first + 2)) x
	$check "felt_max no number" "line $line: felt_max: 'x' is not a number"
	fresh; field "$vm/$file" $line $first 1
	$check "felt_cycles too few" "line $line: felt_buckets: cycles / timed is not between min and max"
	fresh; field "$vm/$file" $line $((first + 1)) 1
	$check "felt_min not in the first bucket" "line $line: felt_buckets: min is 1, but the first bucket "
	fresh; field "$vm/$file" $line $((first + 2)) 9
	$check "felt_max not in the last bucket" "line $line: felt_buckets: max is 9, but the last bucket "
	fresh; edit "$vm/$file" "${line}s/\$/ 589824:1/"
	$check "not as many as timed" "line $line: felt_buckets: timed is "
	for word in "" - "3584" "3584:x"; do
		fresh; field "$vm/$file" $line $((first + 3)) "$word"
		$check "felt_buckets '$word'" "line $line: felt_buckets: "
	done
	fresh; edit "$vm/$file" "${line}s/${tab}[^${tab}]*\$//"
	$check "a column missing in a row" "line $line: $((first + 2)) columns, not $((first + 3))"
	fresh; edit "$vm/$file" "${line}s/\\(${tab}[^${tab}]*\\)\\{4\\}\$//"
	$check "all of them missing in a row" "line $line: $((first - 1)) columns, not $((first + 3))"
}
damaged_hist() { damaged "hist: $1" "4391-11/hist: $2"; }
damaged_totals() { refuses "damage: totals: $1" 1 "4391-11/totals: $2" vms --root "$bad"; }
wrong hist 4 10 damaged_hist
wrong totals 4 38 damaged_totals
