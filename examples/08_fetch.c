/* SPDX-License-Identifier: MIT */
/* 08_fetch.c - one page.
 * Shows:  duet_run() runs a task; a session fetches; errors have a sentence.
 * Run:    ./08_fetch http://127.0.0.1:8080/hello
 * Prints: 200, 6 bytes: hello */
#include <duet/duet.h>
#include <stdio.h>

static int fetch(void *argument)
{
    duet_session *session;
    duet_response *response;
    size_t bytes;
    int status = duet_session_open(NULL, &session);

    if (status != 0)
        return status;
    status = duet_get(session, argument, NULL, &response, duet_in_ms(10000));
    if (status == 0) {
        const char *body = duet_response_body(response, &bytes);

        printf("%d, %zu bytes: %s", duet_response_status(response), bytes,
               body);
        duet_response_free(response);
    }
    duet_session_close(session);
    return status;
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fprintf(stderr, "usage: 08_fetch URL\n");
        return 2;
    }
    int status = duet_run(fetch, arguments[1], NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
