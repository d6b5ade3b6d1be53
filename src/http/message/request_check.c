/* SPDX-License-Identifier: MIT */
/* request_check.c - one function for each kind of error in a request head.
 *
 * Each returns 0 or the status code of the refusal. Owns nothing. */
#include "http/message/request_check.h"

#include "base/byte_class.h"
#include "http/head/fields.h"
#include "http/url/host.h"
#include "http/url/percent.h"

static int refuse(int status, const char *sentence, const char **reason)
{
    *reason = sentence;
    return status;
}

/* The fields that the checks depend on, found in one pass. */
typedef struct found {
    size_t hosts;
    size_t lengths;
    size_t codings;
    size_t other_expectations; /* than 100-continue */
    duet__text host;           /* the last one of each */
    duet__text length;
    duet__text coding;
} found;

static bool is_version_1_0(const duet__request_head *head)
{
    return duet__text_equal(head->version, DUET__TEXT("HTTP/1.0"));
}

/* HTTP-version = "HTTP/" DIGIT "." DIGIT, RFC 9112 2.3 */
static int check_version(const duet__request_head *head, const char **reason)
{
    duet__text version = head->version;

    if (version.length != 8 ||
        !duet__text_starts_with(version, DUET__TEXT("HTTP/")) ||
        !duet__ascii_is_digit(version.bytes[5]) || version.bytes[6] != '.' ||
        !duet__ascii_is_digit(version.bytes[7]))
        return refuse(400, "the version is malformed", reason);
    if (version.bytes[5] != '1')
        return refuse(505, "the version is not HTTP/1", reason);
    return 0;
}

/* absolute-form: http or https, a valid authority without user info, RFC 9112
 * 3.2.2 and RFC 9110 4.2 */
static bool is_absolute_form(duet__text target)
{
    static const duet__text schemes[] = {
        {"http://", 7},
        {"https://", 8},
    };

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        duet__text head = duet__text_of(
            target.bytes, schemes[i].length < target.length ? schemes[i].length
                                                            : target.length);
        duet__text authority = duet__text_skip(target, schemes[i].length);

        if (!duet__text_equal_ignoring_case(head, schemes[i]))
            continue;
        authority.length = duet__text_find(authority, '/');
        authority.length = duet__text_find(authority, '?');
        authority.length = duet__text_find(authority, '#');
        return duet__host_field_is_valid(authority);
    }
    return false;
}

/* authority-form: host ":" port, RFC 9112 3.2.3 */
static bool is_authority_form(duet__text target)
{
    duet__text host;
    duet__text port;

    return duet__host_field_is_valid(target) &&
           duet__host_split(target, &host, &port) && port.length > 0;
}

static int check_target(const duet__request_head *head, const char **reason)
{
    duet__text target = head->target;
    duet__text path = target;

    if (target.length == 0)
        return refuse(400, "the target is empty", reason);
    for (size_t i = 0; i < target.length; i++) {
        if (!duet__byte_is(target.bytes[i], DUET__BYTE_TARGET) &&
            (unsigned char)target.bytes[i] < 0x80)
            return refuse(400,
                          "the target has a character that must be "
                          "escaped",
                          reason);
    }
    if (duet__text_equal(head->method, DUET__TEXT("CONNECT")))
        return is_authority_form(target)
                   ? 0
                   : refuse(400, "the target of CONNECT is not host:port",
                            reason);
    path.length = duet__text_find(path, '#');
    path.length = duet__text_find(path, '?');
    if (!duet__percent_is_valid(path))
        return refuse(400, "the target has a '%' that escapes nothing", reason);
    if (target.bytes[0] == '/' || is_absolute_form(target))
        return 0;
    if (duet__text_equal(target, DUET__TEXT("*")) &&
        duet__text_equal(head->method, DUET__TEXT("OPTIONS")))
        return 0;
    return refuse(400, "the target is neither a path nor an absolute URL",
                  reason);
}

static bool is_called(const duet__raw_field *field, duet__text name)
{
    return duet__text_equal_ignoring_case(field->name, name);
}

