# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # what is set here others use
#
# For the tests of events: what lib.sh has, and more.

. ./lib.sh

TEST_PMU=/sys/module/kvmhot_test_pmu/parameters
ENOENT=2 ENOMEM=12 EBUSY=16
STAGES="guest irq handle reenter enter poll block user away ioctl preempted slept unknown"

# Of no PMU
none_such=2147483647:7

# hardware_pmu: is there one?
hardware_pmu()
{
	[ -e /sys/bus/event_source/devices/cpu ] ||
		[ -e /sys/bus/event_source/devices/cpu_core ]
}

# type_of PMU: its number
type_of()
{
	cat "/sys/bus/event_source/devices/$1/type"
}

# count LIST: have these events counted
count()
{
	echo "$1" > $KVMHOT/events
}

# event NAME COLUMN, of its row in status: 3 state, 4 error, 5 type, 6 config,
# 7 where, 8 counting, 9 failed, 10 note
event()
{
	awk -F '\t' -v name="$1" -v column="$2" \
		'$1 == "event" && $2 == name { print $column }' $KVMHOT/status
}

# counted EVENT STAGE [NAME=VALUE...]: in $TMP/pmu, of the vCPU or a reason
counted()
{
	counted_event=$1 counted_stage=$2
	shift 2
	sum pmu "$counted_stage" event="$counted_event" "${@:-reason=-}"
}

# total EVENT [NAME=VALUE]: of all stages, of the vCPU or a reason
total()
{
	awk -F '\t' -v event="$1" -v where="${2:-reason=-}" -v stages="$STAGES" '
		/^# vcpu\t/ { sub(/^# /, "")
			for (i = 1; i <= NF; i++) at[$i] = i
			n = split(stages, stage, " ")
			split(where, pair, "="); next }
		/^#/ || $at["event"] != event || $at[pair[1]] != pair[2] { next }
		{ for (i = 1; i <= n; i++) sum += $at[stage[i]] }
		END { printf "%.0f\n", sum }' "$TMP/pmu"
}

# pmu_rows COLUMN NAME=VALUE...: what is in $TMP/pmu, as it stands, once each
pmu_rows()
{
	select_cells pmu "$@" | sort -u | tr '\n' ' ' | sed 's/ $//'
}

# test_pmu NAME [VALUE]: a parameter of the PMU of the tests
test_pmu()
{
	if [ $# = 2 ]; then
		echo "$2" > "$TEST_PMU/$1"
	else
		cat "$TEST_PMU/$1"
	fi
}

load_test_pmu()
{
	insmod ./kvmhot_test_pmu.ko || bail "insmod kvmhot_test_pmu.ko"
}
