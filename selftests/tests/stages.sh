#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Every cycle of a vCPU is in one stage, and every cycle of KVM in one exit.
# Columns of exits: 4 exits, 9 cycles, 13 wait_cycles; of vcpus: 8 guest, 9 kvm,
# 10 wait, 11 user, 12 unknown, 13 ept, 14 ept_cycles.

. ./lib.sh

tap_begin
load
# One vCPU from its first entry to its end: every cycle is in one stage.
for kind in cpuid=5000 out=2000 ept_write=500 hlt=20; do
	measure $kind
	stages=$(awk -F '\t' '!/^#/ {
		printf "%.0f\n", $8 + $9 + $10 + $11 + $12 }' "$TMP/vcpus")
	equal "$kind: stages add up to the VM's time" "$stages" \
		$(($(header "$TMP/vcpus" now) - $(header "$TMP/vcpus" since)))
	exits=$(awk -F '\t' '!/^#/ { sum += $9 + $13 }
		END { printf "%.0f\n", sum }' "$TMP/exits")
	kvm=$(awk -F '\t' '!/^#/ { printf "%.0f\n", $9 + $10 }' "$TMP/vcpus")
	equal "$kind: costs and waits of exits add up to the time in KVM" \
		"$exits" "$kvm"
done

measure ept_write=500
equal "handle_ept_violation: once per EPT violation" \
	"$(column_sum "$TMP/vcpus" 13)" "$(of EPT_VIOLATION 4)"
true_that "handle_ept_violation: is a part of its cost" \
	"$(column_sum "$TMP/vcpus" 14)" -lt "$(of EPT_VIOLATION 9)"
tap_end
