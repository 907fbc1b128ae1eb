/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kinds of VM exits that the guest can make, and what each of them costs.
 */
#ifndef KVMHOT_KINDS_H
#define KVMHOT_KINDS_H

#include <stdbool.h>
#include <linux/types.h>
#include "guest.h"

#define MAX_EXITS	10
#define LEVEL2		128	/* added to the reason of an exit of L2 */
#define NR_REASONS	256

/* What some exits are made unnecessary by */
enum unless { NOTHING, APICV, SHADOW_VMCS };

/* Exits of one reason in one iteration */
struct exits {
	__u16 reason;		/* LEVEL2 may be added */
	__u8 n;		/* ANY_NUMBER: depends on when interrupts come */
	__u8 unless;
};

#define ANY_NUMBER	0xff

/* Fields of L2's VMCS that are set once: those in a shadow VMCS, the others */
#define L2_FIELDS_SHADOWED	7
#define L2_FIELDS		23

enum region { NO_REGION, EPT_READ, EPT_WRITE, EPT_FETCH, EPT_COW, MMIO };

struct kind {
	const char *name;
	const char *code;	/* in guest.S */
	struct exits exits[MAX_EXITS];
	__u8 nr_exits;
	__u8 user;		/* exits that come to the VMM */
	__u8 irqs, uds, gps;	/* events delivered to the guest */
	bool debug;		/* needs KVM_SET_GUEST_DEBUG */
	bool xsave;		/* needs a host with XSAVE */
	bool vmx, no_vmx;	/* needs a guest with VMX, or without */
	enum region region;
};

struct item {
	const struct kind *kind;
	__u64 n;
	__u64 first_page;	/* within the region of its kind */
};

struct list {
	unsigned int nr;
	struct item items[GUEST_MAX_ENTRIES];
	__u64 pages[MMIO + 1];	/* fresh pages per region and round */
	bool debug;
	bool nested;		/* the guest has VMX */
	bool each;		/* the guest writes down times */
};

/* Totals of one vCPU */
struct expected {
	__u64 n[NR_REASONS];
	bool any[NR_REASONS];
	__u64 user, irqs, uds, gps;
};

extern const struct kind kinds[];
extern const unsigned int nr_kinds;
extern const struct kind setup_kind, vmx_setup_kind, round_kind;

/* LEVEL2 apart */
const char *reason_name(unsigned int reason);
const char *reason_level(unsigned int reason);

void kind_expect(const struct kind *kind, __u64 n,
		 struct expected *expected);

/* "cpuid=1000"; complains and returns false if it cannot be done */
bool list_add(struct list *list, const char *arg);
void list_expect(const struct list *list, __u64 rounds,
		 struct expected *expected);

bool kind_possible(const struct kind *kind, bool nested);
void print_kinds(bool nested);
void print_reasons(void);
void print_expected(const struct expected *expected, const char *prefix,
		    unsigned int vcpus);

#endif /* KVMHOT_KINDS_H */
