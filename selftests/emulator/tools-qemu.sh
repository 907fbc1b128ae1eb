# SPDX-License-Identifier: GPL-2.0
# tools-qemu.sh - for tools.sh: Debian's QEMU and tmux with their libraries, as they are installed here, and a Linux guest.
# shellcheck shell=bash disable=SC2034,SC2154 # tools.sh and lib.sh set what this uses, and use what this sets
#
# QEMU is the one built for the microvm machine alone: a third of the start-up
# of the full one, which is there as well.
# The ELF kernel inside a bzImage: QEMU starts that by its PVH entry, so the
# guest does not unpack it.
unpack_vmlinux() { # BZIMAGE: to standard output
	local real_mode offset length unpack
	# see Documentation/arch/x86/boot.rst: setup_sects, payload_offset, payload_length
	field() { od -An -t "u$2" -j "$1" -N "$2" "$file" | tr -d ' '; }
	file=$1
	real_mode=$((($(field 0x1f1 1) + 1) * 512))
	offset=$((real_mode + $(field 0x248 4)))
	# the last 4 bytes are the unpacked size, no part of the packed data
	length=$(($(field 0x24c 4) - 4))
	case $(od -An -t x1 -j $offset -N 4 "$file" | tr -d ' ') in
	fd377a58) unpack="xz -dc" ;;
	28b52ffd) unpack="zstd -dc" ;;
	*) die "$file is packed in an unknown way" ;;
	esac
	tail -c +$((offset + 1)) "$file" | { head -c "$length" && cat > /dev/null; } | $unpack
}

guest_initramfs() {
	local root=$NEW/guest
	mkdir -p "$root"/{bin,dev,proc,sys}
	cp "$(command -v busybox)" "$root/bin/busybox"
	cp "$HERE/inside/guest-init" "$root/init"
	chmod 755 "$root/init"
	(cd "$root" && find . | sort | cpio --quiet -o -H newc --reproducible -R 0:0) > "$NEW/disk/guest/initramfs"
	rm -r "$root"
}

# tmux wants a UTF-8 locale, of which glibc has none built in, and what it and
# programs in it know of terminals.
for_tmux() {
	local f
	mkdir -p "$disk"/share/{locale/C.utf8,terminfo}
	cp "$LOCALE/LC_CTYPE" "$disk/share/locale/C.utf8/"
	for f in l/linux s/screen{,-256color} t/tmux{,-256color} v/vt100 x/xterm{,-256color}; do
		mkdir -p "$disk/share/terminfo/${f%/*}"
		cp -L "$TERMINFO/$f" "$disk/share/terminfo/$f"
	done
}

fill() {
	local p lib f
	mkdir -p "$disk"/{bin,lib,share/qemu,guest}
	for p in "${PROGRAMS[@]}"; do
		cp "$(command -v "$p")" "$disk/bin/"
		for lib in $(ldd "$(command -v "$p")" | grep -o '/[^ )]*'); do cp -Ln "$lib" "$disk/lib/"; done
	done
	# what a machine without display and network asks for
	for f in bios-256k.bin bios-microvm.bin kvmvapic.bin linuxboot_dma.bin pvh.bin; do
		lib=$(find /usr/share/qemu /usr/share/seabios -name $f | head -n 1)
		[ -z "$lib" ] || cp -L "$lib" "$disk/share/qemu/"
	done
	for_tmux
	unpack_vmlinux "$IMAGE/vmlinuz" > "$disk/guest/vmlinux"
	guest_initramfs
	cp "$HERE/inside/linux-guest" "$disk/bin/"
	chmod 755 "$disk"/bin/*
}

PROGRAMS=(qemu-system-x86_64 qemu-system-x86_64-microvm tmux)
LOCALE=/usr/lib/locale/C.utf8
TERMINFO=/lib/terminfo
need busybox cpio ldd od "${PROGRAMS[@]}" xz zstd
inputs=(inside/{guest-init,linux-guest} "$(command -v busybox)" "$(command -v qemu-system-x86_64)" "$(command -v tmux)")
