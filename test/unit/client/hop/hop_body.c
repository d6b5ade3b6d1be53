/* SPDX-License-Identifier: MIT */
#include "client/hop/hop_body.h"
#include "support/test.h"

static int starts;
static int start_status;

static int start(duet__hop_body *outgoing)
{
    (void)outgoing;
    starts++;
    return start_status;
}

static duet__hop_body make(int64_t length)
{
    starts = start_status = 0;
    return (duet__hop_body){.length = length, .start = start};
}

static void piece_is_taken_in_parts_until_the_end(void **state)
{
    duet__hop_body out = make(-1);
    char buffer[4];

    (void)state;
    duet__link_init(&out.waiters);
    assert_int_equal(duet__hop_body_take(&out, buffer, 4), 0);
    assert_int_equal(duet__hop_body_take(&out, buffer, 4), 0);
    assert_int_equal(starts, 1);
    assert_false(out.is_taken);
    assert_false(duet__hop_body_has_news(&out));
    out.piece = "abcdef";
    out.piece_length = 6;
    assert_true(duet__hop_body_has_news(&out));
    assert_int_equal(duet__hop_body_take(&out, buffer, 4), 4);
    assert_memory_equal(buffer, "abcd", 4);
    assert_int_equal(duet__hop_body_take(&out, buffer, 4), 2);
    assert_memory_equal(buffer, "ef", 2);
    out.is_whole = true;
    assert_false(out.is_taken);
    assert_int_equal(duet__hop_body_take(&out, buffer, 4), 0);
    assert_true(out.is_taken);
    assert_int_equal(out.taken, 6);
}

static void announced_length_is_the_end(void **state)
{
    duet__hop_body out = make(3);
    char buffer[4];

    (void)state;
    duet__link_init(&out.waiters);
    out.piece = "abc";
    out.piece_length = 3;
    assert_int_equal(duet__hop_body_take(&out, buffer, 4), 3);
    assert_true(out.is_taken);
    assert_int_equal(starts, 0);
}

static void start_that_fails_is_an_error_once(void **state)
{
    duet__hop_body out = make(3);
    char buffer[4];

    (void)state;
    duet__link_init(&out.waiters);
    start_status = DUET_ENOMEM;
    assert_int_equal(duet__hop_body_take(&out, buffer, 4), 0);
    assert_status(out.error, DUET_ENOMEM);
    assert_true(duet__hop_body_has_news(&out));
    duet__hop_body_fail(&out, DUET_EIO, "another");
    assert_status(out.error, DUET_ENOMEM);
    assert_string_equal(out.flaw, "out of memory");
}

TEST_MAIN(test(piece_is_taken_in_parts_until_the_end),
          test(announced_length_is_the_end),
          test(start_that_fails_is_an_error_once))
