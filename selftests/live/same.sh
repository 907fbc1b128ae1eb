#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Nothing else changes for the guest: the same program has the same results
# without kvmhot, with it, with events, and with it disabled.
# needs: seconds=15

. ./lib.sh

kinds=$(./kvmhot-guest --list | awk '!/^(setup|round|\*)\t/ { print $1 "=23" }')

tap_begin
# shellcheck disable=SC2086 # a list of words
./kvmhot-guest $kinds > "$TMP/without" || bail "guest without kvmhot"
load
# shellcheck disable=SC2086
./kvmhot-guest $kinds > "$TMP/with" || bail "guest with kvmhot"
same "with kvmhot" "$TMP/with" "$TMP/without"
echo task-clock,msr/0/,context-switches > $KVMHOT/events
# shellcheck disable=SC2086
./kvmhot-guest $kinds > "$TMP/events" || bail "guest with events"
same "with events" "$TMP/events" "$TMP/without"
echo 0 > $KVMHOT/enabled
# shellcheck disable=SC2086
./kvmhot-guest $kinds > "$TMP/disabled" || bail "guest with kvmhot disabled"
same "with kvmhot disabled" "$TMP/disabled" "$TMP/without"
grep -q '^result [0-9a-f]' "$TMP/with"
tap $? "there are results to compare"
tap_end
