# SPDX-License-Identifier: GPL-2.0
# csv.awk - of the lines "each" of all hosts: each figure, and what was added to that without any observer

BEGIN {
	FS = "\t"; OFS = ","
	print "cpus", "vcpus", "loop", "observer", "n", "min", "median", "p99", "max", "mode", "mode_times", \
		"added_median", "added_p99"
}

FNR == 1 { split("", base) }
$1 != "each" { next }

{
	cpus = $2; observer = $3; loop = $4; vcpus = $5
	where = loop SUBSEP vcpus
	# arming and disarming take turns, half of the iterations each: the
	# quicker of the two
	typical = loop == "msr_deadline" ? $7 : $8
	if (observer == "nothing") {
		base[where] = typical
		base99[where] = $9
	}
	if (!(where in base)) {
		print "bench: no figure without observer for " observer " " loop > "/dev/stderr"
		failed = 1
		next
	}
	if (observer == "again") {
		# the steps of the TSC of several CPUs; HLT has many paths, and
		# that of an EPT violation depends on the host's memory, which
		# bpftrace and bcc have had much of
		most = loop == "hlt" ? base[where] / 200 : loop == "ept_write" ? base[where] / 20 : 10
		if (typical - base[where] > most || base[where] - typical > most) {
			printf "bench: %s with %d vCPUs on %d CPUs: %d before, %d after all observers\n", \
				loop, vcpus, cpus, base[where], typical > "/dev/stderr"
			failed = 1
		}
		next
	}
	# hosts of several runs have this in common
	if (observer == "nothing" && seen[cpus, where]++)
		next
	print cpus, vcpus, loop, observer, $6, $7, $8, $9, $10, $11, $12, typical - base[where], $9 - base99[where]
}

END { exit failed }
