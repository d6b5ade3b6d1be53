/* SPDX-License-Identifier: MIT */
#include "client/hop/incoming.h"
#include "support/test.h"

static int feed(duet__incoming *incoming, const char *line)
{
    return duet__incoming_line(incoming, duet__text_from(line));
}

/* Feeds the lines up to NULL; returns the first failure. */
static int feed_all(duet__incoming *incoming, const char *const *lines)
{
    int status = 0;

    for (; status == 0 && *lines != NULL; lines++)
        status = feed(incoming, *lines);
    return status;
}

#define HEAD(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The result of one head. */
static int head_status(const char *const *lines)
{
    duet__incoming incoming;
    int status;

    duet__incoming_init(&incoming);
    status = feed_all(&incoming, lines);
    assert_int_equal(incoming.error, status);
    duet__incoming_free(&incoming);
    return status;
}

static void head_and_body_are_taken(void **state)
{
    duet__incoming incoming;

    (void)state;
    duet__incoming_init(&incoming);
    assert_status(feed(&incoming, "HTTP/1.1 200 OK\r\n"), 0);
    assert_status(feed(&incoming, "Content-Length: 5\r\n"), 0);
    assert_status(feed(&incoming, "X-Empty:\r\n"), 0);
    assert_false(incoming.head_is_whole);
    assert_status(feed(&incoming, "\r\n"), 0);
    assert_true(incoming.head_is_whole);
    assert_int_equal(incoming.status, 200);
    assert_string_equal(duet_fields_get(incoming.fields, "X-Empty"), "");
    assert_status(duet__incoming_body(&incoming, "he", 2), 0);
    assert_status(duet__incoming_body(&incoming, "llo", 3), 0);
    assert_string_equal(incoming.body.bytes, "hello");
    assert_status(feed(&incoming, "X-Trailer: dropped\r\n"), 0);
    assert_null(duet_fields_get(incoming.fields, "X-Trailer"));
    duet__incoming_free(&incoming);
}

static void interim_heads_are_replaced(void **state)
{
    duet__incoming incoming;

    (void)state;
    duet__incoming_init(&incoming);
    assert_status(
        feed_all(&incoming,
                 HEAD("HTTP/1.1 103 Early Hints\r\n", "Link: </a>\r\n", "\r\n",
                      "HTTP/2 204 \r\n", "B: 2\r\n", "\r\n")),
        0);
    assert_int_equal(incoming.status, 204);
    assert_null(duet_fields_get(incoming.fields, "Link"));
    assert_string_equal(duet_fields_get(incoming.fields, "B"), "2");
    duet__incoming_free(&incoming);
}

static void folded_line_continues_the_field(void **state)
{
    duet__incoming incoming;

    (void)state;
    duet__incoming_init(&incoming);
    assert_status(feed_all(&incoming, HEAD("HTTP/1.1 200 OK\r\n", "A: 1\r\n",
                                           " \t2\r\n", "B: 3\r\n", "\r\n")),
                  0);
    assert_string_equal(duet_fields_get(incoming.fields, "A"), "1 2");
    assert_string_equal(duet_fields_get(incoming.fields, "B"), "3");
    duet__incoming_free(&incoming);
}

static void what_must_not_be_believed_is_refused(void **state)
{
    (void)state;
    assert_status(head_status(HEAD("HTTP/1.1 101 Switching\r\n")),
                  DUET_EPROTOCOL);
    assert_status(head_status(HEAD("HTTP/1.1 2x0 OK\r\n")), DUET_EPROTOCOL);
    assert_status(head_status(HEAD("HTTP/1.1 200 OK\r\n",
                                   "Content-Length : 5\r\n", "\r\n")),
                  DUET_EPROTOCOL);
    assert_status(head_status(HEAD("HTTP/1.1 200 OK\r\n",
                                   "Content-Length: 5\x01\r\n", "\r\n")),
                  DUET_EPROTOCOL);
    assert_status(head_status(HEAD("HTTP/1.1 200 OK\r\n",
                                   "transfer-encoding\t: chunked\r\n", "\r\n")),
                  DUET_EPROTOCOL);
    assert_status(
        head_status(HEAD("HTTP/1.1 200 OK\r\n", "Content-Length: 5\r\n",
                         "Content-Length: 6\r\n", "\r\n")),
        DUET_EPROTOCOL);
    assert_status(head_status(HEAD("HTTP/1.1 200 OK\r\n",
                                   "Content-Length: 5, 6\r\n", "\r\n")),
                  DUET_EPROTOCOL);
    assert_status(head_status(HEAD("HTTP/1.1 200 OK\r\n",
                                   "Content-Length: -1\r\n", "\r\n")),
                  DUET_EPROTOCOL);
    assert_status(
        head_status(HEAD("HTTP/1.1 200 OK\r\n", "Content-Length: 5\r\n",
                         "Content-Length: 5\r\n", "\r\n")),
        0);
}

