/* SPDX-License-Identifier: MIT */
/* host.c - two grammars: the wide one of RFC 3986 for received values, and the
 * narrow one of names and addresses that can be connected to. Owns nothing.
 */
#include "http/url/host.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/byte_class.h"
#include "http/url/idn.h"
#include "http/url/percent.h"

enum { LABEL_BYTES_MAX = 63, NAME_BYTES_MAX = 253 };

bool duet__host_split(duet__text text, duet__text *host, duet__text *port)
{
    size_t end = duet__text_find(text, ':');
    duet__text rest;

    if (text.length > 0 && text.bytes[0] == '[') {
        end = duet__text_find(text, ']');
        if (end++ == text.length)
            return false;
    }
    *host = duet__text_of(text.bytes, end);
    rest = duet__text_skip(text, end);
    *port = duet__text_of(NULL, 0);
    if (rest.length == 0)
        return true;
    *port = duet__text_skip(rest, 1);
    return rest.bytes[0] == ':';
}

bool duet__port_read(duet__text text, uint16_t *port)
{
    uint64_t number;

    if (!duet__text_to_number(text, UINT16_MAX, &number) || number == 0)
        return false;
    *port = (uint16_t)number;
    return true;
}

/* Writes the shortest form of the IPv6 address in brackets to `host`, which may
 * be NULL. A zone ("%25eth0") is refused, as it has no meaning for the peer. */
static bool read_ipv6(duet__text text, char *host)
{
    char address[INET6_ADDRSTRLEN];
    struct in6_addr binary;
    size_t length = text.length - 2;

    if (text.length < 4 || text.bytes[text.length - 1] != ']' ||
        length >= sizeof address || memchr(text.bytes, '\0', text.length))
        return false;
    memcpy(address, text.bytes + 1, length);
    address[length] = '\0';
    if (inet_pton(AF_INET6, address, &binary) != 1)
        return false;
    return host == NULL ||
           inet_ntop(AF_INET6, &binary, host, DUET__HOST_BYTES) != NULL;
}

bool duet__host_field_is_valid(duet__text text)
{
    duet__text host;
    duet__text port;
    uint64_t number;

    if (!duet__host_split(text, &host, &port) || host.length == 0)
        return false;
    if (port.length > 0 && !duet__text_to_number(port, UINT16_MAX, &number))
        return false;
    if (host.bytes[0] == '[')
        return read_ipv6(host, NULL);
    for (size_t i = 0; i < host.length; i++) {
        if (host.bytes[i] != '%' &&
            !duet__byte_is(host.bytes[i],
                           DUET__BYTE_UNRESERVED | DUET__BYTE_SUB_DELIMITER))
            return false;
    }
    return duet__percent_is_valid(host);
}

/* A name whose last label is all digits or begins with "0x" is a number, which
 * some resolvers read as an IPv4 address and others do not (WHATWG URL 3.5). */
static bool looks_like_a_number(duet__text name)
{
    duet__text last;
    const char *dot;

    if (name.bytes[name.length - 1] == '.')
        name.length--;
    dot = memrchr(name.bytes, '.', name.length);
    last = dot == NULL ? name
                       : duet__text_skip(name, (size_t)(dot + 1 - name.bytes));
    return duet__text_is_digits(last) ||
           (last.length >= 2 && last.bytes[0] == '0' &&
            duet__ascii_lower(last.bytes[1]) == 'x');
}

/* Copies in lower case; returns what is wrong with one of the bytes. */
static const char *copy_name(duet__text text, char *host)
{
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.bytes[i];

        if (byte == '%')
            return "has a '%'";
        if (!duet__ascii_is_letter(byte) && !duet__ascii_is_digit(byte) &&
            byte != '-' && byte != '.' && byte != '_')
            return "has a character that no host name has";
        host[i] = duet__ascii_lower(byte);
    }
    host[text.length] = '\0';
    return NULL;
}

static const char *check_labels(duet__text name)
{
    size_t label_length = 0;

    if (name.length > 1 && name.bytes[name.length - 1] == '.')
        name.length--;
    if (name.length > NAME_BYTES_MAX)
        return "is longer than 253 bytes";
    for (size_t i = 0; i <= name.length; i++) {
        if (i < name.length && name.bytes[i] != '.') {
            label_length++;
            continue;
        }
        if (label_length == 0)
            return "has an empty part";
        if (label_length > LABEL_BYTES_MAX)
            return "has a part longer than 63 bytes";
        label_length = 0;
    }
    return NULL;
}

bool duet__host_name_is_address(duet__text host)
{
    size_t end = host.length;

    while (end > 0 && duet__ascii_is_digit(host.bytes[end - 1]))
        end--;
    return (end > 0 && end < host.length && host.bytes[end - 1] == '.') ||
           duet__text_find(host, ':') < host.length;
}

static bool is_ascii(duet__text text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.bytes[i] > 0x7f)
            return false;
    return true;
}

const char *duet__host_name_read(duet__text text, char *host)
{
    char ascii[DUET__HOST_BYTES];
    const char *flaw;
    struct in_addr ipv4;

    if (text.length == 0)
        return "is empty";
    if (text.bytes[0] == '[')
        return read_ipv6(text, host) ? NULL : "is not an IPv6 address";
    if (!is_ascii(text)) {
        flaw = duet__idn_to_ascii(text, ascii, sizeof ascii);
        if (flaw != NULL)
            return flaw;
        text = duet__text_from(ascii);
    }
    if (text.length == 0) /* it had only invisible characters */
        return "is empty";
    if (text.length > NAME_BYTES_MAX + 1)
        return "is longer than 253 bytes";
    flaw = copy_name(text, host);
    if (flaw == NULL)
        flaw = check_labels(text);
    if (flaw == NULL && looks_like_a_number(text) &&
        inet_pton(AF_INET, host, &ipv4) != 1)
        flaw = "is a number but not four decimal parts from 0 to 255";
    return flaw;
}
