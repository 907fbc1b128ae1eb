# SPDX-License-Identifier: GPL-2.0
# lib.sh - what the scripts of the emulated host share: cache, messages, making a thing once.
# shellcheck shell=bash disable=SC2034 # others use what is set here
set -eu
export LC_ALL=C
# dpkg, ldconfig and others live in sbin, which a plain user's PATH may lack
PATH=$PATH:/usr/sbin:/sbin
HERE=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
CACHE=${KVMHOT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kvmhot}
# children report times counted from the first script's start
export KVMHOT_T0=${KVMHOT_T0:-$EPOCHREALTIME} KVMHOT_VERBOSE=${KVMHOT_VERBOSE:-0}

note() { # MESSAGE...: a line of progress that the user always sees
	local us=$((${EPOCHREALTIME/./} - ${KVMHOT_T0/./}))
	printf '[%5d.%d] %s\n' $((us / 1000000)) $((us / 100000 % 10)) "$*" >&2
}

say() { [ "$KVMHOT_VERBOSE" = 0 ] || note "$@"; }

die() {
	echo "${0##*/}: $*" >&2
	exit 125
}

need() { # PROGRAM...
	local p
	for p; do
		command -v "$p" > /dev/null || die "no '$p' here; selftests/emulator/deps.sh installs it"
	done
}

digest() { # FILE...: a short name for what is in them, comments aside
	sed 's/^[[:space:]]*#.*//' "$@" | sha256sum | cut -c1-12
}

# kernel_source DIR PATH...: unpack these, or all, of the source that Debian packages
LINUX_SOURCE=linux-source-6.1
kernel_source() {
	local dir=$1
	shift
	[ -r /usr/src/$LINUX_SOURCE.tar.xz ] ||
		die "no /usr/src/$LINUX_SOURCE.tar.xz here; selftests/emulator/deps.sh check installs it"
	tar -x -f /usr/src/$LINUX_SOURCE.tar.xz -C "$dir" --strip-components=1 "${@/#/$LINUX_SOURCE/}"
}

# once TARGET FUNCTION [ARG...]: unless the folder TARGET is there, let FUNCTION
# fill a new folder, named $NEW, and call that TARGET.  One maker at a time;
# the others wait for it.  What was half made is gone when FUNCTION fails.
once() {
	local target=$1
	shift
	[ ! -e "$target" ] || return 0
	mkdir -p "${target%/*}"
	(
		flock 9
		[ ! -e "$target" ] || exit 0
		NEW=$(mktemp -d "$target.XXXXXX")
		trap 'rm -rf "$NEW"' EXIT
		"$@"
		chmod 755 "$NEW"
		mv -T "$NEW" "$target"
	) 9> "$target.lock"
}
