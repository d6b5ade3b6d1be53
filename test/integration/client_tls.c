/* SPDX-License-Identifier: MIT */
/* The client against nginx with certificates of an authority made here: one
 * that is good, and what must not be accepted. */
#include "support/peer.h"
#include "support/in_task.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include <duet/duet.h>

static test_peer nginx;
static char ca_file[TEST_FOLDER_BYTES + 16];

/* --- certificates -------------------------------------------------------- */

static void make_authority(const char *folder)
{
    test_command(folder, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key",
                 "-out", "ca.pem", "-days", "30", "-subj", "/CN=authority",
                 NULL);
    snprintf(ca_file, sizeof ca_file, "%s/ca.pem", folder);
}

static void make_certificate(const char *folder, const char *name,
                             const char *host, const char *days)
{
    char key[64];
    char request[64];
    char extension[64];
    char certificate[64];
    char text[128];

    snprintf(key, sizeof key, "%s.key", name);
    snprintf(request, sizeof request, "%s.csr", name);
    snprintf(extension, sizeof extension, "%s.ext", name);
    snprintf(certificate, sizeof certificate, "%s.pem", name);
    snprintf(text, sizeof text, "subjectAltName=DNS:%s\n", host);
    test_file_write(folder, extension, text, strlen(text));
    test_command(folder, "openssl", "req", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out",
                 request, "-subj", "/CN=server", NULL);
    test_command(folder, "openssl", "x509", "-req", "-in", request, "-CA",
                 "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", days,
                 "-extfile", extension, "-out", certificate, NULL);
}

static void make_certificates(const char *folder)
{
    make_authority(folder);
    make_certificate(folder, "good", "good.test", "30");
    make_certificate(folder, "wrong", "other.test", "30");
    /* Its last moment is its first: over by now. (From 3.4 on openssl makes
     * none that ends before it begins.) */
    make_certificate(folder, "expired", "expired.test", "0");
    test_command(folder, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:P-256", "-nodes", "-keyout", "self.key",
                 "-out", "self.pem", "-days", "30", "-subj", "/CN=self.test",
                 "-addext", "subjectAltName=DNS:self.test", NULL);
}

/* --- nginx --------------------------------------------------------------- */

static void append_server(char *text, size_t room, const char *name)
{
    size_t length = strlen(text);

    snprintf(text + length, room - length,
             "server { listen 127.0.0.1:%d ssl; server_name %s.test;\n"
             "  ssl_certificate %s/%s.pem; ssl_certificate_key %s/%s.key;\n"
             "  location / { return 200 '$ssl_session_reused'; }\n"
             "  location /bye { keepalive_timeout 0;\n"
             "    return 200 '$ssl_session_reused'; } }\n",
             nginx.port, name, nginx.folder, name, nginx.folder, name);
}

static int start_nginx(void **state)
{
    static const char *const names[] = {"good", "wrong", "expired", "self"};
    char text[8192] = "ssl_session_cache shared:a:1m;\n";

    (void)state;
    if (!test_has_program("nginx") || !test_has_program("openssl"))
        test_skip_all("no nginx or openssl: certificates are not tried");
    test_peer_init(&nginx);
    make_certificates(nginx.folder);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        append_server(text, sizeof text, names[i]);
    test_nginx_start(&nginx, text);
    return 0;
}

static int stop_nginx(void **state)
{
    (void)state;
    test_peer_stop(&nginx);
    return 0;
}

/* --- cases --------------------------------------------------------------- */

static const char *url_of(const char *name, const char *path)
{
    static char url[128];

    snprintf(url, sizeof url, "https://%s.test:%d%s", name, nginx.port, path);
    return url;
}

typedef struct trial {
    const char *name;
    bool trusts;
    bool insecure;
    int expected;
} trial;

static void open_session(const trial *trial, duet_session **session)
{
    char places[4][64];
    const char *resolve[5] = {places[0], places[1], places[2], places[3]};
    duet_session_options options = {.resolve = resolve,
                                    .insecure_no_verify = trial->insecure};

    snprintf(places[0], 64, "good.test:%d:127.0.0.1", nginx.port);
    snprintf(places[1], 64, "wrong.test:%d:127.0.0.1", nginx.port);
    snprintf(places[2], 64, "expired.test:%d:127.0.0.1", nginx.port);
    snprintf(places[3], 64, "self.test:%d:127.0.0.1", nginx.port);
    if (trial->trusts)
        options.ca_file = ca_file;
    assert_status(duet_session_open(&options, session), 0);
}

static int try(void *argument)
{
    const trial *self = argument;
    duet_session *session;
    duet_response *response;
    int status;

    open_session(self, &session);
    status = duet_fetch(session, "GET", url_of(self->name, "/"), NULL,
                        &response, duet_in_ms(60000));
    if (status != self->expected)
        print_error("%s: %s\n", self->name, duet_error_detail());
    assert_status(status, self->expected);
    if (status != 0) {
        assert_int_equal(duet_error_phase(), DUET_PHASE_TLS);
        assert_non_null(strstr(duet_error_detail(), "certificate"));
    } else {
        assert_true(duet_response_timings(response).tls_ns > 0);
    }
    duet_response_free(response);
    duet_session_close(session);
    return 0;
}

static void run(trial trial)
{
    assert_status(duet_run(try, &trial, NULL), 0);
}

static void good_certificate_is_accepted(void **state)
{
    (void)state;
    run((trial){"good", true, false, 0});
}

static void unknown_authority_is_refused(void **state)
{
    (void)state;
    run((trial){"good", false, false, DUET_ECERTIFICATE});
    run((trial){"self", true, false, DUET_ECERTIFICATE});
}

static void expired_certificate_is_refused(void **state)
{
    (void)state;
    run((trial){"expired", true, false, DUET_ECERTIFICATE});
}

static void certificate_for_another_host_is_refused(void **state)
{
    (void)state;
    run((trial){"wrong", true, false, DUET_ECERTIFICATE});
}

static void all_are_accepted_if_asked_by_name(void **state)
{
    (void)state;
    run((trial){"self", false, true, 0});
    run((trial){"expired", false, true, 0});
    run((trial){"wrong", false, true, 0});
}

in_task(second_connection_resumes_the_tls_session)
{
    const trial good = {"good", true, false, 0};
    duet_session *session;
    duet_response *response;

    open_session(&good, &session);
    for (int i = 0; i < 2; i++) {
        assert_status(duet_get(session, url_of("good", "/bye"), NULL, &response,
                               DUET_NEVER),
                      0);
        assert_false(duet_response_reused(response));
        assert_string_equal(duet_response_body(response, NULL),
                            i == 0 ? "." : "r");
        duet_response_free(response);
    }
    duet_session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(good_certificate_is_accepted),
        test(unknown_authority_is_refused),
        test(expired_certificate_is_refused),
        test(certificate_for_another_host_is_refused),
        test(all_are_accepted_if_asked_by_name),
        test(second_connection_resumes_the_tls_session),
    };

    return cmocka_run_group_tests(tests, start_nginx, stop_nginx);
}
