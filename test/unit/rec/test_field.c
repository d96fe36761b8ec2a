/* The catalogue of fields. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rec/field.h"

#include "random.h"
#include "test.h"

TEST(every_name_leads_home)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		const struct field_info *info = field_info((enum field)f);

		CHECK_INT(field_find(str_c(info->native)), f);
		CHECK_INT(field_find(str_c(info->ecs)), f);
		CHECK_INT(field_find(str_c(info->column)), f);
		CHECK_INT(field_by_tag(info->tag), f);
		CHECK(info->doc[0] != '\0');
		CHECK(info->sql[0] != '\0');
	}
}

TEST(the_table_is_sound)
{
	for (unsigned a = 0; a < FIELD_COUNT; a++) {
		const struct field_info *x = field_info((enum field)a);

		CHECK(x->tag >= 1 && x->tag <= 255);
		CHECK(strchr(x->column, '.') == NULL);
		CHECK_INT(strlen(x->column), strlen(x->native));
		for (unsigned b = 0; b < a; b++) {
			const struct field_info *y = field_info((enum field)b);

			CHECK(x->tag != y->tag);
			CHECK(strcmp(x->native, y->native) != 0);
			CHECK(strcmp(x->ecs, y->ecs) != 0);
			CHECK(strcmp(x->column, y->column) != 0);
		}
	}
}

TEST(columns)
{
	CHECK_STR(field_info(F_GEO_COUNTRY)->column, "geolocation_country");
	CHECK_STR(field_info(F_CLIENT_IP)->column, "client_ip");
}

/* Tags stand in logs: these may not change. */
TEST(tags_are_for_ever)
{
	CHECK_INT(field_by_tag(1), F_TIMESTAMP);
	CHECK_INT(field_by_tag(7), F_CLIENT_IP);
	CHECK_INT(field_by_tag(74), F_RAW);
	CHECK_INT(field_by_tag(0), FIELD_NONE);
	CHECK_INT(field_by_tag(255), FIELD_NONE);
	CHECK_INT(field_by_tag(256), FIELD_NONE);
	CHECK_INT(field_by_tag(UINT32_MAX), FIELD_NONE);
}

TEST(unknown_names)
{
	static const char *const names[] = { "", "no", "Client_ip", "client_ip ", "client",
		"geolocation", "geolocation.", "client_ipp",
		"a_name_that_is_much_longer_than_any_that_stands_in_the_catalogue_of_fields" };
	uint64_t s = random_start(test_seed());

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		CHECK_INT(field_find(str_c(names[i])), FIELD_NONE);
	CHECK_INT(field_find((struct str){ NULL, 0 }), FIELD_NONE);
	for (unsigned round = 0; round < test_rounds(20000); round++) {
		char text[40];
		struct str name = { text, random_below(&s, sizeof(text)) };

		random_bytes(&s, text, name.n);
		CHECK_INT(field_find(name), FIELD_NONE);
	}
}

TEST(sigma_names)
{
	static const struct {
		const char *name, *category;
		enum field want;
	} rows[] = {
		{ "c-ip", "webserver", F_CLIENT_IP },
		{ "c-ip", "", F_CLIENT_IP },
		{ "c-ip", "proxy", F_CLIENT_IP },
		{ "src_ip", "proxy", F_CLIENT_IP },
		{ "cs-uri-query", "webserver", F_URL },
		{ "c-uri", "proxy", F_URL },
		{ "cs-method", "webserver", F_METHOD },
		{ "sc-status", "", F_STATUS_CODE },
		{ "Image", "process_creation", F_EXECUTABLE },
		{ "User", "", F_USER_NAME },
		{ "user.name", "webserver", F_USER_NAME },
		{ "user_name", "", F_USER_NAME },
		{ "geolocation.country", "", F_GEO_COUNTRY },
		{ "webserver:c-ip", "", FIELD_NONE },
		{ "nothing", "webserver", FIELD_NONE },
		{ "", "webserver", FIELD_NONE },
		{ "", "", FIELD_NONE },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK_INT(field_find_sigma(str_c(rows[i].name), str_c(rows[i].category)),
		    rows[i].want);
}

/* Every word of the table is found, in its category or in any. */
TEST(every_sigma_word_is_found)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		struct str words = str_c(field_info((enum field)f)->sigma);

		while (words.n != 0) {
			struct str word = str_until(&words, ' '), rest = word;
			struct str head = str_until(&rest, ':');

			if (head.n != word.n)
				CHECK_INT(field_find_sigma(rest, head), f);
			else
				CHECK_INT(field_find_sigma(word, STR("any")), f);
		}
	}
}
