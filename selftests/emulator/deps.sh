#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# deps.sh [SET...] - install the Debian packages that building, testing and the emulated host need.
#
#   emulator  the emulated host: bochs and what makes its disks   (default)
#   build     building kernel modules with unpacked headers       (default)
#   qemu      run --qemu: the Linux guest, and tmux for programs that draw
#   test      tests that run anywhere
#   check     all of these, and static checks of the sources
set -eu
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

packages() { # SET
	case $1 in
	emulator)
		# g++ and make are for emulator.sh; Debian's bochs needs one of its
		# displays besides the one we use: the smallest
		echo bochs bochs-term bochsbios vgabios isolinux syslinux-common xorriso busybox-static cpio xz-utils kmod \
			binutils gcc g++ make patch libc6-dev python3-minimal util-linux tar ca-certificates debian-archive-keyring
		;;
	build) echo make gcc gcc-12 binutils libc6-dev libelf1 pahole kmod xz-utils perl-base ;;
	qemu) echo qemu-system-x86 qemu-system-data seabios zstd tmux ncurses-base ;;
	test) echo gcc make libc6-dev tmux ncurses-base jq mandoc python3 python3-jsonschema systemd ;;
	check)
		packages test
		echo git sparse shellcheck codespell perl linux-source-6.1 libelf-dev bc bison flex lz4 \
			clang libclang-rt-14-dev python3-prometheus-client
		;;
	*) echo "deps.sh: no set '$1': emulator, build, qemu, test, check" >&2 && return 2 ;;
	esac
}

missing() { # PACKAGE...
	local p
	for p; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2> /dev/null)" = installed ] || echo "$p"
	done
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo > /dev/null; then
		sudo "$@"
	else
		echo "deps.sh: neither root nor sudo here; as root, run: $*" >&2
		return 1
	fi
}

[ $# -gt 0 ] || set -- emulator build
wanted=
for set; do wanted+=" $(packages "$set")"; done
# shellcheck disable=SC2086,SC2046 # lists
set -- $(missing $(printf '%s\n' $wanted | sort -u))
[ $# -gt 0 ] || exit 0
if ! command -v apt-get > /dev/null; then
	echo "deps.sh: no apt-get: Debian 12 is what this is for; missing: $*" >&2
	exit 1
fi
echo "deps.sh: installing $*" >&2
as_root apt-get -qq update || echo "deps.sh: apt-get update failed; going on with what apt knows" >&2
for p; do
	apt-cache -q show "$p" > /dev/null 2>&1 && continue
	echo "deps.sh: apt knows no package $p: is there a source of Debian's 'main' in /etc/apt?" >&2
	exit 1
done
as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@" > /dev/null
