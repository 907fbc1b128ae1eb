# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2034
# SPDX-License-Identifier: GPL-2.0
# More cases of reader.sh: events, the file pmu, and check.

# with_events DIR SPEC...: DIR is TREE or TREE:FACTOR
with_events()
{
	to=$dir/${1%:*}
	rm -rf "$to"
	factor=$(echo "$1" | sed -n 's/.*://p')
	sh "$here/fixtures/make.sh" "$to" $factor
	shift
	sh "$here/fixtures/pmu.sh" "$to" "$@"
}
three="cycles=host=1000 instructions=host=850 cache-misses=host=3"
four="cycles=host=1000 instructions=host=850 cache-misses=host=3=4391-11/1 branch-misses=host=5=refused"
with_events counted $three
with_events counted-later:2 $three
with_events failed $four
with_events failed-later:2 $four
with_events eight cpu-clock=all=416 cycles:G=guest=1100 instructions:G=guest=1200 \
	LLC-load-misses=all=0 dTLB-load-misses=all=2 L1-dcache-load-misses=host=20 \
	context-switches=all=0 msr/0/=all=1000
tree=$dir/failed

prints "events: report" report-events.txt report --root "$tree"
prints "events: report --vcpu" report-events-vcpu.txt report --vcpu 0 -p web-01 --root "$tree"
prints "events: report --pmu" report-pmu.txt report --pmu --root "$tree"
prints "events: report --pmu, eight of them" report-pmu-eight.txt report --pmu --all -p 901 --root "$dir/eight"
prints "events: tree" tree-events.txt tree -p web-01 --root "$tree"
prints "events: costs" costs-events.txt costs --root "$tree"
fresh
stat_options=--pmu
between 'rm -r "$bad/vms"; cp -r "$dir/failed-later/vms" "$dir/failed-later/status" "$bad"'
shows "events: stat" stat-events.txt

