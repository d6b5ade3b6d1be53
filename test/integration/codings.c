/* SPDX-License-Identifier: MIT */
/* Content codings against the commands gzip, brotli, zstd and Python's zlib:
 * each decodes what the other has encoded. */
#include <stdio.h>
#include <stdlib.h>

#include <duet/streams.h>

#include "support/folder.h"
#include "support/fuzz.h"

typedef struct peer {
    const char *coding;
    const char *encode; /* reads the file plain, writes the file coded */
    const char *decode; /* reads coded, writes plain */
} peer;

#define PYTHON(program)                                                        \
    "'" DUET_PYTHON "' -c 'import sys, zlib; sys.stdout.buffer.write(" program \
    ")'"
#define INPUT "sys.stdin.buffer.read()"

static const peer peers[] = {
    {"gzip", "gzip -c <plain >coded", "gzip -dc <coded >plain"},
    {"gzip", "gzip -1c <plain >coded && gzip -9c </dev/null >>coded",
     "gzip -dc <coded >plain"},
    {"deflate", PYTHON("zlib.compress(" INPUT ")") " <plain >coded",
     PYTHON("zlib.decompress(" INPUT ")") " <coded >plain"},
    {"deflate", PYTHON("zlib.compress(" INPUT ")[2:-4]") " <plain >coded",
     NULL},
    {"br", "brotli -c -q 4 - <plain >coded", "brotli -dc - <coded >plain"},
    {"br", "brotli -c -w 24 -q 9 - <plain >coded", NULL},
    {"zstd", "zstd -qc <plain >coded", "zstd -qdc <coded >plain"},
    {"zstd", "zstd -qc -19 --long=23 <plain >coded", NULL},
    {"gzip, zstd", "gzip -c <plain | zstd -qc >coded", NULL},
};

enum { PEERS = sizeof peers / sizeof *peers, LENGTH = 1500000 };

static void write_file(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* Owned. */
static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(2 * LENGTH);

    assert_non_null(file);
    assert_non_null(bytes);
    *length = fread(bytes, 1, 2 * LENGTH, file);
    fclose(file);
    return bytes;
}

/* What repeats itself near and far, and what does not. Owned. */
static char *mixed(void)
{
    char *bytes = malloc(LENGTH);
    uint64_t state = 7;

    assert_non_null(bytes);
    for (size_t i = 0; i < LENGTH; i++) {
        uint64_t number = fuzz_next(&state) >> 20;

        if (i / 10000 % 3 == 0)
            bytes[i] = (char)number;
        else if (i > 600000 && number % 50 != 0)
            bytes[i] = bytes[i - 600000];
        else
            bytes[i] = "the quick brown fox "[number % 100 < 90 ? i % 20 : 3];
    }
    return bytes;
}

static void run(const char *command)
{
    if (system(command) != 0)
        fail_msg("%s", command);
}

static void needs_commands(void)
{
    if (system("for c in gzip brotli zstd; do command -v $c || exit 1; done "
               ">/dev/null") != 0)
        test_skip("codings are not compared, as gzip, brotli or zstd is not "
                  "installed");
}

static void expect_same(const char *bytes, size_t length, const char *expected)
{
    assert_int_equal(length, LENGTH);
    assert_memory_equal(bytes, expected, LENGTH);
}

static void what_others_encode_is_decoded(void **state)
{
    char *plain = mixed();

    (void)state;
    needs_commands();
    write_file("plain", plain, LENGTH);
    for (size_t i = 0; i < PEERS; i++) {
        size_t length, decoded_length;
        char *decoded;
        char *coded;

        run(peers[i].encode);
        coded = read_file("coded", &length);
        assert_status(duet_decode(coded, length, peers[i].coding, LENGTH,
                                  &decoded, &decoded_length),
                      0);
        expect_same(decoded, decoded_length, plain);
        free(decoded);
        assert_status(duet_decode(coded, length - 1, peers[i].coding, LENGTH,
                                  &decoded, &decoded_length),
                      DUET_ETRUNCATED);
        free(coded);
    }
    free(plain);
}

/* Written in pieces, with a flush after each. */
static void encode(const char *coding, const char *plain)
{
    duet_writer *memory, *writer;
    const char *coded;
    size_t length;

    assert_status(duet_memory_writer(DUET_NO_LIMIT, &memory), 0);
    assert_status(duet_encoding_writer(memory, coding, NULL, &writer), 0);
    for (size_t at = 0; at < LENGTH; at += 100000) {
        assert_status(duet_write(writer, plain + at, 100000, DUET_NEVER), 0);
        assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
    }
    assert_status(duet_writer_end(writer, DUET_NEVER), 0);
    coded = duet_memory_writer_bytes(memory, &length);
    write_file("coded", coded, length);
    duet_writer_close(writer);
}

static void what_is_encoded_others_decode(void **state)
{
    char *plain = mixed();

    (void)state;
    needs_commands();
    for (size_t i = 0; i < PEERS; i++) {
        size_t length;
        char *decoded;

        if (peers[i].decode == NULL)
            continue;
        encode(peers[i].coding, plain);
        run(peers[i].decode);
        decoded = read_file("plain", &length);
        expect_same(decoded, length, plain);
        free(decoded);
    }
    free(plain);
}

static void windows_that_are_too_large_are_refused(void **state)
{
    static const peer large[] = {
        {"zstd", "head -c 20000000 /dev/zero | zstd -qc --long=24 >coded",
         NULL},
        {"br", "echo hello | brotli -c --large_window=25 - >coded", NULL},
    };

    (void)state;
    needs_commands();
    for (size_t i = 0; i < 2; i++) {
        size_t length;
        char *coded;
        char *decoded;

        run(large[i].encode);
        coded = read_file("coded", &length);
        assert_status(duet_decode(coded, length, large[i].coding, DUET_NO_LIMIT,
                                  &decoded, NULL),
                      DUET_ECODING);
        free(coded);
    }
}

TEST_MAIN(in_folder(what_others_encode_is_decoded),
          in_folder(what_is_encoded_others_decode),
          in_folder(windows_that_are_too_large_are_refused))
