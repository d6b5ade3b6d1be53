/* SPDX-License-Identifier: MIT */
/* names.c - telling libcurl the addresses of names.
 *
 * It is told only the first address; connect.c tries the others. libcurl's
 * cache is set never to expire, so a name is told once, and again only when its
 * first address changes. Invariant: `known` contains what libcurl's cache does,
 * and has a limit: a name that is removed from it is removed from libcurl's
 * cache too. */
#include "client/curl/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/curl/list.h"

enum { KNOWN_MAX = 1024 };

/* Appends "BEFORE WHERE AFTER". */
static bool tell(struct curl_slist **list, const char *before,
                 const char *where, const char *after)
{
    size_t room = strlen(before) + strlen(where) + strlen(after) + 2;
    char *text = malloc(room);
    bool done;

    if (text == NULL)
        return false;
    snprintf(text, room, "%s%s%s%s", before, where, after[0] ? ":" : "", after);
    done = duet__curl_list_add(list, text);
    free(text);
    return done;
}

static bool forget_oldest(duet__curl_driver *driver, struct curl_slist **list)
{
    duet__map_entry *oldest = duet__map_first(&driver->known);

    if (!tell(list, "-", oldest->key, ""))
        return false;
    free(oldest->value);
    duet__map_remove_entry(&driver->known, oldest);
    return true;
}

void duet__curl_told_in_vain(duet__curl_driver *driver,
                             const struct curl_slist *list)
{
    for (; list != NULL; list = list->next) {
        size_t host = strcspn(list->data, ":") + 1;
        size_t port = strcspn(list->data + host, ":");
        duet__map_entry *entry = duet__map_find(
            &driver->known, duet__text_of(list->data, host + port));

        if (list->data[0] == '-' || entry == NULL)
            continue;
        free(entry->value);
        duet__map_remove_entry(&driver->known, entry);
    }
}

int duet__curl_tell_addresses(duet__curl_driver *driver, const duet__hop *hop,
                              struct curl_slist **list)
{
    /* An address as host needs no telling, but libcurl's cache has it too. */
    duet__text all = duet__text_from(hop->addresses);
    duet__text address = duet__text_cut(&all, ',');
    duet__text where = duet__text_from(hop->where);
    duet__map_entry *entry = duet__map_find(&driver->known, where);
    char *copy;
    int status;

    if (entry != NULL) {
        duet__map_touch(&driver->known, entry);
        if (duet__text_equal(duet__text_from(entry->value), address))
            return 0;
    } else if (driver->known.count >= KNOWN_MAX &&
               !forget_oldest(driver, list)) {
        return DUET_ENOMEM;
    }
    copy = strndup(address.length > 0 ? address.bytes : "", address.length);
    if (copy == NULL)
        return DUET_ENOMEM;
    if (copy[0] != '\0' && !tell(list, "", hop->where, copy)) {
        free(copy);
        return DUET_ENOMEM;
    }
    if (entry != NULL) {
        free(entry->value);
        entry->value = copy;
        return 0;
    }
    status = duet__map_insert(&driver->known, where, copy);
    if (status != 0)
        free(copy);
    return status;
}

void duet__curl_forget_addresses(duet__curl_driver *driver)
{
    duet__map_entry *entry = duet__map_first(&driver->known);

    for (; entry != NULL; entry = duet__map_next(&driver->known, entry))
        free(entry->value);
    duet__map_free(&driver->known);
}
