/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "server/mhd/shared.h"

static struct MHD_Response *find(duet__shared *shared, const char *body)
{
    return duet__shared_find(shared, duet__text_from(body), "text/plain");
}

/* Asks until it is there. */
static struct MHD_Response *ask_until_kept(duet__shared *shared,
                                           const char *body)
{
    struct MHD_Response *response = NULL;

    for (int i = 0; i <= DUET__SHARED_PATIENCE && response == NULL; i++)
        response = find(shared, body);
    assert_non_null(response);
    return response;
}

static void reply_that_comes_again_is_kept(void **state)
{
    static duet__shared shared;
    struct MHD_Response *response;

    (void)state;
    assert_null(find(&shared, "ok"));
    response = ask_until_kept(&shared, "ok");
    assert_ptr_equal(find(&shared, "ok"), response);
    assert_null(duet__shared_find(&shared, DUET__TEXT("ok"), "text/html"));
    assert_null(find(&shared, "no"));
    assert_ptr_equal(find(&shared, "ok"), response);
    duet__shared_free(&shared);
    assert_null(find(&shared, "ok"));
    duet__shared_free(&shared);
}

static void place_goes_to_another_after_many_misses(void **state)
{
    static duet__shared shared;

    (void)state;
    /* Of one length and with one last byte: of one place. */
    ask_until_kept(&shared, "aa");
    ask_until_kept(&shared, "ba");
    assert_null(find(&shared, "aa"));
    duet__shared_free(&shared);
}

static void large_replies_are_not_kept(void **state)
{
    static duet__shared shared;
    static char body[DUET__SHARED_BODY_MAX + 2];

    (void)state;
    memset(body, 'x', DUET__SHARED_BODY_MAX + 1);
    for (int i = 0; i < 100; i++)
        assert_null(find(&shared, body));
    body[DUET__SHARED_BODY_MAX] = '\0';
    ask_until_kept(&shared, body);
    ask_until_kept(&shared, "");
    duet__shared_free(&shared);
}

TEST_MAIN(test(reply_that_comes_again_is_kept),
          test(place_goes_to_another_after_many_misses),
          test(large_replies_are_not_kept))
