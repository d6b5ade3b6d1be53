/* SPDX-License-Identifier: MIT */
/* peer.h - real programs as peers of a test: nginx, aiohttp, curl, openssl.
 *
 *     test_peer nginx;
 *     test_peer_init(&nginx);
 *     test_file_write(nginx.folder, "nginx.conf", text, strlen(text));
 *     test_peer_start(&nginx, "nginx", "-p", nginx.folder, "-c", ..., NULL);
 *     ... nginx.port ...
 *     test_peer_stop(&nginx);
 *
 * Every peer has a temporary folder and a free port of 127.0.0.1 of its own; it
 * is stopped by its process id and dies with the test. What goes wrong here
 * fails the test. */
#ifndef DUET_TEST_SUPPORT_PEER_H
#define DUET_TEST_SUPPORT_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "support/folder.h"

typedef struct test_peer {
    pid_t pid; /* 0 while it does not run */
    int port;
    int held_port; /* a descriptor; see test_hold_port() */
    char folder[TEST_FOLDER_BYTES];
} test_peer;

/* Is the program in PATH, or in /usr/sbin, which then is in PATH? If not, the
 * test skips what needs it. */
bool test_has_program(const char *name);

/* A port of 127.0.0.1 on which nobody listens. As long as `*out_descriptor` is
 * open the system gives it to nobody else; who names it, and sets SO_REUSEADDR
 * as servers do, may listen. */
int test_hold_port(int *out_descriptor);

/* Writes a file, making the folders in its name. */
void test_file_write(const char *folder, const char *name, const void *bytes,
                     size_t count);

/* Makes the folder and chooses the port. */
void test_peer_init(test_peer *peer);

/* Starts `program` with the texts that follow, up to NULL, as arguments, and
 * waits until it takes connections on its port. What it prints goes to
 * FOLDER/log, which is shown if it does not come up. */
void test_peer_start(test_peer *peer, const char *program, ...)
    __attribute__((sentinel));

/* Starts nginx as the peer, with `http` as what follows the usual lines of the
 * block http; the test has made sure that nginx is there. */
void test_nginx_start(test_peer *peer, const char *http);

/* Stops it if it runs, waits for its end, and removes its folder. */
void test_peer_stop(test_peer *peer);

/* Runs a program to its end in `folder`; fails the test unless it exits with
 * 0. */
void test_command(const char *folder, const char *program, ...)
    __attribute__((sentinel));

#endif
