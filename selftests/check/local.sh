# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For check.sh: the tests on this very machine, one after the other.

# Of check.sh.
: "${here:?}" "${out:?}" "${tests:?}"

# unfit: why kvmhot should not be tested here, or nothing
unfit()
{
	[ "$(id -u)" = 0 ] || echo "this is not root"
	grep -qw vmx /proc/cpuinfo || echo "this machine has no VT-x"
	[ -e "$kdir/Makefile" ] || echo "there are no headers of the running kernel at $kdir"
	[ ! -e /sys/module/kvmhot ] || echo "kvmhot is loaded"
	[ -z "$(find /sys/kernel/debug/kvm -mindepth 1 -type d 2>/dev/null)" ] ||
		echo "VMs run here, and the tests reload kvm"
}

# on_this TEST: in the folder of what was built
on_this()
{
	cd "$files" && PATH=$files:$PATH timeout -k 30 600 sh "./$1.sh"
}

kdir=${KDIR:-/lib/modules/$(uname -r)/build}
expect local
if [ -n "$(unfit)" ]; then
	unfit | sed 's/^/check.sh: HOST=local: /' >&2
	fail local
	return
fi
if ! "$here/emulator/deps.sh" build check || ! files=$("$here/check/build.sh" local "$kdir") ||
	! clients=$("$here/clients/build.sh"); then
	fail local
	return
fi
ln -s "$clients" "$files/clients"
cp "$here"/local/* "$files/"
tainted=$(cat /proc/sys/kernel/tainted)
for t in $tests; do
	expect "local-$t"
	run_tap "local-$t" on_this "$t"
	show_tap "local-$t"
done
# Bits 7, 9 and 14: an oops, a warning, a soft lockup.
if [ $((($(cat /proc/sys/kernel/tainted) & ~tainted) & 0x4280)) = 0 ]; then
	echo "ok - the kernel did not warn" > "$out/local.tap"
else
	fail local
	echo "check.sh: the kernel warned, see dmesg" >&2
fi
