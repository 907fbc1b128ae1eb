#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# emulator.sh - print the emulator's program: Bochs 3.0, built once into the cache from Debian's source.
#
# Debian's own bochs has its debugger compiled in and needs three times as long
# for the same instructions.  It has to do where the source cannot be had, or
# does not build.
. "$(dirname "$0")/lib.sh"
. "$HERE/apt.sh"

SUITE=trixie
# What the L1 and its guests are made of, and nothing that they have no use for.
OPTIONS=(--enable-smp --enable-x86-64 --enable-cpu-level=6 --enable-vmx=2 --enable-svm --enable-avx --enable-evex
	--enable-fast-function-calls --enable-handlers-chaining --disable-debugger --disable-docbook --with-rfb)

build() {
	cd "$NEW"
	# The tar alone: a mirror may lack the .dsc.  Apt checks it by the signed index' checksum.
	apt "$SUITE-src" apt-get source --download-only --tar-only bochs
	mkdir source
	tar -x -f bochs_*.orig.tar.* -C source --strip-components 1
	cd source
	patch -p1 < "$HERE/bochs-idle.patch"
	./configure "${OPTIONS[@]}" CFLAGS=-O2 CXXFLAGS=-O2
	make -j "$(nproc)" bochs
	strip -o "$NEW/bochs" bochs
}

make_emulator() {
	local status log=$NEW/log
	note "building Bochs, once: three minutes of CPU time"
	SECONDS=0
	# a subshell, not "||": bash would let errors inside pass there
	set +e
	(set -e; lists "$SUITE" deb-src; build) > "$log" 2>&1
	status=$?
	set -e
	if [ $status = 0 ]; then
		note "Bochs was built in $SECONDS s"
		rm "$log"
	else
		{ echo "after $SECONDS s:" && tail -n 3 "$log"; } > "$NEW/why-not"
		rm -f "$NEW/bochs"
	fi
	rm -rf "$NEW"/source "$NEW"/*.tar.*
}

need g++ make patch strip tar bochs
dir=$CACHE/bochs/$(digest "$HERE/emulator.sh" "$HERE/bochs-idle.patch")
# what failed is tried again the next day
[ ! -e "$dir/why-not" ] || find "$dir" -maxdepth 0 -mtime +0 -exec rm -r {} +
once "$dir" make_emulator
if [ -x "$dir/bochs" ]; then
	echo "$dir/bochs"
else
	note "Debian's bochs, three times slower, has to do: no Bochs 3.0 $(cat "$dir/why-not")"
	command -v bochs
fi
