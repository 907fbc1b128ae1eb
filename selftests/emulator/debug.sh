# SPDX-License-Identifier: GPL-2.0
# debug.sh - for kernel.sh: kernels that check themselves, built from the source that Debian packages.
# shellcheck shell=bash disable=SC2154 # lib.sh sets what this uses
#
#   debug/base.config   what the emulated host needs, on top of the smallest kernel
#   debug/k1.config     locks, sleeping, life of objects, addresses, leaks, failing allocations
#   debug/k2.config     data races

debug_configs() { # NAME
	echo "$HERE/debug/base.config" "$HERE/debug/$1.config"
}

# The folder that KCSAN looks at alone, beside modules that are built later, as kvmhot.
# A kernel that is looked at everywhere takes ten times as long, and kvmhot's part of
# it is looked at as rarely.
watched() { # NAME
	case $1 in k2) echo arch/x86/kvm ;; esac
}

# The folder of kernel NAME; another configuration is another kernel.
debug_folder() { # NAME
	# shellcheck disable=SC2046 # two names
	echo "$CACHE/kernel/$1-$(digest $(debug_configs "$1") <(watched "$1"))"
}

configure() { # NAME RELEASE
	local lost
	make -s tinyconfig
	# shellcheck disable=SC2046 # two names
	scripts/kconfig/merge_config.sh -m .config $(debug_configs "$1")
	echo "CONFIG_LOCALVERSION=\"-$2\"" >> .config
	make -s olddefconfig
	# shellcheck disable=SC2046 # two names
	lost=$(grep -h '^CONFIG_' $(debug_configs "$1") | grep -vxFf .config) || return 0
	die "the source does not take" "$lost"
}

# What building modules takes, as in a package of headers.
keep_headers() {
	mkdir "$NEW/build"
	tar -c Makefile .config Module.symvers include scripts arch/x86/Makefile* arch/x86/include tools/objtool/objtool |
		tar -x -C "$NEW/build"
}

build_debug() { # NAME RELEASE
	mkdir "$NEW/source"
	kernel_source "$NEW/source"
	cd "$NEW/source"
	configure "$@"
	if [ -n "$(watched "$1")" ]; then
		# of the environment: a Makefile's own is stronger
		export KCSAN_SANITIZE=n
		sed -i '1i KCSAN_SANITIZE := y' "$(watched "$1")/Makefile"
	fi
	make -s -j "$(nproc)" bzImage modules
	make -s INSTALL_MOD_PATH="$NEW/x" modules_install
	mv "$NEW"/x/lib/modules/* "$NEW/modules"
	rm -f "$NEW"/modules/{build,source}
	cp arch/x86/boot/bzImage "$NEW/vmlinuz"
	make -s kernelrelease > "$NEW/release"
	keep_headers
	cd "$NEW"
	rm -rf source x
}

make_debug() { # NAME RELEASE
	local log=$NEW/log status
	need flex bison bc lz4
	note "building kernel $1, once: a quarter of an hour of CPU time"
	SECONDS=0
	# a subshell, not "||": bash would let errors inside pass there
	set +e
	(set -e; KBUILD_BUILD_TIMESTAMP='@1700000000' KBUILD_BUILD_USER=kvmhot KBUILD_BUILD_HOST=kvmhot build_debug "$@") > "$log" 2>&1
	status=$?
	set -e
	[ $status = 0 ] || die "kernel $1 cannot be built:" "$(tail -n 5 "$log")"
	rm "$log"
	note "kernel $1 was built in $SECONDS s"
}
