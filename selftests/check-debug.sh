#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check-debug.sh - the tests on kernels that check themselves; what 'make check-debug' calls
#
#   k1      locks, sleeping, life of objects, addresses, leaks, failing allocations; on one
#           CPU, or as many as a test requires
#   k1:2    all of them on two CPUs
#   k2:2    data races
#   6.1-rt  Debian's kernel with PREEMPT_RT, on which spinlocks sleep
#
# KERNELS, TESTS and JOBS choose, as for check.sh.  What is missing is built first.
set -u
export HOST=emulated UNIT=0 KERNELS=${KERNELS:-k1 k1:2 k2:2 6.1-rt}
exec "$(dirname "$0")/check.sh"
