// SPDX-License-Identifier: GPL-2.0
/*
 * e9.c - send bytes from the L1 to the machine outside, through I/O port 0xe9.
 *
 *   e9 TAG               standard input, until it has no more: a file, or
 *                        /dev/kmsg, which only ever says "nothing now"
 *   e9 TAG CMD [ARG...]  what CMD writes, as it comes; exits with its status
 *
 * Bochs copies what is written to that port to its standard output: one
 * instruction a byte and no interrupts, where a serial port busy-waits 87 us.
 * Bytes go in frames, "\xe9KV" TAG length data, so that nothing a command
 * prints can be taken for anything else.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/io.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT 0xe9

/* <sys/io.h>'s outsb() does not tell the compiler that it reads memory */
static void put(const void *data, size_t len)
{
	__asm__ volatile("rep outsb" : "+S"(data), "+c"(len) : "d"(PORT) : "memory");
}

static void frame(char tag, const char *data, uint32_t len)
{
	char head[8] = { '\xe9', 'K', 'V', tag };

	memcpy(head + 4, &len, sizeof(len));
	put(head, sizeof(head));
	put(data, len);
}

static void copy(char tag, int fd)
{
	static char buf[32768];
	ssize_t n;

	for (;;) {
		n = read(fd, buf, sizeof(buf));
		if (n > 0)
			frame(tag, buf, n);
		/* EINTR: the child ended; EPIPE: /dev/kmsg has lost old records */
		else if (!n || (errno != EINTR && errno != EPIPE))
			return;
	}
}

static int output;

/*
 * CMD ended.  A process that it left behind may hold the pipe open, so do not
 * wait for its end: take what is in it.
 */
static void child_ended(int sig)
{
	(void)sig;
	fcntl(output, F_SETFL, O_NONBLOCK);
}

static int run(char tag, char **argv)
{
	struct sigaction sa = { .sa_handler = child_ended };
	int fds[2], status;
	pid_t pid;

	if (pipe(fds))
		return 125;
	output = fds[0];
	sigaction(SIGCHLD, &sa, NULL);
	pid = fork();
	if (pid == 0) {
		setsid();
		dup2(fds[1], 1);
		dup2(fds[1], 2);
		close(fds[0]);
		close(fds[1]);
		ioperm(PORT, 1, 0);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(fds[1]);
	copy(tag, fds[0]);
	/* CMD may have closed its output and still be at work */
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 125;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	if (argc < 2 || ioperm(PORT, 1, 1))
		return 125;
	if (argc > 2)
		return run(argv[1][0], argv + 2);
	fcntl(0, F_SETFL, O_NONBLOCK);
	copy(argv[1][0], 0);
	return 0;
}
