/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Implements a sequence count for data with one writer, in probe context, and readers
 * that never stop the writer.  Two threads of a VMM may, against the rules, write at the
 * same time.  The kernel's own count could then stay odd for ever; this one does not, so
 * the figures are wrong, but nobody hangs.
 */
#ifndef KVMHOT_SEQ_H
#define KVMHOT_SEQ_H

#include <linux/compiler.h>
#include <linux/kcsan-checks.h>
#include <linux/types.h>
#include <asm/barrier.h>

/* For KCSAN: more than a reader reads between begin and retry, a cell's histograms. */
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
 * Context: preemption off, so that readers wait only for a moment.
 *
 * Return: the value to pass to kvmhot_seq_end().
 */
static __always_inline u32 kvmhot_seq_begin(struct kvmhot_seq *s)
{
	u32 n = s->n | 1;

	/* Tell KCSAN that accesses to what the count guards are no data race. */
	kcsan_nestable_atomic_begin();
	WRITE_ONCE(s->n, n);
	/* Pairs with smp_rmb() in kvmhot_seq_retry(). */
	smp_wmb();
	return n;
}

/**
 * kvmhot_seq_end() - end to write: the data is complete
 * @s: the count
 * @n: return value of kvmhot_seq_begin()
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
 * Return: the value to pass to kvmhot_seq_retry().
 */
static inline u32 kvmhot_seq_read(const struct kvmhot_seq *s)
{
	/* Pairs with the release in kvmhot_seq_end(). */
	u32 n = smp_load_acquire(&s->n);

	kcsan_atomic_next(KVMHOT_SEQ_READS);
	return n;
}

/**
 * kvmhot_seq_retry() - was anything written during the read?
 * @s: the count
 * @n: return value of kvmhot_seq_read()
 *
 * Return: true if the data must be read again.
 */
static inline bool kvmhot_seq_retry(const struct kvmhot_seq *s, u32 n)
{
	/* Pairs with smp_wmb() in kvmhot_seq_begin(). */
	smp_rmb();
	kcsan_atomic_next(0);
	return (n & 1) || READ_ONCE(s->n) != n;
}

#endif /* KVMHOT_SEQ_H */
