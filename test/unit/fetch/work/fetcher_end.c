/* SPDX-License-Identifier: MIT */
#include "fetch/work/fetcher_state.h"
#include "support/test.h"

#include <duet/error.h>
#include <duet/loop.h>

#include "fetch/work/fetcher_end.h"

static int end_early(void *argument)
{
    duet__fetcher *fetcher = argument;

    duet__fetcher_stop(fetcher);
    assert_true(fetcher->is_stopped);
    assert_false(fetcher->is_aborted);
    assert_true(duet_deadline_is_never(fetcher->output.give_up));
    duet__fetcher_give_up(fetcher, duet_fail(DUET_EIO, "the first"));
    assert_true(fetcher->is_aborted);
    assert_false(duet_deadline_is_never(fetcher->output.give_up));
    duet__fetcher_give_up(fetcher, duet_fail(DUET_ENOMEM, "the second"));
    return 0;
}

static void first_reason_to_give_up_is_kept(void **state)
{
    duet__fetcher fetcher = {.output.give_up = DUET_NEVER};

    (void)state;
    duet__link_init(&fetcher.main);
    assert_status(duet_run(end_early, &fetcher, NULL), 0);
    assert_int_equal(fetcher.status, DUET_EIO);
    assert_string_equal(fetcher.detail, "the first");
}

TEST_MAIN(test(first_reason_to_give_up_is_kept))
