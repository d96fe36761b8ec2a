/* Command lines by table. */
#include "app/args.h"
#include "test.h"

static const char *format;
static bool json;
static const struct args_option options[] = {
	{ "format", "F", "how", &format, NULL },
	{ "json", NULL, "as JSON", NULL, &json },
};
static const struct args_spec spec = { "tocsin x", "x", options, ARRAY_LEN(options) };

static int
parse(const char *const *words, int n, char **argv)
{
	static char text[8][32];

	format = NULL;
	json = false;
	for (int i = 0; i < n; i++) {
		(void)snprintf(text[i], sizeof(text[i]), "%s", words[i]);
		argv[i] = text[i];
	}
	return args_parse(&spec, n, argv);
}

TEST(options_and_operands_in_any_order)
{
	char *argv[8];

	CHECK_INT(parse((const char *[]){ "a", "--format", "json", "-", "--json", "b" }, 6, argv),
	    3);
	CHECK_STR(format, "json");
	CHECK(json);
	CHECK_STR(argv[0], "a");
	CHECK_STR(argv[1], "-");
	CHECK_STR(argv[2], "b");
	CHECK_INT(parse((const char *[]){ "--format=x=y", "--", "--json" }, 3, argv), 1);
	CHECK_STR(format, "x=y");
	CHECK(!json);
	CHECK_STR(argv[0], "--json");
}

TEST(what_is_wrong_is_refused)
{
	char *argv[8];

	CHECK_INT(parse((const char *[]){ "--nope" }, 1, argv), -2);
	CHECK_INT(parse((const char *[]){ "-x" }, 1, argv), -2);
	CHECK_INT(parse((const char *[]){ "--format" }, 1, argv), -2);
	CHECK_INT(parse((const char *[]){ "--json=1" }, 1, argv), -2);
	CHECK_INT(parse((const char *[]){ "a", "--help" }, 2, argv), -1);
}
