/* SPDX-License-Identifier: MIT */
/* accept_encoding.c - reads Accept-Encoding and chooses a coding. Owns
 * nothing. */
#include "http/head/accept_encoding.h"

enum { NOT_NAMED = -1, MOST = 1000 };

void duet__accept_encoding_init(duet__accepted_codings *accepted)
{
    for (size_t i = 0; i < DUET__CODINGS; i++)
        accepted->weight[i] = NOT_NAMED;
    accepted->weight_of_others = NOT_NAMED;
}

/* qvalue, in thousandths: "0", "0.7", "1.000". More than three digits behind
 * the point are accepted, and the rest of them dropped. */
static bool read_weight(duet__text text, int *weight)
{
    duet__text digits = text;
    duet__text whole = duet__text_cut(&digits, '.');
    int value;

    if (whole.length != 1 || (whole.bytes[0] != '0' && whole.bytes[0] != '1') ||
        (digits.length > 0 && !duet__text_is_digits(digits)))
        return false;
    value = whole.bytes[0] - '0';
    for (size_t i = 0; i < 3; i++)
        value = value * 10 + (i < digits.length ? digits.bytes[i] - '0' : 0);
    *weight = value;
    return value <= MOST;
}

/* Reads the parameters of a member: only "q" is known, and may be left out. */
static bool read_parameters(duet__text rest, int *weight)
{
    *weight = MOST;
    while (rest.bytes != NULL) {
        duet__text value = duet__text_cut(&rest, ';');
        duet__text name = duet__text_trim(duet__text_cut(&value, '='));

        if (duet__text_equal_ignoring_case(name, DUET__TEXT("q")) &&
            !read_weight(duet__text_trim(value), weight))
            return false;
    }
    return true;
}

static void name(int *known, int weight)
{
    if (*known == NOT_NAMED || weight == 0 || (*known != 0 && weight > *known))
        *known = weight;
}

void duet__accept_encoding_read(duet__accepted_codings *accepted,
                                duet__text value)
{
    while (value.bytes != NULL) {
        duet__text parameters = duet__text_cut(&value, ',');
        duet__text coding = duet__text_trim(duet__text_cut(&parameters, ';'));
        duet__coding found;
        int weight;

        if (!read_parameters(parameters, &weight))
            continue;
        if (duet__text_equal(coding, DUET__TEXT("*")))
            name(&accepted->weight_of_others, weight);
        else if (duet__coding_find(coding, &found))
            name(&accepted->weight[found], weight);
    }
}

static int weight_of(const duet__accepted_codings *accepted,
                     duet__coding coding)
{
    int weight = accepted->weight[coding];

    return weight != NOT_NAMED ? weight : accepted->weight_of_others;
}

duet__coding
duet__accept_encoding_choose(const duet__accepted_codings *accepted,
                             const duet__coding *offered, size_t count)
{
    duet__coding best = DUET__CODING_IDENTITY;
    int most = 0;

    for (size_t i = 0; i < count; i++) {
        int weight = weight_of(accepted, offered[i]);

        if (weight <= most)
            continue;
        best = offered[i];
        most = weight;
    }
    return weight_of(accepted, DUET__CODING_IDENTITY) > most
               ? DUET__CODING_IDENTITY
               : best;
}

bool duet__accept_encoding_takes_identity(
    const duet__accepted_codings *accepted)
{
    return weight_of(accepted, DUET__CODING_IDENTITY) != 0;
}
