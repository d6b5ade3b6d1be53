/* SPDX-License-Identifier: MIT */
/* response.h - making a response. */
#ifndef DUET_CLIENT_EXCHANGE_RESPONSE_H
#define DUET_CLIENT_EXCHANGE_RESPONSE_H

#include <duet/response.h>
#include <duet/url.h>

#include "base/buffer.h"
#include "base/life.h"
#include "http/body/json.h"
#include "stream/core/reader.h"

struct duet_response {
    DUET__LIFE
    int status;
    int redirects;
    bool is_reused;
    duet_fields *fields;
    duet__buffer body;
    duet_url *url;
    int64_t wire_bytes; /* of the body, as it came */
    duet_timings timings;
    struct json_t *json; /* what the body says, once it is asked for */
    size_t json_depth_max;
    duet__buffer text; /* the body in UTF-8, if it had to be made */
    bool is_open; /* the body is not here: the reader gets it as it comes */
    bool has_reader;
    duet_reader reader; /* of the body, once it is asked for */
    size_t read;        /* of `body`, by the reader */
};

/* Makes one with the values of `from`, whose fields, body and URL it takes;
 * NULL if there is no memory, and then it has taken nothing. */
duet_response *duet__response_new(const duet_response *from);

/* Returns 0; DUET_EHTTP with detail if the status is not one of these. */
DUET_MUST_USE int duet__status_expect(int status, const duet_url *url,
                                      int lowest, int highest);

/* The limits for JSON that is read or written here and now. */
duet__json_limits duet__json_limits_here(size_t depth_max);

#endif
