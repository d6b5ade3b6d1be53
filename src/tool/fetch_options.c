/* SPDX-License-Identifier: MIT */
/* fetch_options.c - the table of options and their setters. Owns the input and
 * the headers. */
#include "tool/fetch_options.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "http/url/shown.h"
#include "tool/option_table.h"
#include "tool/option_value.h"

enum {
    AT_ONCE_MAX = 1000000, /* or what descriptors allow */
    RETRIES_MAX = 100,
    REDIRECTS_MAX = 1000,
    STANDARD_RETRIES = 2
};

/* --- what each option sets ----------------------------------------------- */

static int set_input(void *context, const char *value)
{
    duet__fetch_options *options = context;

    return duet__input_add_file(&options->input, value);
}

static int set_output(void *context, const char *value)
{
    duet__fetch_options *options = context;

    if (value[0] == '\0')
        return duet__fail(DUET_EINVAL, "the name of a directory is missing");
    options->fetcher.directory = value;
    return 0;
}

static int set_at_once(void *context, const char *value)
{
    duet__fetch_options *options = context;

    return duet__option_number(value, 1, AT_ONCE_MAX,
                               &options->fetcher.at_once);
}

static int set_per_host(void *context, const char *value)
{
    duet__fetch_options *options = context;

    return duet__option_number(value, 1, AT_ONCE_MAX,
                               &options->fetcher.per_host);
}

static int set_timeout(void *context, const char *value)
{
    duet__fetch_options *options = context;

    return duet__option_seconds(value, &options->fetcher.timeout_ms);
}

static int set_retries(void *context, const char *value)
{
    duet__fetch_options *options = context;
    int64_t number = 0;
    int status = duet__option_number(value, 0, RETRIES_MAX, &number);

    options->fetcher.retries = (int)number;
    return status;
}

static int set_bytes_max(void *context, const char *value)
{
    duet__fetch_options *options = context;

    return duet__option_bytes(value, &options->fetcher.body_bytes_max);
}

static int set_redirects_max(void *context, const char *value)
{
    duet__fetch_options *options = context;
    int64_t number = 0;
    int status = duet__option_number(value, 0, REDIRECTS_MAX, &number);

    options->fetcher.redirects_max = number > 0 ? (int)number : -1;
    return status;
}

static int set_method(void *context, const char *value)
{
    duet__fetch_options *options = context;

    if (!duet__text_is_token(duet__text_from(value)))
        return duet__fail(DUET_EINVAL, "'%.40s' is not a method", value);
    options->fetcher.method = value;
    return 0;
}

static int set_header(void *context, const char *value)
{
    duet__fetch_options *options = context;
    duet__text text = duet__text_from(value);
    duet__text name = duet__text_cut(&text, ':');
    int status = 0;

    if (text.bytes == NULL)
        return duet__fail(DUET_EINVAL, "'%.40s' is not of the form NAME: VALUE",
                          value);
    if (options->headers == NULL)
        status = duet_fields_new(NULL, &options->headers);
    if (status == 0)
        status = duet_fields_add_bytes(options->headers, name.bytes,
                                       name.length, text.bytes, text.length);
    options->fetcher.headers = options->headers;
    return status;
}

static int set_user_agent(void *context, const char *value)
{
    duet__fetch_options *options = context;

    options->fetcher.user_agent = value;
    return 0;
}

static int set_ca_file(void *context, const char *value)
{
    duet__fetch_options *options = context;

    if (access(value, R_OK) != 0)
        return duet__fail(duet__error_from_errno(errno), "%s: %s", value,
                          strerror(errno));
    options->fetcher.ca_file = value;
    return 0;
}

static int set_skip_existing(void *context, const char *value)
{
    duet__fetch_options *options = context;

    (void)value;
    options->fetcher.skip_existing = true;
    return 0;
}

