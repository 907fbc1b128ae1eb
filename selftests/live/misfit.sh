#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A kernel whose tracepoint kvm_exit has other arguments than its version says, as
# those of vendors may have: kvmhot_misfit.ko takes them for those of before 5.16.
# No exit is counted, it is told why, and the host lives.
# needs: kernel=6.1 seconds=5

. ./lib.sh

tap_begin
log_mark
insmod ./kvmhot_misfit.ko || bail "insmod kvmhot_misfit.ko"
count_exits
./kvmhot-guest cpuid=100 out=20 > "$TMP/out"
tap $? "the guest is content"
equal "no exit is counted" "$(cat $KVMHOT/vms/*/exits | grep -vc "^#")" 0
equal "all exits are said to be dropped" "$(status dropped)" "$(hits)"
true_that "as misfits" "$(status misfits)" -ge "$(hits)"
count_exits_end
log_since > "$TMP/log"
equal "the log says so, once" "$(grep -c 'the vCPU that runs' "$TMP/log")" 1
./kvmhot report > "$TMP/report" 2> "$TMP/errors"
equal "report: exit status" $? 3
tap_end