# What the columns should have is reckoned here from the files.
# match NAME PID-COLUMN OUTPUT FILE [FILE-BEFORE]: in the lines of OUTPUT, of which
# PID-COLUMN (0: all) has 4391, IPC, INS/EXIT and MISS/EXIT, of FILE less BEFORE
match()
{
	awk -v column="$2" '
	function value(s,	unit) {
		unit = index("kMGT", substr(s, length(s)))
		return substr(s, 1, length(s) - !!unit) * 1000 ^ unit
	}
	function off(s, v) {
		s = value(s) - v
		return (s < 0 ? -s : s) > v * 0.0051 + 0.0051
	}
	sign {
		split($0, c, "\t")
		if (c[1] ~ /^#/ || c[2] == "-" || c[8] == "-")
			next
		name = (c[4] == 2 ? "L2:" : "") c[3]
		n[name, c[5]] += sign * (c[10] + c[11] + c[12] + c[13])
		exits[name, c[5]] += sign * c[8]
		next
	}
	column && $column != "4391" { next }
	{ name = $(column + 1) }
	!((name, "tsc") in exits) || $NF !~ /^[0-9]/ { next }
	{
		ins = n[name, "instructions"]
		bad += off($(NF - 2), ins / n[name, "cycles"])
		bad += off($(NF - 1), ins / exits[name, "instructions"])
		bad += off($NF, n[name, "cache-misses"] / exits[name, "cache-misses"])
		checked++
	}
	END { exit bad || checked < 6 }' \
		${5:+sign=-1} ${5:+"$5"} sign=1 "$4" sign=0 "$3"
	ok "events: $1" $?
}
pmu=vms/4391-11/pmu
run report --all -p 4391 --root "$dir/counted"
match "report: the columns, from the file" 0 "$dir/out" "$dir/counted/$pmu"
cp "$dir/out" "$dir/whole"
tree=$dir/counted
fresh
between 'rm -r "$bad/vms"; cp -r "$dir/counted-later/vms" "$bad"'
match "stat: what one has more than the other" 2 "$dir/out" "$dir/counted-later/$pmu" "$dir/counted/$pmu"
fresh
rm -r "$bad/vms"; cp -r "$dir/counted-later/vms" "$bad"
between 'rm -r "$bad/vms"; cp -r "$dir/counted/vms" "$bad"'
match "stat: the VM is another one" 2 "$dir/out" "$dir/counted/$pmu"
# Counts that fall, but not the exits: the list was written in between.
fresh
cp "$dir/counted-later/$pmu" "$bad/$pmu"
between 'rm -r "$bad/vms"; cp -r "$dir/counted-later/vms" "$bad"; cp "$dir/counted/$pmu" "$bad/$pmu"'
match "stat: the list was written in between" 2 "$dir/out" "$dir/counted/$pmu"
# The same words, and as many counts already.
fresh
edit "$bad/status" "s/^events_number${tab}7/events_number${tab}8/"
cp "$bad/status" "$dir/status-8"
edit "$bad/status" "s/^events_number${tab}8/events_number${tab}7/"
between 'rm -r "$bad/vms"; cp -r "$dir/counted-later/vms" "$bad"; cp "$dir/status-8" "$bad/status"'
match "stat: the list was written anew" 2 "$dir/out" "$dir/counted-later/$pmu"
fresh
edit "$bad/$pmu" "s/${tab}cycles${tab}/${tab}bus-cycles${tab}/"
between 'rm -r "$bad/vms"; cp -r "$dir/counted-later/vms" "$bad"'
match "stat: another list" 2 "$dir/out" "$dir/counted-later/$pmu"
fresh
edit "$bad/$pmu" "/${tab}instructions${tab}/{s/counting/error/; s/\\(${tab}0\\)\\(${tab}[0-9]*\\)\\{14\\}\$/\\1$(printf '\\t-%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14)/;}"
between 'rm -r "$bad/vms"; cp -r "$dir/counted-later/vms" "$bad"'
match "stat: it had failed before the list was written anew" 2 "$dir/out" "$dir/counted-later/$pmu"
fresh
between 'rm -r "$bad/vms"; cp -r "$dir/failed-later/vms" "$bad"'
[ $status -eq 0 ] && grep -qx '# web-01 (4391-11): event cache-misses: not known, error (EBUSY) on 1 of 2 vCPUs' "$dir/out" &&
	[ "$(grep -c '^web-01  *4391 .* [0-9.]* *[0-9.]*k* *-$' "$dir/out")" -ge 6 ] &&
	[ "$(grep -c '^db,02 .* [0-9.]*$' "$dir/out")" -ge 6 ]
ok "events: stat: one fails in between" $?
fresh
between 'rm "$bad"/vms/*/pmu'
[ $status -eq 0 ] && ! grep -q -e ' -[0-9]' "$dir/out"
ok "events: stat: the files go" $?

# Which events have columns.
# columns NAME WANT SPEC...: those behind WAIT%, and those of tree behind P99
columns()
{
	name=$1
	want=$2
	shift 2
	with_events some "$@"
	run report --root "$dir/some"
	[ $status -eq 0 ] && [ "$(sed -n 's/^  REASON .*WAIT% *//p' "$dir/out" | sort -u | tr -s ' ')" = "${want%:*}" ] &&
		"$kvmhot" tree --root "$dir/some" | sed -n 's/^TOTAL%.* P99 *//p' | sort -u | tr -s ' ' | grep -qx "${want#*:}"
	ok "events: columns: $name" $?
}
columns "instructions" "INS/EXIT:INSTR" instructions=host=850
columns "with modifiers" "IPC INS/EXIT:INSTR IPC" cycles:k=host-kernel=1000 instructions:k=host-kernel=850
columns "cycles of something else" "INS/EXIT:INSTR" cycles=host=1000 instructions:k=host-kernel=850
columns "the second cycles are of the same" "IPC INS/EXIT:INSTR IPC" cycles=host=1000 cycles:k=host-kernel=900 instructions:k=host-kernel=850
columns "of the guest only" ":" cycles:G=guest=1000 instructions:G=guest=850 cache-misses:G=guest=3
columns "misses" "MISS/EXIT:" cycles=host=1000 dTLB-load-misses:H=host=2 cache-misses=host=3
columns "names that only begin or end alike" ":" instructions-x=host=850 cycles2=host=7 my-misses/1/=host=3 -misses=host=3

# '-' is for what is not known: refused, failed, or no known exits.
run report -p web-01 --root "$dir/failed"
[ "$(grep -c '^  [A-Z].* [0-9.]*k* *-$' "$dir/out")" -ge 6 ]
ok "events: no sum if it failed on a vCPU" $?
run report -p web-01 --vcpu 1 --root "$dir/failed"
[ "$(grep -c '^  [A-Z].* [0-9.]*k* *-$' "$dir/out")" -ge 4 ] && grep -q '^  event cache-misses: not known, error (EBUSY) on 1 of 1 vCPU$' "$dir/out"
ok "events: nor on that vCPU alone" $?
with_events some instructions=host=850=refused
run report --root "$dir/some"
[ $status -eq 0 ] && grep -qx 'event instructions: refused (ENOENT): the kernel has no such event here' "$dir/out" &&
	[ "$(grep -c '^  [A-Z].* INS/EXIT$' "$dir/out")" -eq 3 ] && [ "$(grep -c '^  [A-Z].* -$' "$dir/out")" -ge 15 ]
ok "events: refused: a column, but no figures" $?
tree=$dir/counted
fresh
rm "$bad"/vms/*/pmu
run report --all --root "$bad"
[ $status -eq 0 ] && [ "$(grep -c '^  [A-Z].* -  *-  *-$' "$dir/out")" -ge 15 ] && ! grep -q '^  by ' "$dir/out"
ok "events: no file pmu: a column, but no figures" $?
run report --pmu --root "$bad"
[ $status -eq 0 ] && [ "$(grep -c '^  no counts: ' "$dir/out")" -eq 3 ]
ok "events: no file pmu: report --pmu says so" $?
run costs --root "$bad"
[ $status -eq 0 ] && [ "$(grep -c '^  unhalted cycles  *-  *-  *-  *- not known: see kvmhot report$' "$dir/out")" -eq 3 ]
ok "events: no file pmu: costs says so" $?
fresh
edit "$bad/status" '/^event/d; /^dropped_counts/d'
run report --root "$bad"
[ $status -eq 0 ] && sed '/^vm/d' "$expected/report.txt" | diff - "$dir/out" >"$dir/err"
ok "events: not in status: no columns" $?
run report --pmu --root "$bad"
[ $status -eq 0 ] && grep -qx '  events: cycles, instructions, cache-misses' "$dir/out"
ok "events: not in status, but in pmu" $?
edit "$bad/$pmu" '3,$d'
run report --pmu -p 4391 --root "$bad"
[ $status -eq 0 ] && grep -q '^  no counts: ' "$dir/out"
ok "events: a file pmu without rows" $?
fresh
edit "$bad/status" "s/^dropped_counts${tab}0/dropped_counts${tab}17/; s/${tab}counting${tab}0${tab}\\(.*\\)${tab}4${tab}0/${tab}idle${tab}0${tab}\\1${tab}0${tab}0/"
run report --root "$bad"
[ $status -eq 0 ] && grep -q '^since load: .*, counts of 17 exits dropped; ' "$dir/out" && ! grep -q '^event' "$dir/out"
ok "events: dropped counts, and idle ones" $?
fresh
edit "$bad/status" "s/${tab}counting${tab}0${tab}\\(.*\\)${tab}4${tab}0/${tab}failed${tab}-4000${tab}\\1${tab}3${tab}1/"
run report --root "$bad"
[ $status -eq 0 ] && grep -qx 'event cycles: failed on 1 of 4 vCPUs (errno 4000)' "$dir/out"
ok "events: an errno without a name" $?

# What is said of how much is known, and by which clock.
run report --pmu -p 4391 --root "$dir/counted"
known=$(awk -F'\t' '$5 == "tsc" && $2 != "-" { n += $8 } END { print n }' "$dir/counted/$pmu")
timed=$(awk -F'\t' '/^[0-9]/ { n += $5 } END { print n }' "$dir/counted/vms/4391-11/exits")
grep -q "^  counts known of [0-9.]* % of the exits ($known of $timed that are timed), 9[78][0-9.]* % of the time\$" "$dir/out"
ok "events: how much is known" $?
# shares FILE EVENT STAGES: of the KVM cost, without or with the guest
shares()
{
	awk -F'\t' -v event="$2" -v from="$3" '$2 == "-" && $5 == event {
		for (i = from; i <= 20; i++)
			all += $i
		kvm += $10 + $11 + $12 + $13
	} END { printf "%.1f\n", kvm * 100 / all }' "$1"
}
grep -q "^  by TSC %:    guest -, KVM $(shares "$dir/counted/$pmu" tsc 10), " "$dir/out" &&
	grep -q "^  by cycles %: guest -, KVM $(shares "$dir/counted/$pmu" cycles 10), .*(unhalted, does not count the guest)" "$dir/out"
ok "events: shares by two clocks, without the guest" $?
run report -p 4391 --root "$dir/eight"
grep -q "^  by TSC %:       guest 36.*, KVM $(shares "$dir/eight/$pmu" tsc 9), " "$dir/out" &&
	grep -q "^  by cpu-clock %: guest 9.*, KVM $(shares "$dir/eight/$pmu" cpu-clock 9), .* (on a CPU)\$" "$dir/out"
ok "events: shares by two clocks" $?
# by WANT SPEC...: the clock that is taken, or none
by()
{
	want=$1
	shift
	with_events some "$@"
	run report -p 4391 --root "$dir/some"
	[ $status -eq 0 ] && [ "$(sed -n '/ TSC /d; s/^  by \(.*\) %:.*/\1/p' "$dir/out")" = "$want" ]
	ok "events: by ${want:-no clock}: $*" $?
}
by cycles cpu-clock=all=416 task-clock=all=416 cycles=host=1000
by task-clock cpu-clock=all=416 task-clock=all=416 cycles=host=1000=4391-11/0
by cpu-clock cpu-clock=all=416 cycles:G=guest=1000 task-clock=all=416=refused
by cycles:GH cycles:k=host-kernel=900 cycles:GH=all=1000
by "" instructions=all=850 cycles:k=host-kernel=900

