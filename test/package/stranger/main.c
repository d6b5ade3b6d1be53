/* SPDX-License-Identifier: MIT */
/* main.c - a stranger's program: shows that it was linked with duet. */
#include <stdio.h>

#include <duet/error.h>

int main(void)
{
    printf("duet: %s\n", duet_error_text(DUET_ETIMEDOUT));
    return 0;
}
