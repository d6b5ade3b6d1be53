/* SPDX-License-Identifier: MIT */
#include "http/head/accept_encoding.h"

#include "support/test.h"

static const duet__coding offered[] = {DUET__CODING_BROTLI, DUET__CODING_ZSTD,
                                       DUET__CODING_GZIP};

/* Of a field's value, or of two that are separated by '|'. */
static duet__accepted_codings accepted_by(const char *value)
{
    duet__text rest = duet__text_from(value);
    duet__accepted_codings accepted;

    duet__accept_encoding_init(&accepted);
    while (rest.bytes != NULL)
        duet__accept_encoding_read(&accepted, duet__text_cut(&rest, '|'));
    return accepted;
}

static void expect(const char *value, const char *chosen, bool takes_identity)
{
    duet__accepted_codings accepted = accepted_by(value);
    duet__coding coding = duet__accept_encoding_choose(&accepted, offered, 3);

    if (strcmp(duet__coding_name(coding), chosen) != 0)
        print_error("\"%s\"\n", value != NULL ? value : "none");
    assert_string_equal(duet__coding_name(coding), chosen);
    assert_int_equal(duet__accept_encoding_takes_identity(&accepted),
                     takes_identity);
}

static void who_names_none_gets_none(void **state)
{
    (void)state;
    expect(NULL, "identity", true);
    expect("", "identity", true);
    expect(" ,, ", "identity", true);
    expect("compress, sdch", "identity", true);
}

static void
greatest_weight_wins_and_the_servers_order_decides_a_tie(void **state)
{
    (void)state;
    expect("gzip", "gzip", true);
    expect("GZIP", "gzip", true);
    expect("x-gzip", "gzip", true);
    expect("gzip, deflate, br, zstd", "br", true);
    expect("gzip, deflate", "gzip", true);
    expect("deflate", "identity", true);
    expect("gzip;q=0.9, br;q=0.8", "gzip", true);
    expect("gzip;q=0.001, br;q=0", "gzip", true);
    expect("br;q=0.5, zstd;q=0.51, gzip;q=0.5", "zstd", true);
    expect("br;q=0.1|zstd", "zstd", true);
    expect("gzip ; q=0.5 , br\t;\tQ=0.6", "br", true);
    expect("gzip;level=9;q=0.5, br;q=0.4", "gzip", true);
    expect("br;q=0.8889, gzip;q=0.889", "gzip", true);
}

static void weight_of_zero_refuses(void **state)
{
    (void)state;
    expect("gzip;q=0", "identity", true);
    expect("gzip;q=0.000, br;q=0.0, zstd;q=0.", "identity", true);
    expect("gzip, gzip;q=0", "identity", true);
    expect("gzip;q=0, x-gzip", "identity", true);
    expect("gzip;q=0.2, gzip;q=0.6, br;q=0.5", "gzip", true);
    expect("identity;q=0", "identity", false);
    expect("identity;q=0, gzip", "gzip", false);
}

static void star_is_for_all_that_are_not_named(void **state)
{
    (void)state;
    expect("*", "br", true);
    expect("*;q=0", "identity", false);
    expect("*;q=0, identity", "identity", true);
    expect("gzip, *;q=0", "gzip", false);
    expect("br;q=0, *", "zstd", true);
    expect("br;q=0, zstd;q=0.4, *;q=0.5", "gzip", true);
    expect("identity;q=0.1, *;q=0", "identity", true);
}

static void identity_is_chosen_if_it_is_wanted_more(void **state)
{
    (void)state;
    expect("identity", "identity", true);
    expect("identity, gzip", "gzip", true);
    expect("identity;q=1, gzip;q=0.5", "identity", true);
    expect("identity;q=0.5, gzip;q=0.5", "gzip", true);
    expect("gzip;q=0.1, *;q=0.5", "br", true);
    expect("br;q=0.1, zstd;q=0.1, gzip;q=0.1, *;q=0.5", "identity", true);
}

static void malformed_members_are_passed_over(void **state)
{
    (void)state;
    expect("br;q=2, gzip;q=0.1", "gzip", true);
    expect("br;q=1.001, gzip;q=0.1", "gzip", true);
    expect("br;q=-1, gzip;q=0.1", "gzip", true);
    expect("br;q=, gzip;q=0.1", "gzip", true);
    expect("br;q, gzip;q=0.1", "gzip", true);
    expect("br;q=.5, gzip;q=0.1", "gzip", true);
    expect("br;q=0.x, gzip;q=0.1", "gzip", true);
    expect("br q=1, gzip;q=0.1", "gzip", true);
    expect("\"br\", gzip;q=0.1", "gzip", true);
    expect("identity;q=x", "identity", true);
}

static void only_what_is_offered_is_chosen(void **state)
{
    duet__accepted_codings accepted = accepted_by("br, gzip;q=0.5, *;q=0.7");

    (void)state;
    assert_int_equal(duet__accept_encoding_choose(&accepted, &offered[2], 1),
                     DUET__CODING_IDENTITY); /* 0.7 by "*" */
    assert_int_equal(duet__accept_encoding_choose(&accepted, &offered[1], 1),
                     DUET__CODING_ZSTD);
    assert_int_equal(duet__accept_encoding_choose(&accepted, NULL, 0),
                     DUET__CODING_IDENTITY);
}

TEST_MAIN(test(who_names_none_gets_none),
          test(greatest_weight_wins_and_the_servers_order_decides_a_tie),
          test(weight_of_zero_refuses),
          test(star_is_for_all_that_are_not_named),
          test(identity_is_chosen_if_it_is_wanted_more),
          test(malformed_members_are_passed_over),
          test(only_what_is_offered_is_chosen))
