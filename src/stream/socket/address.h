/* SPDX-License-Identifier: MIT */
/* address.h - addresses of sockets, read and written. */
#ifndef DUET_STREAM_SOCKET_ADDRESS_H
#define DUET_STREAM_SOCKET_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <duet/export.h>

#include "base/text.h"

typedef struct duet__address {
    union {
        struct sockaddr any;
        struct sockaddr_in ipv4;
        struct sockaddr_in6 ipv6;
        struct sockaddr_un local;
    };
    socklen_t length;
} duet__address;

/* "unix:" and a path of 108 bytes. */
enum { DUET__ADDRESS_TEXT = 128 };

/* Reads "192.0.2.1", "2001:db8::1" or "[2001:db8::1]"; false if it is none. */
bool duet__address_read(duet__text host, uint16_t port, duet__address *address);

/* The address of a Unix socket; "@name" is in the abstract name space.
 *
 * Returns 0, DUET_ENAMETOOLONG, or DUET_EINVAL if the path is empty. */
DUET_MUST_USE int duet__address_of_path(const char *path,
                                        duet__address *address);

/* The address of a socket, or of its peer; of no family if there is none. */
void duet__address_of_socket(int descriptor, bool peer, duet__address *address);

/* Writes "192.0.2.1:80", "[2001:db8::1]:80", "unix:/path", "unix:@name".
 *
 *   text  DUET__ADDRESS_TEXT bytes */
void duet__address_write(const duet__address *address, char *text);

/* 0 for a Unix socket. */
uint16_t duet__address_port(const duet__address *address);

#endif
