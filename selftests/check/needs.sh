# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For check.sh and its sisters: reads what a test that runs on a host needs.  The test
# says so at its head, in one line or several, as words; parentheses are for people:
#
#	# needs: kernel=6.1 cpus=2 seconds=25
#
#	seconds=N	CPU time of the emulator that it takes, about; of all tests
#	share=PERCENT	instead, of a test of check-long.sh: part of the whole time
#	cpus=N		processors of the host (1)
#	memory=MB	of the host (see emulator/run)
#	tools=qemu	a host with QEMU, a Linux guest and tmux
#	append=WORD	a parameter of the host's kernel
#	alone		no other test on the same boot of a host
#	kernel=K	one kernel is enough, as none decides how it ends: K, if that
#			is among those that are tested on
#	only=K,K	only on these kernels
#	stock		not on a kernel that checks itself: such a kernel has another
#			pace and other counts of instructions
#	clients=A,B	programs of KVM's own selftests
#
# A test gets all of this on an emulated host.  On a host that is there already, it
# skips itself when something is missing.

declare -A needed=()

# read_needs FOLDER: of all tests in it; fails if one says what is not in the list above
read_needs()
{
	local file words word time bad=0
	for file in "$1"/*.sh; do
		[[ ${file##*/} != lib* ]] || continue
		words=$(sed -n 's/([^)]*)//g; s/^# needs: //p' "$file" | tr -s '\n' ' ')
		time=
		for word in $words; do
			case $word in
			seconds=[1-9]* | share=[1-9]*) time=$word ;;
			cpus=[1-9]* | memory=[1-9]* | tools=qemu | append=?* | alone | kernel=?* | only=?* | stock | clients=?*) ;;
			*) echo "$file: needs: what is '$word'?" >&2 && bad=1 ;;
			esac
		done
		[ "$time" ] || { echo "$file: needs: neither seconds= nor share=" >&2 && bad=1; }
		file=${file##*/}
		needed[${file%.sh}]=$words
	done
	return $bad
}

# need TEST KEY: the value, in lists with blanks; for a word without value the word
need()
{
	local word
	for word in ${needed[$1]}; do
		case $word in
		"$2") echo "$word" ;;
		"$2"=*) word=${word#*=} && echo "${word//,/ }" ;;
		esac
	done
}

# host_args TEST [CPUS]: of emulator/run, beside the kernel
host_args()
{
	local key value args=()
	for key in tools memory append cpus; do
		value=$(need "$1" $key)
		case $key in
		memory) key=mem ;;
		cpus) key=smp value=${value:-${2:-}} ;;
		esac
		[ -z "$value" ] || args+=("--$key" "$value")
	done
	echo "${args[*]}"
}

# limited TEST...: words TEST=SECONDS for inside.sh; ten times what it takes, about, and
# then some
limited()
{
	local t
	for t; do
		echo "$t=$((120 + 10 * $(need "$t" seconds)))"
	done
}
