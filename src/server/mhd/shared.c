/* SPDX-License-Identifier: MIT */
/* shared.c - the places of shared responses.
 *
 * Invariant: a kept response has a copy of the body of its own: libmicrohttpd
 * may still be sending it when the place is given to another. */
#include "server/mhd/shared.h"

#include <microhttpd.h>
#include <string.h>

static duet__shared_response *place_of(duet__shared *shared, duet__text body)
{
    unsigned char last =
        body.length > 0 ? (unsigned char)body.bytes[body.length - 1] : 0;

    return &shared->places[(body.length * 7 + last) % DUET__SHARED_PLACES];
}

static void keep(duet__shared_response *place, duet__text body,
                 const char *type)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        body.length, (void *)(uintptr_t)body.bytes, MHD_RESPMEM_MUST_COPY);

    if (response == NULL)
        return;
    if (*type != '\0' &&
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type) !=
            MHD_YES) {
        MHD_destroy_response(response);
        return;
    }
    if (place->response != NULL)
        MHD_destroy_response(place->response);
    place->response = response;
    place->body_length = body.length;
    memcpy(place->body, body.bytes, body.length);
    memcpy(place->type, type, strlen(type) + 1);
}

struct MHD_Response *duet__shared_find(duet__shared *shared, duet__text body,
                                       const char *type)
{
    duet__shared_response *place = place_of(shared, body);

    if (body.length > sizeof place->body || strlen(type) >= sizeof place->type)
        return NULL;
    if (place->response != NULL && place->body_length == body.length &&
        strcmp(place->type, type) == 0 &&
        memcmp(place->body, body.bytes, body.length) == 0) {
        place->misses = 0;
        return place->response;
    }
    if (++place->misses < DUET__SHARED_PATIENCE)
        return NULL;
    place->misses = 0;
    keep(place, body, type);
    return NULL;
}

void duet__shared_free(duet__shared *shared)
{
    for (int i = 0; i < DUET__SHARED_PLACES; i++) {
        if (shared->places[i].response != NULL)
            MHD_destroy_response(shared->places[i].response);
        shared->places[i] = (duet__shared_response){0};
    }
}
