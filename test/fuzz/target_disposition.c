/* SPDX-License-Identifier: MIT */
/* Content-Disposition and the boundary of Content-Type: what was read is within
 * its bounds, and what is written is read as it was. */
#include "fuzz/fuzz.h"

#include "http/body/boundary.h"
#include "http/body/disposition.h"
#include "http/head/fields.h"

static void check_written(const duet__disposition *names)
{
    duet__text filename = duet__text_from(names->filename);
    duet__disposition again;
    duet__buffer buffer;

    duet__buffer_init(&buffer, SIZE_MAX);
    if (duet__disposition_write(&buffer, duet__text_from(names->name),
                                names->filename != NULL ? &filename : NULL) ==
        0) {
        duet__text written = duet__buffer_text(&buffer);

        FUZZ_CHECK(duet__field_value_flaw(written) == written.length);
        FUZZ_CHECK(duet__disposition_read(written, &again) == 0);
        FUZZ_CHECK((again.filename == NULL) == (names->filename == NULL));
        /* A name with "%22" in it is read with a quote, as of any browser. */
        if (strchr(names->name, '%') == NULL)
            FUZZ_CHECK(strcmp(again.name, names->name) == 0);
        duet__disposition_free(&again);
    }
    duet__buffer_free(&buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *value = fuzz_string(fuzz_text(bytes, length));
    duet__text text = duet__text_of(value, length);
    duet__disposition names;
    duet__boundary boundary;

    if (duet__disposition_read(text, &names) == 0) {
        const char *filename = names.filename != NULL ? names.filename : "";

        FUZZ_CHECK(strpbrk(filename, "/\\") == NULL);
        FUZZ_CHECK(strcmp(filename, ".") != 0 && strcmp(filename, "..") != 0);
        if (names.name != NULL)
            check_written(&names);
    }
    duet__disposition_free(&names);
    if (duet__boundary_read(text, &boundary) == 0) {
        FUZZ_CHECK(boundary.length >= 1 && boundary.length <= 70);
        FUZZ_CHECK(memchr(boundary.bytes, '\r', boundary.length) == NULL);
        FUZZ_CHECK(memchr(boundary.bytes, '\n', boundary.length) == NULL);
    }
    free(value);
    return 0;
}