# Damage.
tree=$dir/counted
damage pmu 8
for word in x -1 1x "" -; do
	fresh; field "$vm/pmu" 5 10 "$word"
	damaged "pmu: irq '$word'" "pmu: line 5: irq: '$word' is not a number"
done
fresh; field "$vm/pmu" 4 7 EBUSY
damaged "pmu: error no number" "line 4: error: 'EBUSY' is not a number"
fresh; field "$vm/pmu" 4 7 -4096
damaged "pmu: error too large" "line 4: error: '4096' is too large"
fresh; field "$vm/pmu" 4 6 asleep
damaged "pmu: state unknown" "line 4: state: 'asleep' is not known"
fresh; field "$vm/pmu" 3 6 error
damaged "pmu: tsc failed" "line 3: tsc: state is error"
for state in refused error stopped inactive; do
	fresh; field "$vm/pmu" 4 6 $state
	damaged "pmu: $state, but with counts" "line 4: $state: exits is '9743', not -"
done
fresh; field "$vm/pmu" 4 6 error
for column in 8 9 10 11 12 13 14 15 16 17 18 19 20; do field "$vm/pmu" 4 $column -; done
damaged "pmu: error, but with one count" "line 4: error: unknown is '0', not -"
fresh; field "$vm/pmu" 4 5 ""
damaged "pmu: no name" "line 4: '' is not an event's name"
fresh; field "$vm/pmu" 4 5 "$(printf '%0128d' 1)"
damaged "pmu: a name too long" "is not an event's name"
fresh; awk -F'\t' -v OFS='\t' 'NR == 4 { for (i = 0; i < 99; i++) { $5 = "e" i; print } } NR != 4' "$vm/pmu" >"$dir/tmp"; cp "$dir/tmp" "$vm/pmu"
damaged "pmu: too many events" "more than 63 events"
fresh; edit "$vm/pmu" '4{p;}'
damaged "pmu: an event twice" "line 5: of the same vCPU and kind as line 4"
fresh; edit "$vm/pmu" '8{p;}'
damaged "pmu: an event of a reason twice" "line 9: of the same vCPU and kind as line 8"
fresh; edit "$vm/pmu" 3d
damaged "pmu: no tsc" "line 3: no row of tsc before this one"
fresh; edit "$vm/pmu" 7d
damaged "pmu: no tsc of a reason" "line 7: no row of tsc before this one"
fresh; edit "$vm/pmu" 3,6d
damaged "pmu: no rows of the vCPU" "line 3: no row of vCPU 0 itself before this one"
fresh; field "$vm/pmu" 8 1 7
damaged "pmu: no rows of another vCPU" "line 8: no row of vCPU 7 itself before this one"
fresh; field "$vm/pmu" 8 4 2
damaged "pmu: another level in between" "line 8: no row of tsc before this one"
fresh; field "$vm/pmu" 3 3 one
damaged "pmu: the vCPU's row has another name" "line 3: a vCPU's own row has name all and level -"
fresh; field "$vm/pmu" 3 4 1
damaged "pmu: the vCPU's row has a level" "line 3: a vCPU's own row has name all and level -"
fresh; field "$vm/pmu" 7 4 3
damaged "pmu: level 3" "line 7: level: '3' is not known"
fresh; field "$vm/pmu" 7 2 65536
damaged "pmu: reason 65536" "line 7: reason: '65536' is too large"
fresh; field "$vm/pmu" 7 8 0
damaged "pmu: a reason without exits" "line 7: exits is 0"
fresh; field "$vm/pmu" 8 21 1
damaged "pmu: a reason with unknown" "line 8: unknown is not 0"
fresh; field "$vm/pmu" 8 10 18446744073709551615
damaged "pmu: a row overflows" "line 8: stages: the sum is too large"
for column in 8 10; do
	fresh
	awk -F'\t' -v OFS='\t' -v column=$column '$2 == "-" && $5 == "cycles" {
			for (i = 9; i <= 21; i++)
				$i = 0
			$column = "18446744073709551615"
		}
		{ print }' "$vm/pmu" >"$dir/tmp" && cat "$dir/tmp" >"$vm/pmu"
	damaged "pmu: two vCPUs overflow, column $column" ": the sum is too large"
