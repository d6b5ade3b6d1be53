/* SPDX-License-Identifier: MIT */
/* What does nothing with NULL, and needs no server. */
#include <duet/database_pool.h>

#include "support/test.h"

static void null_is_freed_outside_tasks(void **state)
{
    (void)state;
    duet_database_close(NULL);
    duet_rows_free(NULL);
    duet_statement_free(NULL);
    assert_status(duet_database_pool_close(NULL, DUET_NOW), 0);
    duet_database_pool_release(NULL, NULL);
}

TEST_MAIN(test(null_is_freed_outside_tasks))
