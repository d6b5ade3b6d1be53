/* SPDX-License-Identifier: MIT */
/* redirect.c - the rules for following redirects: method, URL and fields. Does
 * not connect; the exchange runs each hop. */
#include "client/exchange/redirect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "http/head/method.h"
#include "http/url/shown.h"

/* RFC 9110 15.4.2 to 15.4.9, and what clients do about 301 and 302. */
static bool becomes_get(int status, duet__method method)
{
    if (status == 303)
        return method != DUET__METHOD_HEAD && method != DUET__METHOD_GET;
    return (status == 301 || status == 302) && method == DUET__METHOD_POST;
}

/* If the URL of a redirect lacks them, it inherits the fragment of the
 * request's URL (RFC 9110 10.2.2), and its user info if the origin is the same,
 * also with an absolute Location. */
static int inherit(const duet_url *from, duet_url **url)
{
    const char *fragment = duet_url_fragment(*url);
    const char *user = duet_url_user_info(*url);
    duet_url *whole;
    char *text;
    int status;

    if (fragment == NULL)
        fragment = duet_url_fragment(from);
    if (user == NULL && duet_url_same_origin(from, *url))
        user = duet_url_user_info(from);
    if (fragment == duet_url_fragment(*url) && user == duet_url_user_info(*url))
        return 0;
    if (asprintf(&text, "%s://%s%s%s%s%s%s", duet_url_scheme(*url),
                 user != NULL ? user : "", user != NULL ? "@" : "",
                 duet_url_authority(*url), duet_url_target(*url),
                 fragment != NULL ? "#" : "",
                 fragment != NULL ? fragment : "") < 0)
        return DUET_ENOMEM;
    status = duet_url_parse(text, &whole);
    free(text);
    if (status != 0)
        return status;
    duet_url_free(*url);
    *url = whole;
    return 0;
}

int duet__redirect_read(int status, const char *method, const duet_url *from,
                        const char *location, duet__redirect *redirect)
{
    char shown_from[DUET__SHOWN_URL_BYTES];
    char shown[DUET__SHOWN_URL_BYTES];
    int error = duet_url_resolve(from, location, &redirect->url);

    if (error == 0) {
        error = inherit(from, &redirect->url);
        if (error != 0)
            duet_url_free(redirect->url);
    }
    if (error == DUET_ENOMEM)
        return error;
    if (error != 0)
        return duet__fail(
            DUET_EREDIRECT,
            "%s: redirect to \"%s\", which is no http or https "
            "URL",
            duet__shown_url_write(duet_url_text(from), shown_from),
            duet__shown_url_write(location, shown));
    redirect->to_get =
        becomes_get(status, duet__method_of(duet__text_from(method)));
    redirect->to_other = !duet_url_same_origin(from, redirect->url);
    return 0;
}

void duet__redirect_strip(const duet__redirect *redirect, duet_fields *fields)
{
    static const char *const of_body[] = {
        "Content-Type",     "Content-Encoding", "Content-Language",
        "Content-Location", "Digest",           "Last-Modified",
    };
    static const char *const of_origin[] = {
        "Authorization",
        "Cookie",
        "Proxy-Authorization",
        "Host",
    };

    if (redirect->to_get)
        for (size_t i = 0; i < sizeof of_body / sizeof of_body[0]; i++)
            duet_fields_remove(fields, of_body[i]);
    if (redirect->to_other)
        for (size_t i = 0; i < sizeof of_origin / sizeof of_origin[0]; i++)
            duet_fields_remove(fields, of_origin[i]);
}
