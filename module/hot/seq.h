/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A sequence count for data with one writer, in probe context, and readers
 * that never stop it.  Unlike the kernel's own, it does not stay odd for ever
 * if two threads of a VMM, against the rules, come to write at the same time:
 * their figures then are wrong, but nobody hangs.
 */
#ifndef KVMHOT_SEQ_H
#define KVMHOT_SEQ_H

#include <linux/compiler.h>
#include <linux/kcsan-checks.h>
#include <linux/types.h>
#include <asm/barrier.h>

/* More than a reader reads in one go, for KCSAN: the histograms of a cell. */
#define KVMHOT_SEQ_READS	5000

/**
 * struct kvmhot_seq - sequence count
 * @n: odd while the data is being written
 */
struct kvmhot_seq {
	u32	n;
};

/**
 * kvmhot_seq_begin() - begin to write
 * @s: the count
 *
 * Context: preemption off, so that readers wait for a moment only.
 *
 * Return: for kvmhot_seq_end().
 */
static __always_inline u32 kvmhot_seq_begin(struct kvmhot_seq *s)
{
	u32 n = s->n | 1;

	/* To KCSAN, what the count guards is no data race. */
	kcsan_nestable_atomic_begin();
	WRITE_ONCE(s->n, n);
	/* Pairs with smp_rmb() in kvmhot_seq_retry(). */
	smp_wmb();
	return n;
}

/**
 * kvmhot_seq_end() - what was written is complete
 * @s: the count
 * @n: what kvmhot_seq_begin() returned
 */
static __always_inline void kvmhot_seq_end(struct kvmhot_seq *s, u32 n)
{
	/* Pairs with the acquire in kvmhot_seq_read(). */
	smp_store_release(&s->n, n + 1);
	kcsan_nestable_atomic_end();
}

/**
 * kvmhot_seq_read() - begin to read
 * @s: the count
 *
 * Return: for kvmhot_seq_retry().
 */
static inline u32 kvmhot_seq_read(const struct kvmhot_seq *s)
{
	/* Pairs with the release in kvmhot_seq_end(). */
	u32 n = smp_load_acquire(&s->n);

	kcsan_atomic_next(KVMHOT_SEQ_READS);
	return n;
}

/**
 * kvmhot_seq_retry() - was something written while it was read?
 * @s: the count
 * @n: what kvmhot_seq_read() returned
 *
 * Return: true if what was read must be read again.
 */
static inline bool kvmhot_seq_retry(const struct kvmhot_seq *s, u32 n)
{
	/* Pairs with smp_wmb() in kvmhot_seq_begin(). */
	smp_rmb();
	kcsan_atomic_next(0);
	return (n & 1) || READ_ONCE(s->n) != n;
}

#endif /* KVMHOT_SEQ_H */