/* Redirects, for which curl needs -L, are always followed. */
static int follow_redirects(void *context, const char *value)
{
    (void)context;
    (void)value;
    return 0;
}

static int set_dns_servers(void *context, const char *value)
{
    duet__fetch_options *options = context;

    options->fetcher.dns_servers = value;
    return 0;
}

static int set_insecure(void *context, const char *value)
{
    duet__fetch_options *options = context;

    (void)value;
    options->fetcher.insecure = true;
    return 0;
}

static int set_quiet(void *context, const char *value)
{
    duet__fetch_options *options = context;

    (void)value;
    options->is_quiet = true;
    options->fetcher.progress = -1;
    return 0;
}

static int set_progress(void *context, const char *value)
{
    duet__fetch_options *options = context;

    (void)value;
    options->fetcher.progress = STDERR_FILENO;
    return 0;
}

static int set_no_progress(void *context, const char *value)
{
    duet__fetch_options *options = context;

    (void)value;
    options->fetcher.progress = -1;
    return 0;
}

static int set_help(void *context, const char *value)
{
    duet__fetch_options *options = context;

    (void)value;
    options->wants_help = true;
    return 0;
}

static int no_operand(const char *text)
{
    char shown[DUET__SHOWN_URL_BYTES];

    return duet__fail(DUET_EINVAL,
                      "'%s' is no file that is there, and no URL: that begins "
                      "with http:// or https://",
                      duet__shown_url_write(text, shown));
}

/* A URL; or, without "://", the name of a file of URLs. */
static int add_operand(void *context, const char *text)
{
    duet__fetch_options *options = context;
    struct stat state;

    if (strstr(text, "://") != NULL)
        return duet__input_add_url(&options->input, text);
    if (strcmp(text, "-") == 0 || stat(text, &state) == 0)
        return duet__input_add_file(&options->input, text);
    return no_operand(text);
}

static const duet__option table[] = {
    {'i', "input", true, set_input},
    {'o', "output", true, set_output},
    {'n', "at-once", true, set_at_once},
    {0, "per-host", true, set_per_host},
    {0, "timeout", true, set_timeout},
    {0, "retries", true, set_retries},
    {0, "max-bytes", true, set_bytes_max},
    {0, "max-redirects", true, set_redirects_max},
    {'X', "method", true, set_method},
    {'H', "header", true, set_header},
    {'A', "user-agent", true, set_user_agent},
    {0, "ca-file", true, set_ca_file},
    {0, "skip-existing", false, set_skip_existing},
    {'L', "location", false, follow_redirects},
    {0, "dns-servers", true, set_dns_servers},
    {'k', "insecure", false, set_insecure},
    {'q', "quiet", false, set_quiet},
    {0, "progress", false, set_progress},
    {0, "no-progress", false, set_no_progress},
    {'h', "help", false, set_help},
};

/* --- reading ------------------------------------------------------------- */

int duet__fetch_options_read(int count, char *const *arguments,
                             duet__fetch_options *options)
{
    const duet__option_table all = {
        .options = table,
        .count = sizeof table / sizeof table[0],
        .operand = add_operand,
    };
    int status;

    *options = (duet__fetch_options){
        .fetcher = {.records = STDOUT_FILENO,
                    .progress = STDERR_FILENO,
                    .retries = STANDARD_RETRIES},
    };
    duet__input_init(&options->input);
    status = duet__options_parse(&all, count, arguments, options);
    if (status == 0 && options->fetcher.skip_existing &&
        options->fetcher.directory == NULL)
        status = duet__fail(DUET_EINVAL, "--skip-existing needs -o DIR");
    if (status == 0 && !options->wants_help && options->input.count == 0)
        status = duet__fail(DUET_EINVAL, "no URL and no -i FILE was given");
    return status;
}

void duet__fetch_options_free(duet__fetch_options *options)
{
    duet__input_free(&options->input);
    duet_fields_free(options->headers);
    options->headers = NULL;
}
