/* SPDX-License-Identifier: MIT */
/* dns.c - as little of RFC 1035 as a test needs. */
#include "support/dns.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/descriptor.h>

#include "base/hash.h"

#include "support/test.h"

enum {
    HEAD_BYTES = 12,
    TYPE_A = 1,
    TYPE_CNAME = 5,
    TYPE_AAAA = 28,
    PACKET_BYTES = 512,
    LATE_MS = 150,
};

static void put16(unsigned char *at, unsigned value)
{
    at[0] = (unsigned char)(value >> 8);
    at[1] = (unsigned char)value;
}

static bool label_is(const unsigned char *packet, const char *label)
{
    return packet[HEAD_BYTES] == strlen(label) &&
           memcmp(packet + HEAD_BYTES + 1, label, strlen(label)) == 0;
}

static const unsigned char target[8] = {6, 't', 'a', 'r', 'g', 'e', 't', 0};

/* Appends an answer about the question's name, or about the target's. */
static size_t append_answer(const test_dns *dns, unsigned char *packet,
                            size_t length, bool is_of_target, unsigned type,
                            uint32_t ttl_s)
{
    static const unsigned char ipv4[4] = {127, 0, 0, 1};
    static const unsigned char ipv6[16] = {[15] = 1};
    const unsigned char *data = type == TYPE_A       ? ipv4
                                : type == TYPE_CNAME ? target
                                                     : ipv6;
    unsigned size = type == TYPE_A       ? sizeof ipv4
                    : type == TYPE_CNAME ? sizeof target
                                         : sizeof ipv6;
    size_t name_bytes = is_of_target ? sizeof target : 2;
    unsigned char *at = packet + length + name_bytes;

    put16(packet + length, 0xc000 | HEAD_BYTES);
    if (is_of_target)
        memcpy(packet + length, target, sizeof target);
    put16(at, type);
    put16(at + 2, 1);
    put16(at + 4, ttl_s >> 16);
    put16(at + 6, ttl_s & 0xffff);
    put16(at + 8, size);
    memcpy(at + 10, data, size);
    if (type == TYPE_A)
        at[13] = dns->last;
    packet[7]++;
    return length + name_bytes + 10 + size;
}

/* The address first, then what leads to it. */
static size_t append_alias(const test_dns *dns, unsigned char *packet,
                           size_t length, unsigned type)
{
    length = append_answer(dns, packet, length, true, type, dns->ttl_s);
    return append_answer(dns, packet, length, false, TYPE_CNAME,
                         dns->ttl_s / 2);
}

/* c-ares asks once more, in the same words, if this loop took too long. */
static bool was_asked(test_dns *dns, const unsigned char *packet, size_t length)
{
    duet__text question = {(const char *)packet, length};
    uint64_t hash = duet__hash((duet__hash_key){0}, question);
    size_t known = sizeof dns->asked / sizeof *dns->asked;

    for (size_t i = 0; i < known; i++)
        if (dns->asked[i] == hash)
            return true;
    dns->asked[dns->asked_next++ % known] = hash;
    return false;
}

/* Turns a question into its answer; 0 if there is to be none. */
static size_t answer(test_dns *dns, unsigned char *packet, size_t length)
{
    size_t at = HEAD_BYTES;
    unsigned type;

    while (at < length && packet[at] != 0)
        at += packet[at] + 1u;
    if (at + 5 > length)
        return 0;
    type = packet[at + 2];
    length = at + 5; /* without EDNS */
    dns->questions += type == TYPE_A && !was_asked(dns, packet, length);
    if (label_is(packet, "silent") ||
        (label_is(packet, "half") && type == TYPE_AAAA) ||
        (label_is(packet, "lame") && type == TYPE_A))
        return 0;
    put16(packet + 2, 0x8180);
    put16(packet + 6, 0);
    put16(packet + 8, 0);
    put16(packet + 10, 0);
    if (label_is(packet, "missing"))
        packet[3] |= 3;
    else if (label_is(packet, "broken"))
        packet[3] |= 2;
    else if (label_is(packet, "alias"))
        length = append_alias(dns, packet, length, type);
    else if (label_is(packet, "both") || label_is(packet, "late") ||
             label_is(packet, "lame") ||
             type == (label_is(packet, "six") ? TYPE_AAAA : TYPE_A))
        length = append_answer(dns, packet, length, false, type, dns->ttl_s);
    return length;
}

typedef struct late {
    int descriptor;
    struct sockaddr_in to;
    size_t length;
    unsigned char packet[PACKET_BYTES + 64];
} late;

static int send_late(void *argument)
{
    late *self = argument;
    int status = duet_sleep(duet_in_ms(LATE_MS));

    (void)!sendto(self->descriptor, self->packet, self->length, 0,
                  (void *)&self->to, sizeof self->to);
    free(self);
    return status;
}

/* Sends an answer; that with the IPv4 address of "late" in a while. */
static void reply(const test_dns *dns, const unsigned char *packet,
                  size_t length, const struct sockaddr_in *to)
{
    bool is_late =
        label_is(packet, "late") &&
        packet[length - sizeof(struct in_addr) - 1] == sizeof(struct in_addr);
    late *self;

    if (!is_late) {
        (void)!sendto(dns->descriptor, packet, length, 0, (const void *)to,
                      sizeof *to);
        return;
    }
    self = malloc(sizeof *self);
    assert_non_null(self);
    self->descriptor = dns->descriptor;
    self->to = *to;
    self->length = length;
    memcpy(self->packet, packet, length);
    assert_status(duet_spawn(send_late, self, NULL, NULL), 0);
}

static int serve(void *argument)
{
    test_dns *dns = argument;
    int status;

    while ((status = duet_wait_readable(dns->descriptor, DUET_NEVER)) == 0) {
        unsigned char packet[PACKET_BYTES + 64];
        struct sockaddr_in from;
        socklen_t size = sizeof from;
        ssize_t length = recvfrom(dns->descriptor, packet, PACKET_BYTES,
                                  MSG_DONTWAIT, (void *)&from, &size);
        size_t reply_bytes =
            length > HEAD_BYTES ? answer(dns, packet, (size_t)length) : 0;

        if (reply_bytes > 0)
            reply(dns, packet, reply_bytes, &from);
    }
    return status;
}

void test_dns_start(test_dns *dns)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;

    *dns = (test_dns){.ttl_s = 3600, .last = 1};
    dns->descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(dns->descriptor, (void *)&address, size), 0);
    assert_int_equal(getsockname(dns->descriptor, (void *)&address, &size), 0);
    snprintf(dns->address, sizeof dns->address, "127.0.0.1:%u",
             (unsigned)ntohs(address.sin_port));
    assert_status(duet_spawn(serve, dns, NULL, &dns->task), 0);
}

void test_dns_stop(test_dns *dns)
{
    duet_task_cancel(dns->task);
    assert_status(duet_join(dns->task, NULL, DUET_NEVER), 0);
    close(dns->descriptor);
}
