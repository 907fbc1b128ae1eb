#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test.sh - the tests of pure code: the C unit tests, and the reader on saved trees;
# what 'make test' calls
#
#   JOBS=2          jobs at a time
#
# They need no host, no module and no root, and take less than a minute on two CPUs.
# check.sh runs them, too.
set -uo pipefail
here=$(realpath "$(dirname "$0")")
. "$here/check/tap.sh"
. "$here/check/pure.sh"

begin
"$here/emulator/deps.sh" test || say "some packages are missing: what needs them fails"
pure_jobs test-parts
run_jobs
finish
