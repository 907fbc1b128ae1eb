# SPDX-License-Identifier: GPL-2.0
# apt.sh - packages of a Debian release, from the machine's own mirror; nothing is installed.
# shellcheck shell=bash disable=SC2154 # lib.sh sets what this uses

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

fetch_lists() { # SUITE TYPE
	local source
	source=$(debian_source)
	[ -n "$source" ] || die "no source of Debian's 'main' in /etc/apt to take the mirror from"
	note "reading the package list of $1 ($2)"
	echo "$2 $source $1 main" > "$NEW/sources.list"
	touch "$NEW/status"
	mkdir -p "$NEW"/{state/lists,cache/archives}/partial
	# "once" has not given it its final name yet
	apt "${NEW##*/apt/}" apt-get update >&2 || die "apt-get update for $1 failed"
}

# Read a suite's package lists once.  Those of sources are for apt "SUITE-src".
lists() { # SUITE [deb-src]
	need apt-get dpkg
	once "$CACHE/apt/$1${2:+-src}" fetch_lists "$1" "${2:-deb}"
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

# With all that they need, recommendations apart, whatever this machine has.
unpack_closure() { # SUITE PACKAGE...: into $NEW/x
	local suite=$1 dir deb
	shift
	dir=$(IFS=+ && echo "$CACHE/deb/$*")
	note "downloading $* and what they need"
	mkdir -p "$dir/partial"
	apt "$suite" apt-get --no-install-recommends --download-only -o Dir::Cache::archives="$dir" install "$@" >&2 ||
		die "cannot download $*"
	for deb in "$dir"/*.deb; do dpkg -x "$deb" "$NEW/x"; done
}
