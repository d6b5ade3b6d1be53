/* SPDX-License-Identifier: MIT */
/* Uses one function of each library. */
#include <duet/database.h>
#include <duet/error.h>

#include <stdio.h>

int main(void)
{
    duet_database *database;

    if (duet_database_open(NULL, &database, DUET_NEVER) != DUET_ENOLOOP)
        return 1;
    printf("duet: %s\n", duet_error_text(DUET_ETIMEDOUT));
    return 0;
}