static void malformed_field_is_left_out_with_what_continues_it(void **state)
{
    duet__incoming incoming;

    (void)state;
    duet__incoming_init(&incoming);
    assert_status(
        feed_all(&incoming,
                 HEAD("HTTP/1.1  200  OK\r\n", "Set-Cookie: a=\x01\r\n",
                      " and: more\r\n", "A: 1\r\n", "X Echo set: 1\r\n",
                      "\tfolded\r\n", "B : 2\r\n", "nothing\r\n",
                      ": unnamed\r\n", "C: 3\r\n", " \x7f\r\n", " 4\r\n",
                      "HTTP/1.1 500: x\r\n", "D: 5\r\n", "\r\n")),
        0);
    assert_int_equal(incoming.status, 200);
    assert_int_equal(duet_fields_count(incoming.fields), 3);
    assert_string_equal(duet_fields_get(incoming.fields, "A"), "1");
    assert_string_equal(duet_fields_get(incoming.fields, "C"), "3");
    assert_string_equal(duet_fields_get(incoming.fields, "D"), "5");
    duet__incoming_free(&incoming);
}

static void empty_location_leads_nowhere(void **state)
{
    duet__incoming incoming;

    (void)state;
    duet__incoming_init(&incoming);
    incoming.follows_redirect = true;
    assert_status(feed_all(&incoming, HEAD("HTTP/1.1 302 Found\r\n",
                                           "Location: \r\n", "\r\n")),
                  0);
    assert_false(incoming.is_discarded);
    duet__incoming_free(&incoming);
}

