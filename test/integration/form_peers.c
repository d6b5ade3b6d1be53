/* SPDX-License-Identifier: MIT */
/* Forms as others write and read them: aiohttp and curl; see
 * support/forms.py. */
#include <stdio.h>
#include <stdlib.h>

#include <duet/duet.h>

#include "base/buffer.h"
#include "support/folder.h"
#include "support/fuzz.h"
#include "support/test.h"

enum { WRITTEN = 50, SENT = 30 };

static void need_aiohttp(void)
{
    if (system(DUET_PYTHON " -c 'import aiohttp' 2>/dev/null") != 0)
        test_skip("no aiohttp: forms are not compared with it");
}

static void run_script(const char *command)
{
    char line[1000];

    snprintf(line, sizeof line, "%s -B %s/test/support/forms.py %s .",
             DUET_PYTHON, DUET_SOURCE_DIR, command);
    assert_int_equal(system(line), 0);
}

static char *read_file(int number, const char *suffix, size_t *out_length)
{
    char path[100];
    char *bytes;

    snprintf(path, sizeof path, "%d.%s", number, suffix);
    assert_status(
        duet_whole_file_read(path, NULL, &bytes, out_length, DUET_NEVER), 0);
    return bytes;
}

static void write_file(int number, const char *suffix, const void *bytes,
                       size_t length)
{
    char path[100];

    snprintf(path, sizeof path, "%d.%s", number, suffix);
    assert_status(duet_whole_file_write(path, bytes, length, NULL, DUET_NEVER),
                  0);
}

/* --- a form as a listing ------------------------------------------------- */

static void list_bytes(duet__buffer *listing, const void *bytes, size_t length,
                       char end)
{
    const unsigned char *byte = bytes;

    assert_status(duet__buffer_append(listing, "x", 1), 0);
    for (size_t i = 0; i < length; i++)
        assert_status(duet__buffer_appendf(listing, "%02x", byte[i]), 0);
    assert_status(duet__buffer_append(listing, &end, 1), 0);
}

static void list_field(duet__buffer *listing, duet_form_field *field)
{
    const char *name = duet_form_field_name(field);
    const char *filename = duet_form_field_filename(field);
    char *bytes;
    size_t length;

    list_bytes(listing, name, strlen(name), ' ');
    if (filename != NULL)
        list_bytes(listing, filename, strlen(filename), ' ');
    else
        assert_status(duet__buffer_append(listing, "- ", 2), 0);
    assert_status(duet_read_all(duet_form_field_reader(field), DUET_NO_LIMIT,
                                &bytes, &length, DUET_NEVER),
                  0);
    list_bytes(listing, bytes, length, '\n');
    free(bytes);
}

static duet__buffer list(const duet_form *form)
{
    duet_form_field *field;
    duet__buffer listing;
    size_t position = 0;

    duet__buffer_init(&listing, SIZE_MAX);
    while ((field = duet_form_next(form, NULL, &position)) != NULL)
        list_field(&listing, field);
    return listing;
}

/* --- what they write ------------------------------------------------------ */

/* With so little memory that some go into files. */
static int read_written(void *unused)
{
    const duet_form_read_options options = {.memory_bytes_max = 5000};

    (void)unused;
    for (int i = 0; i < WRITTEN; i++) {
        size_t length;
        char *body = read_file(i, "body", &length);
        char *type = read_file(i, "type", NULL);
        char *expected = read_file(i, "fields", NULL);
        duet_reader *reader;
        duet_form *form;
        duet__buffer listing;

        assert_status(duet_memory_reader(body, length, &reader), 0);
        assert_status(duet_form_read(reader, type, &options, &form, DUET_NEVER),
                      0);
        listing = list(form);
        assert_string_equal(listing.bytes, expected);
        duet__buffer_free(&listing);
        duet_form_free(form);
        duet_reader_close(reader);
        free(body);
        free(type);
        free(expected);
    }
    return 0;
}

static void what_others_write_is_read(void **state)
{
    (void)state;
    need_aiohttp();
    run_script("make");
    assert_status(duet_run(read_written, NULL, NULL), 0);
}

/* --- what they read ------------------------------------------------------- */

/* Names that aiohttp's parser gets right: it splits at each ';', and drops a
 * single backslash. */
static const char *const names[] = {"a",
                                    "two words",
                                    "caf\xC3\xA9",
                                    "quote\"quote",
                                    "line\r\nX-Evil: y",
                                    "two\\\\backslashes",
                                    "percent%41",
                                    "\xE2\x82\xAC=,"};

static duet_form *make_form(uint64_t *random)
{
    static const char alphabet[] = "\r\n--\r\n--duet-0123456789abcdef";
    const duet_form_options multipart = {.multipart = true};
    size_t count = fuzz_next(random) % 5 + 1;
    duet_form *form;

    assert_status(duet_form_new(&multipart, &form), 0);
    for (size_t i = 0; i < count; i++) {
        duet_form_part_options options = {0};
        const char *name = names[fuzz_next(random) % 8];
        char content[100];
        size_t length = fuzz_fill(random, alphabet, sizeof alphabet - 1,
                                  content, sizeof content);

        if (fuzz_next(random) % 2 == 0)
            options.filename = names[fuzz_next(random) % 8];
        assert_status(
            duet_form_add_bytes(form, name, content, length, &options), 0);
    }
    return form;
}

static int write_forms(void *context)
{
    duet__buffer *listings = context;
    uint64_t random = 7578;

    for (int i = 0; i < SENT; i++) {
        duet_form *form = make_form(&random);
        const char *type = duet_form_content_type(form);
        duet_reader *reader = duet_form_reader(form);
        char *body;
        size_t length;

        assert_status(
            duet_read_all(reader, DUET_NO_LIMIT, &body, &length, DUET_NEVER),
            0);
        write_file(i, "body", body, length);
        write_file(i, "type", type, strlen(type));
        free(body);
        assert_status(duet_reader_rewind(reader, DUET_NEVER), 0);
        listings[i] = list(form);
        duet_form_free(form);
    }
    return 0;
}

static int compare(void *context)
{
    duet__buffer *listings = context;

    for (int i = 0; i < SENT; i++) {
        char *found = read_file(i, "found", NULL);

        assert_string_equal(found, listings[i].bytes);
        free(found);
        duet__buffer_free(&listings[i]);
    }
    return 0;
}

static void what_we_write_is_read_by_others(void **state)
{
    duet__buffer listings[SENT];

    (void)state;
    need_aiohttp();
    assert_status(duet_run(write_forms, listings, NULL), 0);
    run_script("parse");
    assert_status(duet_run(compare, listings, NULL), 0);
}

TEST_MAIN(in_folder(what_others_write_is_read),
          in_folder(what_we_write_is_read_by_others))
