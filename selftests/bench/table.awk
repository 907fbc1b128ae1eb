# SPDX-License-Identifier: GPL-2.0
# table.awk - the tables of bench.sh from its CSV; release=(uname -r)

function have(cpus, vcpus, loop, observer) { return (cpus, vcpus, loop, observer) in median }

function cell(loop, observer) {
	if (!have(1, 1, loop, observer))
		return sprintf("%18s", "-")
	if (observer == "nothing")
		return sprintf("%9d / %6d", median[1, 1, loop, observer], p99[1, 1, loop, observer])
	return sprintf("%9s / %6s", sprintf("%+d", added[1, 1, loop, observer]), sprintf("%+d", added99[1, 1, loop, observer]))
}

function row(title, observer,    line, i) {
	line = sprintf("%-26s", title)
	for (i = 1; i <= loops; i++)
		line = line cell(loop[i], observer)
	print line
}

# by number of vCPUs and CPUs
function wide_row(title, name, observer,    line, i, key, value) {
	line = sprintf("%-12s%-18s", title, observer == "nothing" ? observer : name)
	for (i = 1; i <= places; i++) {
		split(place[i], p, "/")
		if (!have(p[2], p[1], wide, observer))
			value = "-"
		else if (observer == "nothing")
			value = median[p[2], p[1], wide, observer]
		else
			value = sprintf("%+d", added[p[2], p[1], wide, observer])
		line = line sprintf("%10s", value)
	}
	print line
}

BEGIN {
	FS = ","
	loops = split("cpuid ept_write out msr_icr hlt", loop, " ")
	split("CPUID,EPT write,port I/O,MSR fast,HLT+timer", title, ",")
	wides = split("cpuid ept_write out msr_icr msr_deadline", wide_loop, " ")
	split("CPUID,EPT write,port I/O,MSR fast,MSR timer", wide_title, ",")
	observers = split("kvmhot kvmhot-detail kvmhot-1-event kvmhot-2-events ftrace-hist ftrace-events " \
		"perf-stat perf-kvm-stat bpftrace-tp bpftrace-kprobe bcc-kvmexit", observer, " ")
	split("kvmhot|kvmhot, detail|kvmhot, 1 event|kvmhot, 2 events|ftrace hist trigger|ftrace exit+entry events|" \
		"perf stat -e kvm:kvm_exit|perf kvm stat record|bpftrace, tracepoints|bpftrace, kretprobe|" \
		"bcc kvmexit", named, "|")
	places = split("1/1 2/1 4/1 1/2 2/2 4/2", place, " ")
}

NR > 1 {
	key = $1 SUBSEP $2 SUBSEP $3 SUBSEP $4
	if ($1 == 1 && $2 == 1)
		n = $5
	median[key] = $3 == "msr_deadline" ? $6 : $7
	p99[key] = $8
	added[key] = $12
	added99[key] = $13
}

END {
	print "Instructions per iteration, median / 99th percentile of " n "; Linux " release ", 1 vCPU, 1 CPU"
	line = sprintf("%-26s", "")
	for (i = 1; i <= loops; i++)
		line = line sprintf("%18s", title[i])
	print line
	row("nothing", "nothing")
	print "added by"
	for (i = 1; i <= observers; i++)
		row(named[i], observer[i])
	print ""
	print "Medians by number of vCPUs / CPUs of the host, added to nothing (several CPUs: +-10)"
	line = sprintf("%-30s", "")
	for (i = 1; i <= places; i++)
		line = line sprintf("%10s", place[i])
	print line
	for (l = 1; l <= wides; l++) {
		wide = wide_loop[l]
		wide_row(wide_title[l], "", "nothing")
		for (i = 1; i <= 4; i++)
			wide_row("", named[i], observer[i])
	}
}
