/* SPDX-License-Identifier: MIT */
/* response.c - reading a response. Owns its fields, body and URL. */
#include "client/exchange/response.h"

#include <stdlib.h>

#include <duet/error.h>

#include "base/error.h"
#include "http/body/charset.h"
#include "http/url/shown.h"
#include "runtime/core/task.h"

DUET__LIVES("response")

duet_response *duet__response_new(const duet_response *from)
{
    duet_response *made = malloc(sizeof *made);

    if (made == NULL)
        return NULL;
    *made = *from;
    duet__buffer_init(&made->text, SIZE_MAX);
    DUET__LIFE_BEGINS(made);
    return made;
}

int duet_response_status(const duet_response *response)
{
    return response->status;
}

int duet__status_expect(int status, const duet_url *url, int lowest,
                        int highest)
{
    char shown[DUET__SHOWN_URL_BYTES];

    if (status >= lowest && status <= highest)
        return 0;
    return duet__fail(DUET_EHTTP, "%s: status %d",
                      duet__shown_url_write(duet_url_text(url), shown), status);
}

int duet_response_expect(const duet_response *response, int lowest, int highest)
{
    return duet__status_expect(response->status, response->url, lowest,
                               highest);
}

const duet_fields *duet_response_fields(const duet_response *response)
{
    return response->fields;
}

const char *duet_response_body(const duet_response *response, size_t *out_bytes)
{
    if (out_bytes != NULL)
        *out_bytes = response->body.length;
    return response->body.bytes != NULL ? response->body.bytes : "";
}

duet__json_limits duet__json_limits_here(size_t depth_max)
{
    const duet_task *task = duet_current_task();

    return (duet__json_limits){
        .depth_max = depth_max,
        .stack_floor = task != NULL ? (uintptr_t)task->stack.low : 0,
    };
}

/* Is the whole body here? */
static int check_collected(const duet_response *response)
{
    if (!response->is_open)
        return 0;
    return duet__fail(DUET_EINVAL, "the body of a response of duet_open() is "
                                   "read by its reader");
}

int duet_response_text(duet_response *response, const char **out_text,
                       size_t *out_length)
{
    const char *type = duet_fields_get(response->fields, "Content-Type");
    duet__text body;
    duet__text text = duet__buffer_text(&response->text);
    int status = check_collected(response);

    body.bytes = duet_response_body(response, &body.length);
    if (status == 0 && text.length == 0)
        status = duet__charset_decode(body,
                                      duet__text_from(type != NULL ? type : ""),
                                      &response->text, &text);
    if (status != 0)
        duet__buffer_free(&response->text);
    *out_text = status != 0 ? NULL : text.length > 0 ? text.bytes : "";
    if (out_length != NULL)
        *out_length = status != 0 ? 0 : text.length;
    return status;
}

int duet_response_json(duet_response *response, struct json_t **out_json)
{
    const duet__json_limits limits =
        duet__json_limits_here(response->json_depth_max);
    duet__text body;
    int status = check_collected(response);

    if (status == 0 && response->json == NULL) {
        body.bytes = duet_response_body(response, &body.length);
        status = duet__json_read(body, &limits, &response->json);
    }
    *out_json = response->json;
    return status;
}

const char *duet_response_url(const duet_response *response)
{
    return duet_url_text(response->url);
}

int duet_response_redirects(const duet_response *response)
{
    return response->redirects;
}

bool duet_response_reused(const duet_response *response)
{
    return response->is_reused;
}

int64_t duet_response_wire_bytes(const duet_response *response)
{
    return response->wire_bytes;
}

duet_timings duet_response_timings(const duet_response *response)
{
    return response->timings;
}

/* --- the body as a reader ------------------------------------------------ */

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    duet_response *self = context;

    (void)deadline;
    *out_length = self->body.length - self->read;
    if (*out_length == 0)
        return DUET_EEMPTY;
    *out_bytes = self->body.bytes + self->read;
    self->read = self->body.length;
    return 0;
}

static int rewind_body(void *context, duet_deadline deadline)
{
    duet_response *self = context;

    (void)deadline;
    self->read = 0;
    return 0;
}

static int64_t remaining(void *context)
{
    const duet_response *self = context;

    return (int64_t)(self->body.length - self->read);
}

duet_reader *duet_response_reader(duet_response *response)
{
    static const duet_reader_functions functions = {
        .next = next, .rewind = rewind_body, .remaining = remaining};

    if (!response->has_reader)
        duet__reader_init(&response->reader, &functions, response);
    response->has_reader = true;
    return &response->reader;
}

void duet_response_free(duet_response *response)
{
    if (response == NULL)
        return;
    DUET__LIFE_ENDS(response);
    if (response->has_reader)
        duet_reader_close(&response->reader);
    duet_fields_free(response->fields);
    duet__buffer_free(&response->body);
    duet_url_free(response->url);
    duet__json_free(response->json);
    duet__buffer_free(&response->text);
    free(response);
}
