/* SPDX-License-Identifier: MIT */
/* options.c - checks what an exchange is asked for. */
#include "client/exchange/options.h"

#include <string.h>

#include "base/error.h"
#include "base/limit.h"
#include "http/body/json.h"
#include "http/head/fields.h"
#include "http/head/method.h"

enum {
    MAX_REDIRECTS = 10,
    HEAD_BYTES_MAX = 300 << 10, /* libcurl's own from 8.3 on */
    BODY_BYTES_MAX = 64 << 20,
    RING_BYTES_MIN = 1024,
    RING_BYTES_MAX = 1 << 30,
};

static int check_request(const char *method, const duet_fetch_options *options)
{
    duet__text name = duet__text_from(method);
    duet__method kind = duet__method_of(name);

    if (kind == DUET__METHOD_OTHER && !duet__text_is_token(name))
        return duet__fail(DUET_EINVAL, "the method \"%.40s\" is no token",
                          method);
    if (kind == DUET__METHOD_CONNECT)
        return duet__fail(DUET_EINVAL, "CONNECT is for proxies");
    if (kind == DUET__METHOD_HEAD &&
        (options->body_bytes > 0 || options->body_reader != NULL))
        return duet__fail(DUET_EINVAL, "HEAD takes no body");
    if (options->body == NULL && options->body_bytes > 0)
        return duet__fail(DUET_EINVAL, "body is NULL, and body_bytes is %zu",
                          options->body_bytes);
    if (options->body_reader != NULL && options->body != NULL)
        return duet__fail(DUET_EINVAL, "a body and a body_reader");
    if (options->body_bytes > PTRDIFF_MAX)
        return duet__fail(DUET_EINVAL, "body_bytes is %zu",
                          options->body_bytes);
    return 0;
}

int duet__exchange_merge_fields(duet__exchange *self, const duet_fields *fields)
{
    int status = duet_fields_new(&duet__fields_unlimited, &self->fields);

    if (status == 0 && self->session->fields != NULL)
        status = duet__fields_merge(self->fields, self->session->fields);
    if (status == 0 && fields != NULL)
        status = duet__fields_merge(self->fields, fields);
    return status;
}

static int add_line(duet_fields *fields, const char *line)
{
    duet__text rest = duet__text_from(line);
    size_t colon = duet__text_find(rest, ':');
    duet__text value = duet__text_trim(duet__text_skip(rest, colon + 1));

    if (colon == rest.length)
        return duet__fail(DUET_EFIELD, "\"%.100s\" in field_lines has no colon",
                          line);
    return duet_fields_add_bytes(fields, line, colon, value.bytes,
                                 value.length);
}

/* Adds the fields that are given as texts. */
static int merge_lines(duet__exchange *self, const char *const *lines)
{
    duet_fields *fields;
    int status = duet_fields_new(&duet__fields_unlimited, &fields);

    for (; status == 0 && *lines != NULL; lines++)
        status = add_line(fields, *lines);
    if (status == 0)
        status = duet__check_own_fields(fields);
    if (status == 0 && self->fields == NULL)
        status = duet__exchange_merge_fields(self, NULL);
    if (status == 0)
        status = duet__fields_merge(self->fields, fields);
    duet_fields_free(fields);
    return status;
}

static int check_content_type(const char *content_type)
{
    duet__text value = duet__text_from(content_type);
    size_t flaw = duet__field_value_flaw(value);

    if (flaw < value.length)
        return duet__fail(DUET_EFIELD,
                          "option content_type: byte %zu is the control "
                          "character 0x%02x",
                          flaw + 1, (unsigned char)value.bytes[flaw]);
    return 0;
}

static int read_limits(duet__exchange *self, const duet_fetch_options *options)
{
    size_t standard = options->body_sink != NULL || self->ring != NULL
                          ? SIZE_MAX
                          : BODY_BYTES_MAX;
    int status = duet__phase_limits_read(options, &self->limits);

    if (status == 0)
        status = duet__limit_read("body_bytes_max", options->body_bytes_max,
                                  standard, &self->body_max);
    if (status == 0)
        status = duet__limit_read("head_bytes_max", options->head_bytes_max,
                                  HEAD_BYTES_MAX, &self->head_max);
    if (status == 0 && self->head_max > HEAD_BYTES_MAX)
        status = duet__fail(DUET_EINVAL, "option head_bytes_max is above %d",
                            HEAD_BYTES_MAX);
    if (status == 0)
        status = duet__json_depth_read(options->json_depth_max,
                                       &self->json_depth_max);
    return status;
}

static int read_ring(duet__exchange *self, const duet_fetch_options *options)
{
    int64_t wanted =
        options->ring_bytes == 0 ? DUET__RING_BYTES : options->ring_bytes;

    if (wanted < RING_BYTES_MIN || wanted > RING_BYTES_MAX)
        return duet__fail(DUET_EINVAL, "option ring_bytes is %lld",
                          (long long)wanted);
    if (self->ring == NULL)
        return 0;
    if (options->body_sink != NULL)
        return duet__fail(DUET_EINVAL, "duet_open() takes no body_sink");
    duet__ring_init(self->ring, (size_t)wanted);
    return 0;
}

static int read_expect_continue(duet__exchange *self, int64_t wanted_ms)
{
    if (wanted_ms < 0 || wanted_ms > INT32_MAX)
        return duet__fail(DUET_EINVAL, "option expect_continue_ms is %lld",
                          (long long)wanted_ms);
    self->expect_ns = wanted_ms * 1000000;
    return 0;
}

static int read_expected_status(duet__exchange *self, duet_expect expect)
{
    self->wants_success =
        expect == DUET_SUCCESS || (expect == DUET_EXPECT_DEFAULT &&
                                   self->session->expect == DUET_SUCCESS);
    return duet__check_expect(expect);
}

static int read_options(duet__exchange *self, const duet_fetch_options *options)
{
    int status = read_limits(self, options);

    if (status == 0)
        status = read_ring(self, options);
    if (status == 0)
        status = read_expect_continue(self, options->expect_continue_ms);
    if (status == 0)
        status = read_expected_status(self, options->expect);
    if (status == 0 && options->body_reader != NULL)
        status = duet__upload_new(options->body_reader, &self->upload);
    if (status == 0 && options->max_redirects < -1)
        status = duet__fail(DUET_EINVAL, "option max_redirects is %d",
                            options->max_redirects);
    self->max_redirects =
        options->max_redirects == 0 ? MAX_REDIRECTS : options->max_redirects;
    if (status == 0 && options->content_type != NULL)
        status = check_content_type(options->content_type);
    if (status == 0 && options->fields != NULL)
        status = duet__check_own_fields(options->fields);
    if (status == 0 && options->fields != NULL)
        status = duet__exchange_merge_fields(self, options->fields);
    if (status == 0 && options->field_lines != NULL)
        status = merge_lines(self, options->field_lines);
    return status;
}

int duet__exchange_read(duet__exchange *self, const char *url)
{
    int status = check_request(self->method, self->options);

    if (status == 0)
        status = duet_url_parse(url, &self->url);
    return status != 0 ? status : read_options(self, self->options);
}