/* Notes the field if the checks depend on it: the names of these fields all
 * differ in length. */
static void note_field(const duet__raw_field *field, found *found,
                       duet__request_framing *framing)
{
    duet__text value = duet__text_trim(field->value);

    switch (field->name.length) {
    case sizeof "Host" - 1:
        if (is_called(field, DUET__TEXT("Host"))) {
            found->hosts++;
            found->host = value;
        }
        break;
    case sizeof "Expect" - 1:
        if (is_called(field, DUET__TEXT("Expect"))) {
            framing->expects_continue = true;
            found->other_expectations += !duet__text_equal_ignoring_case(
                value, DUET__TEXT("100-continue"));
        }
        break;
    case sizeof "Content-Length" - 1:
        if (is_called(field, DUET__TEXT("Content-Length"))) {
            found->lengths++;
            found->length = value;
        }
        break;
    case sizeof "Transfer-Encoding" - 1:
        if (is_called(field, DUET__TEXT("Transfer-Encoding"))) {
            found->codings++;
            found->coding = value;
        }
        break;
    default:
        break;
    }
}

static int check_fields(const duet__request_head *head, const char **reason)
{
    for (size_t i = 0; i < head->field_count; i++) {
        const duet__raw_field *field = &head->fields[i];

        if (!duet__text_is_token(field->name))
            return refuse(400, "a field name is malformed", reason);
        if (duet__field_value_flaw(field->value) < field->value.length)
            return refuse(400, "a field value has a control character", reason);
    }
    return 0;
}

static int check_host(const duet__request_head *head, const found *found,
                      const char **reason)
{
    if (found->hosts > 1)
        return refuse(400, "Host occurs twice", reason);
    if (found->hosts == 0)
        return is_version_1_0(head) ? 0
                                    : refuse(400, "Host is missing", reason);
    if ((found->host.length == 0 ||
         !duet__text_equal(found->host, head->known_host)) &&
        !duet__host_field_is_valid(found->host))
        return refuse(400, "Host is malformed", reason);
    return 0;
}

int duet__request_check_codings(duet__text list, const char **reason)
{
    size_t chunked = 0;
    size_t others = 0;
    bool chunked_is_last = false;

    while (list.bytes != NULL) {
        duet__text coding = duet__text_trim(duet__text_cut(&list, ','));
        duet__text name = duet__text_trim(
            duet__text_of(coding.bytes, duet__text_find(coding, ';')));

        chunked_is_last =
            duet__text_equal_ignoring_case(coding, DUET__TEXT("chunked"));
        if (!duet__text_is_token(name))
            return refuse(400, "Transfer-Encoding is malformed", reason);
        if (!duet__text_equal_ignoring_case(name, DUET__TEXT("chunked")))
            others++;
        else if (!chunked_is_last)
            return refuse(400, "chunked has parameters", reason);
        else
            chunked++;
    }
    if (chunked > 1)
        return refuse(400, "chunked occurs twice", reason);
    if (chunked == 1 && !chunked_is_last)
        return refuse(400, "chunked is not the last transfer coding", reason);
    if (others > 0)
        return refuse(501, "the transfer coding is not supported", reason);
    return 0;
}

/* Where the body ends, RFC 9112 6.3 */
static int check_framing(const duet__request_head *head, const found *found,
                         duet__request_framing *framing, const char **reason)
{
    if (found->lengths > 1)
        return refuse(400, "Content-Length occurs twice", reason);
    if (found->codings > 1)
        return refuse(400, "Transfer-Encoding occurs twice", reason);
    if (found->lengths > 0 && found->codings > 0)
        return refuse(400, "Transfer-Encoding with Content-Length", reason);
    if (found->lengths > 0 && !duet__text_is_digits(found->length))
        return refuse(400, "Content-Length is malformed", reason);
    if (found->lengths > 0 &&
        !duet__text_to_number(found->length, INT64_MAX, &framing->length))
        return refuse(413, "Content-Length is too large", reason);
    if (found->lengths > 0)
        framing->has_body = framing->length > 0; /* "000" means no body */
    if (found->codings > 0 && is_version_1_0(head))
        return refuse(400, "Transfer-Encoding on HTTP/1.0", reason);
    return found->codings > 0
               ? duet__request_check_codings(found->coding, reason)
               : 0;
}