done
# of status; its line of the first event
at=$(grep -n "^event${tab}" "$dir/counted/status" | sed 's/:.*//; q')
fresh; edit "$bad/status" "${at}s/${tab}[^${tab}]*\$//"
damaged "status: an event of 9 columns" "status: line $at: 9 columns, not 10"
fresh; edit "$bad/status" "${at}{p;}"
damaged "status: an event twice" "status: line $((at + 1)): event cycles: a second time"
fresh; field "$bad/status" $at 2 ""
damaged "status: an event without a name" "status: line $at: '' is not an event's name"
fresh; field "$bad/status" $at 4 ENOENT
damaged "status: an event's error no number" "line $at: error: 'ENOENT' is not a number"
fresh; field "$bad/status" $at 5 x
damaged "status: an event's type no number" "line $at: type: 'x' is not a number"
for word in "" 0x 0x0x1 1g -1; do
	fresh; field "$bad/status" $at 6 "$word"
	damaged "status: an event's config '$word'" "line $at: config: '$word' is not a hexadecimal number"
done
fresh; field "$bad/status" $at 8 -1
damaged "status: counting no number" "line $at: counting: '-1' is not a number"
fresh; field "$bad/status" $at 9 ""
damaged "status: failed no number" "line $at: failed: '' is not a number"
fresh; edit "$bad/status" "s/^dropped_counts${tab}0/dropped_counts${tab}no/"
damaged "status: dropped_counts no number" "dropped_counts: 'no' is not a number"
fresh
for file in "$bad/status" "$vm/pmu"; do edit "$file" "s/${tab}cycles${tab}/${tab}$(printf 'c\033[31m')${tab}/"; done
run report --pmu --root "$bad"
[ $status -eq 0 ] && grep -q 'c?\[31m' "$dir/out" && ! LC_ALL=C grep -q "$(printf '\033')" "$dir/out"
ok "events: no control character gets out" $?

# The command line.
refuses "check: an event without --pmu" 2 "an event only with --pmu: foo" check foo
refuses "check: --pmu and --cost" 2 "not both" check --pmu --cost
refuses "check: of a copy" 2 "check: does not take --root" check --pmu --root "$good"
refuses "check: a word too many" 2 "one word too many: b" check --pmu a b
for word in "" a,b "a b" none auto; do
	refuses "check: '$word' is no event" 2 "check: '$word' is not one event" check --pmu "$word"
done
for verb in tree costs hist vms diff reset "export --folded"; do
	refuses "$verb: takes no --pmu" 2 "does not take --pmu" $verb --pmu
done
if [ ! -e /sys/kernel/debug/kvmhot ] && [ -r /sys/kernel/debug ]; then
	refuses "check: module not loaded" 1 "/sys/kernel/debug/kvmhot: not there: is the module loaded, debugfs mounted?" check --pmu
else
	nr=$((nr + 1))
	echo "ok $nr check: module not loaded # SKIP it is, or not ours to see"
fi
