/* Tokens of one-click acknowledge: good for one alert and channel, until they expire. */
#include "alert/acklink.h"

#include "fixture.h"

#define S ((int64_t)1000000000)

TEST(good_for_one_alert_until_it_expires)
{
	struct alerts *a = open_new(), *b;
	char token[ACKLINK_SIZE];
	struct str channel;

	CHECK_INT(strlen(acklink_make(a, STR(ID_A), STR("mail"), 100 * S, token)) <
		      ACKLINK_SIZE - 1,
	    1);
	CHECK(acklink_check(a, STR(ID_A), str_c(token), 99 * S, &channel));
	CHECK_SLICE(channel, "mail");
	CHECK(!acklink_check(a, STR(ID_A), str_c(token), 100 * S, &channel));
	CHECK(!acklink_check(a, STR(ID_B), str_c(token), 99 * S, &channel));
	CHECK(!acklink_check(a, STR("0011"), str_c(token), 99 * S, &channel));
	alerts_close(a);
	b = open_again(); /* the key stays */
	CHECK(acklink_check(b, STR(ID_A), str_c(token), 99 * S, &channel));
	alerts_close(b);
	(void)fs_join(fx_path, sizeof(fx_path), test_dir(), "other.db");
	b = open_again(); /* another installation has another */
	CHECK(!acklink_check(b, STR(ID_A), str_c(token), 99 * S, &channel));
	alerts_close(b);
}

TEST(any_changed_byte_is_noticed)
{
	struct alerts *a = open_new();
	char token[ACKLINK_SIZE];
	struct str channel;
	size_t n;

	n = strlen(acklink_make(a, STR(ID_A), STR("mail"), 1000000000 * S, token));
	for (size_t i = 0; i < n; i++)
		for (unsigned flip = 1; flip < 256; flip <<= 1) {
			token[i] = (char)(token[i] ^ (char)flip);
			CHECK(!acklink_check(a, STR(ID_A), (struct str){ token, n }, S, &channel));
			token[i] = (char)(token[i] ^ (char)flip);
		}
	for (size_t i = 0; i < n; i++)
		CHECK(!acklink_check(a, STR(ID_A), (struct str){ token, i }, S, &channel));
	CHECK(acklink_check(a, STR(ID_A), (struct str){ token, n }, S, &channel));
	alerts_close(a);
}

/* A person's token is not another's, and not the channel's. */
TEST(for_one_person)
{
	struct alerts *a = open_new();
	char token[ACKLINK_SIZE], other[ACKLINK_SIZE];
	struct str channel;
	char *dot;

	(void)acklink_personal(a, STR(ID_A), STR("mail"), STR("ana"), 100 * S, token);
	CHECK(acklink_check(a, STR(ID_A), str_c(token), 99 * S, &channel));
	CHECK_SLICE(channel, "mail");
	CHECK_SLICE(acklink_person(str_c(token)), "ana");
	CHECK_STR(acklink_personal(a, STR(ID_A), STR("mail"), STR(""), 100 * S, other),
	    acklink_make(a, STR(ID_A), STR("mail"), 100 * S, (char[ACKLINK_SIZE]){ 0 }));
	CHECK_SLICE(acklink_person(str_c(other)), "");
	dot = strstr(token, "ana");
	memcpy(dot, "ann", 3);
	CHECK(!acklink_check(a, STR(ID_A), str_c(token), 99 * S, &channel));
	memmove(dot, dot + 4, strlen(dot + 4) + 1); /* the name left out */
	CHECK(!acklink_check(a, STR(ID_A), str_c(token), 99 * S, &channel));
	alerts_close(a);
}
