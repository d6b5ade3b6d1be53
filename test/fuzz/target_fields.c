/* SPDX-License-Identifier: MIT */
/* Lines that change a list of fields: "+name:value" adds, "=name:value" sets,
 * "-name" removes, "&name:value" adds to the list that is merged in the end,
 * and any other is a folded line. */
#include "fuzz/fuzz.h"

#include "http/head/fields.h"

static void change(duet_fields *fields, duet_fields *others, duet__text line)
{
    uint8_t kind = fuzz_byte(&line);
    duet__text name = duet__text_cut(&line, ':');
    size_t before = duet_fields_count(fields);
    char *string = fuzz_string(name), *value = fuzz_string(line);

    if (kind == '=' && duet_fields_set(fields, string, value) == 0) {
        FUZZ_CHECK(duet_fields_get(fields, string) != NULL);
    } else if (kind == '-') {
        size_t removed = duet_fields_remove(fields, string);

        FUZZ_CHECK(duet_fields_count(fields) == before - removed);
        FUZZ_CHECK(duet_fields_get(fields, string) == NULL);
    } else if (kind == '+' || kind == '&') {
        duet_fields *to = kind == '+' ? fields : others;

        (void)!duet_fields_add_bytes(to, name.bytes, name.length, line.bytes,
                                     line.length);
    } else if (kind != '=') {
        (void)!duet__fields_unfold(fields, name);
    }
    free(string);
    free(value);
}

static void check(const duet_fields *fields)
{
    size_t position = 0, count = 0;
    const char *name, *value;

    while (duet_fields_next(fields, &position, &name, &value)) {
        duet__text text = duet__text_from(value);

        FUZZ_CHECK(duet__text_is_token(duet__text_from(name)));
        FUZZ_CHECK(duet__field_value_flaw(text) == text.length);
        FUZZ_CHECK(duet_fields_get(fields, name) != NULL);
        count++;
    }
    FUZZ_CHECK(count == duet_fields_count(fields));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    duet_fields_options few = {.count_max = 8, .bytes_max = 200};
    duet__text rest = fuzz_text(bytes, length);
    duet_fields *fields, *others;

    FUZZ_CHECK(duet_fields_new(&few, &fields) == 0);
    FUZZ_CHECK(duet_fields_new(NULL, &others) == 0);
    do {
        change(fields, others, duet__text_cut(&rest, '\n'));
        check(fields);
    } while (rest.bytes != NULL);
    (void)!duet__fields_merge(fields, others);
    check(fields);
    FUZZ_CHECK(duet_fields_count(fields) <= 8);
    duet_fields_free(fields);
    duet_fields_free(others);
    return 0;
}
