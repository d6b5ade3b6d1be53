/* SPDX-License-Identifier: MIT */
/* multipart.c - one step for each state; see multipart.h.
 *
 * A delimiter begins with CR, and no other byte of it is one: so where a
 * comparison fails, nothing that was compared can be the start of another
 * match, and the search goes on behind it. What was matched at the end of a
 * piece need not be kept, as the delimiter has the same bytes. */
#include "http/body/multipart.h"

#include <duet/limit.h>

#include "base/error.h"
#include "http/head/fields.h"

enum { CRLF_LENGTH = 2 };

void duet__multipart_parser_init(duet__multipart_parser *parser,
                                 const duet__boundary *boundary,
                                 const duet__multipart_limits *limits)
{
    *parser = (duet__multipart_parser){
        .limits = *limits,
        .delimiter = {'\r', '\n', '-', '-'},
        .delimiter_length = boundary->length + 4,
        /* The first delimiter needs no line end before it. */
        .matched = CRLF_LENGTH,
        .imagined = CRLF_LENGTH,
    };
    memcpy(parser->delimiter + 4, boundary->bytes, boundary->length);
    duet__buffer_init(&parser->line, limits->head_bytes_max);
}

void duet__multipart_parser_free(duet__multipart_parser *parser)
{
    duet__buffer_free(&parser->line);
    duet_fields_free(parser->fields);
    parser->fields = NULL;
}

/* Adds to a count. Returns DUET_ETOOLARGE with detail beyond its limit. */
static int count(size_t *counted, size_t more, size_t limit, const char *what,
                 const char *option)
{
    if (more > limit - *counted)
        return duet__fail(DUET_ETOOLARGE, "%s more than %zu, which is %s", what,
                          limit, option);
    *counted += more;
    return 0;
}

static int fail_part(const duet__multipart_parser *parser, const char *what)
{
    return duet__fail(DUET_EPROTOCOL, "part %zu of the multipart body: %s",
                      parser->parts, what);
}

static int fail_outside(const char *what)
{
    return duet__fail(DUET_EPROTOCOL, "multipart body: %s", what);
}

static duet__text cut(duet__text *input, size_t length)
{
    duet__text start = duet__text_of(input->bytes, length);

    *input = duet__text_skip(*input, length);
    return start;
}

static int count_outside(duet__multipart_parser *parser, size_t more)
{
    return count(&parser->outside_bytes, more, parser->limits.outside_bytes_max,
                 "multipart body: the bytes outside of its parts are",
                 "outside_bytes_max");
}

static int count_head(duet__multipart_parser *parser, size_t more)
{
    return count(&parser->head_bytes, more, parser->limits.head_bytes_max,
                 "multipart body: the bytes of a part's head are",
                 "head_bytes_max");
}

/* --- content, and the delimiter behind it -------------------------------- */

/* How many bytes at the start of `text` continue the delimiter behind its first
 * `matched` bytes. */
static size_t match(const duet__multipart_parser *parser, size_t matched,
                    duet__text text)
{
    size_t most = parser->delimiter_length - matched;
    size_t length = 0;

    while (length < most && length < text.length &&
           text.bytes[length] == parser->delimiter[matched + length])
        length++;
    return length;
}

/* Goes on with a match that the piece before has begun. What turns out to be no
 * delimiter is content, which is returned. */
static duet__text go_on_matching(duet__multipart_parser *parser,
                                 duet__text *input)
{
    duet__text content;

    parser->matched +=
        cut(input, match(parser, parser->matched, *input)).length;
    if (parser->matched == parser->delimiter_length || input->length == 0)
        return duet__text_of(NULL, 0);
    content = duet__text_of(parser->delimiter + parser->imagined,
                            parser->matched - parser->imagined);
    parser->matched = 0;
    parser->imagined = 0;
    return content;
}

/* Returns the content before the next delimiter, or what may be one. */
static duet__text look_for_delimiter(duet__multipart_parser *parser,
                                     duet__text *input)
{
    size_t place = 0;

    for (;;) {
        duet__text rest = duet__text_skip(*input, place);
        size_t begin = place + duet__text_find(rest, '\r');
        size_t length = match(parser, 0, duet__text_skip(*input, begin));

        place = begin + length;
        if (length == parser->delimiter_length || place == input->length) {
            duet__text content = cut(input, begin);

            parser->matched = cut(input, length).length;
            return content;
        }
    }
}

