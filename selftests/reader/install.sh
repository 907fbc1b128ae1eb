#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make install and make uninstall of the reader, into a folder of its own.
# Needs make, a C compiler; what else lacks is skipped.
#
# Usage: install.sh [OUT]	(where it is built; default: a folder of its own)
set -u
export LC_ALL=C TZ=UTC0

here=$(cd "$(dirname "$0")" && pwd)
tools=$here/../../tools
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
out=${1:-$dir/build}
# shellcheck source=tap.sh
. "$here/tap.sh"

skip()
{
	nr=$((nr + 1))
	echo "ok $nr $1 # SKIP $2"
}

# run_make ARGUMENTS...: of our own, whatever make runs this script
run_make()
{
	env -u MAKEFLAGS -u MAKELEVEL -u DESTDIR -u PREFIX make -C "$tools" \
		OUT="$out" CFLAGS=-O0 "$@" >"$dir/out" 2>&1
}

# places PREFIX: each file that is installed, and its mode
places()
{
	units=/etc/systemd/system
	[ "$1" != /usr ] || units=/usr/lib/systemd/system
	sort <<END
755 $1/sbin/kvmhot
644 $1/share/man/man8/kvmhot.8
644 $1/share/bash-completion/completions/kvmhot
644 $1/share/kvmhot/kvmhot.schema.json
644 $1/share/kvmhot/kvmhot-grafana.json
644 $units/kvmhot-export.service
644 $units/kvmhot-export.timer
END
}

# What must not change: the sources, and these places on this host
outside()
{
	find "$tools" "$here/../../module" -name '.*' -prune -o -print | sort
	{ places /usr; places /usr/local; places /opt/kvm; } |
		while read -r _ path; do
			stat -c '%n %i %Y %s' "$path" 2>/dev/null || echo "no $path"
		done
}

run_make -j2 all
ok "it is built" $?
outside >"$dir/before"

# check_install PREFIX ARGUMENTS...: of make
check_install()
{
	prefix=$1
	shift
	dest=$dir/dest$prefix
	what=${*:-default PREFIX}
	mkdir -p "$dest"
	# What others have there stays; an unusual umask changes nothing.
	mkdir -p "$dest$prefix/sbin" "$dest$prefix/share/man/man8" \
		"$dest$prefix/share/bash-completion/completions"
	: >"$dest$prefix/sbin/other"
	: >"$dest$prefix/share/man/man8/other.8"
	: >"$dest$prefix/share/bash-completion/completions/other"
	(cd "$dest" && find . -type f) | sort >"$dir/others"
	(umask 077 && run_make install DESTDIR="$dest" "$@")
	ok "$what: make install" $?

	places "$prefix" >"$dir/want"
	(cd "$dest" && find . -type f ! -name 'other*' -printf '%m /%P\n') |
		sort >"$dir/have"
	diff -u "$dir/want" "$dir/have" >"$dir/out"
	ok "$what: each file where it belongs, with its mode, and no other" $?
	find "$dest" -mindepth 1 -type d -newer "$dir/others" ! -perm -055 \
		>"$dir/out"
	[ ! -s "$dir/out" ]
	ok "$what: others can read the new folders" $?
	find "$dest" ! -type f ! -type d >"$dir/out"
	[ ! -s "$dir/out" ]
	ok "$what: no links" $?
	for pair in kvmhot.8:share/man/man8/kvmhot.8 \
		kvmhot.bash-completion:share/bash-completion/completions/kvmhot \
		kvmhot.schema.json:share/kvmhot/kvmhot.schema.json \
		kvmhot-grafana.json:share/kvmhot/kvmhot-grafana.json; do
		cmp "$tools/share/${pair%%:*}" "$dest$prefix/${pair#*:}"
	done >"$dir/out" 2>&1
	[ ! -s "$dir/out" ]
	ok "$what: files are those of the sources" $?

	program=$dest$prefix/sbin/kvmhot
	"$program" --version >"$dir/out" 2>&1 &&
		grep -qx 'kvmhot [0-9.]* (abi [0-9]*)' "$dir/out"
	ok "$what: the program runs" $?
	unit=$(find "$dest" -name kvmhot-export.service)
	grep '^Exec' "$unit" >"$dir/out" 2>&1 &&
		! grep -v "^ExecStart=$prefix/sbin/kvmhot export " "$dir/out" &&
		! grep -n '@[A-Z]*@' "$unit" >>"$dir/out"
	ok "$what: the unit runs the program where it is installed" $?
	command=$(sed -n 's/^ExecStart=\(.*\) -o [^ ]*$/\1/p' "$unit")
	rm -rf "$dir/tree" "$dir/k.prom"
	sh "$here/fixtures/make.sh" "$dir/tree"
	# shellcheck disable=SC2086
	"$dest"$command -o "$dir/k.prom" --root "$dir/tree" >"$dir/out" 2>&1
	status=$?
	[ "$command" ] && [ $status -eq 3 ] && [ -s "$dir/k.prom" ] &&
		grep -q '^SuccessExitStatus=3$' "$unit"
	ok "$what: the unit's command works, and its status is one of success" $?
	check_unit
	check_man
	check_completion

	run_make install DESTDIR="$dest" "$@" &&
		(cd "$dest" && find . -type f ! -name 'other*' -printf '%m /%P\n') |
		sort | diff -u "$dir/want" - >"$dir/out"
	ok "$what: make install again" $?
	run_make uninstall DESTDIR="$dest" "$@" &&
		(cd "$dest" && find . -type f) | sort |
		diff -u "$dir/others" - >"$dir/out" &&
		[ ! -e "$dest$prefix/share/kvmhot" ]
	ok "$what: make uninstall leaves what others have, and nothing else" $?
	run_make uninstall DESTDIR="$dest" "$@"
	ok "$what: make uninstall again" $?
}

