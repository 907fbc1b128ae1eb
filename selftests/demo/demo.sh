#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# demo.sh - profile a Linux guest under QEMU/KVM, on a VT-x host that is emulated
set -euo pipefail
here=$(realpath "$(dirname "$0")")
top=$(realpath "$here/../..")
kernel=${KERNEL:-6.12}

step() { printf '\n== %s\n' "$*"; }

SECONDS=0
step "Packages"
"$top/selftests/emulator/deps.sh" emulator build qemu
step "Building kvmhot for Debian's $kernel kernel"
files=$("$top/selftests/check/build.sh" "$kernel")
cp "$here/demo-inside.sh" "$files/"
step "Starting an emulated machine with VT-x (the first time boots it once: a minute or two)"
"$top/selftests/emulator/run" --kernel "$kernel" --qemu --files "$files" --timeout 200 -- sh ./demo-inside.sh
step "Done in $SECONDS s"
