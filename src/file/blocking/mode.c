/* SPDX-License-Identifier: MIT */
/* mode.c - reads mode texts such as "r+", and permissions. */
#include "file/blocking/mode.h"

#include <fcntl.h>
#include <stdbool.h>

#include "base/error.h"

static bool parse_kind(char kind, int *flags)
{
    switch (kind) {
    case 'r':
        *flags = 0;
        return true;
    case 'w':
        *flags = O_CREAT | O_TRUNC;
        return true;
    case 'a':
        *flags = O_CREAT | O_APPEND;
        return true;
    case 'x':
        *flags = O_CREAT | O_EXCL;
        return true;
    default:
        return false;
    }
}

int duet__mode_parse(const char *mode, int *flags)
{
    bool both = false;
    bool binary = false;
    int kind = 0;
    bool valid = parse_kind(mode[0], &kind);

    for (const char *rest = mode + 1; valid && *rest != '\0'; rest++) {
        bool *seen = *rest == '+' ? &both : &binary;

        valid = (*rest == '+' || *rest == 'b') && !*seen;
        *seen = true;
    }
    if (!valid)
        return duet__fail(DUET_EINVAL,
                          "mode '%s' is none of r, w, a, x with + "
                          "and b",
                          mode);
    if (both)
        *flags = kind | O_RDWR;
    else
        *flags = kind | (mode[0] == 'r' ? O_RDONLY : O_WRONLY);
    return 0;
}

int duet__permissions_read(unsigned value, unsigned standard,
                           unsigned *permissions)
{
    if (value > 07777)
        return duet__fail(DUET_EINVAL, "permissions are %#o, above 07777",
                          value);
    *permissions = value != 0 ? value : standard;
    return 0;
}
