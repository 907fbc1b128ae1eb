// SPDX-License-Identifier: GPL-2.0
/* Makes input for kvmhot's files and parameters: valid, nearly valid, and none at all. */
#include <stdio.h>
#include <string.h>
#include "scribble.h"

static const char * const switches[] = {
	"1", "0", "y", "n", "yes", "no", "on", "off", "Y", "N", "1\n", "off\n",
};

/* With those of kvmhot_test_pmu, some of which fail */
static const char * const events[] = {
	"none", "auto", "task-clock", "context-switches", "cpu-clock:k",
	"cycles", "instructions:G", "page-faults", "r1c0", "1:3", "msr/0/",
	"kvmhot_test/0/", "kvmhot_test/1/", "kvmhot_test/2/", "kvmhot_test/3/",
	"kvmhot_test/config=0x0/", "2147483647:7", "LLC-load-misses",
};

static const char * const resets[] = { "all", "all\n", " all ", "1-1", "" };

static const char * const parameters[] = {
	"max_vms", "max_vcpus", "max_memory_kb", "max_ended", "max_share",
	"maxactive", "detail", "events",
};

static const char * const values[] = {
	"0", "1", "-1", "64", "100", "101", "4096", "65536", "65537",
	"4294967295", "4294967296", "18446744073709551615", "0x40", "1e3", "",
	"y", "maybe", "none", "task-clock",
};

#define NR(list)	((unsigned int)(sizeof(list) / sizeof(*(list))))

/* Up to nine events: one more than there may be */
static size_t make_list(char *to)
{
	unsigned int i, nr = 1 + chance(chance(8) ? 3 : 9);
	size_t size = 0;

	for (i = 0; i < nr; i++)
		size += sprintf(to + size, "%s%s", i ? "," : "",
				events[chance(NR(events))]);
	return size;
}

static size_t make_parameters(char *to)
{
	unsigned int i, nr = 1 + chance(3);
	size_t size = 0;

	for (i = 0; i < nr; i++)
		size += sprintf(to + size, "%s%s=%s", i ? " " : "",
				parameters[chance(NR(parameters))], values[chance(NR(values))]);
	return size;
}

static size_t make_valid(enum target target, const char *vm, char *to)
{
	switch (target) {
	case EVENTS:
		return make_list(to);
	case RESET:
		return sprintf(to, "%s", chance(2) ? vm : resets[chance(NR(resets))]);
	case PARAMETERS:
		return make_parameters(to);
	default:
		return sprintf(to, "%s", switches[chance(NR(switches))]);
	}
}

/* Some bytes are changed, cut out or doubled. */
static size_t spoil(char *text, size_t size)
{
	unsigned int nr = 1 + chance(3);
	size_t at;

	while (nr-- && size) {
		at = chance(size);
		switch (chance(4)) {
		case 0:
			memmove(text + at, text + at + 1, size - at - 1);
			size--;
			break;
		case 1:
			memmove(text + at + 1, text + at, size - at);
			size++;
			break;
		case 2:
			text[at] ^= 1 << chance(8);
			break;
		default:
			text[at] = " ,:/=\n\t"[chance(8)];
		}
	}
	return size;
}

/* Around the sizes at which buffers and pages end, too */
static size_t make_bytes(char *to)
{
	static const unsigned int sizes[] = { 16, 32, 64, 256, 4096, 8184 };
	size_t size = chance(24), i;

	if (chance(2))
		size = sizes[chance(NR(sizes))] - 4 + chance(8);
	for (i = 0; i < size; i++)
		to[i] = chance(256);
	return size;
}

/* A word again and again, until it is too much */
static size_t make_long(enum target target, const char *vm, char *to)
{
	size_t size = 0, most = 1 + chance(MOST_BYTES - 512);

	while (size < most) {
		size += make_valid(target, vm, to + size);
		to[size++] = ",\n "[chance(3)];
	}
	return size;
}

size_t make_word(enum target target, const char *vm, char *to)
{
	switch (chance(8)) {
	case 0:
		return make_bytes(to);
	case 1:
		return make_long(target, vm, to);
	case 2:
		return make_valid(target, vm, to);
	default:
		return spoil(to, make_valid(target, vm, to));
	}
}