static int check_expect(const duet__request_head *head, const found *found,
                        const char **reason)
{
    if (found->other_expectations > 0 && !is_version_1_0(head))
        return refuse(417, "Expect is not 100-continue", reason);
    return 0;
}

int duet__request_check(const duet__request_head *head,
                        duet__request_framing *framing, const char **reason)
{
    found found = {0};
    int status;

    *reason = "";
    *framing = (duet__request_framing){0};
    for (size_t i = 0; i < head->field_count; i++)
        note_field(&head->fields[i], &found, framing);
    framing->host = found.host;
    framing->has_body =
        found.codings > 0 ||
        (found.lengths > 0 && !duet__text_equal(found.length, DUET__TEXT("0")));
    if (!duet__text_is_token(head->method))
        return refuse(400, "the method is malformed", reason);
    status = check_version(head, reason);
    if (status == 0)
        status = check_target(head, reason);
    if (status == 0)
        status = check_fields(head, reason);
    if (status == 0)
        status = check_host(head, &found, reason);
    if (status == 0)
        status = check_framing(head, &found, framing, reason);
    if (status == 0)
        status = check_expect(head, &found, reason);
    return status;
}

/* The head as bytes */

/* Cuts a line and its CRLF off `*rest`; false if the line has no LF, a bare LF
 * or a bare CR (RFC 9112 2.2). */
static bool cut_line(duet__text *rest, duet__text *line)
{
    size_t end = duet__text_find(*rest, '\n');

    if (end == rest->length || end == 0 || rest->bytes[end - 1] != '\r')
        return false;
    *line = duet__text_of(rest->bytes, end - 1);
    *rest = duet__text_skip(*rest, end + 1);
    return duet__text_find(*line, '\r') == line->length;
}

/* request-line = method SP request-target SP HTTP-version, RFC 9112 3 */
static bool read_request_line(duet__text line, duet__request_head *head)
{
    head->method = duet__text_cut(&line, ' ');
    head->target = duet__text_cut(&line, ' ');
    head->version = line;
    return line.bytes != NULL;
}

static int read_field(duet__text line, duet__raw_field *field,
                      const char **reason)
{
    size_t colon = duet__text_find(line, ':');

    if (line.bytes[0] == ' ' || line.bytes[0] == '\t')
        return refuse(400, "a field is folded over two lines", reason);
    if (colon == line.length)
        return refuse(400, "a field has no colon", reason);
    field->name = duet__text_of(line.bytes, colon);
    field->value = duet__text_trim(duet__text_skip(line, colon + 1));
    return 0;
}

int duet__request_head_check(duet__text bytes, duet__raw_field *fields,
                             size_t field_max, duet__request_head *head,
                             const char **reason)
{
    duet__request_framing framing;
    static const char bad_line[] = "a line does not end with CRLF";
    duet__text line;
    int status = 0;

    *head = (duet__request_head){.fields = fields};
    if (duet__text_starts_with(bytes, DUET__TEXT("\r\n")))
        bytes = duet__text_skip(bytes, 2);
    if (!cut_line(&bytes, &line))
        return refuse(400, bad_line, reason);
    if (!read_request_line(line, head))
        return refuse(400, "the request line is malformed", reason);
    for (;;) {
        if (!cut_line(&bytes, &line))
            return refuse(400, bad_line, reason);
        if (line.length == 0)
            break;
        if (head->field_count == field_max)
            return refuse(431, "too many fields", reason);
        status = read_field(line, &fields[head->field_count], reason);
        if (status != 0)
            return status;
        head->field_count++;
    }
    return duet__request_check(head, &framing, reason);
}
