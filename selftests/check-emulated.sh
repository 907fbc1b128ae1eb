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

# runs_on TEST KERNEL: a test of what is the same on each may name one
runs_on()
{
	local only
	only=$(sed -n 's/^# kernels: //p' "$here/tests/$1.sh")
	[[ -z $only || " $only " = *" $2 "* || " $built " != *" $only "* ]]
}

# weight TEST: seconds, about
weight()
{
	local seconds
	seconds=$(sed -n 's/^# takes: \([0-9]*\) s$/\1/p' "$here/tests/$1.sh")
	echo "${seconds:-15}"
}

# plan: lines "SECONDS KERNEL NR TEST...", one for each run of a host, the longest
# first, the kernels in turn, as each has its own first boot.  Tests that require
# the same share one, up to a certain time.
plan()
{
	local kernel t
	for kernel in $built; do
		for t in $tests; do
			! runs_on "$t" "$kernel" ||
				echo "$(weight "$t") $kernel $t $(host_args "$t" | sort | tr '\n' ' ')"
		done
	done | sort -k 1,1nr -k 2 | awk '
		{ args = $0; sub(/^[^ ]+ [^ ]+ [^ ]+ ?/, "", args)
		  seconds[NR] = $1; key[NR] = $2 " " args; kernel[NR] = $2
		  test[NR] = $3; sum[key[NR]] += $1; total += $1 }
		END {
			most = total / 12 < 45 ? 45 : total / 12
			for (i = 1; i <= NR; i++) {
				k = key[i]
				# As many as this needs; the next test to the one
				# with the least to do.
				if (!(k in runs))
					runs[k] = int((sum[k] + most - 1) / most)
				best = 1
				for (r = 2; r <= runs[k]; r++)
					if (load[k, r] < load[k, best]) best = r
				load[k, best] += seconds[i]
				list[k, best] = list[k, best] " " test[i]
				of[k, best] = kernel[i]
			}
			for (r in list) print load[r], of[r], list[r]
		}' | sort -k 1,1nr -k 2 | awk '{ sub(/^[^ ]+ [^ ]+/, "& " ++nr[$2]); print }' |
		sort -s -k 3,3n
}

# take KERNEL RUN: what check-host.sh prints, apart again, test by test
take()
{
	local line name=$2
	while IFS= read -r line; do
		case $line in
		'kvmhot-check: begin '*)
			name=$1-${line##* }
			: > "$out/$name.partial"
			;;
		'kvmhot-check: end '*)
			end_tap "$name" "${line##* }"
			# Here everything that a test needs is there.
			sed -i 's/^1\.\.0 # SKIP/not ok - skipped:/' "$out/$name.tap"
			show_tap "$name"
			name=$2
			;;
		'') ;;
		*) echo "${line#kvmhot-check: }" >> "$out/$name.partial" ;;
		esac
	done
}

# on_host KERNEL NR SECONDS TEST...: what these require is the same
on_host()
{
	local kernel=$1 run=$1-host-$2 seconds=$3 args status t lines update=${KVMHOT_UPDATE_EXPECTED:-}
	shift 3
	read -ra args <<< "$(host_args "$1" | tr '\n' ' ')"
	[ -z "$update" ] || args+=(--out "$here/tests")
	: > "$out/$run.partial"
	"$here/host/run" --kernel "$kernel" "${args[@]}" --files "$top/build/$kernel/files" \
		--timeout $((240 + 3 * seconds)) -- "KVMHOT_UPDATE_EXPECTED=$update sh ./check-host.sh $*" 2> "$out/$run.errors" |
		take "$kernel" "$run"
	status=${PIPESTATUS[0]}
	for t; do
		[ ! -e "$out/$kernel-$t.tap" ] || continue
		if [ -e "$out/$kernel-$t.partial" ]; then
			echo "not ok - $t: did not come to its end" >> "$out/$kernel-$t.partial"
		else
			echo "not ok - $t: not run, the host was gone" > "$out/$kernel-$t.partial"
		fi
		mv "$out/$kernel-$t.partial" "$out/$kernel-$t.tap"
		show_tap "$kernel-$t"
	done
	case $status in
	0) echo "ok - the host lived, and its kernel did not warn" ;;
	126) echo "not ok - the kernel warned" ;;
	*) echo "not ok - the host: exit status $status" ;;
	esac >> "$out/$run.partial"
	lines=$(sed 's/^/#   /' "$out/$run.errors")
	[ "$status" = 0 ] || printf '%s\n# tests: %s\n' "$lines" "$*" >> "$out/$run.partial"
	mv "$out/$run.partial" "$out/$run.tap"
	show_tap "$run"
}

# Two at a time: an emulated host keeps one CPU busy.
all_on_hosts()
{
	local jobs=0 kernel nr seconds list t
	# Before the plan is made, so that it can leave nothing out.
	for kernel in $built; do
		for t in $tests; do
			! runs_on "$t" "$kernel" || expect "$kernel-$t"
		done
	done
	while read -r seconds kernel nr list; do
		[ -n "$kernel" ] || continue
		[ $jobs -lt "${JOBS:-2}" ] || { wait -n; jobs=$((jobs - 1)); }
		expect "$kernel-host-$nr"
		# shellcheck disable=SC2086 # a list of words
		on_host "$kernel" "$nr" "$seconds" $list < /dev/null &
		jobs=$((jobs + 1))
	done <<< "$(plan)"
	wait
}

say "packages"
expect packages
if ! "$here/host/deps.sh" host build qemu check; then
	fail packages
	return
fi
echo "ok - packages" > "$out/packages.tap"

say "the emulator"
emulator=$("$here/host/emulator.sh") || { fail emulator; return; }
say "$emulator: $("$emulator" --help 2>&1 | sed -n 's/^ *\(.*Emulator.*\)/\1/p')"

built=
for kernel in $kernels; do
	say "building for $kernel"
	if "$here/build.sh" "$kernel" > /dev/null; then
		cp "$here/check-host.sh" "$top/build/$kernel/files/"
		built+=" $kernel"
	else
		fail "build-$kernel"
	fi
done
if [ -z "${TESTS:-}" ]; then
	say "unit tests and static gates"
	expect unit
	expect gates
	run_tap unit make -s -C "$here/unit" check &
	run_tap gates "$here/gates.sh" &
	wait
	show_tap unit
	show_tap gates
fi
[ -n "$built" ] || fail "kernels"
say "tests on emulated hosts (the first boot of each takes a minute or so): $tests"
all_on_hosts
