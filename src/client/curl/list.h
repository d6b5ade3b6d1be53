/* SPDX-License-Identifier: MIT */
/* list.h - libcurl's lists of texts. */
#ifndef DUET_CLIENT_CURL_LIST_H
#define DUET_CLIENT_CURL_LIST_H

#include <stdbool.h>

#include <curl/curl.h>

/* As curl_slist_append(). Returns false if there is no memory; then the list is
 * as before. */
bool duet__curl_list_add(struct curl_slist **list, const char *text);

/* The same for a header field. */
bool duet__curl_list_add_field(struct curl_slist **list, const char *name,
                               const char *value);

#endif
