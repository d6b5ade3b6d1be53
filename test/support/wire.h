/* SPDX-License-Identifier: MIT */
/* wire.h - a server for tests that says on the wire exactly what it is told,
 * a task of the loop; each connection is a task, too. */
#ifndef DUET_TEST_SUPPORT_WIRE_H
#define DUET_TEST_SUPPORT_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/group.h>
#include <duet/task.h>

typedef struct test_wire test_wire;

/* Serves one connection, which is closed when it returns. `number` counts
 * connections from 0. */
typedef void test_wire_serve(test_wire *wire, int descriptor, int number);

struct test_wire {
    int listener;
    int port;
    int connections; /* accepted */
    int requests;    /* heads read */
    char head[4096]; /* the newest one */
    char body[4096]; /* what followed it, as far as it was read */
    test_wire_serve *serve;
    duet_task *task;
};

/* Starts it in the loop that runs, on a free port of 127.0.0.1. */
void test_wire_start(test_wire *wire, test_wire_serve *serve);
void test_wire_stop(test_wire *wire);

/* A listener that takes no connection: its queue is full. */
typedef struct test_full_port {
    int port;
    int listener;
    int waiting[4];
} test_full_port;

void test_full_port_open(test_full_port *full);
void test_full_port_close(test_full_port *full);

/* Reads a request's head, and the body that its Content-Length announces;
 * false if the peer closed. */
bool test_wire_read(test_wire *wire, int descriptor);

/* Writes a text. */
void test_wire_write(int descriptor, const char *text);

/* Closes with a reset instead of an end. */
void test_wire_reset(int descriptor);

/* Waits until the peer closes, or the task is cancelled. */
void test_wire_wait_for_end(int descriptor);

#endif
