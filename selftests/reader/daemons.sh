#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# daemons.sh - print a folder that has Debian's prometheus, promtool and node_exporter
#
# Unpacked in the cache, not installed: their packages start services, which
# whoever runs the tests did not ask for.
. "$(dirname "$0")/../emulator/lib.sh"

# shellcheck disable=SC2031 # it is of the same subshell
unpack()
{
	local deb
	(cd "$NEW" && apt-get -qq -o APT::Sandbox::User=root download prometheus prometheus-node-exporter >&2) ||
		die "cannot download prometheus and prometheus-node-exporter"
	for deb in "$NEW"/*.deb; do
		dpkg -x "$deb" "$NEW"
		rm "$deb"
	done
}

need apt-get dpkg
once "$CACHE/daemons" unpack
echo "$CACHE/daemons/usr/bin"
