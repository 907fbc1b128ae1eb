# SPDX-License-Identifier: GPL-2.0
# tools-peers.sh - for tools.sh: perf, bpftrace and bcc of Debian 12, with all that they need to run.
# shellcheck shell=bash disable=SC2034,SC2154 # tools.sh and lib.sh set what this uses, and use what this sets
#
# Whatever Debian this machine has, and whatever the L1's kernel is: what an
# exit costs when they watch it is decided by the kernel.
. "$HERE/apt.sh"

# bcc compiles with the headers of the running kernel
kernel_headers() {
	local from dir
	from=$("$HERE/kernel.sh" headers "${IMAGE##*/}")
	dir=$disk/usr/lib/modules/$(cat "$IMAGE/release")
	mkdir -p "$dir"/{build,source}
	for part in include arch/x86/include; do
		mkdir -p "$dir"/{build,source}/$part
		cp -r "$from/$part/." "$dir/build/$part/"
		cp -r "${from%-amd64}-common/$part/." "$dir/source/$part/"
	done
}

fill() {
	lists bookworm
	unpack_closure bookworm linux-perf bpftrace bpfcc-tools
	mv "$NEW"/x/{lib,usr} "$disk/"
	rm -rf "$NEW/x" "${disk:?}"/usr/{share,lib/x86_64-linux-gnu/{gconv,perl*}}
	mkdir "$disk/bin"
	ln -s ../usr/bin/{perf,bpftrace,python3} ../usr/sbin/kvmexit-bpfcc "$disk/bin/"
	kernel_headers
}

inputs=(apt.sh)
