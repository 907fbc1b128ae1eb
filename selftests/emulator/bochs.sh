# SPDX-License-Identifier: GPL-2.0
# bochs.sh - for run: the L1's machine: its configuration, one boot that is saved, and runs from there.
# shellcheck shell=bash disable=SC2154 # run sets what this uses

# What runs while a test waits costs time: with several processors, for which bochs
# is slower, a second of the L1 is short.
IPS=1000000000
[ "$SMP" = 1 ] || IPS=100000000

# What each is for:
# nokaslr                the same addresses in each boot
# mitigations=off        a tenth of the instructions; --append mitigations=auto for them
# panic=-1 reboot=t      a panic ends in a triple fault at once, and that ends bochs
# quiet loglevel=5       a character on the serial console is 87 us of busy waiting:
#                        only warnings and worse go there
# log_buf_len            the kernel's whole log is read at the end
# cryptomgr... initcall  self-tests, certificates: half of the boot
# clearcpuid=158,306     no RDRAND, RDSEED, which bochs seeds with the time of day
# clearcpuid=321,323     no XSAVEC, XSAVES: bochs 2.7 has their size wrong, and Linux warns
# tsc_early_khz          else Linux takes the TSC's frequency from CPUID, which is not IPS
CMDLINE="console=ttyS0,115200 nokaslr mitigations=off panic=-1 reboot=t quiet loglevel=5 log_buf_len=1M"
CMDLINE+=" cryptomgr.notests=1 initcall_blacklist=jent_mod_init,load_system_certificate_list"
CMDLINE+=" clearcpuid=158,306,321,323 tsc=reliable tsc_early_khz=$((IPS / 1000))"
# With several processors:
# idle=halt              by MWAIT one wakes the other all the time, and no time is idle
[ "$SMP" = 1 ] || CMDLINE+=" idle=halt"
CMDLINE+="${KVM:+ host.kvm=${KVM// /,}}${TOOLS:+ host.tools} $APPEND"

# The emulator, and whether it has a debugger, as Debian's: only that knows how
# to trace, and it may take so many times as long.
if [ -z "$TRACE" ]; then BOCHS=$("$HERE/emulator.sh"); else BOCHS=$(command -v bochs); fi
DEBUGGER=$("$BOCHS" --help 2>&1 | grep -- '^  -rc' || :)
FACTOR=$SLOW
[ -z "$DEBUGGER" ] || FACTOR=$((4 * SLOW))

configuration() {
	# sync=none: emulated time is the count of executed instructions.
	# rfb: the display with a suspend button that needs no X.
	# volatile: a saved state then holds no copy of the disks.
	cat <<- END
		config_interface: textconfig
		display_library: rfb, options="timeout=0, no_gui_console"
		romimage: file=/usr/share/bochs/BIOS-bochs-latest
		vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
		cpu: model=corei7_haswell_4770, count=$SMP, ips=$IPS, reset_on_triple_fault=0, ignore_bad_msrs=1
		memory: guest=$MEM, host=$MEM
		clock: sync=none, time0=1700000000
		ata0-master: type=disk, path=$TMP/in.img, mode=volatile
		${TOOLS:+ata0-slave: type=disk, path=$TOOLS, mode=volatile}
		ata1-master: type=cdrom, path=$TMP/boot.iso, status=inserted
		boot: cdrom
		com1: enabled=1, mode=file, dev=$TMP/serial
		port_e9_hack: enabled=1
		${DEBUGGER:+sound: driver=dummy}
		log: $TMP/bochs.log
		panic: action=fatal
		error: action=ignore
		info: action=ignore
		debug: action=ignore
	END
}

boot_disk() {
	local dir=$TMP/iso
	mkdir -p "$dir/isolinux"
	cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$dir/isolinux/"
	cp "$IMAGE/vmlinuz" "$dir/vmlinuz"
	cp "$INITRAMFS" "$dir/rd.img"
	printf 'default l\nlabel l\n kernel /vmlinuz\n append initrd=/rd.img %s\n' "$CMDLINE" > "$dir/isolinux/isolinux.cfg"
	xorriso -as mkisofs -quiet -o "$TMP/boot.iso" -b isolinux/isolinux.bin -c isolinux/boot.cat \
		-no-emul-boot -boot-load-size 4 -boot-info-table "$dir" 2> "$TMP/xorriso" || die "$(cat "$TMP/xorriso")"
	rm -r "$dir"
}

