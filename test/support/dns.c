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
    FALSE_HOST = 66, /* of who lies: 127.0.0.66 */
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
    dns->arrived += type == TYPE_A;
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

static void send_to(int descriptor, const unsigned char *packet, size_t length,
                    const struct sockaddr_in *to)
{
    (void)!sendto(descriptor, packet, length, 0, (const void *)to, sizeof *to);
}

static void send_from_elsewhere(const unsigned char *packet, size_t length,
                                const struct sockaddr_in *to)
{
    int other = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    send_to(other, packet, length, to);
    close(other);
}

/* Sends the lie that goes before the answer of some names. */
static void lie(const test_dns *dns, const unsigned char *packet, size_t length,
                const struct sockaddr_in *to)
{
    unsigned char lie[PACKET_BYTES + 64];

    memcpy(lie, packet, length);
    lie[length - 1] = FALSE_HOST;
    if (label_is(packet, "number")) {
        lie[1] ^= 1;
        send_to(dns->descriptor, lie, length, to);
    } else if (label_is(packet, "name")) {
        lie[HEAD_BYTES + 1] = 'f';
        send_to(dns->descriptor, lie, length, to);
    } else if (label_is(packet, "port")) {
        send_from_elsewhere(lie, length, to);
    }
}

/* Is the question one too early, of a name that is to be asked for again? */
static bool is_too_early(const test_dns *dns, const unsigned char *packet)
{
    return (label_is(packet, "lost") || label_is(packet, "slow")) &&
           dns->arrived < 2;
}

/* Sends an answer; that with the IPv4 address of "late" in a while. */
static void reply(const test_dns *dns, unsigned char *packet, size_t length,
                  const struct sockaddr_in *to)
{
    bool is_late =
        label_is(packet, "late") &&
        packet[length - sizeof(struct in_addr) - 1] == sizeof(struct in_addr);
    late *self;

    if (label_is(packet, "large")) {
        packet[2] |= 2; /* TC */
        packet[length - 1] = FALSE_HOST;
    }
    if (!is_late) {
        lie(dns, packet, length, to);
        send_to(dns->descriptor, packet, length, to);
        if (label_is(packet, "twice") || label_is(packet, "slow"))
            send_to(dns->descriptor, packet, length, to);
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

        if (reply_bytes > 0 && !is_too_early(dns, packet))
            reply(dns, packet, reply_bytes, &from);
    }
    return status;
}

/* Answers one question; false if there is none whole. */
static bool serve_question(test_dns *dns, int descriptor)
{
    unsigned char packet[2 + PACKET_BYTES + 64];
    size_t length;
    size_t reply_bytes;

    if (recv(descriptor, packet, 2, MSG_DONTWAIT) != 2)
        return false;
    length = (size_t)packet[0] << 8 | packet[1];
    if (length > PACKET_BYTES ||
        recv(descriptor, packet + 2, length, MSG_DONTWAIT) != (ssize_t)length)
        return false;
    reply_bytes = answer(dns, packet + 2, length);
    put16(packet, (unsigned)reply_bytes);
    dns->tcp_answers++;
    return send(descriptor, packet, 2 + reply_bytes, MSG_NOSIGNAL) > 0;
}

static int serve_connection(test_dns *dns, int descriptor)
{
    int status;

    do
        status = duet_wait_readable(descriptor, DUET_NEVER);
    while (status == 0 && serve_question(dns, descriptor));
    close(descriptor);
    return status;
}

/* One connection after the other: c-ares has one. */
static int serve_tcp(void *argument)
{
    test_dns *dns = argument;
    int status;

    while ((status = duet_wait_readable(dns->listener, DUET_NEVER)) == 0) {
        int descriptor = accept4(dns->listener, NULL, NULL, SOCK_CLOEXEC);

        if (descriptor < 0)
            continue;
        status = serve_connection(dns, descriptor);
        if (status != 0)
            break;
    }
    return status;
}

/* False if the port is somebody else's. */
static bool listen_at(test_dns *dns, const struct sockaddr_in *address)
{
    int on = 1;

    dns->listener =
        socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    setsockopt(dns->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(dns->listener, (const void *)address, sizeof *address) == 0 &&
        listen(dns->listener, 4) == 0)
        return true;
    close(dns->listener);
    return false;
}

void test_dns_start(test_dns *dns)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;

    *dns = (test_dns){.ttl_s = 3600, .last = 1, .descriptor = -1};
    do {
        if (dns->descriptor >= 0)
            close(dns->descriptor);
        address.sin_port = 0;
        dns->descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(dns->descriptor, (void *)&address, size), 0);
        assert_int_equal(getsockname(dns->descriptor, (void *)&address, &size),
                         0);
    } while (!listen_at(dns, &address));
    snprintf(dns->address, sizeof dns->address, "127.0.0.1:%u",
             (unsigned)ntohs(address.sin_port));
    assert_status(duet_spawn(serve, dns, NULL, &dns->task), 0);
    assert_status(duet_spawn(serve_tcp, dns, NULL, &dns->tcp_task), 0);
}

void test_dns_stop(test_dns *dns)
{
    duet_task_cancel(dns->task);
    duet_task_cancel(dns->tcp_task);
    assert_status(duet_join(dns->task, NULL, DUET_NEVER), 0);
    assert_status(duet_join(dns->tcp_task, NULL, DUET_NEVER), 0);
    close(dns->descriptor);
    close(dns->listener);
}
