/* Names that senders give to fields. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rec/sent.h"

#include "test.h"

TEST(names_of_senders)
{
	static const struct {
		const char *name;
		enum field field;
	} rows[] = {
		{ "eventName", F_EVENT_TYPE },
		{ "type", F_EVENT_TYPE },
		{ "verb", F_METHOD },
		{ "user", F_USER_NAME },
		{ "UserName", F_USER_NAME },
		{ "user-name", F_USER_NAME },
		{ "_User_Name_", F_USER_NAME },
		{ "Status", F_STATUS },
		{ "ip", F_CLIENT_IP },
		{ "metadata.ip", F_CLIENT_IP },
		{ "Details.IP", F_CLIENT_IP },
		{ "metadata.data.ip", FIELD_NONE },
		{ "req.id", F_REQUEST_ID },
		{ "reqid", F_REQUEST_ID },
		{ "ips", FIELD_NONE },
		{ "i", FIELD_NONE },
		{ "metadata", FIELD_NONE },
		{ "metadata.", FIELD_NONE },
		{ "", FIELD_NONE },
		{ "_", FIELD_NONE },
		{ "Source", FIELD_NONE },
		{ "Raw", FIELD_NONE },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK_INT(sent_field(str_c(rows[i].name)), rows[i].field);
}

TEST(rules_find_them_last)
{
	CHECK_INT(field_find_sigma(STR("eventName"), STR("")), F_EVENT_TYPE);
	CHECK_INT(field_find_sigma(STR("status"), STR("")), F_STATUS);
	CHECK_INT(field_find_sigma(STR("verb"), STR("webserver")), F_METHOD);
}
