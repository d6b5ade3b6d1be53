/* SPDX-License-Identifier: MIT */
/* input.c - reads lines into one block of memory.
 *
 * Owns the descriptors it opened and the block. Invariant: block[begin, end)
 * follows the last line that was returned. Standard input is shared with other
 * processes, so it is never made non-blocking: it is read when poll() reports
 * input. */
#include "fetch/input/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/descriptor.h>
#include <duet/url.h>

#include "base/error.h"

enum {
    LINE_BYTES_MAX = DUET_URL_BYTES_MAX,
    READ_BYTES = 65536,
    BLOCK_BYTES = LINE_BYTES_MAX + READ_BYTES,
    SHOWN_BYTES = 1024 /* of a line that is no URL */
};

static const char TOO_LONG[] = "longer than 65536 bytes";
static const char COLUMNS[] = "a blank in the URL: this looks like columns, "
                              "and wanted is one URL in each "
                              "line (a blank within a URL is written %20)";

struct duet__input_source {
    const char *text; /* a URL, or the name of a file */
    bool is_file;
    bool waits;     /* reading may block: a pipe, a terminal */
    int descriptor; /* -1: not open */
};

void duet__input_init(duet__input *input)
{
    *input = (duet__input){0};
}

static void close_source(duet__input_source *source)
{
    if (source->is_file && source->descriptor > STDIN_FILENO)
        close(source->descriptor);
    source->descriptor = -1;
}

void duet__input_free(duet__input *input)
{
    for (size_t i = 0; i < input->count; i++)
        close_source(&input->sources[i]);
    free(input->sources);
    free(input->block);
    duet__input_init(input);
}

/* --- sources ------------------------------------------------------------- */

static int add_source(duet__input *input, duet__input_source source)
{
    size_t room = input->room == 0 ? 16 : input->room * 2;
    duet__input_source *sources;

    if (input->count == input->room) {
        sources = realloc(input->sources, room * sizeof *sources);
        if (sources == NULL)
            return DUET_ENOMEM;
        input->sources = sources;
        input->room = room;
    }
    input->sources[input->count++] = source;
    return 0;
}

int duet__input_add_url(duet__input *input, const char *url)
{
    duet__input_source source = {.text = url, .descriptor = -1};

    input->bytes_known += strlen(url) + 1;
    return add_source(input, source);
}

