/* Listening addresses and names of peers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include "test.h"

TEST(addresses_that_are_none_are_refused)
{
	static const char *const bad[] = { "", "514", "127.0.0.1", "127.0.0.1:", ":514", "[::1]",
		"host.example:514", "127.0.0.1:http", "127.0.0.1:99999", "[]:5" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int fd = -1;
		struct diag why;

		CHECK_INT(net_listen(bad[i], SOCK_STREAM, &fd, &why), FAIL_SYNTAX);
		CHECK(why.text[0] != '\0');
		CHECK_INT(fd, -1);
	}
}

TEST(listens_and_says_where)
{
	int a, b;
	char where[64];
	struct diag why;

	CHECK_OK(net_listen("127.0.0.1:0", SOCK_STREAM, &a, &why), why);
	CHECK(net_port(a) > 0);
	(void)snprintf(where, sizeof(where), "127.0.0.1:%u", net_port(a));
	CHECK_INT(net_listen(where, SOCK_STREAM, &b, &why), FAIL_IO);
	CHECK(strstr(why.text, where) != NULL);
	CHECK_OK(net_listen(where, SOCK_DGRAM, &b, &why), why);
	(void)close(a);
	(void)close(b);
}

TEST(peers_are_named_without_port)
{
	struct sockaddr_storage s = { 0 };
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)&s;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)&s;
	char name[46];

	v4->sin_family = AF_INET;
	CHECK_INT(inet_pton(AF_INET, "192.0.2.7", &v4->sin_addr), 1);
	CHECK_STR(net_peer(&s, name), "192.0.2.7");
	s = (struct sockaddr_storage){ 0 };
	v6->sin6_family = AF_INET6;
	CHECK_INT(inet_pton(AF_INET6, "::ffff:192.0.2.8", &v6->sin6_addr), 1);
	CHECK_STR(net_peer(&s, name), "192.0.2.8");
	CHECK_INT(inet_pton(AF_INET6, "2001:db8::1", &v6->sin6_addr), 1);
	CHECK_STR(net_peer(&s, name), "2001:db8::1");
	s.ss_family = AF_UNIX;
	CHECK_STR(net_peer(&s, name), "");
}
