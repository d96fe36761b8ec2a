/* Windows events in each of their forms, and the log sources they get. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/winevent.h"

#include "parse/winsource.h"
#include "parsed.h"

#define SYSTEM(channel, id)                                                                        \
	"\"System\":{\"Provider\":{\"#attributes\":{\"Name\":\"P\",\"Guid\":\"G\"}},"              \
	"\"EventID\":" id ",\"TimeCreated\":{\"#attributes\":"                                     \
	"{\"SystemTime\":\"2026-11-20T10:00:00.5Z\"}},\"Channel\":\"" channel "\","                \
	"\"Computer\":\"c1\",\"Correlation\":null}"
#define EVENT(channel, id, data) "{\"Event\":{" SYSTEM(channel, id) "," data "}}"
#define SYSMON "Microsoft-Windows-Sysmon/Operational"

static const struct row {
	const char *json;
	const char *has[8]; /* in the record as it is shown; from "!" on what it has not */
} rows[] = {
	{ EVENT(SYSMON, "1",
	      "\"EventData\":{\"Image\":\"C:\\\\a.exe\",\"CommandLine\":\"a -x\",\"ProcessId\":7,"
	      "\"User\":\"D\\\\u\",\"UtcTime\":\"2026-11-20 09:59:59.1\",\"Hashes\":\"MD5=1\"}"),
	    { "\"executable\":\"C:\\\\a.exe\"", "\"command_line\":\"a -x\",\"executable\"",
		"\"pid\":7", "\"user_name\":\"D\\\\u\"",
		"\"logsource\":{\"product\":\"windows\",\"category\":\"process_creation\","
		"\"service\":\"sysmon\"}",
		"\"timestamp\":\"2026-11-20T10:00:00.500Z\"", "\"Provider_Name\":\"P\"",
		"!\"Image\"" } },
	/* Numbers within text, attributes beside it. */
	{ EVENT("Security", "{\"#attributes\":{\"Qualifiers\":1},\"#text\":4688}",
	      "\"EventData\":{\"NewProcessName\":\"C:\\\\b.exe\",\"ProcessId\":\"0x1a\","
	      "\"ParentProcessName\":\"C:\\\\p.exe\"}"),
	    { "\"EventID\":4688", "\"EventID_Qualifiers\":1", "\"executable\":\"C:\\\\b.exe\"",
		"\"NewProcessName\":\"C:\\\\b.exe\"", "\"ParentImage\":\"C:\\\\p.exe\"",
		"\"category\":\"process_creation\",\"service\":\"security\"",
		"\"ProcessId\":\"0x1a\"", "!\"pid\"" } },
	{ EVENT("Security", "4625",
	      "\"EventData\":{\"TargetUserName\":\"root\",\"IpAddress\":\"203.0.113.5\","
	      "\"IpPort\":\"50000\",\"LogonType\":3}"),
	    { "\"event_type\":\"auth.login.failed\"", "\"user_name\":\"root\"",
		"\"TargetUserName\":\"root\"", "\"client_ip\":\"203.0.113.5\"",
		"\"client_port\":50000", "\"LogonType\":3", "\"outcome\":\"failure\"", NULL } },
	/* What the field would say in other letters stays as it came. */
	{ EVENT(SYSMON, "3",
	      "\"EventData\":{\"SourceIp\":\"fe80:0:0:0:0:0:0:1\",\"DestinationPort\":443,"
	      "\"SourcePort\":0,\"DestinationIp\":\"-\"}"),
	    { "\"client_ip\":\"fe80::1\"", "\"SourceIp\":\"fe80:0:0:0:0:0:0:1\"",
		"\"server_port\":443", "\"SourcePort\":0", "\"DestinationIp\":\"-\"",
		"!\"client_port\"", "server_ip", NULL } },
	{ EVENT(SYSMON, "12", "\"EventData\":{\"EventType\":\"DeleteValue\"}"),
	    { "\"category\":\"registry_delete\"", "\"EventType\":\"DeleteValue\"",
		"\"event_type\":\"windows.event\"", NULL } },
	/* UserData is one level up; blanks in names go. */
	{ EVENT("Microsoft-Windows-WMI-Activity/Operational", "5858",
	      "\"UserData\":{\"Op\":{\"#attributes\":{\"xmlns\":\"x\"},\"Id\":\"i\","
	      "\"ClientMachine\":\"m\"}}"),
	    { "\"Id\":\"i\"", "\"ClientMachine\":\"m\"", "\"service\":\"wmi\"",
		"\"category\":\"" WINSOURCE_NONE "\"", "!xmlns\":\"x\",", "Op_", NULL } },
	{ EVENT("Microsoft-Windows-Windows Defender/Operational", "1116",
	      "\"EventData\":{\"Threat Name\":\"T\",\"Path\":\"p\"}"),
	    { "\"Threat Name\":\"T\"", "\"ThreatName\":\"T\"", "\"Signature\":\"T\"",
		"\"Filename\":\"p\"", "\"category\":\"antivirus\"", NULL } },
	/* Data that names itself, and data that does not. */
	{ EVENT("System", "7045",
	      "\"EventData\":{\"Data\":[{\"@Name\":\"ImagePath\",\"#text\":\"s.exe\"},"
	      "{\"@Name\":\"Empty\"},\"plain\"]}"),
	    { "\"ImagePath\":\"s.exe\"", "\"Empty\":null", "\"Data\":\"plain\"",
		"\"service\":\"system\"", NULL } },
	{ EVENT("Custom", "1", "\"EventData\":null"),
	    { "\"product\":\"windows\"", "\"Channel\":\"Custom\"", "!\"category\":\"process",
		"\"service\"", NULL } },
	/* Winlogbeat. */
	{ "{\"@timestamp\":\"2026-11-20T10:00:00Z\",\"message\":\"m\",\"host\":{\"name\":\"h\"},"
	  "\"winlog\":{\"channel\":\"" SYSMON "\",\"event_id\":\"11\",\"computer_name\":\"c2\","
	  "\"provider_name\":\"P\",\"event_data\":{\"TargetFilename\":\"f\",\"Image\":\"i\"}}}",
	    { "\"file_path\":\"f\"", "\"executable\":\"i\"", "\"host\":\"c2\"",
		"\"category\":\"file_event\"", "\"message\":\"m\"", "\"EventID\":\"11\"",
		"\"timestamp\":\"2026-11-20T10:00:00Z\"", NULL } },
	/* Flat. */
	{ "{\"EventID\":4104,\"Channel\":\"Microsoft-Windows-PowerShell/Operational\","
	  "\"EventTime\":\"2026-11-20 10:00:00\",\"ScriptBlockText\":\"iex\",\"Hostname\":\"c3\"}",
	    { "\"host\":\"c3\"", "\"category\":\"ps_script\"", "\"service\":\"powershell\"",
		"\"ScriptBlockText\":\"iex\"", "\"timestamp\":\"2026-11-20T10:00:00Z\"", NULL } },
	{ "{\"EventID\":\"1\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"Image\":\"i\","
	  "\"a\":{\"b\":{\"c\":1}}}",
	    { "\"category\":\"process_creation\",\"service\":\"sysmon\"", "\"a.b.c\":1",
		"\"executable\":\"i\"", NULL } },
	/* The sender knows better. */
	{ "{\"EventID\":1,\"Channel\":\"x\",\"logsource\":{\"category\":\"file_event\"}}",
	    { "\"product\":\"windows\",\"category\":\"file_event\"}", "!logsource.category",
		NULL } },
	{ "{\"Event\":{\"System\":{\"Provider\":{\"Name\":\"P\"},\"EventID\":1}}}",
	    { "\"Provider_Name\":\"P\"", "\"EventID\":1", NULL } },
	/* None of it. */
	{ "{\"Event\":\"x\",\"Channel\":\"c\"}", { "!\"product\":", NULL } },
	{ "{\"Event\":{\"System\":1}}", { "!\"product\":", NULL } },
	{ "{\"EventID\":5,\"user\":\"x\"}", { "!\"product\":", NULL } },
};

