/* SPDX-License-Identifier: MIT */
/* reply_coding.c - whether, and in which coding, a reply is sent.
 *
 * Invariant: a body is never in another coding than its fields say, and never
 * coded without Vary; what fails on the way leaves the reply as it was. */
#include "server/request/reply_coding.h"

#include <strings.h>

#include <duet/coding.h>
#include <duet/memory_stream.h>

#include "http/body/compressible.h"
#include "http/head/accept_encoding.h"
#include "http/head/fields.h"

enum {
    BODY_BYTES_MIN = 1024,
    STACK_BYTES_OF_BROTLI = 32768, /* it needs 20 KiB */
    BROTLI_LEVEL = 4, /* the fastest that is smaller than gzip's 6 */
};

static const char vary_name[] = "Vary";
static const char vary_value[] = "Accept-Encoding";

/* --- fields -------------------------------------------------------------- */

static duet__reply_field *find_field(const duet__reply *reply, const char *name)
{
    duet__reply_field *field = reply->fields;

    while (field != NULL && strcasecmp(field->name, name) != 0)
        field = field->next;
    return field;
}

static bool has_token(const duet__reply *reply, const char *name,
                      duet__text token)
{
    const duet__reply_field *field = reply->fields;

    while (field != NULL &&
           (strcasecmp(field->name, name) != 0 ||
            !duet__field_list_has(duet__text_from(field->value), token)))
        field = field->next;
    return field != NULL;
}

/* Caches are to know that there are others. Returns 0 or DUET_ENOMEM. */
static int add_vary(duet_request *request)
{
    duet__reply_field *vary = find_field(&request->reply, vary_name);
    const char *value;

    if (has_token(&request->reply, vary_name, duet__text_from(vary_value)) ||
        has_token(&request->reply, vary_name, DUET__TEXT("*")))
        return 0;
    if (vary == NULL)
        return duet_reply_field(request, vary_name, vary_value);
    value = duet_request_printf(request, "%s, %s", vary->value, vary_value);
    if (value == NULL)
        return DUET_ENOMEM;
    vary->value = value;
    return 0;
}

/* The same for the bytes of each coding, an ETag is a weak one (RFC 9110
 * 8.8.1). Returns 0 or DUET_ENOMEM. */
static int weaken_etag(duet_request *request)
{
    duet__reply_field *etag = find_field(&request->reply, "ETag");
    const char *weak;

    if (etag == NULL || etag->value[0] != '"')
        return 0;
    weak = duet_request_printf(request, "W/%s", etag->value);
    if (weak == NULL)
        return DUET_ENOMEM;
    etag->value = weak;
    return 0;
}

int duet__reply_coding_apply(duet_request *request, duet__coding coding)
{
    duet__reply_field **last = request->reply.last;
    int status = duet_reply_field(request, "Content-Encoding",
                                  duet__coding_name(coding));

    if (status == 0)
        status = weaken_etag(request);
    if (status != 0)
        duet__reply_cut_fields(&request->reply, last);
    return status;
}

/* --- the choice ---------------------------------------------------------- */

/* May the body be changed, whatever the client accepts? */
static bool is_free(const duet__reply *reply)
{
    const char *type = duet__reply_type(reply);

    if (reply->status == 206 || reply->status == 204 || reply->status == 205)
        return false;
    if (reply->fields != NULL &&
        (duet__reply_has_field(reply, "Content-Encoding") ||
         duet__reply_has_field(reply, "Content-Range") ||
         has_token(reply, "Cache-Control", DUET__TEXT("no-transform"))))
        return false;
    if (reply->status == 304)
        return true;
    return type != NULL && duet__is_compressible(duet__text_from(type));
}

static bool has_stack_for_brotli(void)
{
    const duet_task *task = duet_current_task();

    return (uintptr_t)__builtin_frame_address(0) - (uintptr_t)task->stack.low >=
           STACK_BYTES_OF_BROTLI;
}

