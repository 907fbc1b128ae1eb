#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# gates.sh - what can be said of the sources without running them, as TAP
set -uo pipefail
here=$(realpath "$(dirname "$0")")
cd "$here/../.." || exit 1
out=$(mktemp)
trap 'rm -f "$out" "$out.said"' EXIT
nr=0 failed=0
exec 3>&2	# what is no finding, such as a download

# gate NAME COMMAND...: silent, and of exit status 0
gate()
{
	local name=$1
	shift
	nr=$((nr + 1))
	if "$@" > "$out" 2>&1 && [ ! -s "$out" ]; then
		echo "ok $nr $name"
	else
		echo "not ok $nr $name"
		sed 's/^/#   /' "$out"
		failed=1
	fi
}

# The kernel's own checkers are in its source only.
kernel_scripts()
(
	# shellcheck source=../emulator/lib.sh
	. "$here/../emulator/lib.sh"
	unpack_scripts()
	{
		# shellcheck disable=SC2031 # set where this is called
		kernel_source "$NEW" scripts/{checkpatch.pl,spelling.txt,const_structs.checkpatch,kernel-doc}
	}
	once "$CACHE/checkers" unpack_scripts
	echo "$CACHE/checkers/scripts"
)

# Each in its folder, for the sake of what it sources.
shell_check()
{
	local f
	for f in "${scripts[@]}"; do
		(cd "$(dirname "$f")" && shellcheck -x "$(basename "$f")")
	done
}

# builds KERNEL [MAKE_ARGUMENT...]: what the tests run, without a warning
builds()
{
	local kdir
	kdir=$(selftests/emulator/kernel.sh headers "$1" 2>&3) &&
		W=1 selftests/check/modules.sh "build/$1" "$kdir" "${@:2}"
}

# It is slow: what it had nothing to say of is not looked at again, until it or
# the checker changes.
checkpatch()
{
	local dir=${checkers%/*}/checked known new
	mkdir -p "$dir"
	known=$dir/$(sha256sum < "$checkers/checkpatch.pl" | cut -c1-12)
	touch "$known"
	new=$(sha256sum "${c_files[@]}" | grep -vxFf "$known") || return 0
	# shellcheck disable=SC2046 # names of sources have no blanks
	perl "$checkers/checkpatch.pl" -q -f $(echo "$new" | cut -c67-) > "$out.said" 2>&1 && [ ! -s "$out.said" ] &&
		echo "$new" >> "$known"
	cat "$out.said"
}

# of_sources WHAT ARGUMENT...: see sources.py
of_sources() { python3 -B selftests/check/sources.py "$@"; }

# levels FOLDER LEVELS OBJECTS: by includes, and by the symbols of objects
levels() { python3 -B selftests/check/levels.py "$@"; }

# reader_levels LEVELS: of tools/, which is built for that
reader_levels()
{
	make -s -C tools OUT="$PWD/build/levels" CFLAGS=-O0 && levels tools "$1" build/levels
}

# absent WHAT FILE...: not to be found there
absent() { ! grep -nE "$@"; }

git rev-parse --git-dir > /dev/null || { echo "Bail out! not a git checkout"; exit 1; }
mapfile -t files < <(git ls-files)
mapfile -t c_files < <(git ls-files '*.c' '*.h')
mapfile -t scripts < <(grep -lE '^#!/bin/(ba|busybox )?sh|^# shellcheck shell' "${files[@]}")
mapfile -t module < <(git ls-files 'module/*.[ch]' | grep -v compat.h)

checkers=$(kernel_scripts)
gate "builds for 6.1 with W=1" builds 6.1
gate "builds for 6.12 with W=1" builds 6.12
gate "sparse" builds 6.1 C=2 CHECK=sparse
gate "checkpatch.pl --strict" checkpatch
gate "kernel-doc" perl "$checkers/kernel-doc" -none -Werror "${module[@]}" module/compat.h
gate "shellcheck" shell_check
gate "codespell" codespell "${files[@]}"
gate "module/: files use files of lower folders only, and form no circle" \
	levels module "shared compat.h,param.h param.c hot read control files ." build/6.1/module
gate "tools/: files use files of lower folders only, and form no circle" \
	reader_levels "base read model show,term check,export verbs top ."
gate "kernel versions are known to compat.h only" absent LINUX_VERSION_CODE "${module[@]}"
# Of ioctls but KVM_RUN several may end at once, on a vCPU that they do not run.
gate "nothing is printed, locked or allocated in probes" \
	absent 'pr_[a-z]+\(|printk\(|mutex_lock\(|spin_lock[a-z_]*\((&v->[^i]|[^&]|&[^v])|k[mzv]*alloc\(|[ \t]schedule\(|synchronize_' \
	module/hot/*.[ch]
gate "a symbol has the prefix of its file" of_sources names module build/6.1/module
gate "a table that follows an enum says so" of_sources tables "${module[@]}"
gate "what a barrier pairs with is there" of_sources pairs "${module[@]}"
gate "functions fit a screen" of_sources functions "${c_files[@]}"
gate "README.md has no more than 160 lines, of 90 columns" \
	awk 'length > 90 || NR > 160 { print FILENAME ":" NR ": " $0 }' README.md
gate "nothing is left to do later" absent '\<(TODO|FIXME|XXX)\>' "${c_files[@]}"
gate "no path of a machine, no host of an archive" \
	absent '(^|[^A-Z])[/](work|root|home)/[a-z]|debian[.]org|[n]pmjs' "${files[@]}"
gate "the top level is as agreed" absent -v \
	'^(module|tools|selftests|Kbuild|Makefile|README.md|COPYING|\..*)(/|$)' <(printf '%s\n' "${files[@]}")
echo "1..$nr"
exit $failed