static void response_is_whole_when_its_length_has_come(void **state)
{
    static const struct {
        const char *status_line;
        const char *field;
        bool before;
        bool after; /* two bytes */
    } rows[] = {
        {"HTTP/1.1 200 OK\r\n", "Content-Length: 2\r\n", false, true},
        {"HTTP/1.1 200 OK\r\n", "Content-Length: 3\r\n", false, false},
        {"HTTP/1.1 200 OK\r\n", "Transfer-Encoding: chunked\r\n", false, false},
        {"HTTP/1.1 200 OK\r\n", "A: b\r\n", false, false},
        {"HTTP/1.1 204 None\r\n", "A: b\r\n", true, true},
        {"HTTP/1.1 304 Same\r\n", "Content-Length: 9\r\n", true, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        duet__incoming incoming;

        duet__incoming_init(&incoming);
        assert_false(duet__incoming_is_whole(&incoming));
        assert_status(feed_all(&incoming, HEAD(rows[i].status_line,
                                               rows[i].field, "\r\n")),
                      0);
        assert_int_equal(duet__incoming_is_whole(&incoming), rows[i].before);
        assert_status(duet__incoming_body(&incoming, "ab", 2), 0);
        assert_int_equal(duet__incoming_is_whole(&incoming), rows[i].after);
        duet__incoming_free(&incoming);
    }
}

static void announced_length_beyond_the_limit_is_refused_at_once(void **state)
{
    const char *const *head =
        HEAD("HTTP/1.1 200 OK\r\n", "Content-Length: 11\r\n", "\r\n");
    duet__incoming incoming;

    (void)state;
    duet__incoming_init(&incoming);
    incoming.body_max = 10;
    assert_status(feed_all(&incoming, head), DUET_ETOOLARGE);
    duet__incoming_free(&incoming);
    duet__incoming_init(&incoming);
    incoming.body_max = 10;
    incoming.answers_head = true;
    assert_status(feed_all(&incoming, head), 0);
    duet__incoming_free(&incoming);
}

static void body_beyond_the_limit_is_refused(void **state)
{
    duet__incoming incoming;

    (void)state;
    duet__incoming_init(&incoming);
    incoming.body_max = 10;
    assert_status(feed_all(&incoming, HEAD("HTTP/1.1 200 OK\r\n", "\r\n")), 0);
    assert_status(duet__incoming_body(&incoming, "1234567890", 10), 0);
    assert_status(duet__incoming_body(&incoming, "1", 1), DUET_ETOOLARGE);
    assert_status(incoming.error, DUET_ETOOLARGE);
    assert_status(duet__incoming_body(&incoming, "1", 1), DUET_ETOOLARGE);
    duet__incoming_free(&incoming);
}

static int take(void *context, const void *bytes, size_t count)
{
    (void)bytes;
    *(size_t *)context += count;
    return *(size_t *)context > 5 ? DUET_ENOSPC : 0;
}

static void redirect_body_is_dropped_if_followed(void **state)
{
    const char *const *head =
        HEAD("HTTP/1.1 302 Found\r\n", "Location: /b\r\n", "\r\n");
    duet__incoming incoming;
    size_t taken = 0;

    (void)state;
    duet__incoming_init(&incoming);
    incoming.sink = take;
    incoming.sink_context = &taken;
    incoming.follows_redirect = true;
    assert_status(feed_all(&incoming, head), 0);
    assert_true(incoming.is_discarded);
    assert_status(duet__incoming_body(&incoming, "moved!", 6), 0);
    assert_int_equal(taken, 0);
    duet__incoming_free(&incoming);
    duet__incoming_init(&incoming);
    incoming.sink = take;
    incoming.sink_context = &taken;
    assert_status(feed_all(&incoming, head), 0);
    assert_false(incoming.is_discarded);
    assert_status(duet__incoming_body(&incoming, "moved!", 6), DUET_ENOSPC);
    assert_int_equal(taken, 6);
    duet__incoming_free(&incoming);
}

/* Feeds a line until it is too much; returns how many bytes went in. */
static size_t feed_for_ever(duet__incoming *incoming, const char *line)
{
    while (feed(incoming, line) == 0)
        assert_true(incoming->head_bytes <= 1 << 20);
    assert_status(incoming->error, DUET_ETOOLARGE);
    return incoming->head_bytes;
}

static void all_that_is_head_counts_against_one_limit(void **state)
{
    static const char *const lines[] = {"A: b\r\n", " folded\r\n",
                                        "A\x01: left out\r\n"};
    duet__incoming incoming;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        duet__incoming_init(&incoming);
        incoming.head_max = 100000;
        assert_status(feed(&incoming, "HTTP/1.1 200 OK\r\n"), 0);
        assert_in_range(feed_for_ever(&incoming, lines[i]), 100001, 100020);
        duet__incoming_free(&incoming);
    }
    duet__incoming_init(&incoming); /* trailers */
    incoming.head_max = 100000;
    assert_status(feed_all(&incoming, HEAD("HTTP/1.1 200 OK\r\n", "\r\n")), 0);
    feed_for_ever(&incoming, "T: t\r\n");
    duet__incoming_free(&incoming);
    duet__incoming_init(&incoming); /* interim responses */
    incoming.head_max = 100000;
    while (feed_all(&incoming, HEAD("HTTP/1.1 100 Go on\r\n", "\r\n")) == 0)
        assert_true(incoming.head_bytes <= 100000);
    assert_status(incoming.error, DUET_ETOOLARGE);
    duet__incoming_free(&incoming);
}

static void framing_may_not_outgrow_the_body(void **state)
{
    duet__incoming incoming;
    int64_t raw_bytes = 0;

    (void)state;
    duet__incoming_init(&incoming);
    assert_status(feed_all(&incoming, HEAD("HTTP/1.1 200 OK\r\n", "\r\n")), 0);
    /* Chunks of one byte, as small as they get. */
    for (int i = 0; i < 100000; i++) {
        assert_status(duet__incoming_raw(&incoming, 6), 0);
        assert_status(duet__incoming_body(&incoming, "a", 1), 0);
    }
    while (duet__incoming_raw(&incoming, 1000) == 0)
        raw_bytes += 1000;
    assert_status(incoming.error, DUET_ETOOLARGE);
    assert_true(raw_bytes < 4 << 20);
    duet__incoming_free(&incoming);
}