/* The next content; none if a delimiter or the input ended. */
static duet__text next_content(duet__multipart_parser *parser,
                               duet__text *input)
{
    duet__text content = {0};

    if (parser->matched > 0)
        content = go_on_matching(parser, input);
    if (content.length == 0 && parser->matched == 0)
        content = look_for_delimiter(parser, input);
    return content;
}

static void end_content(duet__multipart_parser *parser)
{
    if (parser->matched < parser->delimiter_length)
        return;
    parser->matched = 0;
    parser->imagined = 0;
    parser->head_bytes = 0;
    parser->state = DUET__MULTIPART_DELIMITER;
}

static int take_preamble(duet__multipart_parser *parser, duet__text *input)
{
    duet__text content = next_content(parser, input);

    if (content.length == 0)
        end_content(parser);
    return count_outside(parser, content.length);
}

static int take_content(duet__multipart_parser *parser, duet__text *input,
                        duet__multipart_event *event, duet__text *bytes)
{
    duet__text content = next_content(parser, input);

    if (content.length == 0) {
        end_content(parser);
        return 0;
    }
    *event = DUET__MULTIPART_BYTES;
    *bytes = content;
    return count(&parser->part_bytes, content.length,
                 parser->limits.part_bytes_max,
                 "multipart body: the bytes of a part are", "part_bytes_max");
}

/* --- the line of a delimiter --------------------------------------------- */

static void end_part(duet__multipart_parser *parser,
                     duet__multipart_event *event)
{
    if (parser->is_in_part)
        *event = DUET__MULTIPART_PART_END;
    parser->is_in_part = false;
}

static int begin_head(duet__multipart_parser *parser)
{
    const size_t fields_max = parser->limits.fields_max;
    const duet_fields_options options = {.count_max = fields_max > INT64_MAX
                                                          ? DUET_NO_LIMIT
                                                          : (int64_t)fields_max,
                                         .bytes_max = DUET_NO_LIMIT};
    int status = count(&parser->parts, 1, parser->limits.parts_max,
                       "multipart body: the parts are", "parts_max");

    if (status != 0)
        return status;
    parser->state = DUET__MULTIPART_FIELDS;
    duet_fields_free(parser->fields);
    return duet_fields_new(&options, &parser->fields);
}

/* One byte behind a boundary. */
static int take_delimiter(duet__multipart_parser *parser, char byte,
                          duet__multipart_event *event)
{
    duet__multipart_state state = parser->state;
    int status = count_head(parser, 1);

    if (status != 0)
        return status;
    if (state == DUET__MULTIPART_DELIMITER && byte == '-') {
        parser->state = DUET__MULTIPART_DASH;
    } else if (state == DUET__MULTIPART_DASH && byte == '-') {
        parser->state = DUET__MULTIPART_CLOSED;
        end_part(parser, event);
    } else if (state == DUET__MULTIPART_LINE_END && byte == '\n') {
        status = begin_head(parser);
        end_part(parser, event);
    } else if (state != DUET__MULTIPART_DELIMITER &&
               state != DUET__MULTIPART_PADDING) {
        return fail_outside("bytes behind a delimiter");
    } else if (byte == ' ' || byte == '\t') {
        parser->state = DUET__MULTIPART_PADDING;
    } else if (byte == '\r') {
        parser->state = DUET__MULTIPART_LINE_END;
    } else {
        return fail_outside("bytes behind a delimiter");
    }
    return status;
}

/* Behind the last delimiter. */
static int take_rest(duet__multipart_parser *parser, duet__text *input)
{
    char byte;
    int status;

    if (parser->state == DUET__MULTIPART_EPILOGUE)
        return count_outside(parser, cut(input, input->length).length);
    byte = cut(input, 1).bytes[0];
    status = count_outside(parser, 1);
    if (status != 0)
        return status;
    if (parser->state == DUET__MULTIPART_CLOSED_LINE_END && byte == '\n')
        parser->state = DUET__MULTIPART_EPILOGUE;
    else if (parser->state == DUET__MULTIPART_CLOSED && byte == '\r')
        parser->state = DUET__MULTIPART_CLOSED_LINE_END;
    else if (parser->state != DUET__MULTIPART_CLOSED ||
             (byte != ' ' && byte != '\t'))
        return fail_outside("bytes behind the last delimiter");
    return 0;
}

