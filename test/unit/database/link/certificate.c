/* SPDX-License-Identifier: MIT */
/* Sessions of a client and a server in memory. */
#include "database/link/certificate.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "support/test.h"

enum { DAY_S = 24 * 3600, KEPT_S = 2 * DAY_S };

static char flaw[256];

/* A certificate that signed itself, for NAMES, for two days. */
static X509 *make_certificate(EVP_PKEY *key, const char *names, long from_s)
{
    X509 *certificate = X509_new();
    X509_EXTENSION *extension =
        X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
    X509_NAME *subject = X509_get_subject_name(certificate);

    X509_set_version(certificate, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate), from_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate), from_s + KEPT_S);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_set_pubkey(certificate, key);
    assert_non_null(extension);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    return certificate;
}

typedef struct sessions {
    SSL_CTX *client_context, *server_context;
    SSL *client, *server;
} sessions;

/* Shakes hands.
 *
 *   trusted  by the client; may be NULL */
static sessions make_sessions(EVP_PKEY *key, X509 *certificate, X509 *trusted)
{
    sessions made = {.client_context = SSL_CTX_new(TLS_client_method()),
                     .server_context = SSL_CTX_new(TLS_server_method())};
    BIO *here, *there;

    if (trusted != NULL)
        X509_STORE_add_cert(SSL_CTX_get_cert_store(made.client_context),
                            trusted);
    SSL_CTX_use_certificate(made.server_context, certificate);
    SSL_CTX_use_PrivateKey(made.server_context, key);
    made.client = SSL_new(made.client_context);
    made.server = SSL_new(made.server_context);
    BIO_new_bio_pair(&here, 0, &there, 0);
    SSL_set_bio(made.client, here, here);
    SSL_set_bio(made.server, there, there);
    SSL_set_connect_state(made.client);
    SSL_set_accept_state(made.server);
    for (int i = 0; i < 10; i++) {
        SSL_do_handshake(made.client);
        SSL_do_handshake(made.server);
    }
    assert_true(SSL_is_init_finished(made.client));
    return made;
}

static void free_sessions(sessions *sessions)
{
    SSL_free(sessions->client);
    SSL_free(sessions->server);
    SSL_CTX_free(sessions->client_context);
    SSL_CTX_free(sessions->server_context);
}

static bool is_right(const char *names, long from_s, bool trusts,
                     const char *host)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = make_certificate(key, names, from_s);
    sessions made =
        make_sessions(key, certificate, trusts ? certificate : NULL);
    bool result = duet__certificate_check(made.client, host, flaw, sizeof flaw);

    free_sessions(&made);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return result;
}

static void trusted_certificate_must_name_the_host(void **state)
{
    (void)state;
    assert_true(is_right("DNS:cats.test", 0, true, "cats.test"));
    assert_true(is_right("DNS:*.cats.test", 0, true, "db.cats.test"));
    assert_true(is_right("IP:127.0.0.1", 0, true, "127.0.0.1"));
    assert_true(is_right("IP:::1", 0, true, "::1"));
    assert_false(is_right("DNS:cats.test", 0, true, "mice.test"));
    assert_string_equal(flaw, "the server's certificate does not name "
                              "mice.test");
    assert_false(is_right("DNS:d*.cats.test", 0, true, "db.cats.test"));
    assert_false(is_right("DNS:localhost", 0, true, "127.0.0.1"));
    assert_false(is_right("IP:127.0.0.1", 0, true, "::1"));
}

static void stranger_is_refused_whatever_its_name(void **state)
{
    (void)state;
    assert_false(is_right("DNS:localhost", 0, false, "localhost"));
    assert_non_null(strstr(flaw, "self-signed"));
}

static void certificate_is_refused_before_and_after_its_time(void **state)
{
    (void)state;
    assert_false(is_right("DNS:localhost", DAY_S, true, "localhost"));
    assert_non_null(strstr(flaw, "not yet valid"));
    assert_false(is_right("DNS:localhost", -2 * KEPT_S, true, "localhost"));
    assert_non_null(strstr(flaw, "expired"));
}

static void session_without_a_certificate_is_refused(void **state)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *session = SSL_new(context);

    (void)state;
    assert_false(
        duet__certificate_check(session, "localhost", flaw, sizeof flaw));
    assert_string_equal(flaw, "the server showed no certificate");
    SSL_free(session);
    SSL_CTX_free(context);
}

TEST_MAIN(test(trusted_certificate_must_name_the_host),
          test(stranger_is_refused_whatever_its_name),
          test(certificate_is_refused_before_and_after_its_time),
          test(session_without_a_certificate_is_refused))
