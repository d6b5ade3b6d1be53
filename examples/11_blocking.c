/* SPDX-License-Identifier: MIT */
/* 11_blocking.c - one page, for a program that has no loop.
 * Shows:  duet_blocking_get() makes a loop and a session for one fetch.
 * Run:    ./11_blocking http://127.0.0.1:8080/hello
 * Prints: 200, text/plain, 6 bytes */
#include <duet/duet.h>
#include <stdio.h>

int main(int count, char **arguments)
{
    duet_response *response;
    const char *type;
    size_t bytes;
    int status;

    if (count != 2) {
        fprintf(stderr, "usage: 11_blocking URL\n");
        return 2;
    }
    status = duet_blocking_get(arguments[1], NULL, &response, 10000);
    if (status != 0) {
        fprintf(stderr, "%s\n", duet_error_message(status));
        return 1;
    }
    duet_response_body(response, &bytes);
    type = duet_fields_get(duet_response_fields(response), "Content-Type");
    printf("%d, %s, %zu bytes\n", duet_response_status(response),
           type != NULL ? type : "of no type", bytes);
    duet_response_free(response);
    return 0;
}
