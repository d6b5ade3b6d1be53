/* SPDX-License-Identifier: MIT */
/* list.c - libcurl's lists of texts.
 *
 * Invariant: a list is never lost: without memory it stays as it was. */
#include "client/curl/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool duet__curl_list_add(struct curl_slist **list, const char *text)
{
    struct curl_slist *longer = curl_slist_append(*list, text);

    if (longer == NULL)
        return false;
    *list = longer;
    return true;
}

/* libcurl writes an empty field as "Name;". */
bool duet__curl_list_add_field(struct curl_slist **list, const char *name,
                               const char *value)
{
    size_t room = strlen(name) + strlen(value) + 3;
    char *line = malloc(room);
    bool done;

    if (line == NULL)
        return false;
    if (value[0] == '\0')
        snprintf(line, room, "%s;", name);
    else
        snprintf(line, room, "%s: %s", name, value);
    done = duet__curl_list_add(list, line);
    free(line);
    return done;
}
