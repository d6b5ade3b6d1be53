/* SPDX-License-Identifier: MIT */
#include "parallel/gate/counted_mutex.h"

#include <errno.h>

#include "support/test.h"

/* Freed too early or not at all, the sanitizers tell. */
static void last_release_frees_it(void **state)
{
    duet__counted_mutex *shared = duet__counted_mutex_new();

    (void)state;
    assert_non_null(shared);
    duet__counted_mutex_lock(shared);
    shared->references++;
    duet__counted_mutex_unlock_and_release(shared);
    duet__counted_mutex_lock(shared);
    assert_int_equal(shared->references, 1);
    assert_int_equal(pthread_mutex_trylock(&shared->mutex), EBUSY);
    duet__counted_mutex_unlock(shared);
    duet__counted_mutex_lock(shared);
    duet__counted_mutex_unlock_and_release(shared);
}

TEST_MAIN(test(last_release_frees_it))