static void thousands_of_fields_are_taken(void **state)
{
    duet__incoming incoming;

    (void)state;
    duet__incoming_init(&incoming);
    assert_status(feed(&incoming, "HTTP/1.1 200 OK\r\n"), 0);
    for (int i = 0; i < 4000; i++)
        assert_status(feed(&incoming, "Abcdefghijklmnop: qrstuvwxyz\r\n"), 0);
    assert_status(feed(&incoming, "\r\n"), 0);
    assert_int_equal(duet_fields_count(incoming.fields), 4000);
    duet__incoming_free(&incoming);
}

/* "hello" in the coding gzip. */
static const char gzip[] = "\x1f\x8b\x08\0\0\0\0\0\0\3\xcb\x48\xcd\xc9\xc9"
                           "\x07\0\x86\xa6\x10\x36\5\0\0";
enum { GZIP_LENGTH = sizeof gzip };

/* A head with this coding and the first `length` bytes of that body. */
static int take_coded(duet__incoming *incoming, const char *coding,
                      size_t length)
{
    assert_status(feed(incoming, "HTTP/1.1 200 OK\r\n"), 0);
    assert_status(feed(incoming, coding), 0);
    assert_status(feed(incoming, "\r\n"), 0);
    for (size_t i = 0; i < length; i++)
        if (duet__incoming_body(incoming, gzip + i, 1) != 0)
            return incoming->error;
    return duet__incoming_end(incoming);
}

static void coded_body_is_decoded_as_it_comes(void **state)
{
    for (size_t length = 0; length <= GZIP_LENGTH; length++) {
        duet__incoming incoming;
        int expected = length > 0 && length < GZIP_LENGTH ? DUET_ETRUNCATED : 0;

        (void)state;
        duet__incoming_init(&incoming);
        assert_status(
            take_coded(&incoming, "Content-Encoding: gzip\r\n", length),
            expected);
        assert_int_equal(incoming.body_bytes, length);
        if (length == GZIP_LENGTH)
            assert_string_equal(incoming.body.bytes, "hello");
        duet__incoming_free(&incoming);
    }
}

static void flaws_of_a_coding_are_told(void **state)
{
    duet__incoming incoming;

    (void)state;
    duet__incoming_init(&incoming);
    assert_status(take_coded(&incoming, "Content-Encoding: zstd\r\n", 9),
                  DUET_ECODING);
    assert_string_equal(incoming.flaw, "no frame begins here");
    duet__incoming_free(&incoming);
    duet__incoming_init(&incoming);
    incoming.body_max = 4;
    assert_true(take_coded(&incoming, "Content-Encoding: gzip\r\n",
                           GZIP_LENGTH) == DUET_ETOOLARGE);
    duet__incoming_free(&incoming);
}

static void coding_that_is_unknown_or_wanted_is_kept(void **state)
{
    for (int i = 0; i < 2; i++) {
        duet__incoming incoming;

        (void)state;
        duet__incoming_init(&incoming);
        incoming.keeps_coding = i == 1;
        assert_status(take_coded(&incoming,
                                 i == 0 ? "Content-Encoding: aes128gcm\r\n"
                                        : "Content-Encoding: gzip\r\n",
                                 GZIP_LENGTH),
                      0);
        assert_int_equal(incoming.body.length, GZIP_LENGTH);
        assert_memory_equal(incoming.body.bytes, gzip, GZIP_LENGTH);
        duet__incoming_free(&incoming);
    }
}

TEST_MAIN(test(coded_body_is_decoded_as_it_comes),
          test(flaws_of_a_coding_are_told),
          test(coding_that_is_unknown_or_wanted_is_kept),
          test(head_and_body_are_taken), test(interim_heads_are_replaced),
          test(folded_line_continues_the_field),
          test(what_must_not_be_believed_is_refused),
          test(malformed_field_is_left_out_with_what_continues_it),
          test(empty_location_leads_nowhere),
          test(response_is_whole_when_its_length_has_come),
          test(announced_length_beyond_the_limit_is_refused_at_once),
          test(body_beyond_the_limit_is_refused),
          test(redirect_body_is_dropped_if_followed),
          test(all_that_is_head_counts_against_one_limit),
          test(framing_may_not_outgrow_the_body),
          test(thousands_of_fields_are_taken))