static duet__coding choose(const duet_request *request, bool *may_be_identity)
{
    static const duet__coding offered[] = {
        DUET__CODING_BROTLI, DUET__CODING_ZSTD, DUET__CODING_GZIP};
    size_t skipped = has_stack_for_brotli() ? 0 : 1;
    duet__accepted_codings accepted;

    duet__accept_encoding_init(&accepted);
    for (size_t i = 0; i < request->head.field_count; i++) {
        if (duet__text_equal_ignoring_case(request->head.fields[i].name,
                                           DUET__TEXT("Accept-Encoding")))
            duet__accept_encoding_read(&accepted,
                                       request->head.fields[i].value);
    }
    *may_be_identity = duet__accept_encoding_takes_identity(&accepted);
    return duet__accept_encoding_choose(&accepted, offered + skipped,
                                        3 - skipped);
}

duet__coding duet__reply_coding_choose(duet_request *request,
                                       bool *may_be_identity)
{
    *may_be_identity = true;
    if (!is_free(&request->reply) || add_vary(request) != 0)
        return DUET__CODING_IDENTITY;
    return choose(request, may_be_identity);
}

/* --- a body -------------------------------------------------------------- */

int duet__reply_coding_writer(duet_writer *inner, duet__coding coding,
                              duet_writer **out_writer)
{
    const duet_encoding_options options = {
        .level = coding == DUET__CODING_BROTLI ? BROTLI_LEVEL : 0};

    return duet_encoding_writer(inner, duet__coding_name(coding), &options,
                                out_writer);
}

/* A writer that encodes into `memory`, which it takes, on failure too. */
static int write_into(duet_writer *memory, duet__coding coding,
                      duet_writer **out_writer)
{
    int status = duet__reply_coding_writer(memory, coding, out_writer);

    if (status != 0)
        duet_writer_close(memory);
    return status;
}

/* The reply's body in the coding, in the request's memory.
 *
 *   bytes_max  DUET_NO_LIMIT for any number
 *
 * Returns 0, or
 *   DUET_ETOOLARGE  it has more
 *   DUET_ENOMEM     no memory
 *   DUET_ECANCELED  the task was cancelled meanwhile */
static int encode(duet_request *request, duet__coding coding, int64_t bytes_max,
                  duet__text *out_coded)
{
    duet__text body = request->reply.body;
    duet_writer *memory;
    duet_writer *writer;
    int status = duet_memory_writer(bytes_max, &memory);

    if (status == 0)
        status = write_into(memory, coding, &writer);
    if (status != 0)
        return status;
    status = duet_write(writer, body.bytes, body.length, DUET_NEVER);
    if (status == 0)
        status = duet_writer_end(writer, DUET_NEVER);
    if (status == 0) {
        out_coded->bytes = duet_memory_writer_bytes(memory, &out_coded->length);
        out_coded->bytes = duet__arena_copy(&request->arena, *out_coded);
        status = out_coded->bytes != NULL ? 0 : DUET_ENOMEM;
    }
    duet_writer_close(writer);
    return status;
}

void duet__reply_code(duet_request *request)
{
    duet__reply *reply = &request->reply;
    bool is_304 = reply->status == 304;
    bool may_be_identity;
    duet__coding coding;
    duet__text coded;

    /* A length that the handler tells for HEAD is that of the body as it is. */
    if (!is_304 && (reply->body.length < BODY_BYTES_MIN || reply->has_length))
        return;
    coding = duet__reply_coding_choose(request, &may_be_identity);
    if (coding == DUET__CODING_IDENTITY)
        return;
    if (is_304) { /* what 200 would have had, but that is not known here */
        reply->has_length = weaken_etag(request) != 0 && reply->has_length;
        return;
    }
    if (encode(request, coding,
               may_be_identity ? (int64_t)reply->body.length - 1
                               : DUET_NO_LIMIT,
               &coded) == 0 &&
        duet__reply_coding_apply(request, coding) == 0)
        duet__reply_set(request, reply->status, coded, reply->content_type);
}