/* --- the head of a part -------------------------------------------------- */

static int add_field(duet__multipart_parser *parser, duet__text line)
{
    duet__text value = line;
    duet__text name = duet__text_cut(&value, ':');
    int status;

    if (line.bytes[0] == ' ' || line.bytes[0] == '\t')
        status = duet__fields_unfold(parser->fields, line);
    else if (value.bytes == NULL)
        return fail_part(parser, "a line of its head has no colon");
    else
        status = duet__fields_take(parser->fields, name, value);
    if (status == DUET_EFIELD)
        return fail_part(parser, "a malformed field");
    if (status == DUET_ETOOLARGE)
        return duet__fail(status,
                          "part %zu of the multipart body: more fields than "
                          "%zu, which is fields_max",
                          parser->parts, parser->limits.fields_max);
    return status;
}

static void begin_content(duet__multipart_parser *parser,
                          duet__multipart_event *event)
{
    *event = DUET__MULTIPART_HEAD;
    parser->state = DUET__MULTIPART_CONTENT;
    parser->is_in_part = true;
    parser->part_bytes = 0;
    /* If there is no content, the empty line behind the head is the one that
     * the delimiter begins with. */
    parser->matched = CRLF_LENGTH;
    parser->imagined = CRLF_LENGTH;
}

/* A line that is complete; the empty one ends the head. */
static int take_line(duet__multipart_parser *parser, duet__text line,
                     duet__multipart_event *event)
{
    if (line.length < CRLF_LENGTH || line.bytes[line.length - 2] != '\r')
        return fail_part(parser, "a line of its head does not end in CRLF");
    line.length -= CRLF_LENGTH;
    if (line.length > 0)
        return add_field(parser, line);
    begin_content(parser, event);
    return 0;
}

static int take_head(duet__multipart_parser *parser, duet__text *input,
                     duet__multipart_event *event)
{
    size_t length = duet__text_find(*input, '\n');
    bool is_complete = length < input->length;
    duet__text piece = cut(input, is_complete ? length + 1 : length);
    int status = count_head(parser, piece.length);

    if (status == 0)
        status = duet__buffer_append_text(&parser->line, piece);
    if (status != 0 || !is_complete)
        return status;
    status = take_line(parser, duet__buffer_text(&parser->line), event);
    duet__buffer_reset(&parser->line);
    return status;
}

/* ------------------------------------------------------------------------- */

static int step(duet__multipart_parser *parser, duet__text *input,
                duet__multipart_event *event, duet__text *bytes)
{
    switch (parser->state) {
    case DUET__MULTIPART_PREAMBLE:
        return take_preamble(parser, input);
    case DUET__MULTIPART_FIELDS:
        return take_head(parser, input, event);
    case DUET__MULTIPART_CONTENT:
        return take_content(parser, input, event, bytes);
    case DUET__MULTIPART_CLOSED:
    case DUET__MULTIPART_CLOSED_LINE_END:
    case DUET__MULTIPART_EPILOGUE:
        return take_rest(parser, input);
    default:
        return take_delimiter(parser, cut(input, 1).bytes[0], event);
    }
}

int duet__multipart_parser_next(duet__multipart_parser *parser,
                                duet__text *input, duet__multipart_event *event,
                                duet__text *bytes)
{
    *event = DUET__MULTIPART_MORE;
    while (parser->failure == 0 && input->length > 0 &&
           *event == DUET__MULTIPART_MORE)
        parser->failure = step(parser, input, event, bytes);
    return parser->failure;
}

int duet__multipart_parser_finish(duet__multipart_parser *parser)
{
    if (parser->failure == 0 && parser->state != DUET__MULTIPART_CLOSED &&
        parser->state != DUET__MULTIPART_EPILOGUE)
        parser->failure =
            duet__fail(DUET_ETRUNCATED,
                       "multipart body: it ended without the last delimiter, "
                       "in part %zu",
                       parser->parts);
    return parser->failure;
}
