#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kernel.sh - get a kernel, or its headers, into the cache; nothing is installed.
#
#   kernel.sh release KERNEL   print its release (`uname -r`)
#   kernel.sh image   KERNEL   print a folder: vmlinuz, modules/, release
#   kernel.sh headers KERNEL   print a folder to build modules in: make -C FOLDER M=...
#   kernel.sh cached  KERNEL   exit status 0 if it is in the cache
#   kernel.sh pace    KERNEL   print how many times longer than on a stock kernel a test
#                              may take: what checks of each access, of each lock add
#
#   6.1 6.12 6.1-rt   stock Debian kernels
#   k1 k2             debug kernels, built here: see debug.sh
#
# Once there, a kernel stays what it is until the cache is removed.
. "$(dirname "$0")/lib.sh"
. "$HERE/apt.sh"
. "$HERE/debug.sh"

fetch_image() { # SUITE VERSION FLAVOUR
	local name dir
	# this flavour only: no cloud, unsigned, dbg
	name=$(apt "$1" apt-cache pkgnames "linux-image-$2" |
		grep -E "^linux-image-${2/./\\.}\.[0-9][0-9.+~a-z]*(-[0-9]+)?-$3$" | sort -V | tail -n 1) || true
	[ -n "$name" ] || die "no package of kernel $2, $3, in $1"
	unpack "$1" "$name"
	mv "$NEW"/x/boot/vmlinuz-* "$NEW/vmlinuz"
	dir=$(realpath "$(find "$NEW/x" -path '*/modules/*/kernel/fs' -type d)/../..")
	echo "${dir##*/}" > "$NEW/release"
	mv "$dir" "$NEW/modules"
	# half of 400 MB that no L1 has a device for
	rm -rf "$NEW/x" "$NEW"/modules/kernel/{sound,drivers/{gpu,media,net,infiniband,staging,iio}}
}

fetch_headers() { # SUITE RELEASE TARGET
	local deps
	# the architecture's headers lean on the common ones and on kbuild's programs
	deps=$(apt "$1" apt-cache --no-all-versions show "linux-headers-$2" | sed -n 's/^Depends: //p' |
		grep -oE 'linux-(headers-[^ ,]*-common(-rt)?|kbuild-[^ ,]*)')
	# shellcheck disable=SC2086 # two names
	unpack "$1" "linux-headers-$2" $deps
	mv "$NEW"/x/usr/* "$NEW/"
	rm -r "$NEW/x"
	# the absolute names in the few files that have them, for the final place
	grep -rIlE '/usr/(src|lib)/linux-' "$NEW/src/linux-headers-$2" --include='Makefile*' --include='.kernel*' |
		xargs -r sed -i -E "s#/usr/(src|lib)/linux-#$3/\1/linux-#g"
}

stock() { # KERNEL SUITE VERSION FLAVOUR
	need xz
	lists "$2"
	IMAGE=$CACHE/kernel/$1
	once "$IMAGE" fetch_image "${@:2}"
	SUITE=$2
}

debug() { # NAME
	IMAGE=$(debug_folder "$1")
	once "$IMAGE" make_debug "$1" "${IMAGE##*/}"
	SUITE=''
}

image() { # KERNEL
	case $1 in
	6.1) stock "$1" bookworm 6.1 amd64 ;;
	6.1-rt) stock "$1" bookworm 6.1 rt-amd64 ;;
	# not trixie's: gcc 12 has to build modules with its headers
	6.12) stock "$1" bookworm-backports 6.12 amd64 ;;
	k1 | k2) debug "$1" ;;
	*) die "kernel 6.1, 6.12, 6.1-rt, k1 or k2, not '$1'" ;;
	esac
	RELEASE=$(cat "$IMAGE/release")
}

cached() { # KERNEL
	case $1 in
	k1 | k2) [ -d "$(debug_folder "$1")" ] ;;
	*) [ -d "$CACHE/kernel/$1" ] ;;
	esac
}

headers() { # of what image found
	local dir=$CACHE/headers/$RELEASE
	if [ -z "$SUITE" ]; then
		echo "$IMAGE/build"
		return
	fi
	once "$dir" fetch_headers "$SUITE" "$RELEASE" "$dir"
	echo "$dir/src/linux-headers-$RELEASE"
}

pace() { # KERNEL
	case $1 in
	k1 | k2) echo 8 ;;
	*) echo 1 ;;
	esac
}

[ $# = 2 ] || die "usage: kernel.sh release|image|headers|cached|pace KERNEL"
case $1 in
release | image | headers) image "$2" ;;
cached | pace) ;;
*) die "release, image, headers, cached or pace, not '$1'" ;;
esac
case $1 in
release) echo "$RELEASE" ;;
image) echo "$IMAGE" ;;
headers) headers ;;
cached) cached "$2" ;;
pace) pace "$2" ;;
esac
