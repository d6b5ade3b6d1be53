/* SPDX-License-Identifier: MIT */
/* An answer of a name server: the first byte says what was asked for. */
#include "fuzz/fuzz.h"

#include <sys/socket.h>

#include "client/names/dns_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    duet__text text = fuzz_text(bytes, length);
    int family = fuzz_byte(&text) % 2 == 0 ? AF_INET : AF_INET6;
    unsigned char *message = (unsigned char *)fuzz_string(text);
    duet__dns_addresses addresses;
    /* In memory of just that size. */
    unsigned char *exact = realloc(message, text.length > 0 ? text.length : 1);
    int status;

    FUZZ_CHECK(exact != NULL);
    status = duet__dns_message_read(exact, text.length, family, &addresses);
    FUZZ_CHECK(status <= 0);
    FUZZ_CHECK(addresses.count <= DUET__DNS_ADDRESSES_MAX);
    FUZZ_CHECK(addresses.ttl_s >= 0);
    if (text.length < 12)
        FUZZ_CHECK(status != 0 && addresses.count == 0);
    free(exact);
    return 0;
}
