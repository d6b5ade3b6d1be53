/* SPDX-License-Identifier: MIT */
/* script.h - a reader that lends what a test says, piece by piece, and a writer
 * that takes as little as a test says. */
#ifndef DUET_TEST_SUPPORT_SCRIPT_H
#define DUET_TEST_SUPPORT_SCRIPT_H

#include <duet/streams.h>

/* A piece, or, without bytes, a code that is returned once in its place. */
typedef struct test_piece {
    const char *bytes;
    int status;
} test_piece;

typedef struct test_script {
    const test_piece *pieces; /* the last one has neither */
    size_t next;
    int end;         /* returned behind the last piece; 0: DUET_EEMPTY */
    char copy[4096]; /* of the piece that is lent: its bytes may be changed */
    int closed;      /* how often */
} test_script;

/* A reader of `script`, which it borrows. */
duet_reader *test_script_reader(test_script *script);

/* The same, whose pieces may be changed. */
duet_reader *test_script_writable(test_script *script);

/* A writer that takes `most` bytes at a time, and notes what it is told. */
typedef struct test_sink {
    size_t most; /* 0: all */
    int fail_at; /* the nth write, from 1, returns `failure` once; 0: none */
    int failure;
    int writes;
    char bytes[4096];
    size_t length;
    int flushes, ends, given_up, closed;
} test_sink;

duet_writer *test_sink_writer(test_sink *sink);

#endif
