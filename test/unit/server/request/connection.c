/* SPDX-License-Identifier: MIT */
#include "server/request/connection.h"

#include <netinet/in.h>
#include <unistd.h>

#include "server/request/server_state.h"
#include "support/test.h"
#include "support/web.h"

static const test_route routes[] = {{0}};

/* The only connection, once it is there; NULL until then. */
static duet__connection *only(const test_web *web)
{
    duet_server_counts counts;

    duet_server_count(web->server, &counts);
    return counts.connections == 1
               ? DUET__MEMBER(web->server->connections.list.next,
                              duet__connection, link)
               : NULL;
}

static bool has_one(void *web)
{
    return only(web) != NULL;
}

/* Both ends must name the same addresses: a descriptor that is another's, or
 * no descriptor at all, does not. */
static void compare_both_ends(test_web *web)
{
    int client = test_connect(web);
    struct sockaddr_in here, there;
    socklen_t size = sizeof here;
    const duet__connection *accepted;
    const struct sockaddr_in *told;

    test_until(has_one, web);
    accepted = only(web);
    assert_int_equal(getsockname(client, (void *)&here, &size), 0);
    assert_int_equal(getpeername(accepted->descriptor, (void *)&there, &size),
                     0);
    assert_int_equal(there.sin_port, here.sin_port);
    told = (const void *)accepted->address;
    assert_int_equal(told->sin_port, here.sin_port);
    assert_int_equal(told->sin_addr.s_addr, here.sin_addr.s_addr);
    close(client);
}

static void record_has_the_accepted_descriptor_and_address(void **state)
{
    (void)state;
    test_web_run(routes, NULL, compare_both_ends);
}

static void be_asked(test_web *web)
{
    char peer[DUET__PEER_BYTES];
    int client = test_connect(web);
    duet__connection *accepted;

    test_until(has_one, web);
    accepted = only(web);
    assert_int_equal(duet__connection_address(accepted).length, 4);
    duet__connection_peer(accepted, peer);
    assert_string_equal(peer, "127.0.0.1");
    assert_false(duet__connection_is_at_end(accepted));
    assert_false(duet__connection_is_receiving(accepted));
    assert_false(duet__connection_is_in_line(accepted));
    accepted->address = NULL;
    duet__connection_peer(accepted, peer);
    assert_string_equal(peer, "");
    duet__connection_cut(accepted);
    assert_true(accepted->is_cut);
    assert_true(duet__connection_is_at_end(accepted));
    close(client);
}

static void connection_tells_of_itself_until_it_is_cut(void **state)
{
    (void)state;
    test_web_run(routes, NULL, be_asked);
}

TEST_MAIN(test(record_has_the_accepted_descriptor_and_address),
          test(connection_tells_of_itself_until_it_is_cut))
