// SPDX-License-Identifier: GPL-2.0
/*
 * What disturbs vCPUs from outside: ioctls of another thread, signals, timers.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include "disturb.h"

static atomic_uint nr_done;
static pthread_t poker, kicker, filler, rival;
static bool poking, kicking, filling, rivalling;

static int kick_signal(void)
{
	return SIGRTMIN;
}

static void on_kick(int signal)
{
	(void)signal;
}

/* Without SA_RESTART, or KVM_RUN would not return */
void disturb_init(void)
{
	struct sigaction action = { .sa_handler = on_kick };

	sigaction(kick_signal(), &action, NULL);
}

/*
 * A timer that needs neither a signal nor a reader to be armed again: perf's,
 * which runs while this thread does.  All its work is done in the interrupt.
 */
static void start_timer(__u64 us)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = us * 1000,
		.sample_type = PERF_SAMPLE_IP,
	};

	/* Nobody closes it before the process ends */
	if (syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0) < 0)
		die("perf_event_open");
}

void disturb_this(struct vm *vm)
{
	sigset_t kicks;

	sigemptyset(&kicks);
	sigaddset(&kicks, kick_signal());
	pthread_sigmask(SIG_UNBLOCK, &kicks, NULL);
	if (vm->timer_us)
		start_timer(vm->timer_us);
}

void disturb_after(__u64 ms)
{
	const struct itimerspec once = {
		.it_value = {
			.tv_sec = ms / 1000,
			.tv_nsec = ms % 1000 * 1000000,
		},
	};
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = kick_signal(),
	};
	timer_t timer;

	event._sigev_un._tid = gettid();
	/* It is there until the process ends */
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) ||
	    timer_settime(timer, 0, &once, NULL))
		die("timer");
}

void disturb_done(void)
{
	nr_done++;
}

static void *poker_main(void *arg)
{
	struct kvm_mp_state state;
	struct vm *vm = arg;
	unsigned int i;
	__u64 n;

	for (n = 0; n < vm->pokes; n++) {
		for (i = 0; i < vm->nr_vcpus; i++) {
			if (ioctl(vm->vcpus[i].fd, KVM_GET_MP_STATE, &state))
				die("KVM_GET_MP_STATE");
			vm->vcpus[i].tally[GET_MP_STATE_OK]++;
		}
	}
	return NULL;
}

static void *kicker_main(void *arg)
{
	struct vm *vm = arg;
	struct timespec pause = {
		.tv_sec = vm->kick_us / 1000000,
		.tv_nsec = vm->kick_us % 1000000 * 1000,
	};
	unsigned int i;

	while (nr_done < vm->nr_vcpus) {
		for (i = 0; i < vm->nr_vcpus; i++)
			pthread_kill(vm->vcpus[i].thread, kick_signal());
		nanosleep(&pause, NULL);
	}
	return NULL;
}

/* Takes the CPU away wherever its timer strikes */
static void *rival_main(void *arg)
{
	static const struct sched_param priority = { .sched_priority = 20 };
	struct vm *vm = arg;
	const struct timespec pause = { .tv_nsec = vm->rival_us * 1000 };

	if (sched_setscheduler(0, SCHED_FIFO, &priority))
		die("SCHED_FIFO");
	while (nr_done < vm->nr_vcpus) {
		unsigned int turns = 100000;

		nanosleep(&pause, NULL);
		asm volatile("1: dec %0; jnz 1b" : "+r" (turns) : : "cc");
	}
	return NULL;
}

/*
 * Executes instructions where the host would be idle, and counts them where
 * the guest can see that: a turn is three.
 */
static void *filler_main(void *arg)
{
	static const struct sched_param lowest;
	struct vm *vm = arg;
	struct guest_data *data = guest_data(&vm->vcpus[0]);

	if (sched_setscheduler(0, SCHED_IDLE, &lowest))
		die("SCHED_IDLE");
	while (nr_done < vm->nr_vcpus) {
		__u64 turns = 0x10000;

		asm volatile("1: addq $3, %1; dec %0; jnz 1b"
			     : "+r" (turns), "+m" (data->filled) : : "cc");
	}
	return NULL;
}

static void start(pthread_t *thread, void *(*function)(void *), struct vm *vm)
{
	errno = pthread_create(thread, NULL, function, vm);
	if (errno)
		die("pthread_create");
}

void disturb(struct vm *vm)
{
	poking = vm->pokes;
	kicking = vm->kick_us;
	filling = vm->fill;
	rivalling = vm->rival_us;
	if (poking)
		start(&poker, poker_main, vm);
	if (kicking)
		start(&kicker, kicker_main, vm);
	if (filling)
		start(&filler, filler_main, vm);
	if (rivalling)
		start(&rival, rival_main, vm);
}

void disturb_end(void)
{
	if (poking)
		pthread_join(poker, NULL);
	if (kicking)
		pthread_join(kicker, NULL);
	if (filling)
		pthread_join(filler, NULL);
	if (rivalling)
		pthread_join(rival, NULL);
}
