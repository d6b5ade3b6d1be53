/* SPDX-License-Identifier: MIT */
/* json.c - reading, writing and freeing JSON within a limit of depth.
 *
 * Invariant: jansson is never called with more nesting than the limit, and its
 * result is not used if one of its allocations failed. */
#include "http/body/json.h"

#include <jansson.h>
#include <pthread.h>

#include "base/error.h"
#include "base/limit.h"

enum {
    /* Measured: reading takes 80 bytes for each level; the rest is for the
     * functions that the innermost level calls, also under a sanitizer. */
    READ_LEVEL_BYTES = 128,
    INNERMOST_BYTES = 8192,
    DEPTH_DEFAULT = 128,
};

int duet__json_depth_read(int64_t wanted, size_t *depth_max)
{
    int status =
        duet__limit_read("json_depth_max", wanted, DEPTH_DEFAULT, depth_max);

    if (status == 0 && *depth_max > DUET__JSON_DEPTH_MOST)
        status = duet__fail(DUET_EINVAL, "json_depth_max is not from 1 to %d",
                            DUET__JSON_DEPTH_MOST);
    return status;
}

static size_t stack_left(const duet__json_limits *limits)
{
    return (uintptr_t)__builtin_frame_address(0) - limits->stack_floor;
}

static int fail_depth(size_t depth_max)
{
    return duet__fail(DUET_EJSON,
                      "nested deeper than %zu levels, which is json_depth_max",
                      depth_max);
}

static int fail_stack(void)
{
    return duet__fail(DUET_ETOOLARGE,
                      "the stack that is left is too small for JSON nested so "
                      "deep; give the task more (stack_bytes)");
}

/* --- memory -------------------------------------------------------------- */

/* When an allocation fails, jansson (2.14) reports a malformed text, or drops a
 * byte of a long number or text whose buffer it could not grow. So we wrap its
 * allocator and note failed allocations. (If that byte was the last one, an
 * assertion of jansson's ends the process, or it reads on: we cannot prevent
 * that.) */

static json_malloc_t allocate;
static _Thread_local bool is_inside, has_failed;

static void *watched_malloc(size_t size)
{
    void *bytes = allocate(size);

    has_failed |= is_inside && bytes == NULL;
    return bytes;
}

static void watch_memory(void)
{
    json_free_t release;

    json_get_alloc_funcs(&allocate, &release);
    json_set_alloc_funcs(watched_malloc, release);
}

static void begin_watch(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, watch_memory);
    is_inside = true;
}

/* Has an allocation failed since begin_watch()? */
static bool end_watch(void)
{
    bool failed = has_failed;

    is_inside = has_failed = false;
    return failed;
}

/* --- reading ------------------------------------------------------------- */

/* The index of the quote that ends the text which begins at `bytes[at]`, or
 * `length`. */
static size_t end_of_text(duet__text text, size_t at)
{
    while (at < text.length && text.bytes[at] != '"')
        at += text.bytes[at] == '\\' ? 2 : 1;
    return at;
}

/* The nesting depth that a reader of `text` reaches, well-formed or not, up to
 * `most` + 1. */
static size_t depth_of(duet__text text, size_t most)
{
    size_t depth = 0;
    size_t deepest = 0;

    for (size_t i = 0; i < text.length && deepest <= most; i++) {
        switch (text.bytes[i]) {
        case '"':
            i = end_of_text(text, i + 1);
            break;
        case '[':
        case '{':
            depth++;
            deepest = depth > deepest ? depth : deepest;
            break;
        case ']':
        case '}':
            depth -= depth > 0;
            break;
        default:
            break;
        }
    }
    return deepest;
}

