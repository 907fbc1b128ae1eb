// SPDX-License-Identifier: GPL-2.0
/*
 * Letting all vCPUs do the list, round after round, a thread each.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#include "disturb.h"
#include "play.h"

struct player {
	struct play *play;
	struct vcpu *vcpu;
};

/*
 * Two vCPUs that fault at the same time can race for a table of the EPT that
 * both need, and the loser faults again.  So each touches its pages (which
 * installs all tables that are shared) alone.
 */
static pthread_mutex_t setup = PTHREAD_MUTEX_INITIALIZER;

static pthread_barrier_t set_up, round_end;
static bool again;

/*
 * Fresh pages again: KVM lets a page fault of any vCPU that meets such an
 * invalidation be tried again, with another exit.  So do it for all vCPUs
 * while none is in the guest.
 */
static void rearm_all(struct play *play)
{
	unsigned int i;

	for (i = 0; i < play->vm->nr_vcpus; i++)
		memory_rearm(play->vm, &play->vm->vcpus[i], play->list);
}

static bool end_of_round(struct play *play, struct vcpu *vcpu)
{
	int rc;

	memory_fold(vcpu, play->list);
	rc = pthread_barrier_wait(&round_end);
	if (rc == PTHREAD_BARRIER_SERIAL_THREAD) {
		play->done++;
		again = play->done < play->rounds && !*play->stop;
		if (again)
			rearm_all(play);
	}
	pthread_barrier_wait(&round_end);
	return again;
}

/* The least of all rounds is one without interrupts from outside */
static void timed_round(struct vm *vm, struct vcpu *vcpu)
{
	__u64 tsc = __builtin_ia32_rdtsc();

	vcpu_run(vm, vcpu, PORT_ROUND);
	tsc = __builtin_ia32_rdtsc() - tsc;
	if (!vcpu->tsc || tsc < vcpu->tsc)
		vcpu->tsc = tsc;
}

static void *round_main(void *arg)
{
	struct player *player = arg;

	timed_round(player->play->vm, player->vcpu);
	return NULL;
}

static void do_round(struct player *player)
{
	pthread_t thread;

	if (!player->play->vm->new_threads) {
		round_main(player);
		return;
	}
	errno = pthread_create(&thread, NULL, round_main, player);
	if (errno)
		die("pthread_create");
	pthread_join(thread, NULL);
}

static void *player_main(void *arg)
{
	struct player *player = arg;
	struct vm *vm = player->play->vm;

	pthread_mutex_lock(&setup);
	vcpu_run(vm, player->vcpu, PORT_SETUP);
	pthread_mutex_unlock(&setup);
	disturb_this(vm);
	pthread_barrier_wait(&set_up);
	do {
		if (vm->rest_ms && (vm->rest_each || !player->play->done))
			usleep(vm->rest_ms * 1000);
		if (vm->park_ms && !player->play->done) {
			disturb_after(vm->park_ms);
			vcpu_park(player->vcpu);
		}
		do_round(player);
	} while (end_of_round(player->play, player->vcpu));
	vcpu_end(vm, player->vcpu);
	disturb_done();
	return NULL;
}

/* Signals are for the main thread, those to disturb KVM_RUN apart */
void play(struct play *play)
{
	struct player players[MAX_VCPUS];
	unsigned int i, nr = play->vm->nr_vcpus;
	sigset_t all, old;

	pthread_barrier_init(&round_end, NULL, nr);
	pthread_barrier_init(&set_up, NULL, nr + 1);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	for (i = 0; i < nr; i++) {
		players[i].play = play;
		players[i].vcpu = &play->vm->vcpus[i];
		errno = pthread_create(&players[i].vcpu->thread, NULL,
				       player_main, &players[i]);
		if (errno)
			die("pthread_create");
	}
	pthread_barrier_wait(&set_up);
	disturb(play->vm);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	disturb_end();
	for (i = 0; i < nr; i++)
		pthread_join(play->vm->vcpus[i].thread, NULL);
}
