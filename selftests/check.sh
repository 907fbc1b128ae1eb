#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check.sh - all tests; what 'make check' and .ci/run call
#
#   HOST=emulated   on emulated VT-x hosts, KERNELS="6.1 6.12"   (default)
#                   KERNEL:CPUS is one with so many; emulator/kernel.sh says which there are
#   HOST=local      on this machine: it must have VT-x, headers of the running
#                   kernel, and no VM that matters.  Loads kvmhot into it.
#   TESTS="a b"     only these of selftests/live, and nothing else; check/needs.sh tells
#                   how a test says what it needs: kernel, CPUs, memory, tools, time
#   TESTS_FROM=DIR  the tests of another folder instead, and nothing else
#   UNIT=0          no tests of pure code and no gates
#   JOBS=2          emulated hosts at a time
#   KVMHOT_UPDATE_EXPECTED=1  what is measured is what will be expected (added)
#
# Every result is a line of TAP; the last line counts them.
set -uo pipefail
here=$(realpath "$(dirname "$0")")
. "$here/check/tap.sh"
. "$here/check/needs.sh"

case ${HOST:=emulated} in
emulated | local) ;;
*) echo "check.sh: HOST=$HOST: emulated or local, please" >&2 && exit 2 ;;
esac

top=$(realpath "$here/..")
from=${TESTS_FROM:-$here/live}
tests=${TESTS:-$(cd "$from" && for t in *.sh; do [[ $t = lib*.sh ]] || echo "${t%.sh}"; done)}
if tr ' ' '\n' <<< "$tests" | sort | uniq -d | grep -q .; then
	echo "check.sh: TESTS: a test is there twice" >&2 && exit 2
fi
for t in $tests; do
	[ -e "$from/$t.sh" ] || { echo "check.sh: TESTS: there is no test '$t'" >&2 && exit 2; }
done
read_needs "$from" || exit 2

begin
# shellcheck source=check/emulated.sh
. "$here/check/$HOST.sh"
finish
