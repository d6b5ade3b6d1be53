/* SPDX-License-Identifier: MIT */
/* methods.c - the short forms of duet_fetch(). */
#include <duet/session.h>

int duet_get(duet_session *session, const char *url,
             const duet_fetch_options *options, duet_response **out_response,
             duet_deadline deadline)
{
    return duet_fetch(session, "GET", url, options, out_response, deadline);
}

int duet_head(duet_session *session, const char *url,
              const duet_fetch_options *options, duet_response **out_response,
              duet_deadline deadline)
{
    return duet_fetch(session, "HEAD", url, options, out_response, deadline);
}

int duet_delete(duet_session *session, const char *url,
                const duet_fetch_options *options, duet_response **out_response,
                duet_deadline deadline)
{
    return duet_fetch(session, "DELETE", url, options, out_response, deadline);
}

static int send_body(duet_session *session, const char *method, const char *url,
                     const void *body, size_t body_bytes,
                     const duet_fetch_options *options,
                     duet_response **out_response, duet_deadline deadline)
{
    duet_fetch_options with_body = {0};

    if (options != NULL)
        with_body = *options;
    with_body.body = body;
    with_body.body_bytes = body_bytes;
    return duet_fetch(session, method, url, &with_body, out_response, deadline);
}

int duet_post(duet_session *session, const char *url, const void *body,
              size_t body_bytes, const duet_fetch_options *options,
              duet_response **out_response, duet_deadline deadline)
{
    return send_body(session, "POST", url, body, body_bytes, options,
                     out_response, deadline);
}

int duet_put(duet_session *session, const char *url, const void *body,
             size_t body_bytes, const duet_fetch_options *options,
             duet_response **out_response, duet_deadline deadline)
{
    return send_body(session, "PUT", url, body, body_bytes, options,
                     out_response, deadline);
}

int duet_patch(duet_session *session, const char *url, const void *body,
               size_t body_bytes, const duet_fetch_options *options,
               duet_response **out_response, duet_deadline deadline)
{
    return send_body(session, "PATCH", url, body, body_bytes, options,
                     out_response, deadline);
}
