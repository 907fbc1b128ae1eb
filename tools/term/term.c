// SPDX-License-Identifier: GPL-2.0
/* Takes the terminal, and gives it back on each way out. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/tell.h"
#include "term/term.h"

/* How long a terminal that takes nothing is waited for. */
#define STUCK_MS	1000

struct term_state term_state;

static struct termios old_modes, new_modes;
static bool utf8, coloured;

/* The alternate screen, without cursor, and without wrapping at the edge. */
static const char enter[] = "\033[?1049h\033[?25l\033[?7l";

/*
 * The last row is where a terminal without an alternate screen goes on; others
 * put the cursor where it was.
 */
static const char leave[] =
	"\033[?2026l\033[m\033[?7h\033[999;1H\033[K\033[?25h\033[?1049l";

/* The default actions of some of these stop or kill; ours come first. */
enum { ENDS, STOPS, CONTINUES, RESIZES, KILLS };

static struct {
	int number, what;
	struct sigaction old;
} signals[] = {
	{ .number = SIGINT, .what = ENDS },
	{ .number = SIGTERM, .what = ENDS },
	{ .number = SIGHUP, .what = ENDS },
	{ .number = SIGQUIT, .what = ENDS },
	{ .number = SIGUSR1, .what = ENDS },
	{ .number = SIGUSR2, .what = ENDS },
	{ .number = SIGALRM, .what = ENDS },
	{ .number = SIGPIPE, .what = ENDS },
	{ .number = SIGXCPU, .what = ENDS },
	{ .number = SIGTSTP, .what = STOPS },
	{ .number = SIGCONT, .what = CONTINUES },
	{ .number = SIGWINCH, .what = RESIZES },
	{ .number = SIGSEGV, .what = KILLS },
	{ .number = SIGBUS, .what = KILLS },
	{ .number = SIGABRT, .what = KILLS },
	{ .number = SIGFPE, .what = KILLS },
	{ .number = SIGILL, .what = KILLS },
	{ .number = SIGSYS, .what = KILLS },
	{ .number = SIGTRAP, .what = KILLS },
};

#define NR_SIGNALS	(sizeof(signals) / sizeof(*signals))

/* Safe in signal handlers, as is all that they call. */
static void write_all(const char *text, size_t len, bool frame)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
	ssize_t n;

	while (len) {
		/* Interrupted: the rest of a frame is not wanted any more. */
		if (frame && (term_state.ended || term_state.clear))
			return;
		n = write(STDOUT_FILENO, text, len);
		if (n > 0) {
			text += n;
			len -= n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		/* Others of the terminal may have made it non-blocking. */
		if (n < 0 && errno == EAGAIN) {
			if (poll(&out, 1, STUCK_MS))
				continue;
			term_state.clear = 1;
			return;
		}
		term_state.ended = 1;
		return;
	}
}

void term_write(const char *text, size_t len)
{
	if (term_state.taken)
		write_all(text, len, true);
}

static void take(void)
{
	/* A stopped job that is killed is continued to die, not to draw. */
	if (!term_state.open || term_state.ended)
		return;
	/*
	 * Of a job in the background SIGTTOU stops this, before it sees or
	 * changes modes that are those of the shell's own line editor.
	 */
	while (tcdrain(STDIN_FILENO)) {
		if (errno == EINTR && !term_state.ended)
			continue;
		term_state.ended = 1;
		return;
	}
	tcsetattr(STDIN_FILENO, TCSANOW, &new_modes);
	term_state.taken = 1;
	write_all(enter, sizeof(enter) - 1, false);
	term_state.clear = 1;
	term_state.resized = 1;
}

static void give_back(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
	sigset_t ttou, old;

	if (!atomic_exchange(&term_state.taken, 0))
		return;
	/* Nobody is helped if this stops on its way out. */
	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, &old);
	/* In the background the modes are not ours. */
	if (tcgetpgrp(STDIN_FILENO) == getpgrp())
		tcsetattr(STDIN_FILENO, TCSANOW, &old_modes);
	/* Of a terminal that hangs the end is not to hang. */
	if (poll(&out, 1, STUCK_MS))
		write_all(leave, sizeof(leave) - 1, false);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

/* Of the signal itself, when the handler returns. */
static void die(int sig)
{
	give_back();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void on_end(int sig)
{
	int saved = errno;

	/* Asked again, so it hangs somewhere. */
	if (atomic_exchange(&term_state.ended, 1))
		die(sig);
	errno = saved;
}

/*
 * Stops by the default action, which spares a job that nobody could continue:
 * then, too, the terminal is taken again.
 */
static void on_stop(int sig)
{
	struct sigaction action = { .sa_handler = SIG_DFL }, handler;
	int saved = errno;
	sigset_t set, old;

	give_back();
	sigaction(sig, &action, &handler);
	raise(sig);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, &old);
	/* Here it is stopped. */
	sigprocmask(SIG_SETMASK, &old, NULL);
	sigaction(sig, &handler, NULL);
	take();
	errno = saved;
}

