#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kernel.sh - get a stock Debian kernel, or its headers, into the cache; nothing is installed.
#
#   kernel.sh release 6.1|6.12   print its release (`uname -r`)
#   kernel.sh image   6.1|6.12   print a folder: vmlinuz, modules/, release
#   kernel.sh headers 6.1|6.12   print a folder to build modules in: make -C FOLDER M=...
#
# Once fetched, a kernel stays what it is until the cache is removed.
. "$(dirname "$0")/lib.sh"
. "$HERE/apt.sh"

fetch_image() { # SUITE VERSION
	local name dir
	# the plain flavour only: no rt, cloud, unsigned, dbg
	name=$(apt "$1" apt-cache pkgnames "linux-image-$2" |
		grep -E "^linux-image-${2/./\\.}\.[0-9][0-9.+~a-z-]*-amd64$" |
		grep -vE -- '-(rt|cloud)-amd64$' | sort -V | tail -n 1) || true
	[ -n "$name" ] || die "no package of kernel $2 in $1"
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
		grep -oE 'linux-(headers-[^ ,]*-common|kbuild-[^ ,]*)')
	# shellcheck disable=SC2086 # two names
	unpack "$1" "linux-headers-$2" $deps
	mv "$NEW"/x/usr/* "$NEW/"
	rm -r "$NEW/x"
	# the absolute names in the few files that have them, for the final place
	grep -rIlE '/usr/(src|lib)/linux-' "$NEW/src/linux-headers-$2" --include='Makefile*' --include='.kernel*' |
		xargs -r sed -i -E "s#/usr/(src|lib)/linux-#$3/\1/linux-#g"
}

image() { # VERSION
	local suite
	case $1 in
	6.1) suite=bookworm ;;
	# not trixie's: gcc 12 has to build modules with its headers
	6.12) suite=bookworm-backports ;;
	*) die "kernel 6.1 or 6.12, not '$1'" ;;
	esac
	need xz
	lists "$suite"
	IMAGE=$CACHE/kernel/$1
	once "$IMAGE" fetch_image "$suite" "$1"
	RELEASE=$(cat "$IMAGE/release")
	SUITE=$suite
}

[ $# = 2 ] || die "usage: kernel.sh release|image|headers 6.1|6.12"
case $1 in release | image | headers) ;; *) die "release, image or headers, not '$1'" ;; esac
image "$2"
case $1 in
release) echo "$RELEASE" ;;
image) echo "$IMAGE" ;;
headers)
	dir=$CACHE/headers/$RELEASE
	once "$dir" fetch_headers "$SUITE" "$RELEASE" "$dir"
	echo "$dir/src/linux-headers-$RELEASE"
	;;
esac
