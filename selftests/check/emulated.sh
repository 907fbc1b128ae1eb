# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For check.sh: tests of pure code, gates, and the tests on emulated hosts, together.

# Of check.sh.
: "${here:?}" "${out:?}" "${top:?}" "${tests:?}" "${from:?}" "${needed[*]:?}"

# shellcheck source=pure.sh
. "$here/check/pure.sh"

# A word of it is KERNEL, or KERNEL:CPUS for hosts with so many.
kernels=${KERNELS:-6.1 6.12}
# What make check tries on a debug kernel, if there is one: what takes long to
# build and to run is for make check-debug.
quick_debug="wakeup"
if [ -z "${KERNELS:-}${TESTS:-}${TESTS_FROM:-}" ]; then
	if "$here/emulator/kernel.sh" cached k1; then
		kernels+=" k1"
	else
		say "no debug kernel k1 in the cache, which make check-debug builds: nothing is tested on it"
	fi
fi

# args_on TEST KERNEL: of emulator/run, beside the kernel
args_on()
{
	local cpus=
	[[ $2 != *:* ]] || cpus=${2#*:}
	host_args "$1" "$cpus"
}

# runs_on TEST KERNEL: a test for which one kernel is enough runs on that alone, if it
# is among those that are tested on.
runs_on()
{
	local one only kernel=${2%:*}
	one=$(need "$1" kernel)
	only=$(need "$1" only)
	case $kernel in
	k*)
		[ -z "$(need "$1" stock)" ] || return
		[[ -n ${KERNELS:-} || " $quick_debug " = *" $1 "* ]] || return
		;;
	esac
	[[ -z $only || " $only " = *" $kernel "* ]] || return
	[[ -z $one || " $one " = *" $kernel "* || " $kernels " != *" $one "* ]]
}

# alone TEST: a word that tests have in common which may share a host, beside what they
# need of it.  KVM's selftests are in the host's memory, of which other tests want all.
alone()
{
	if [ -n "$(need "$1" alone)" ]; then
		echo "$1"
	elif [ -n "$(clients "$1")" ]; then
		echo clients
	fi
}

