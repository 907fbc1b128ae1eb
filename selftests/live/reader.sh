#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The reader on the live files: what it prints is what they say.
# needs: kernel=6.12 stock (the reader is the same everywhere) seconds=15

. ./lib.sh

# Reading of a running VM, whose figures differ from reading to reading, is
# for snapshot.sh; here all VMs have come to rest.

tap_begin
./kvmhot report > "$TMP/out" 2> "$TMP/error"
equal "no module: exit code" $? 1
grep -q '/sys/kernel/debug/kvmhot.*is the module loaded' "$TMP/error"
tap $? "no module: it says so"

load
./kvmhot report > "$TMP/out" 2> "$TMP/error"
equal "no VM: exit code" $? 0

guest_start vm cpuid=1234 out=321
guest_go vm
guest_done vm
dir=$(vm_of vm)
name=$(basename "$dir")
./kvmhot report --all > "$TMP/out"
equal "report: exit code" $? 0
grep -q "$name, running, 1 vCPU" "$TMP/out"
tap $? "report: has the VM"
equal "report: CPUID" "$(awk '$1 == "CPUID" { print $2 }' "$TMP/out")" 1.23k
./kvmhot vms > "$TMP/out"
equal "vms: exits" "$(awk -v vm="$name" '$2 == vm { print $7 }' "$TMP/out")" \
	"$(awk -v n="$(column_sum "$dir/exits" 4)" \
		'BEGIN { printf "%.2fk\n", n / 1000 }')"
./kvmhot hist -r CPUID -p "$name" > "$TMP/out"
grep -q 'CPUID.*cost of 1234 exits' "$TMP/out"
tap $? "hist: has the count"

# A saved copy says the same as the files that it is of.
guest_end vm
until_true '[ "$(header "$dir/exits" state)" = ended ]'
cp -r $KVMHOT "$TMP/saved"
equal "cp -r: exit code" $? 0
./kvmhot report --all > "$TMP/live"
./kvmhot report --all --root "$TMP/saved" > "$TMP/copy"
same "--root: as the live files" "$TMP/copy" "$TMP/live"

# A VM that runs: what stat has of CPUID is what the guest did meanwhile.
./kvmhot snap "$TMP/saved.snap"
equal "snap: exit code" $? 0
./kvmhot report --all --root "$TMP/saved.snap" > "$TMP/copy"
same "snap: as the live files" "$TMP/copy" "$TMP/live"
for format in json csv folded; do
	./kvmhot export --$format --root "$TMP/saved.snap" > "$TMP/copy"
	./kvmhot export --$format --root "$TMP/saved" > "$TMP/live"
	same "export --$format: of a file as of a copy" "$TMP/copy" "$TMP/live"
done
./kvmhot stat 0.2 3 > "$TMP/out"
equal "stat: exit code" $? 0
guest_start run --forever cpuid=50
guest_go run
run=$(basename "$(vm_of run)")
./kvmhot stat 0.2 2 > "$TMP/out"
equal "stat: exit code" $? 0
true_that "stat: has the VM's CPUID in each of two intervals" \
	"$(grep -c ' CPUID ' "$TMP/out")" = 2
# What is reset, removed or unloaded meanwhile is told, and nothing is negative.
./kvmhot snap "$TMP/run.snap"
./kvmhot stat 0.3 1 > "$TMP/out" &
stat=$!
until_true 'grep -q nanosleep /proc/$stat/wchan'
echo "$run" > $KVMHOT/reset
wait $stat
equal "stat: a reset by another: exit code" $? 0
grep -q "($run): reset, its figures are of the 0\.[012]" "$TMP/out"
tap $? "stat: a reset by another: it says so"
! grep -q ' -[0-9]' "$TMP/out"
tap $? "stat: a reset by another: nothing negative"
./kvmhot diff "$TMP/run.snap" > "$TMP/out"
grep -q "($run): reset in between: " "$TMP/out" && ! grep -q ' -[0-9.]*[kM]' "$TMP/out"
tap $? "diff: with a reset in between"
guest_stop run
guest_end run
tap $? "the guest is content"
until_true '[ "$(status vms)" = 0 ]'
./kvmhot reset "$run"
equal "reset of another VM: exit code" $? 0
./kvmhot reset nobody 2> "$TMP/error"
equal "reset of a VM that is not there: exit code" $? 1
./kvmhot reset "$name"
equal "reset: exit code" $? 0
equal "reset: the ended VM is gone" "$(ls $KVMHOT/vms)" ""
./kvmhot reset all
equal "reset all: exit code" $? 0
equal "reset all: did so" "$(status generation)" 1
# At whatever it reads just then
for round in first second; do
	./kvmhot stat 0.01 > "$TMP/out" 2> "$TMP/error" &
	stat=$!
	until_true '[ "$(grep -c "^VM " "$TMP/out")" -ge 3 ]'
	rmmod kvmhot
	wait $stat
	equal "stat: the module is unloaded: exit code" $? 1
	grep -q '/sys/kernel/debug/kvmhot.*: not there: is the module loaded' "$TMP/error"
	rc=$?
	tap $rc "stat: the module is unloaded, $round time: it says so"
	[ $rc = 0 ] || sed 's/^/#   /' "$TMP/error"
	[ $round = second ] || load
done
./kvmhot nonsense > /dev/null 2>&1
equal "unknown verb: exit code" $? 2
tap_end