TEST(forms)
{
	struct parsed t;

	parsed_begin(&t);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool want = true;

		(void)parsed_str(&t, "json", str_c(rows[i].json));
		CHECK_INT(t.e, OK);
		buf_reset(&t.view);
		view_rec(t.r, false, &t.view);
		buf_byte(&t.view, '\0');
		for (size_t k = 0; k < ARRAY_LEN(rows[i].has) && rows[i].has[k] != NULL; k++) {
			const char *part = rows[i].has[k];

			want = want && part[0] != '!';
			if ((strstr(t.view.p, part + (part[0] == '!')) != NULL) != want)
				test_fail(TEST_AT(view_rec), "row %zu: '%s' %s in %s", i, part,
				    want ? "is not" : "is", t.view.p);
		}
	}
	parsed_end(&t);
}

TEST(sources)
{
	static const struct source {
		const char *channel;
		int64_t id;
		const char *type, *category, *service;
	} sources[] = {
		{ SYSMON, 13, "SetValue", "registry_set", "sysmon" },
		{ SYSMON, 12, "CreateKey", "registry_add", "sysmon" },
		{ SYSMON, 12, "", "registry_event", "sysmon" },
		{ SYSMON, 77, "", WINSOURCE_NONE, "sysmon" },
		{ "microsoft-windows-sysmon/operational", 22, "", "dns_query", "sysmon" },
		{ "Security", 1, "", WINSOURCE_NONE, "security" },
		{ "Windows PowerShell", 400, "", "ps_classic_start", "powershell-classic" },
		{ "Nobody's", 1, "", "", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		struct winsource got;

		winsource_find(str_c(sources[i].channel), STR(""), sources[i].id,
		    str_c(sources[i].type), &got);
		CHECK_STR(got.category, sources[i].category);
		CHECK_STR(got.service, sources[i].service);
	}
}

/* As many members as a message holds: what does not fit is cut, nothing else breaks. */
TEST(caps)
{
	struct parsed t;
	struct buf b;

	parsed_begin(&t);
	buf_init(&b, 0);
	buf_str(&b, STR("{\"EventID\":1,\"Channel\":\"" SYSMON "\""));
	for (unsigned i = 0; i < REC_EXTRA_MAX + 50; i++)
		buf_printf(&b, ",\"n %u\":%u", i, i);
	buf_byte(&b, '}');
	(void)parsed_str(&t, "json", buf_view(&b));
	CHECK_INT(t.e, OK);
	CHECK(t.r->cut);
	CHECK_INT(t.r->n_extra, REC_EXTRA_MAX);
	CHECK(str_eq(rec_str(t.r, F_LS_CATEGORY), STR("process_creation")));
	buf_fini(&b);
	parsed_end(&t);
}
