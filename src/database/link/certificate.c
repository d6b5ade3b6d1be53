/* SPDX-License-Identifier: MIT */
/* certificate.c - the check of a server's certificate. */
#include "database/link/certificate.h"

#include <stdio.h>

#include <openssl/x509v3.h>

static bool names(X509 *certificate, const char *host)
{
    return X509_check_host(certificate, host, 0,
                           X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1 ||
           X509_check_ip_asc(certificate, host, 0) == 1;
}

bool duet__certificate_check(const SSL *session, const char *host,
                             char *out_flaw, size_t room)
{
    long result = SSL_get_verify_result(session);
    X509 *certificate = SSL_get1_peer_certificate(session);
    bool is_right = false;

    if (certificate == NULL) /* in this case the result is X509_V_OK */
        snprintf(out_flaw, room, "the server showed no certificate");
    else if (result != X509_V_OK)
        snprintf(out_flaw, room, "the server's certificate: %s",
                 X509_verify_cert_error_string(result));
    else if (!names(certificate, host))
        snprintf(out_flaw, room, "the server's certificate does not name %s",
                 host);
    else
        is_right = true;
    X509_free(certificate);
    return is_right;
}
