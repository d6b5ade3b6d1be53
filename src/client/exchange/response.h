/* SPDX-License-Identifier: MIT */
/* response.h - making a response. */
#ifndef DUET_CLIENT_EXCHANGE_RESPONSE_H
#define DUET_CLIENT_EXCHANGE_RESPONSE_H

#include <duet/response.h>
#include <duet/url.h>

#include "base/buffer.h"

struct duet_response {
    int status;
    int redirects;
    bool is_reused;
    duet_fields *fields;
    duet__buffer body;
    duet_url *url;
    duet_timings timings;
};

#endif
