#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The reader and events: what it prints is what the file pmu says, and its check
# of an event finds one that counts right, and one that does not.
# needs: kernel=6.12 stock (the reader is the same everywhere) seconds=15

. ./lib_pmu.sh

# per_exit EVENT: of CPUID, in the guest, as the reader writes it
per_exit()
{
	awk -v n="$(counted "$1" guest name=CPUID)" \
		-v exits="$(counted tsc exits name=CPUID)" \
		'BEGIN { printf "%.2fk\n", n / exits / 1000 }'
}

# cpuid COLUMN: of its row of stage guest, in $TMP/out
cpuid()
{
	awk -v column="$1" '$1 == "CPUID" && $2 == "guest" { print $column }' \
		"$TMP/out"
}

tap_begin
load_test_pmu
load events=none
./kvmhot report --pmu > "$TMP/out" 2> "$TMP/error"
equal "no VM: exit code" $? 0

count msr/0/,$none_such,task-clock
guest_start vm --rest 100 cpuid=1000 out=100 hlt=5
guest_go vm
guest_done vm
dir=$(vm_of vm)
cat "$dir/pmu" > "$TMP/pmu"
./kvmhot report --pmu > "$TMP/out" 2> "$TMP/error"
equal "report --pmu: exit code: one event is refused" $? 3
grep -q "incomplete: event $none_such: refused " "$TMP/error"
tap $? "report --pmu: it says so"
equal "report --pmu: CPUID: exits, known %" "$(cpuid 3) $(cpuid 4)" \
	"1.00k 100.00"
grep -q "$none_such.*refused" "$TMP/out"
tap $? "report --pmu: says which event is refused"
if emulated; then
	equal "report --pmu: CPUID: cycles" "$(cpuid 5)" "$(per_exit tsc)"
	equal "report --pmu: CPUID: msr" "$(cpuid 6)" "$(per_exit msr/0/)"
	equal "report --pmu: CPUID: task-clock" "$(cpuid 8)" \
		"$(per_exit task-clock)"
fi
./kvmhot report > "$TMP/out"
equal "report: has no table of counts unless asked" \
	"$(grep -c 'counts known' "$TMP/out")" 0
guest_end vm
tap $? "the guest is content"
until_true '[ "$(header "$dir/exits" state)" = ended ]'
cp -r $KVMHOT "$TMP/saved"
./kvmhot report --pmu --all > "$TMP/live"
./kvmhot report --pmu --all --root "$TMP/saved" > "$TMP/copy"
same "--root: as the live files" "$TMP/copy" "$TMP/live"

# The TSC counts instructions on the emulated host, which has no other PMU.
count task-clock
if emulated; then
	./kvmhot check --pmu msr/0/ > "$TMP/out" 2>&1
	equal "check --pmu msr/0/: exit code" $? 0
	sed 's/^/#   /' "$TMP/out"
	grep -q ^OK "$TMP/out"
	tap $? "check --pmu msr/0/: says so"
	per_mille=$(awk '/^slope: executed/ { d = $5 - $3
			printf "%.0f\n", (d < 0 ? -d : d) * 1000 / $3 }' \
		"$TMP/out")
	true_that "check --pmu msr/0/: counted what was executed" \
		"$per_mille" -le 1
	./kvmhot check --pmu kvmhot_test/0/ > "$TMP/out" 2>&1
	equal "check --pmu of what counts thrice: exit code" $? 1
	! grep -q ^OK "$TMP/out"
	tap $? "check --pmu of what counts thrice: does not say so"
fi
if ! hardware_pmu; then
	./kvmhot check --pmu > "$TMP/out" 2>&1
	equal "check --pmu without a PMU: exit code" $? 1
	grep -q 'cycles.*ENOENT' "$TMP/out"
	tap $? "check --pmu without a PMU: says that cycles is refused"
fi
./kvmhot check --pmu nonsense > "$TMP/out" 2>&1
true_that "check --pmu of a bad word: exit code" $? -ne 0
equal "check --pmu: the list is as it was" "$(cat $KVMHOT/events)" task-clock
until_true '[ "$(test_pmu live)" = 0 ]'
tap $? "check --pmu: no event is left"
tap_end
