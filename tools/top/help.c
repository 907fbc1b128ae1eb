// SPDX-License-Identifier: GPL-2.0
/* Draws the keys and columns of top, for its user. */
#include "term/screen.h"
#include "top/help.h"

static const char * const lines[] = {
	"Keys of kvmhot top; any other key than those that scroll goes back",
	"",
	"  Up Down k j       the next row up or down; PgUp PgDn Home End, too",
	"  Enter x Right     into the row: VM, its vCPUs, a vCPU's reasons, histogram",
	"  Esc Left Bksp     back",
	"  v                 a row for each VM, or for each VM and exit reason",
	"  H g               histogram of the row, or back; Up Down: of other rows",
	"  < >  o            the sort key before or after this one; asks for one",
	"  f /               only rows with this in VM, PID or reason; empty: all",
	"  t                 totals since load or reset, or the last interval",
	"  u                 cycles, microseconds, or CPUs",
	"  e                 columns of events (IPC, INS/EXIT, MISS/EXIT)",
	"  a                 VMs that ended longer than a minute ago, too",
	"  Space             pause, and go on",
	"  d s               seconds between readings",
	"  r                 reset the VM of the row, asks; R or c: all VMs",
	"  Ctrl-L            draw again",
	"  q Ctrl-C          quit",
	"",
	"Columns (KVM cost: time in KVM from an exit to the next VM entry, less halt,",
	"wait and user; user: time of the VMM on a CPU, between KVM_RUN ioctls)",
	"",
	"  EXITS/s           VM exits a second",
	"  %HOST             KVM cost and user, in percent of one CPU of the host;",
	"                    yellow from 10, red from 50 on.  In CPUs: CPUS",
	"  KVM% VMM%         how that divides.  In CPUs: KVM, VMM",
	"  CYC/EXIT          mean KVM cost of an exit, in cycles of the TSC; US/EXIT",
	"  P50 P95 P99       KVM cost that so many percent of exits did not exceed",
	"  MAX               the greatest; of an interval within 6.25 %, as the former",
	"  felt              by the histogram: from an exit to the next VM entry, all",
	"                    in (KVM, switched out, VMM), but not halted",
	"  IPC               instructions by cycles, in KVM",
	"  INS/EXIT          instructions per exit, MISS/EXIT likewise: see report",
	"",
	"Above and below them (all chosen VMs, but for the filter of f)",
	"",
	"  guest KVM VMM     CPUs used for the guest, in KVM, and in the VMM",
	"  probes            what kvmhot's probes take for a usual exit, in cycles of",
	"                    the TSC, as timed by the module on this host; and what",
	"                    that is for these exits and KVM_RUNs, in % of one CPU",
	"  top               CPU time of this program, in percent of one CPU",
	"  coverage          exits counted, of those that KVM itself counted",
	"  missed            hits of kvmhot's hooks that the kernel could not serve",
	"  dropped           exits in no VM's figures, for want of memory",
	"  lost              exits counted, but not timed",
	"  halt wait         vCPUs halted; ready to run or asleep in KVM",
	"  fast path         exits that never came to KVM's exit handler",
};

#define NR_LINES	((int)(sizeof(lines) / sizeof(*lines)))

void top_draw_help(struct top *t)
{
	int i, most;

	t->page = term_rows() - 1;
	most = NR_LINES - t->page;
	if (t->help_first > most)
		t->help_first = most;
	if (t->help_first < 0)
		t->help_first = 0;
	for (i = t->help_first; i < NR_LINES && i < t->help_first + t->page;
	     i++) {
		term_print(*lines[i] == ' ' ? 0 : TERM_BOLD, "%s", lines[i]);
		term_line();
	}
	term_row(t->page);
	term_print(TERM_REVERSE, "%s", i < NR_LINES ?
		   " more: Down, PgDn; back: any other key " :
		   " back: any other key ");
}
