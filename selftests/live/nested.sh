#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A guest of the guest: its exits are of level 2, all others of level 1.
# Against what the guest did, kvm:kvm_exit (both levels) and
# kvm:kvm_nested_vmexit (level 2, whoever handles it).
# needs: seconds=15

. ./lib.sh

NESTED_EVENT=$TRACING/events/kvm/kvm_nested_vmexit
TRIGGER=hist:keys=exit_reason
trap 'echo "!$TRIGGER" > $NESTED_EVENT/trigger 2>/dev/null; cleanup' EXIT

# "NAME COUNT", that of level 2 as the guest writes it
by_level()
{
	awk -F '\t' '
		/^# vcpu\t/ { sub(/^# /, "")
			for (i = 1; i <= NF; i++) at[$i] = i; next }
		!/^#/ { sum[($at["level"] == 2 ? "L2:" : "") $3] += $4 }
		END { for (r in sum) if (sum[r]) print r, sum[r] }' \
		"$TMP/exits" | sort |
		grep -vE '^(EXTERNAL_INTERRUPT|EXCEPTION_NMI|INTERRUPT_WINDOW|PREEMPTION_TIMER) '
}

level2()
{
	awk -F '\t' '/^# vcpu\t/ { sub(/^# /, "")
			for (i = 1; i <= NF; i++) at[$i] = i; next }
		!/^#/ && $at["level"] == 2 { sum[$2] += $4 }
		END { for (r in sum) if (sum[r]) print r, sum[r] }' \
		"$TMP/exits" | sort
}

# check NAME ARGUMENT...
check()
{
	name=$1
	shift
	count_exits
	echo "$TRIGGER" > $NESTED_EVENT/trigger
	measure --nested "$@"
	kernel_counts > "$TMP/kernel"
	awk '/^[{] exit_reason:/ { gsub(/[{},]/, " "); $0 = $0; print $2, $4 }' \
		$NESTED_EVENT/hist | sort > "$TMP/kernel2"
	count_exits_end
	echo "!$TRIGGER" > $NESTED_EVENT/trigger

	by_level > "$TMP/is"
	expected_counts vm > "$TMP/expected"
	same "$name: by level, as the guest did" "$TMP/is" "$TMP/expected"
	column_by_reason "$TMP/exits" 4 > "$TMP/is"
	same "$name: both levels, as kvm:kvm_exit" "$TMP/is" "$TMP/kernel"
	level2 > "$TMP/is"
	same "$name: level 2, as kvm:kvm_nested_vmexit" "$TMP/is" "$TMP/kernel2"
	equal "$name: level 2 of the vCPUs" "$(sum vcpus level2)" \
		"$(sum exits exits level=2)"
	equal "$name: EPT violations of level 2" "$(sum ept timed level=2)" \
		"$(sum exits exits name=EPT_VIOLATION level=2)"
	equal "$name: EPT violations of level 1" "$(sum ept timed level=1)" \
		"$(sum exits exits name=EPT_VIOLATION level=1)"
	equal "$name: histograms of level 2" "$(sum hist timed level=2)" \
		"$(sum exits timed level=2)"
	equal "$name: L2 never comes to the VMM" \
		"$(sum user timed level=2)" 0
	equal "$name: stages of both levels are their cost" \
		"$(awk -F '\t' '!/^#/ && $2 != "-" { sum += $7 + $8 + $9 + $10 }
			END { printf "%.0f\n", sum }' "$TMP/stages")" \
		"$(sum exits cycles)"
	equal "$name: nothing is lost" "$(sum exits lost)" 0
	equal "$name: stages of each vCPU add up to its time" \
		"$(not_conserved < "$TMP/stages")" \
		"0 $(grep -vc '^#' "$TMP/vcpus")"
}

grep -q '[1Y]' /sys/module/kvm_intel/parameters/nested ||
	skip_all "kvm_intel has nested=N"

tap_begin
load
# CPUID and VMCALL at both levels.
check one l2_cpuid=197 cpuid=11 l2_vmcall=31 vmcall=7
check "two vCPUs" --vcpus 2 --repeat 3 l2_cpuid=41 out=5 cpuid=3 ept_write=7
# Level 1 alone does not change by the other.
measure cpuid=100
equal "no L2: no level 2" "$(sum exits exits level=2)" 0
equal "no L2: all is level 1" "$(sum exits exits level=1)" \
	"$(sum exits exits)"
tap_end