int duet__json_read(duet__text text, const duet__json_limits *limits,
                    json_t **out_json)
{
    size_t depth = depth_of(text, limits->depth_max);
    json_error_t error;

    *out_json = NULL;
    if (depth > limits->depth_max)
        return fail_depth(limits->depth_max);
    if (stack_left(limits) < depth * READ_LEVEL_BYTES + INNERMOST_BYTES)
        return fail_stack();
    begin_watch();
    *out_json = json_loadb(text.bytes, text.length,
                           JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    if (end_watch()) {
        duet__json_free(*out_json);
        *out_json = NULL;
        return DUET_ENOMEM;
    }
    if (*out_json != NULL)
        return 0;
    return duet__fail(DUET_EJSON, "line %d, column %d: %s", error.line,
                      error.column, error.text);
}

/* --- writing ------------------------------------------------------------- */

typedef struct writing {
    duet__buffer *buffer;
    const duet__json_limits *limits;
    size_t depth;
    bool is_in_text;
    int status;
} writing;

/* jansson passes each bracket, and each quote that is not part of a text, in a
 * call of its own, before it descends a level. */
static int look_at(writing *writing, char byte)
{
    if (byte == '"')
        writing->is_in_text = !writing->is_in_text;
    else if (writing->is_in_text)
        return 0;
    else if (byte == ']' || byte == '}')
        writing->depth--;
    else if (byte == '[' || byte == '{')
        writing->depth++;
    if (writing->depth > writing->limits->depth_max)
        return fail_depth(writing->limits->depth_max);
    if (stack_left(writing->limits) < INNERMOST_BYTES)
        return fail_stack();
    return 0;
}

static int append(const char *bytes, size_t length, void *context)
{
    writing *writing = context;

    if (length == 1)
        writing->status = look_at(writing, *bytes);
    if (writing->status == 0)
        writing->status = duet__buffer_append(writing->buffer, bytes, length);
    return writing->status == 0 ? 0 : -1;
}

int duet__json_write(duet__buffer *buffer, const json_t *json,
                     const duet__json_limits *limits)
{
    writing writing = {.buffer = buffer, .limits = limits};

    int result;
    bool lacks_memory;

    begin_watch();
    result = json_dump_callback(json, append, &writing,
                                JSON_COMPACT | JSON_ENCODE_ANY);
    lacks_memory = end_watch();
    if (result == 0)
        return 0;
    if (writing.status != 0 || lacks_memory)
        return writing.status != 0 ? writing.status : DUET_ENOMEM;
    return duet__fail(DUET_EJSON, "the value contains itself, or a text that "
                                  "is not UTF-8");
}

/* --- freeing ------------------------------------------------------------- */

static int hold(duet__buffer *held, json_t *child)
{
    int status;

    if (!json_is_array(child) && !json_is_object(child))
        return 0;
    json_incref(child);
    status = duet__buffer_append(held, &child, sizeof child);
    if (status != 0)
        json_decref(child); /* its parent still holds it */
    return status;
}

static int hold_children(duet__buffer *held, json_t *json)
{
    void *iterator = json_object_iter(json); /* NULL for an array */
    int status = 0;

    for (size_t i = 0; i < json_array_size(json) && status == 0; i++)
        status = hold(held, json_array_get(json, i));
    for (; iterator != NULL && status == 0;
         iterator = json_object_iter_next(json, iterator))
        status = hold(held, json_object_iter_value(iterator));
    return status;
}

/* Releases `json`; references to what it contains are taken first, so only the
 * value itself is freed. */
static void let_go(duet__buffer *held, json_t *json)
{
    if (json->refcount > 1 || hold_children(held, json) == 0)
        json_decref(json);
}

void duet__json_free(json_t *json)
{
    duet__buffer held;

    if (json == NULL)
        return;
    duet__buffer_init(&held, SIZE_MAX);
    let_go(&held, json);
    while (held.length > 0) {
        held.length -= sizeof json;
        memcpy(&json, held.bytes + held.length, sizeof json);
        let_go(&held, json);
    }
    duet__buffer_free(&held);
}

int duet__json_spend(duet__buffer *buffer, json_t *json,
                     const duet__json_limits *limits)
{
    int status;

    if (json == NULL)
        return DUET_ENOMEM;
    status = duet__json_write(buffer, json, limits);
    if (status == 0)
        json_decref(json); /* it is not deep */
    else
        duet__json_free(json);
    return status;
}
