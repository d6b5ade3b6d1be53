/* SPDX-License-Identifier: MIT */
/* A file of URLs to fetch. */
#include "fuzz/fuzz.h"

#include <duet/error.h>
#include <duet/url.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fetch/input/input.h"

/* How many URLs are in a text without byte order mark and long lines. */
static uint64_t count_urls(duet__text rest)
{
    uint64_t count = 0;

    while (rest.bytes != NULL) {
        duet__text line = duet__text_cut(&rest, '\n');

        if (line.length > 0 && line.bytes[line.length - 1] == '\r')
            line.length--;
        line = duet__text_trim(line);
        count += line.length > 0 && line.bytes[0] != '#';
    }
    return count;
}

static void check(duet__input *input, duet__text text)
{
    duet__input_item item = {0};
    uint64_t line = 0, count = 0;
    int status;

    while ((status = duet__input_next(input, &item, DUET_NEVER)) == 0) {
        FUZZ_CHECK(item.line > line && item.index == ++count);
        FUZZ_CHECK(item.url.length > 0 && item.url.bytes[0] != '#');
        FUZZ_CHECK(item.url.length <= DUET_URL_BYTES_MAX);
        FUZZ_CHECK(duet__text_find(item.url, '\n') == item.url.length);
        FUZZ_CHECK((item.status != 0) == (item.detail != NULL));
        line = item.line;
    }
    FUZZ_CHECK(status == DUET_EEMPTY);
    if (text.length <= DUET_URL_BYTES_MAX)
        FUZZ_CHECK(count == count_urls(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    duet__text text = fuzz_text(bytes, length);
    duet__input input;
    char name[64];

    FUZZ_CHECK(descriptor >= 0);
    FUZZ_CHECK(write(descriptor, bytes, length) == (ssize_t)length);
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    duet__input_init(&input);
    FUZZ_CHECK(duet__input_add_file(&input, name) == 0);
    if (duet__text_starts_with(text, DUET__TEXT("\xEF\xBB\xBF")))
        text = duet__text_skip(text, 3);
    check(&input, text);
    duet__input_free(&input);
    close(descriptor);
    return 0;
}