/* Opens a FIFO without waiting for a writer, which would block. */
static int open_file(const char *name, int *out_descriptor)
{
    int descriptor = STDIN_FILENO;

    if (strcmp(name, "-") != 0)
        descriptor = (int)TEMP_FAILURE_RETRY(
            open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (descriptor < 0) {
        int error = errno;

        return duet__fail(duet__error_from_errno(error), "%s: %s", name,
                          strerror(error));
    }
    *out_descriptor = descriptor;
    return 0;
}

int duet__input_add_file(duet__input *input, const char *name)
{
    duet__input_source source = {.text = name, .is_file = true};
    struct stat state;
    int status = open_file(name, &source.descriptor);

    if (status != 0)
        return status;
    if (fstat(source.descriptor, &state) != 0)
        status = duet__fail(duet__error_from_errno(errno), "%s: %s", name,
                            strerror(errno));
    else if (S_ISDIR(state.st_mode))
        status = duet__fail(DUET_EISDIR, "%s: is a directory", name);
    else
        status = add_source(input, source);
    if (status != 0) {
        close_source(&source);
        return status;
    }
    if (S_ISREG(state.st_mode)) {
        input->bytes_known += (uint64_t)state.st_size;
    } else {
        input->sources[input->count - 1].waits = true;
        input->is_endless = true;
    }
    return 0;
}

double duet__input_fraction(const duet__input *input)
{
    if (input->is_endless || input->bytes_known == 0)
        return -1;
    if (input->bytes_taken >= input->bytes_known)
        return 1;
    return (double)input->bytes_taken / (double)input->bytes_known;
}

/* --- reading ------------------------------------------------------------- */

/* Waits until reading does not block. */
static int wait_for_bytes(const duet__input_source *source,
                          duet_deadline deadline)
{
    struct pollfd poll_one = {.fd = source->descriptor, .events = POLLIN};

    if (!source->waits || poll(&poll_one, 1, 0) > 0)
        return 0;
    return duet_wait_readable(source->descriptor, deadline);
}

/* Does a file begin like UTF-16: with its byte order mark, or with a NUL in
 * every second byte? */
static bool looks_like_utf16(const duet__input *input)
{
    const unsigned char *bytes =
        (const unsigned char *)input->block + input->begin;

    if (input->end - input->begin < 4)
        return false;
    return (bytes[0] == 0xFF && bytes[1] == 0xFE) ||
           (bytes[0] == 0xFE && bytes[1] == 0xFF) ||
           (bytes[0] == 0 && bytes[2] == 0 && bytes[1] != 0) ||
           (bytes[1] == 0 && bytes[3] == 0 && bytes[0] != 0);
}

/* Reads more; at the end of the source is_read_up becomes true. */
static int fill(duet__input *input, duet_deadline deadline)
{
    duet__input_source *source = &input->sources[input->current];
    ssize_t count;
    int status;

    if (input->block == NULL) {
        input->block = malloc(BLOCK_BYTES);
        if (input->block == NULL)
            return DUET_ENOMEM;
    }
    do {
        status = wait_for_bytes(source, deadline);
        if (status != 0)
            return status;
        memmove(input->block, input->block + input->begin,
                input->end - input->begin);
        input->end -= input->begin;
        input->begin = 0;
        count = read(source->descriptor, input->block + input->end,
                     BLOCK_BYTES - input->end);
    } while (count < 0 && (errno == EINTR || errno == EAGAIN));
    if (count < 0) {
        int error = errno;

        return duet__fail(duet__error_from_errno(error), "%s: %s", source->text,
                          strerror(error));
    }
    input->end += (size_t)count;
    input->is_read_up = count == 0;
    if (input->line == 0 && looks_like_utf16(input))
        return duet__fail(DUET_EINVAL,
                          "%s: looks like UTF-16; wanted is UTF-8, as by "
                          "iconv -f UTF-16 -t UTF-8",
                          source->text);
    return 0;
}

/* Takes `count` bytes from the block. */
static duet__text take(duet__input *input, size_t count)
{
    duet__text taken = duet__text_of(input->block + input->begin, count);

    input->begin += count;
    input->bytes_taken += count;
    return taken;
}

/* Drops the rest of a line that was too long. */
static int skip_line(duet__input *input, duet_deadline deadline)
{
    for (;;) {
        duet__text rest = duet__text_of(input->block + input->begin,
                                        input->end - input->begin);
        size_t newline = duet__text_find(rest, '\n');
        int status;

        input->is_skipping = newline == rest.length && !input->is_read_up;
        take(input, newline < rest.length ? newline + 1 : rest.length);
        if (!input->is_skipping)
            return 0;
        status = fill(input, deadline);
        if (status != 0)
            return status;
    }
}

/* Sets `line` to the next line without its end, and `is_whole` to whether it
 * was short enough to be kept. Returns DUET_EEMPTY after the last one. */
static int next_line(duet__input *input, duet__text *line, bool *is_whole,
                     duet_deadline deadline)
{
    size_t searched = 0;

    *is_whole = true;
    for (;;) {
        size_t length = input->end - input->begin;
        const char *start = length > 0 ? input->block + input->begin : NULL;
        const char *newline = length > searched ? memchr(start + searched, '\n',
                                                         length - searched)
                                                : NULL;
        int status;

        if (newline != NULL) {
            *line = take(input, (size_t)(newline - start) + 1);
            line->length--;
            break;
        }
        if (input->is_read_up) {
            if (length == 0)
                return DUET_EEMPTY;
            *line = take(input, length);
            break;
        }
        if (length > LINE_BYTES_MAX) {
            *line = take(input, length);
            *is_whole = false;
            break;
        }
        searched = length;
        status = fill(input, deadline);
        if (status != 0)
            return status;
    }
    if (line->length > 0 && line->bytes[line->length - 1] == '\r')
        line->length--;
    input->line++;
    return 0;
}

/* --- items --------------------------------------------------------------- */

static void refuse(duet__input_item *item, int status, const char *detail)
{
    if (item->url.length > SHOWN_BYTES)
        item->url.length = SHOWN_BYTES;
    item->status = status;
    item->detail = detail;
}

static bool has_blank(duet__text url)
{
    return duet__text_find(url, ' ') < url.length ||
           duet__text_find(url, '\t') < url.length;
}

static void set_item(duet__input *input, duet__input_item *item, duet__text url)
{
    const duet__input_source *source = &input->sources[input->current];

    *item = (duet__input_item){
        .url = url,
        .source = source->is_file ? source->text : "arguments",
        .line = input->line,
        .index = ++input->index,
    };
    if (url.length > LINE_BYTES_MAX)
        refuse(item, DUET_ETOOLARGE, TOO_LONG);
    else if (duet__text_find(url, '\0') < url.length)
        refuse(item, DUET_EURL, "a NUL byte in the line");
    else if (has_blank(url))
        refuse(item, DUET_EURL, COLUMNS);
}

static void next_source(duet__input *input)
{
    close_source(&input->sources[input->current]);
    input->current++;
    input->begin = input->end = 0;
    input->line = 0;
    input->is_read_up = false;
    input->is_skipping = false;
}

/* The content of a line, without the byte order mark and whitespace around
 * it. */
static duet__text content_of_line(duet__text line, uint64_t number)
{
    if (number == 1 && duet__text_starts_with(line, DUET__TEXT("\xEF\xBB\xBF")))
        line = duet__text_skip(line, 3);
    return duet__text_trim(line);
}

/* An item of the current file; DUET_EEMPTY after the last one. */
static int next_of_file(duet__input *input, duet__input_item *item,
                        duet_deadline deadline)
{
    for (;;) {
        duet__text line;
        bool is_whole;
        int status = 0;

        if (input->is_skipping)
            status = skip_line(input, deadline);
        if (status == 0)
            status = next_line(input, &line, &is_whole, deadline);
        if (status != 0)
            return status;
        input->is_skipping = !is_whole;
        line = content_of_line(line, input->line);
        if (line.length > 0 && line.bytes[0] == '#')
            continue;
        if (line.length == 0 && is_whole)
            continue;
        set_item(input, item, line);
        if (!is_whole)
            refuse(item, DUET_ETOOLARGE, TOO_LONG);
        return 0;
    }
}

int duet__input_next(duet__input *input, duet__input_item *item,
                     duet_deadline deadline)
{
    while (input->current < input->count) {
        const duet__input_source *source = &input->sources[input->current];
        int status;

        if (!source->is_file) {
            input->bytes_taken += strlen(source->text) + 1;
            set_item(input, item, duet__text_from(source->text));
            next_source(input);
            return 0;
        }
        status = next_of_file(input, item, deadline);
        if (status != DUET_EEMPTY)
            return status;
        next_source(input);
    }
    return DUET_EEMPTY;
}