# systemd wants the program to be there: so the copy that it checks names it.
check_unit()
{
	if ! command -v systemd-analyze >/dev/null; then
		skip "$what: systemd takes the units" "no systemd-analyze"
		return
	fi
	rm -rf "$dir/units" && mkdir "$dir/units"
	sed "s|^ExecStart=|ExecStart=$dest|" "$unit" \
		>"$dir/units/kvmhot-export.service"
	cp "${unit%.service}.timer" "$dir/units"
	systemd-analyze verify --man=no "$dir/units/kvmhot-export.service" \
		"$dir/units/kvmhot-export.timer" >"$dir/out" 2>&1 &&
		! grep -q kvmhot "$dir/out"
	ok "$what: systemd takes the units" $?
}

check_man()
{
	page=$dest$prefix/share/man/man8/kvmhot.8
	# mandoc shows it, below; where there is a man(1), it must find it, too.
	if ! command -v man >/dev/null; then
		:
	elif ! man -M "$dest$prefix/share/man" -w kvmhot >"$dir/out" 2>&1 &&
		grep -q 'has been minimized' "$(command -v man)"; then
		skip "$what: man finds the page" "man is a stub here"
	else
		[ "$(cat "$dir/out")" = "$page" ]
		ok "$what: man finds the page" $?
	fi
	if command -v mandoc >/dev/null; then
		mandoc -T ascii "$page" >"$dir/out" 2>&1
	elif command -v man >/dev/null; then
		MANPAGER="cat" man -l "$page" >"$dir/out" 2>&1
	else
		skip "$what: the page is shown" "no mandoc, no man"
		return
	fi
	tr -d '\b' <"$dir/out" | grep -q '^KVMHOT(8)'
	ok "$what: the page is shown" $?
}

# The name of the file is what bash-completion looks for: the command's.
check_completion()
{
	if ! command -v bash >/dev/null; then
		skip "$what: bash takes the completion" "no bash"
		return
	fi
	bash --norc --noprofile -c "source '$dest$prefix/share/bash-completion/completions/kvmhot' &&
		complete -p kvmhot" >"$dir/out" 2>&1
	ok "$what: bash takes the completion" $?
}

check_install /usr PREFIX=/usr
check_install /usr/local
check_install /opt/kvm PREFIX=/opt/kvm

# Without the right to write anywhere else
if [ "$(id -u)" -eq 0 ]; then
	mkdir "$dir/nobody" "$dir/nobody/dest"
	chmod 755 "$dir"
	# Ours may be where others cannot read.
	mkdir "$dir/sources"
	cp -rp "$tools" "$tools/../module" "$dir/sources/"
	chmod -R a+rX "$dir/sources"
	[ ! -x "$out/kvmhot" ] || cp -rp "$out" "$dir/nobody/build"
	chown -R 65534:65534 "$dir/nobody"
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		env -u MAKEFLAGS -u MAKELEVEL make -C "$dir/sources/tools" CFLAGS=-O0 \
		OUT="$dir/nobody/build" DESTDIR="$dir/nobody/dest" PREFIX=/usr \
		install >"$dir/out" 2>&1
	ok "a user who may write nowhere else can install it" $?
else
	skip "a user who may write nowhere else can install it" "not root"
fi

outside | diff -u "$dir/before" - >"$dir/out"
ok "nothing was written outside of DESTDIR and OUT" $?
# Of a copy: who gave us OUT still needs it.
[ -x "$out/kvmhot" ] && cp -r "$out" "$dir/clean" && out=$dir/clean
run_make clean && [ ! -e "$out/kvmhot" ] && [ ! -e "$out/kvmhot-export.service" ] &&
	[ -z "$(find "$out" -name '*.o')" ]
ok "make clean leaves no program, unit and object" $?

tap_end