# plan: lines "SECONDS KERNEL NR TEST...", one for each run of a host, the longest
# first, the kernels in turn, as each has its own first boot.  Tests that need
# the same share one, up to a certain time.
plan()
{
	local kernel t pace
	for kernel in $kernels; do
		pace=$("$here/emulator/kernel.sh" pace "${kernel%:*}")
		for t in $tests; do
			runs_on "$t" "$kernel" || continue
			echo "$(($(need "$t" seconds) * pace)) $kernel $t $(args_on "$t" "$kernel") $(alone "$t")"
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

# take KERNEL RUN: what inside.sh prints, apart again, test by test
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

# not_begun KERNEL TEST...: of these
not_begun()
{
	local kernel=$1 t
	shift
	for t; do
		[ -e "$out/$kernel-$t.tap" ] || [ -e "$out/$kernel-$t.partial" ] || echo "$t"
	done
}

# guilty KERNEL ERRORS TEST...: the one that took the host along, or nothing
guilty()
{
	local kernel=$1 errors=$2 t
	shift 2
	for t; do
		[ -e "$out/$kernel-$t.partial" ] || continue
		{
			echo "not ok - $t: did not come to its end"
			sed 's/^/#   /' "$errors"
		} >> "$out/$kernel-$t.partial"
		mv "$out/$kernel-$t.partial" "$out/$kernel-$t.tap"
		show_tap "$kernel-$t"
		return
	done
	return 1
}

# clients TEST...: those of KVM's own selftests that they run
clients()
{
	local t
	for t; do
		need "$t" clients
	done | tr ' ' '\n' | sort -u
}

# files KERNEL RUN TEST...: print the folder with all that these need.  KVM's selftests
# are large, so that a host gets no others.
files()
{
	local built=$top/build/${1%:*}/files name=$2 programs
	shift 2
	mapfile -t programs < <(clients "$@")
	if [ ${#programs[@]} -gt 0 ]; then
		mkdir -p "$out/$name.files"
		cp -r "$built/." "$out/$name.files/"
		built=$out/$name.files
		mkdir -p "$built/clients"
		(cd "$("$here/clients/build.sh")" && cp "${programs[@]}" "$built/clients/") || return
	fi
	echo "$built"
}

# once_on_host KERNEL RUN TEST...: and its status
once_on_host()
{
	local kernel=$1 run=$2 args files update=${KVMHOT_UPDATE_EXPECTED:-}
	shift 2
	read -ra args <<< "$(args_on "$1" "$kernel")"
	[ -z "$update" ] || args+=(--out "$here/live")
	files=$(files "$kernel" "$run" "$@" 2> "$out/$run.errors") || return
	"$here/emulator/run" --kernel "${kernel%:*}" "${args[@]}" --files "$files" --times "$out/$run.times" \
		-- "KVMHOT_UPDATE_EXPECTED=$update sh ./inside.sh $(limited "$@" | tr '\n' ' ')" 2> "$out/$run.errors" | take "$kernel" "$run"
	return "${PIPESTATUS[0]}"
}

# on_host KERNEL NR TEST...: what these need is the same.  When one of them
# takes the host along, those that come after it get a fresh one.
on_host()
{
	local kernel=$1 run=$1-host-$2 result status before lines
	shift 2
	while [ $# -gt 0 ]; do
		once_on_host "$kernel" "$run" "$@"
		status=$?
		result="not ok - the host: exit status $status"
		case $status in
		0) result="ok - the host lived, and its kernel did not warn" ;;
		126) result="not ok - the kernel warned" ;;
		*) ! guilty "$kernel" "$out/$run.errors" "$@" || result="ok - a test took the host along" ;;
		esac
		lines=$(sed 's/^/#   /' "$out/$run.errors")
		[[ $result = ok* ]] || result+=$'\n'"$lines"$'\n'"# tests: $*"
		echo "$result" >> "$out/$run.partial"
		cat "$out/$run.times" >> "$out/times"
		before=$#
		# shellcheck disable=SC2046 # a list of words
		set -- $(not_begun "$kernel" "$@")
		[ $# -lt $before ] || break
	done
	mv "$out/$run.partial" "$out/$run.tap"
	show_tap "$run"
}

# build KERNEL
build()
{
	"$here/check/build.sh" "$1" > /dev/null && cp "$here/check/inside.sh" "$from"/*.sh "$top/build/$1/files/" &&
		say "built for $1"
}

build_clients()
{
	"$here/clients/build.sh" > /dev/null && say "KVM's own selftests are built"
}

# boot KERNEL [ARGUMENT...]: unless that was done before, for a saved state
boot()
{
	"$here/emulator/run" --kernel "$@" -- true && say "there is a host: $*"
}

emulator()
{
	local program
	program=$("$here/emulator/emulator.sh") &&
		say "hosts run in $program: $("$program" --help 2>&1 | sed -n 's/^ *\(.* Emulator .*\)/\1/p')"
}

gates()
{
	run_tap gates "$here/check/gates.sh"
	show_tap gates
}

# What the hosts need, and the tests on them.
host_jobs()
{
	local kernel t nr seconds list args state needs
	job 1000 emulator "" emulator
	# shellcheck disable=SC2086 # a list
	[ -z "$(clients $tests)" ] || job 600 clients "" build_clients
	for kernel in $kernels; do
		job 900 "build-${kernel%:*}" "" build "${kernel%:*}"
		# All that the plan must have.
		for t in $tests; do
			! runs_on "$t" "$kernel" || expect "$kernel-$t"
		done
	done
	while read -r seconds kernel nr list; do
		[ -n "$kernel" ] || continue
		expect "$kernel-host-$nr"
		args=$(args_on "${list%% *}" "$kernel")
		state=${kernel%:*}-${args// /_}
		# shellcheck disable=SC2086 # lists of words
		job 800 "boot-$state" emulator boot "${kernel%:*}" $args
		needs="build-${kernel%:*} boot-$state"
		# shellcheck disable=SC2086
		[ -z "$(clients $list)" ] || needs+=" clients"
		# shellcheck disable=SC2086
		job "$seconds" "$kernel-host-$nr" "$needs" on_host "$kernel" "$nr" $list
	done <<< "$(plan)"
}

gates_job()
{
	local kernel needs=
	expect gates
	for kernel in $kernels; do needs+=" build-${kernel%:*}"; done
	job 100 gates "$needs" gates
}

say "packages"
expect packages
if ! "$here/emulator/deps.sh" emulator build qemu check; then
	fail packages
	return
fi
echo "ok - packages" > "$out/packages.tap"
say "two jobs at a time, tests on emulated hosts among them: $tests"
if [ "${UNIT:-1}" != 0 ] && [ -z "${TESTS:-}${TESTS_FROM:-}" ]; then
	pure_jobs parts
	gates_job
fi
host_jobs
run_jobs
