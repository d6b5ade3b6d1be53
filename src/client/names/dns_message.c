/* SPDX-License-Identifier: MIT */
/* dns_message.c - parses a DNS message (RFC 1035) for its addresses.
 *
 * c-ares, until 1.19, finds an address only if it follows all aliases that lead
 * to it. Servers that shuffle records send them in any order. */
#include "client/names/dns_message.h"

#include <ares.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include <duet/error.h>

enum {
    HEAD_BYTES = 12,
    RECORD_BYTES = 10, /* between a record's name and its data */
    TYPE_A = 1,
    TYPE_CNAME = 5,
    TYPE_AAAA = 28,
    CLASS_IN = 1,
    ALIASES_MAX = 16,
};

typedef struct reader {
    const unsigned char *bytes;
    size_t length;
    size_t at;
    int flaw; /* the code if it cannot be read */
} reader;

typedef struct record {
    char *name; /* ares_free_string() */
    unsigned type;
    unsigned class;
    uint32_t ttl_s;
    const unsigned char *data;
    size_t size;
} record;

static unsigned get16(const unsigned char *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static bool read_name(reader *self, const unsigned char *from, char **out_name,
                      size_t *out_size)
{
    long size;
    int result =
        ares_expand_name(from, self->bytes, (int)self->length, out_name, &size);

    if (result == ARES_ENOMEM)
        self->flaw = DUET_ENOMEM;
    if (result != ARES_SUCCESS)
        return false;
    *out_size = (size_t)size;
    return true;
}

/* The name asked for; moves past all questions. */
static char *read_question(reader *self)
{
    unsigned questions = get16(self->bytes + 4);
    char *name = NULL;
    size_t size;

    self->at = HEAD_BYTES;
    while (questions-- > 0) {
        ares_free_string(name);
        name = NULL;
        if (self->at >= self->length ||
            !read_name(self, self->bytes + self->at, &name, &size))
            return NULL;
        self->at += size + 4;
    }
    return name;
}

static bool read_record(reader *self, record *out)
{
    const unsigned char *at;
    size_t size;

    if (self->at >= self->length ||
        !read_name(self, self->bytes + self->at, &out->name, &size))
        return false;
    self->at += size;
    at = self->bytes + self->at;
    if (self->at + RECORD_BYTES <= self->length) {
        out->type = get16(at);
        out->class = get16(at + 2);
        out->ttl_s = (uint32_t)get16(at + 4) << 16 | get16(at + 6);
        out->size = get16(at + 8);
        out->data = at + RECORD_BYTES;
        self->at += RECORD_BYTES + out->size;
        if (self->at <= self->length)
            return true;
    }
    ares_free_string(out->name);
    return false;
}

static void note_ttl(duet__dns_addresses *addresses, const record *record)
{
    /* RFC 2181 8: the highest bit set means 0. */
    int64_t ttl_s = record->ttl_s > INT32_MAX ? 0 : record->ttl_s;

    if (ttl_s < addresses->ttl_s)
        addresses->ttl_s = ttl_s;
}

static void take_address(const record *record, unsigned type,
                         duet__dns_addresses *addresses)
{
    size_t size = type == TYPE_A ? sizeof addresses->at->ipv4
                                 : sizeof addresses->at->ipv6;

    if (record->type != type || record->size != size ||
        addresses->count == DUET__DNS_ADDRESSES_MAX)
        return;
    memcpy(&addresses->at[addresses->count++], record->data, size);
    note_ttl(addresses, record);
}

/* Searches all answers for records of `name`: takes its addresses, and sets
 * `*out_alias` to the name that it is an alias of, if it is one. */
static int look_through(reader self, const char *name, unsigned type,
                        duet__dns_addresses *addresses, char **out_alias)
{
    unsigned answers = get16(self.bytes + 6);
    record record;
    size_t size;
    bool is_good = true;

    *out_alias = NULL;
    while (is_good && answers-- > 0) {
        if (!read_record(&self, &record))
            return self.flaw;
        if (record.class == CLASS_IN && strcasecmp(record.name, name) == 0) {
            take_address(&record, type, addresses);
            if (record.type == TYPE_CNAME && *out_alias == NULL) {
                is_good = read_name(&self, record.data, out_alias, &size);
                note_ttl(addresses, &record);
            }
        }
        ares_free_string(record.name);
    }
    return is_good ? 0 : self.flaw;
}

int duet__dns_message_read(const unsigned char *message, size_t length,
                           int family, duet__dns_addresses *addresses)
{
    unsigned type = family == AF_INET ? TYPE_A : TYPE_AAAA;
    reader self = {.bytes = message, .length = length, .flaw = DUET_EPROTOCOL};
    char *name;
    char *alias = NULL;
    int status = 0;

    addresses->count = 0;
    addresses->ttl_s = INT32_MAX;
    name = length >= HEAD_BYTES && length <= UINT16_MAX ? read_question(&self)
                                                        : NULL;
    if (name == NULL)
        return self.flaw;
    for (int i = 0; i < ALIASES_MAX && name != NULL; i++) {
        status = look_through(self, name, type, addresses, &alias);
        ares_free_string(name);
        name = alias;
        if (status != 0 || addresses->count > 0)
            break;
    }
    ares_free_string(name);
    return status;
}
