/* SPDX-License-Identifier: MIT */
/* "host:port", as a Host field and as a URL's authority. */
#include "fuzz/fuzz.h"

#include "http/url/host.h"

/* A host that was read is one that is read again, as itself. */
static void check_name(const char *host)
{
    char bracketed[DUET__HOST_BYTES + 2], again[DUET__HOST_BYTES];
    bool is_address = strchr(host, ':') != NULL; /* by IPv6 */

    FUZZ_CHECK(host[0] != '\0');
    snprintf(bracketed, sizeof bracketed, is_address ? "[%s]" : "%s", host);
    FUZZ_CHECK(duet__host_name_read(duet__text_from(bracketed), again) == NULL);
    FUZZ_CHECK(strcmp(host, again) == 0);
    FUZZ_CHECK(duet__host_field_is_valid(duet__text_from(bracketed)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    duet__text text = fuzz_text(bytes, length), host, port;
    bool is_valid = duet__host_field_is_valid(text);
    char name[DUET__HOST_BYTES];
    uint16_t number = 0;

    if (!duet__host_split(text, &host, &port)) {
        FUZZ_CHECK(!is_valid);
        return 0;
    }
    FUZZ_CHECK(host.length + port.length + (port.bytes != NULL) == length);
    if (duet__port_read(port, &number))
        FUZZ_CHECK(number != 0 && duet__text_is_digits(port));
    if (duet__host_name_read(host, name) == NULL)
        check_name(name);
    return 0;
}