/* After SIGSTOP, too, of which nothing is known before. */
static void on_continue(int sig)
{
	int saved = errno;

	(void)sig;
	take();
	errno = saved;
}

static void on_resize(int sig)
{
	(void)sig;
	term_state.clear = 1;
	term_state.resized = 1;
}

static void watch_signals(void)
{
	static void (* const handlers[])(int) = {
		[ENDS] = on_end, [STOPS] = on_stop, [CONTINUES] = on_continue,
		[RESIZES] = on_resize, [KILLS] = die,
	};
	static char stack[32768];
	stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action;
	size_t i;
	int what;

	/* One that ended by the end of its stack has none left. */
	sigaltstack(&other, NULL);

	for (i = 0; i < NR_SIGNALS; i++) {
		what = signals[i].what;
		memset(&action, 0, sizeof(action));
		action.sa_handler = handlers[what];
		if (what == KILLS)
			action.sa_flags = SA_ONSTACK;
		else if (what != ENDS)
			action.sa_flags = SA_RESTART;
		/*
		 * Those that end it get through: a handler may be stopped,
		 * and 'kill' of a stopped job is to work.
		 */
		sigemptyset(&action.sa_mask);
		sigaddset(&action.sa_mask, SIGTSTP);
		sigaddset(&action.sa_mask, SIGCONT);
		sigaddset(&action.sa_mask, SIGWINCH);
		sigaction(signals[i].number, NULL, &signals[i].old);
		/* What nohup and shells without jobs ignore stays so. */
		if (signals[i].old.sa_handler != SIG_IGN || what == KILLS ||
		    what == CONTINUES)
			sigaction(signals[i].number, &action, NULL);
	}
}

static void forget_signals(void)
{
	size_t i;

	for (i = 0; i < NR_SIGNALS; i++)
		sigaction(signals[i].number, &signals[i].old, NULL);
}

/* The locales themselves may be missing, here or in a static binary. */
static bool locale_is_utf8(void)
{
	static const char * const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *value;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		value = getenv(names[i]);
		if (value && *value)
			return strcasestr(value, "UTF-8") ||
			       strcasestr(value, "utf8");
	}
	return false;
}

int term_open(bool plain)
{
	const char *name = getenv("TERM"), *no_color = getenv("NO_COLOR");
	static bool again;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		tell_error("top: standard input and output must be a terminal");
		return -1;
	}
	if (!name || !*name || !strcmp(name, "dumb")) {
		tell_error("top: TERM=%s: not a terminal that can be drawn on",
			   name ? name : "");
		return -1;
	}
	/* See take(). */
	if (tcdrain(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &old_modes)) {
		tell_error("top: the terminal: %s", strerror(errno));
		return -1;
	}
	new_modes = old_modes;
	new_modes.c_lflag &= ~(ICANON | ECHO);
	new_modes.c_lflag |= ISIG;
	/* Ctrl-S would be taken for a screen that hangs. */
	new_modes.c_iflag &= ~IXON;
	new_modes.c_cc[VMIN] = 1;
	new_modes.c_cc[VTIME] = 0;

	utf8 = !plain && locale_is_utf8();
	coloured = !no_color || !*no_color;
	if (!again)
		atexit(term_close);
	again = true;

	memset(&term_state, 0, sizeof(term_state));
	term_state.open = 1;
	watch_signals();
	take();
	return 0;
}

void term_close(void)
{
	/* So that none of the handlers takes it again. */
	if (!atomic_exchange(&term_state.open, 0))
		return;
	give_back();
	forget_signals();
}

bool term_ended(void)
{
	return term_state.ended;
}

bool term_is_utf8(void)
{
	return utf8;
}

bool term_is_coloured(void)
{
	return coloured;
}

void term_size(int *rows, int *columns)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		memset(&size, 0, sizeof(size));
	*rows = size.ws_row ? size.ws_row : 24;
	*columns = size.ws_col ? size.ws_col : 80;
}

int term_wait(int timeout)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	struct timespec limit = {
		.tv_sec = timeout / 1000,
		.tv_nsec = timeout % 1000 * 1000000L,
	};
	sigset_t set, old;
	int ret = -1;
	size_t i;

	/* None may come between the look at the flags and the wait. */
	sigemptyset(&set);
	for (i = 0; i < NR_SIGNALS; i++)
		if (signals[i].what != KILLS)
			sigaddset(&set, signals[i].number);
	sigprocmask(SIG_BLOCK, &set, &old);
	if (!term_state.ended && !term_state.resized)
		ret = ppoll(&in, 1, timeout < 0 ? NULL : &limit, &old);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return ret;
}
