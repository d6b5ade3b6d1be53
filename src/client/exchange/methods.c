/* SPDX-License-Identifier: MIT */
/* methods.c - the short forms of duet_fetch(). */
#include <duet/session.h>

#include <duet/form.h>

#include "base/error.h"
#include "client/exchange/response.h"

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
    with_body.body_reader = NULL;
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

/* The call failed before its exchange. */
static int not_begun(const duet_fetch_options *options,
                     duet_response **out_response, int status)
{
    *out_response = NULL;
    if (options->out_failed != NULL)
        *options->out_failed = NULL;
    return status;
}

int duet_post_form(duet_session *session, const char *url, duet_form *form,
                   const duet_fetch_options *options,
                   duet_response **out_response, duet_deadline deadline)
{
    duet_reader *body = duet_form_reader(form);
    duet_fetch_options with_form = {0};
    int status = 0;

    if (options != NULL)
        with_form = *options;
    with_form.body = NULL;
    with_form.body_bytes = 0;
    with_form.body_reader = body;
    with_form.content_type = duet_form_content_type(form);
    if (duet_reader_count(body) > 0)
        status = duet_reader_rewind(body, deadline);
    if (status == 0)
        return duet_fetch(session, "POST", url, &with_form, out_response,
                          deadline);
    return not_begun(&with_form, out_response, status);
}

int duet_post_json(duet_session *session, const char *url, struct json_t *json,
                   const duet_fetch_options *options,
                   duet_response **out_response, duet_deadline deadline)
{
    duet_fetch_options with_json = {0};
    duet__json_limits limits = duet__json_limits_here(0);
    duet__buffer body;
    int status;

    if (options != NULL)
        with_json = *options;
    with_json.content_type = "application/json";
    duet__buffer_init(&body, SIZE_MAX);
    status = duet__json_depth_read(with_json.json_depth_max, &limits.depth_max);
    if (status == 0 && json == NULL)
        status = duet__fail(DUET_EINVAL, "json is NULL: json_pack() had no "
                                         "memory, or could not make it");
    if (status == 0)
        status = duet__json_spend(&body, json, &limits);
    else
        duet__json_free(json);
    if (status == 0)
        status = duet_post(session, url, body.bytes, body.length, &with_json,
                           out_response, deadline);
    else
        status = not_begun(&with_json, out_response, status);
    duet__buffer_free(&body);
    return status;
}