# The disk that brings the command and its files in: a header, then a tar; a
# zero header makes the L1 wait.  Bochs wants its size and time to be those of
# the saved state; names and times are fixed so that a run can be repeated.
in_disk() { # [empty]
	: > "$TMP/in.img"
	if [ $# = 0 ]; then
		tar -c -b 128 -f "$TMP/in.tar" --owner=0 --group=0 --numeric-owner --sort=name \
			--mtime=@1700000000 --format=gnu --transform='flags=rSh;s,^\.,w,' \
			-C "$TMP" cmd ${FILES:+-C "$FILES" .} || die "cannot read $FILES"
		printf 'GO %d\n' $(($(stat -c %s "$TMP/in.tar") / 65536)) > "$TMP/in.img"
		truncate -s 65536 "$TMP/in.img"
		cat "$TMP/in.tar" >> "$TMP/in.img"
		rm "$TMP/in.tar"
		[ "$(stat -c %s "$TMP/in.img")" -le $((1 << 30)) ] || die "$FILES is too big (1 GiB)"
	fi
	truncate -s 1G "$TMP/in.img"
	touch -d @1700000000 "$TMP/in.img"
}

bochs_py() { # MODE ARG... -- BOCHS_ARG...
	# A debugger is what bochs starts in: "c" goes on.
	# In a run with --trace each xchg %bx,%bx brings the next command about.
	{
		echo c
		[ -z "$TRACE" ] || for ((i = 0; i < 1000; i++)); do printf 'trace on\nc\ntrace off\nc\n'; done
	} > "$TMP/rc"
	# bochs may wait for the first byte before it makes this
	: > "$TMP/serial"
	# rfb listens on all addresses and on one port: a network of its own.
	unshare -n -- sh -c 'busybox ip link set lo up && exec "$@"' sh \
		python3 "$HERE/bochs.py" "$@" -q ${DEBUGGER:+-rc "$TMP/rc"}
}

boot_and_save() {
	note "booting $RELEASE once (smp $SMP, $MEM MB${TOOLSET:+, $TOOLSET}); later runs start from its saved state"
	boot_disk
	in_disk empty
	configuration > "$TMP/bochsrc"
	bochs_py save "$NEW" "$FACTOR" 400 -- "$BOCHS" -f "$TMP/bochsrc"
	mv "$TMP/serial" "$NEW/console"
	sed -i "s#$TMP/#@TMP@/#g" "$NEW/config"
	say "saved"
}

run_cold() {
	boot_disk
	in_disk
	configuration > "$TMP/bochsrc"
	say "booting $RELEASE for this run"
	bochs_py run "$TMP" "$FACTOR" 400 "$TIMEOUT" -- "$BOCHS" -f "$TMP/bochsrc"
}

# The saved state's folder, named after all that goes into it.
state_name() {
	local key
	key=$( (echo "$CMDLINE $INITRAMFS $TOOLS"; configuration; echo "$BOCHS"; "$BOCHS" --help 2>&1 | grep Emulator) |
		sed "s#$TMP/##" | sha256sum | cut -c1-12)
	STATE=$CACHE/state/$RELEASE-smp$SMP-$MEM-$key
}

run_saved() {
	# what nobody used for a month goes
	[ ! -d "$CACHE/state" ] || find "$CACHE/state" -mindepth 1 -maxdepth 1 -mtime +30 -exec rm -rf {} +
	once "$STATE" boot_and_save
	touch "$STATE"
	# A copy for this run, by links: bochs only reads, except the disks' small
	# journals.  The configuration names this run's files.
	cp -al "$STATE" "$TMP/state"
	rm -f "$TMP"/state/{config,*.image}
	cp "$STATE"/*.image "$TMP/state/" 2> /dev/null || true
	sed "s#@TMP@/#$TMP/#g; ${TRACE:+s/^magic_break: enabled=0/magic_break: enabled=1/}" \
		"$STATE/config" > "$TMP/state/config"
	truncate -s 2M "$TMP/boot.iso" # it must exist; nobody reads it any more
	in_disk
	say "restoring"
	bochs_py run "$TMP" "$FACTOR" 120 "$TIMEOUT" -- "$BOCHS" -r "$TMP/state"
}
