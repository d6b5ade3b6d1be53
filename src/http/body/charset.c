/* SPDX-License-Identifier: MIT */
/* charset.c - chooses the charset of a text, and makes it UTF-8.
 *
 * UTF-8 and windows-1252 are read here, the others by the C library's iconv().
 * Invariant: only the names in the table below reach iconv_open(), so that no
 * label chooses UTF-7 or a suffix of iconv's. */
#include "http/body/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"
#include "http/head/field_parameters.h"

typedef struct charset {
    const char *name;   /* for iconv_open(); UTF_8 and WINDOWS_1252 are ours */
    const char *labels; /* in lower case, with a blank before and behind each */
} charset;

enum { UTF_8, WINDOWS_1252, UTF_16LE, UTF_16BE };

/* The first four are those of the enum. */
static const charset charsets[] = {
    {"UTF-8", " unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 "
              "x-unicode20utf8 "},
    {"CP1252", " ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 "
               "iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 "
               "iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252 "},
    {"UTF-16LE", " csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 "
                 "utf-16le "},
    {"UTF-16BE", " unicodefffe utf-16be "},
    {"IBM866", " 866 cp866 csibm866 ibm866 "},
    {"ISO-8859-2", " csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 "
                   "iso_8859-2 iso_8859-2:1987 l2 latin2 "},
    {"ISO-8859-3", " csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 "
                   "iso_8859-3 iso_8859-3:1988 l3 latin3 "},
    {"ISO-8859-4", " csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 "
                   "iso_8859-4 iso_8859-4:1988 l4 latin4 "},
    {"ISO-8859-5", " csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 "
                   "iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988 "},
    {"ISO-8859-6", " arabic asmo-708 csiso88596e csiso88596i csisolatinarabic "
                   "ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 "
                   "iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987 "},
    {"ISO-8859-7", " csisolatingreek ecma-118 elot_928 greek greek8 "
                   "iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 "
                   "iso_8859-7:1987 sun_eu_greek "},
    {"ISO-8859-8", " csiso88598e csisolatinhebrew hebrew iso-8859-8 "
                   "iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 "
                   "iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical "},
    {"ISO-8859-10", " csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 "
                    "iso885910 l6 latin6 "},
    {"ISO-8859-13", " iso-8859-13 iso8859-13 iso885913 "},
    {"ISO-8859-14", " iso-8859-14 iso8859-14 iso885914 "},
    {"ISO-8859-15", " csisolatin9 iso-8859-15 iso8859-15 iso885915 "
                    "iso_8859-15 l9 "},
    {"ISO-8859-16", " iso-8859-16 "},
    {"KOI8-R", " cskoi8r koi koi8 koi8-r koi8_r "},
    {"KOI8-U", " koi8-ru koi8-u "},
    {"MACINTOSH", " csmacintosh mac macintosh x-mac-roman "},
    {"CP874", " dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 "
              "windows-874 "},
    {"CP1250", " cp1250 windows-1250 x-cp1250 "},
    {"CP1251", " cp1251 windows-1251 x-cp1251 "},
    {"CP1253", " cp1253 windows-1253 x-cp1253 "},
    {"CP1254", " cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 "
               "iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254 "},
    {"CP1255", " cp1255 windows-1255 x-cp1255 "},
    {"CP1256", " cp1256 windows-1256 x-cp1256 "},
    {"CP1257", " cp1257 windows-1257 x-cp1257 "},
    {"CP1258", " cp1258 windows-1258 x-cp1258 "},
    {"MAC-UK", " x-mac-cyrillic x-mac-ukrainian "},
    {"GB18030", " chinese csgb2312 csiso58gb231280 gb2312 gb_2312 "
                "gb_2312-80 gbk iso-ir-58 x-gbk gb18030 "},
    {"BIG5-HKSCS", " big5 big5-hkscs cn-big5 csbig5 x-x-big5 "},
    {"EUC-JP", " cseucpkdfmtjapanese euc-jp x-euc-jp "},
    {"ISO-2022-JP", " csiso2022jp iso-2022-jp "},
    {"CP932", " csshiftjis ms932 ms_kanji shift-jis shift_jis sjis "
              "windows-31j x-sjis "},
    {"CP949", " cseuckr csksc56011987 euc-kr iso-ir-149 korean "
              "ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949 "},
};

enum {
    CHARSETS = sizeof charsets / sizeof charsets[0],
    LABEL_BYTES = 24, /* the longest is shorter */
    PIECE_BYTES = 4096,
};

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

enum { REPLACEMENT_BYTES = sizeof replacement - 1 };

/* --- choosing ------------------------------------------------------------ */

static const charset *find(duet__text label)
{
    char wanted[LABEL_BYTES + 3] = " ";

    if (label.length == 0 || label.length > LABEL_BYTES ||
        memchr(label.bytes, ' ', label.length) != NULL ||
        memchr(label.bytes, '\0', label.length) != NULL)
        return NULL;
    for (size_t i = 0; i < label.length; i++)
        wanted[i + 1] = duet__ascii_lower(label.bytes[i]);
    wanted[label.length + 1] = ' ';
    for (size_t i = 0; i < CHARSETS; i++) {
        if (strstr(charsets[i].labels, wanted) != NULL)
            return &charsets[i];
    }
    return NULL;
}

/* The charset that a Content-Type names; NULL: none that is known. */
static const charset *named(duet__text content_type)
{
    duet__field_parameter parameter;

    duet__field_parameters_begin(&content_type);
    while (duet__field_parameters_next(&content_type, &parameter) > 0) {
        if (duet__text_equal_ignoring_case(parameter.name,
                                           DUET__TEXT("charset")))
            return find(duet__text_trim(parameter.value));
    }
    return NULL;
}

