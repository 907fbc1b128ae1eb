#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# initramfs.sh IMAGE - print the L1's initramfs for a kernel of kernel.sh: busybox, a few modules, init.
. "$(dirname "$0")/lib.sh"

add_module() { # NAME LIST: the module and, before it, what it depends on; its name goes to LIST
	local file dep to=$NEW/root/mod/$1.ko
	[ ! -e "$to" ] || return 0
	file=$(find "$IMAGE/modules/kernel" -name "${1//[-_]/[-_]}.ko" -o -name "${1//[-_]/[-_]}.ko.xz")
	case $file in
	'') die "no module $1 in $IMAGE" ;;
	*.xz) xz -dc "$file" > "$to" ;;
	*) cp "$file" "$to" ;;
	esac
	for dep in $(modinfo -F depends "$to" | tr , ' '); do add_module "$dep" "$2"; done
	# without debug data, but with the symbols that kprobes want
	strip -g "$to"
	echo "$1" >> "$NEW/root/mod/$2"
}

make_initramfs() {
	local root=$NEW/root m f applet
	mkdir -p "$root"/{bin,dev,proc,sys,tmp,mod,etc,usr/share,lib,lib64,tools}
	cp "$(command -v busybox)" "$root/bin/busybox"
	for applet in $(busybox --list); do
		[ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
	done
	for m in ata_piix sd_mod isofs; do add_module $m boot.list; done
	# irqbypass is no dependency of some releases' kvm, but wanted by it
	for m in irqbypass kvm-intel; do add_module $m kvm.list; done
	cp "$HERE/inside/init" "$root/init"
	cp "$HERE"/inside/{loadkvm,unloadkvm} "$root/bin/"
	for f in e9 seed; do gcc -O2 -Wall -static -s -o "$root/bin/$f" "$HERE/inside/$f.c"; done
	chmod 755 "$root"/{init,bin/{loadkvm,unloadkvm}}
	echo 'root::0:0:root:/:/bin/sh' > "$root/etc/passwd"
	ln -s /proc/mounts "$root/etc/mtab"
	# not compressed: unpacking costs more than reading
	(cd "$root" && find . | sort | cpio --quiet -o -H newc --reproducible -R 0:0) > "$NEW/initramfs"
	rm -r "$root"
}

need busybox cpio gcc modinfo strip xz
IMAGE=${1:?}
key=$(cd "$HERE" && digest initramfs.sh inside/{init,loadkvm,unloadkvm,e9.c,seed.c} "$(command -v busybox)" "$IMAGE/release")
dir=$CACHE/initramfs/$(cat "$IMAGE/release")-$key
once "$dir" make_initramfs
echo "$dir/initramfs"
