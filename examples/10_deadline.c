/* SPDX-License-Identifier: MIT */
/* 10_deadline.c - a fetch that gives up.
 * Shows:  deadlines are absolute, and one deadline covers a whole exchange.
 * Run:    ./10_deadline http://127.0.0.1:8080/delay/30 .../delay/5000
 * Prints: a line for each page that came before the deadline of all */
#include <duet/duet.h>
#include <stdio.h>

static int fetch_until_late(void *argument)
{
    char **urls = argument;
    duet_session *session;
    duet_deadline deadline;
    int failed = 0;
    int status = duet_session_open(NULL, &session);

    if (status != 0)
        return status;
    deadline = duet_in_ms(1000);
    for (; *urls != NULL; urls++) {
        duet_response *response;

        status = duet_get(session, *urls, NULL, &response, deadline);
        if (status == 0)
            printf("got it: %s", duet_response_body(response, NULL));
        else
            printf("gave up: %s\n", duet_error_text(status));
        if (status != DUET_ETIMEDOUT && status != 0)
            failed = status; /* being late is no fault here */
        duet_response_free(response);
    }
    duet_session_close(session);
    return failed;
}

int main(int count, char **arguments)
{
    (void)count;
    int status = duet_run(fetch_until_late, arguments + 1, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
