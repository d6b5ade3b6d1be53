/* SPDX-License-Identifier: MIT */
#include "http/url/idn.h"

#include <string.h>

#include "support/test.h"

static const char *convert(const char *name, char *ascii)
{
    return duet__idn_to_ascii(duet__text_from(name), ascii, 256);
}

static void names_get_their_xn_form(void **state)
{
    char ascii[256];

    (void)state;
    assert_null(convert("b\u00fccher.example", ascii));
    assert_string_equal(ascii, "xn--bcher-kva.example");
    assert_null(convert("bu\u0308cher.example", ascii)); /* not composed */
    assert_string_equal(ascii, "xn--bcher-kva.example");
    assert_null(convert("B\u00dcCHER.Example", ascii));
    assert_string_equal(ascii, "xn--bcher-kva.example");
}

/* Fills `text` with so many bytes of `piece`, or a few more. */
static void repeat(char *text, const char *piece, size_t bytes)
{
    size_t step = strlen(piece);

    for (size_t i = 0; i < bytes; i += step)
        memcpy(text + i, piece, step + 1);
}

static void flaws_are_said(void **state)
{
    char many[2000] = "";
    char ascii[256];

    (void)state;
    assert_string_equal(convert("a\xff", ascii), "is not UTF-8");
    assert_non_null(strstr(convert("a\u2028\u00fc", ascii), "IDNA"));
    repeat(many, "\u00fc", 200);
    assert_non_null(strstr(convert(many, ascii), "63 bytes"));
    repeat(many, "\u00fc.", 999);
    assert_non_null(strstr(convert(many, ascii), "253 bytes"));
    repeat(many, "\u00fc.", 1500);
    assert_non_null(strstr(convert(many, ascii), "253 bytes"));
    assert_non_null(strstr(duet__idn_to_ascii(DUET__TEXT("\u00fc"), ascii, 4),
                           "253 bytes"));
    assert_non_null(duet__idn_to_ascii(DUET__TEXT("\u00fc\0"), ascii, 256));
}

TEST_MAIN(test(names_get_their_xn_form), test(flaws_are_said))
