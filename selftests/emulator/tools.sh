#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# tools.sh SET IMAGE - print a read-only disk for the L1 with a set of programs: qemu, peers.
#
# tools-SET.sh says what goes into the folder $disk, and what else it is made
# from; inside/SET-setup is what the L1 does with it.
. "$(dirname "$0")/lib.sh"

make_tools() {
	local disk=$NEW/disk
	mkdir "$disk"
	fill
	cp "$HERE/inside/$SET-setup" "$disk/setup"
	xorriso -as mkisofs -quiet -R -o "$NEW/tools.iso" "$disk" 2> "$NEW/log" || die "$(cat "$NEW/log")"
	rm -r "$disk"
}

SET=${1:?}
IMAGE=${2:?}
[ -e "$HERE/tools-$SET.sh" ] || die "no set of tools '$SET': qemu, peers"
need xorriso
# shellcheck source=tools-qemu.sh
. "$HERE/tools-$SET.sh"
key=$(cd "$HERE" && digest tools.sh "tools-$SET.sh" "inside/$SET-setup" "$IMAGE/release" "${inputs[@]}")
dir=$CACHE/tools/$SET-$(cat "$IMAGE/release")-$key
once "$dir" make_tools
echo "$dir/tools.iso"
