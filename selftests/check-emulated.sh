# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For check.sh: unit tests, gates, and the tests on emulated hosts.

# Of check.sh.
: "${here:?}" "${out:?}" "${top:?}" "${tests:?}"

kernels=${KERNELS:-6.1 6.12}

# host_args TEST: what it says it requires
host_args()
{
	sed -n 's/^# requires: smp \([0-9]*\)$/--smp \1/p; s/^# requires: qemu$/--qemu/p' "$here/tests/$1.sh"
}

# on_host KERNEL TEST
on_host()
{
	local args
	read -ra args <<< "$(host_args "$2" | tr '\n' ' ')"
	run_tap "$1-$2" "$here/host/run" --kernel "$1" "${args[@]}" \
		--files "$top/build/$1/files" --timeout 240 -- "sh ./$2.sh"
	# Here everything that a test needs is there.
	sed -i 's/^1\.\.0 # SKIP/not ok - skipped:/' "$out/$1-$2.tap"
	show_tap "$1-$2"
}

# Two at a time: an emulated host keeps one CPU busy.
all_on_hosts()
{
	local jobs=0 kernel t
	for kernel in $built; do
		for t in $tests; do
			[ $jobs -lt 2 ] || { wait -n; jobs=$((jobs - 1)); }
			expect "$kernel-$t"
			on_host "$kernel" "$t" &
			jobs=$((jobs + 1))
		done
	done
	wait
}

say "packages"
expect packages
if ! "$here/host/deps.sh" host build qemu check; then
	fail packages
	return
fi
echo "ok - packages" > "$out/packages.tap"

built=
for kernel in $kernels; do
	say "building for $kernel"
	if "$here/build.sh" "$kernel" > /dev/null; then
		built+=" $kernel"
	else
		fail "build-$kernel"
	fi
done
if [ -z "${TESTS:-}" ]; then
	say "unit tests and static gates"
	run_tap unit make -s -C "$here/unit" check &
	run_tap gates "$here/gates.sh" &
	wait
	show_tap unit
	show_tap gates
fi
say "tests on emulated hosts (the first boot of each takes a minute or so): $tests"
all_on_hosts
