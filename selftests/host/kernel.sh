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

# The machine's own line for Debian's main archive, as "[options] URI".
debian_source() {
	local suites file
	suites="bookworm stable oldstable $(. /etc/os-release && echo "${VERSION_CODENAME:-}")"
	# both styles of file; an empty line ends what a file's last stanza left open
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
		[ ! -r "$file" ] || { cat "$file" && echo; }
	done | awk -v want=" $suites " '
	function hit(suites, comps,    n, i, s) {
		if ((" " comps " ") !~ / main /) return 0
		n = split(suites, s, " ")
		for (i = 1; i <= n; i++) if (index(want, " " s[i] " ")) return 1
		return 0
	}
	function found(opt, uri) { if (!done++) print opt uri }
	/^#/ { next }
	$1 == "deb" {
		opt = ""
		if (match($0, /\[[^]]*\]/)) {
			opt = substr($0, RSTART, RLENGTH) " "
			$0 = substr($0, 1, RSTART - 1) " " substr($0, RSTART + RLENGTH)
		}
		uri = $2; suite = $3; $1 = $2 = $3 = ""
		if (hit(suite, $0)) found(opt, uri)
		next
	}
	NF == 0 {
		if (f["types"] ~ /deb( |$)/ && tolower(f["enabled"]) != "no" && hit(f["suites"], f["components"])) {
			split(f["uris"], u, " ")
			found(f["signed-by"] ~ /^\// ? "[signed-by=" f["signed-by"] "] " : "", u[1])
		}
		split("", f)
		next
	}
	match($0, /^[A-Za-z-]+:[ \t]*/) {
		f[tolower(substr($1, 1, index($1, ":") - 1))] = substr($0, RLENGTH + 1)
	}'
}

# apt with sources, lists and status of its own: the machine's are not touched
# and may be of another Debian release.  Signatures are checked as always.
apt() { # SUITE apt-get|apt-cache ARG...
	local dir=$CACHE/apt/$1 tool=$2
	shift 2
	"$tool" -qq -o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::State="$dir/state" -o Dir::State::status="$dir/status" -o Dir::Cache="$dir/cache" \
		-o Acquire::Languages=none -o APT::Sandbox::User=root "$@"
}

fetch_lists() { # SUITE
	local source
	source=$(debian_source)
	[ -n "$source" ] || die "no source of Debian's 'main' in /etc/apt to take the mirror from"
	note "reading the package list of $1"
	echo "deb $source $1 main" > "$NEW/sources.list"
	touch "$NEW/status"
	mkdir -p "$NEW"/{state/lists,cache/archives}/partial
	# "once" has not given it its final name yet
	apt "${NEW##*/apt/}" apt-get update >&2 || die "apt-get update for $1 failed"
}

unpack() { # SUITE PACKAGE...: into $NEW/x
	local suite=$1 p
	shift
	for p; do
		note "downloading $p"
		mkdir -p "$CACHE/deb"
		# what is there already and whole, apt does not fetch again
		(cd "$CACHE/deb" && apt "$suite" apt-get download "$p" >&2) || die "cannot download $p"
		# shellcheck disable=SC2012 # names that apt made
		dpkg -x "$(ls -t "$CACHE/deb/$p"_*.deb | head -n 1)" "$NEW/x"
	done
}

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
	need apt-get dpkg xz
	once "$CACHE/apt/$suite" fetch_lists "$suite"
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
