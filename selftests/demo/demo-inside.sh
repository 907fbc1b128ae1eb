#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The part of the demo that runs on the VT-x host.

step()
{
	printf '\n== %s\n' "$*"
}

fail()
{
	echo "demo: $*" >&2
	exit 1
}

# No hardware PMU here: an event that every host has.
step "On $(uname -r) with kvm_intel: insmod kvmhot.ko events=task-clock"
insmod ./kvmhot.ko events=task-clock || fail "insmod"
awk -F '\t' '$1 == "hook" { printf "   %-22s %-10s %s\n", $2, $4, $5 }' \
	/sys/kernel/debug/kvmhot/status

step "Booting a Linux guest under QEMU"
mkfifo /tmp/console
linux-guest < /tmp/console > /tmp/guest 2>&1 &
guest=$!
exec 3> /tmp/console
tries=0
until grep -q 'GUEST READY' /tmp/guest; do
	kill -0 $guest 2>/dev/null || { cat /tmp/guest; fail "no guest"; }
	tries=$((tries + 1))
	[ $tries -lt 300 ] || { cat /tmp/guest; fail "the guest hangs"; }
	sleep 0.1
done
sed -n 's/^\(GUEST READY.*\)/   \1/p' /tmp/guest

step "kvmhot report: from power-on to the shell"
./kvmhot report || fail "report"

./kvmhot costs > /tmp/costs.boot || fail "costs"
./kvmhot snap /tmp/boot.snap || fail "snap"

step "kvmhot reset; then the guest idles for 5 seconds"
./kvmhot reset || fail "reset"
sleep 5

step "kvmhot report: the idle guest; counting has started afresh"
./kvmhot report || fail "report"

step "kvmhot diff: the boot, saved by kvmhot snap, and the idle guest"
./kvmhot diff /tmp/boot.snap --top 8 || fail "diff"

step "kvmhot report --pmu: what its vCPU's thread had of a CPU, by stage"
./kvmhot report --pmu || fail "report --pmu"

step "kvmhot tree: where its vCPU's time went, to the last cycle"
./kvmhot tree || fail "tree"

step "kvmhot hist: its costliest exit reason"
./kvmhot hist || fail "hist"

./kvmhot costs > /tmp/costs.idle || fail "costs"

step "Powering the guest off, rmmod kvmhot"
echo poweroff >&3
exec 3>&-
wait $guest
./kvmhot vms || fail "vms"
rmmod kvmhot || fail "rmmod"
[ ! -e /sys/kernel/debug/kvmhot ] || fail "it is still there"

step "kvmhot costs: for each measure what cost most, from power-on to the shell"
cat /tmp/costs.boot
step "and while it was idle"
cat /tmp/costs.idle
