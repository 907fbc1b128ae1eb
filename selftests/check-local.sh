# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For check.sh: the tests on this very machine, by kselftest's own runner.

# Of check.sh.
: "${here:?}" "${out:?}"

die()
{
	echo "check.sh: $*" >&2
	exit 1
}

kdir=${KDIR:-/lib/modules/$(uname -r)/build}
[ "$(id -u)" = 0 ] || die "HOST=local wants root"
grep -qw vmx /proc/cpuinfo || die "HOST=local wants VT-x; this machine has none"
[ -e "$kdir/Makefile" ] || die "HOST=local wants the running kernel's headers"
[ ! -e /sys/module/kvmhot ] || die "kvmhot is loaded here: unload it first"
[ -z "$(find /sys/kernel/debug/kvm -mindepth 1 -type d 2>/dev/null)" ] ||
	die "VMs run here, and the tests reload kvm: not on this host"

"$here/host/deps.sh" build check || exit 1
files=$("$here/build.sh" local "$kdir") || exit 1
cp "$here"/local/* "$files/"
tainted=$(cat /proc/sys/kernel/tainted)
run_tap local env PATH="$files:$PATH" make -s -C "$here" FILES="$files" run_tests
# lib.mk numbers the scripts, and indents what they print as comments.
sed -i 's/^# \(ok\|not ok\|1\.\.0\)/\1/' "$out/local.tap"
show_tap local
# Bits 7 and 9: an oops, a warning.
if [ $((($(cat /proc/sys/kernel/tainted) & ~tainted) & 0x280)) != 0 ]; then
	echo "not ok - the kernel warned, see dmesg" > "$out/taint.tap"
	show_tap taint
fi