/* The charset of the byte order mark, which is cut off; NULL: there is none. */
static const charset *marked(duet__text *body)
{
    static const struct {
        const char *mark;
        int charset;
    } marks[] = {{"\xEF\xBB\xBF", UTF_8},
                 {"\xFE\xFF", UTF_16BE},
                 {"\xFF\xFE", UTF_16LE}};

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        duet__text mark = duet__text_from(marks[i].mark);

        if (duet__text_starts_with(*body, mark)) {
            *body = duet__text_skip(*body, mark.length);
            return &charsets[marks[i].charset];
        }
    }
    return NULL;
}

/* How many bytes at the beginning are well-formed. */
static size_t well_formed(duet__text text)
{
    size_t at = 0;
    size_t length;

    while ((length = duet__utf8_length(duet__text_skip(text, at))) > 0)
        at += length;
    return at;
}

/* The buffer was written up to `end`. */
static void end_at(duet__buffer *made, char *end)
{
    *end = '\0';
    made->length = (size_t)(end - made->bytes);
}

/* --- what is read here ---------------------------------------------------- */

/* How many bytes one U+FFFD stands for: the longest beginning of a character
 * that was not gone on with (Unicode, section 3.9). */
static size_t malformed(duet__text text)
{
    char tried[4];

    for (size_t most = text.length < 3 ? text.length : 3; most > 1; most--) {
        memset(tried, 0x80, sizeof tried);
        memcpy(tried, text.bytes, most);
        if (duet__utf8_length(duet__text_of(tried, sizeof tried)) > most)
            return most;
    }
    return 1;
}

static int repair_utf8(duet__text rest, duet__buffer *made)
{
    int status = 0;

    while (rest.length > 0 && status == 0) {
        size_t good = well_formed(rest);

        status = duet__buffer_append(made, rest.bytes, good);
        rest = duet__text_skip(rest, good);
        if (status != 0 || rest.length == 0)
            return status;
        status = duet__buffer_append(made, replacement, REPLACEMENT_BYTES);
        rest = duet__text_skip(rest, malformed(rest));
    }
    return status;
}

/* Writes a character of two or three bytes. */
static char *write_character(char *to, unsigned code)
{
    if (code >= 0x800) {
        *to++ = (char)(0xE0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
    } else {
        *to++ = (char)(0xC0 | code >> 6);
    }
    *to++ = (char)(0x80 | (code & 0x3F));
    return to;
}

static int decode_windows_1252(duet__text body, duet__buffer *made)
{
    /* Of the bytes 0x80 to 0x9F; the others are what they are in Unicode. */
    static const uint16_t codes[] = {
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
        0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};
    int status = duet__buffer_reserve(made, 3 * body.length);
    char *to;

    if (status != 0)
        return status;
    to = made->bytes;
    for (size_t i = 0; i < body.length; i++) {
        unsigned code = (unsigned char)body.bytes[i];

        if (code < 0x80)
            *to++ = (char)code;
        else
            to = write_character(to, code < 0xA0 ? codes[code - 0x80] : code);
    }
    end_at(made, to);
    return 0;
}

/* --- what iconv() reads --------------------------------------------------- */

/* Decodes up to the next flaw or until the room is full; at the end of the
 * text also what the converter has kept.
 *
 * Returns 1 at the end, 0, or a code. */
static int convert_piece(iconv_t converter, duet__text *rest, size_t unit,
                         duet__buffer *made)
{
    char *from = (char *)rest->bytes;
    size_t left = rest->length;
    bool is_end = left == 0;
    size_t room = PIECE_BYTES;
    int status = duet__buffer_reserve(made, PIECE_BYTES);
    char *to;
    int error;

    if (status != 0)
        return status;
    to = made->bytes + made->length;
    error =
        iconv(converter, is_end ? NULL : &from, &left, &to, &room) == (size_t)-1
            ? errno
            : 0;
    end_at(made, to);
    *rest = duet__text_skip(*rest, rest->length - left);
    if (is_end)
        return 1;
    if (error == 0 || error == E2BIG)
        return 0;
    *rest = duet__text_skip(*rest, left < unit ? left : unit);
    return duet__buffer_append(made, replacement, REPLACEMENT_BYTES);
}

static int convert(const charset *from, duet__text rest, duet__buffer *made)
{
    size_t unit = strncmp(from->name, "UTF-16", 6) == 0 ? 2 : 1;
    iconv_t converter = iconv_open("UTF-8", from->name);
    int status = 0;

    if (converter == (iconv_t)-1)
        return errno == ENOMEM
                   ? DUET_ENOMEM
                   : duet__fail(DUET_ENOTSUP,
                                "the C library has no converter for %s",
                                from->name);
    while (status == 0)
        status = convert_piece(converter, &rest, unit, made);
    iconv_close(converter);
    return status > 0 ? 0 : status;
}

int duet__charset_decode(duet__text body, duet__text content_type,
                         duet__buffer *made, duet__text *text)
{
    const charset *from = marked(&body);
    bool is_utf8 = well_formed(body) == body.length;
    int status;

    if (from == NULL)
        from = named(content_type);
    if (from == NULL)
        from = &charsets[is_utf8 ? UTF_8 : WINDOWS_1252];
    *text = body;
    if (from == &charsets[UTF_8] && is_utf8)
        return 0;
    if (from == &charsets[UTF_8])
        status = repair_utf8(body, made);
    else if (from == &charsets[WINDOWS_1252])
        status = decode_windows_1252(body, made);
    else
        status = convert(from, body, made);
    *text = duet__buffer_text(made);
    return status;
}
