/* Lines of plain and packed files, whatever the chunks. */
#include "app/lines.h"
#include "base/fs.h"
#include "base/mem.h"
#include "rec/rec.h"
#include "test.h"

static const char *
file_with(struct str content)
{
	static char path[512];
	struct diag why = { 0 };

	CHECK_OK(fs_join(path, sizeof(path), test_dir(), "in"), why);
	CHECK_OK(fs_replace(path, content, &why), why);
	return path;
}

/* Reads all lines into `to`, each followed by '|'. */
static enum err
read_all(struct str content, struct buf *to)
{
	struct lines *l = NULL;
	struct str line;
	struct diag why = { 0 };
	enum err e;

	CHECK_OK(lines_open(file_with(content), &l, &why), why);
	while ((e = lines_next(l, &line, &why)) == OK) {
		buf_str(to, line);
		buf_byte(to, '|');
	}
	CHECK_INT(lines_read(l), content.n);
	lines_close(l);
	return e;
}

TEST(line_ends)
{
	static const struct {
		struct str in;
		struct str want;
	} cases[] = {
		{ STR(""), STR("") },
		{ STR("\n"), STR("|") },
		{ STR("a"), STR("a|") },
		{ STR("a\nb"), STR("a|b|") },
		{ STR("a\r\nb\r\n"), STR("a|b|") },
		{ STR("a\n\nb\n"), STR("a||b|") },
		{ STR("a\0b\nc\n"), STR("a\0b|c|") },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_buf struct buf got = { 0 };

		CHECK_INT(read_all(cases[i].in, &got), FAIL_NOT_FOUND);
		CHECK_BYTES(got.p, got.n, cases[i].want.p, cases[i].want.n);
	}
}

TEST(many_lines_across_chunks)
{
	auto_buf struct buf in = { 0 }, want = { 0 }, got = { 0 };

	for (unsigned i = 0; i < 100000; i++) {
		buf_printf(&in, "%.*s%u\n", (int)(i % 37), "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		    i);
		buf_printf(&want, "%.*s%u|", (int)(i % 37), "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		    i);
	}
	CHECK_INT(read_all(buf_view(&in), &got), FAIL_NOT_FOUND);
	CHECK_BYTES(got.p, got.n, want.p, want.n);
}

TEST(a_line_without_end_is_cut_and_the_next_is_whole)
{
	size_t n = 3 * REC_RAW_MAX;
	auto_free char *big = mem_alloc(n + 6);
	struct lines *l = NULL;
	struct str line;
	struct diag why = { 0 };

	memset(big, 'x', n);
	memcpy(big + n, "\nnext\n", 6);
	CHECK_OK(lines_open(file_with((struct str){ big, n + 6 }), &l, &why), why);
	CHECK_INT(lines_next(l, &line, &why), OK);
	CHECK_INT(line.n, REC_RAW_MAX);
	CHECK_INT(lines_next(l, &line, &why), OK);
	CHECK_SLICE(line, "next");
	CHECK_INT(lines_next(l, &line, &why), FAIL_NOT_FOUND);
	lines_close(l);
}

TEST(a_folder_and_an_absent_file_are_refused)
{
	struct lines *l = NULL;
	struct diag why = { 0 };

	CHECK_INT(lines_open(test_dir(), &l, &why), FAIL_IO);
	CHECK(strstr(why.text, "folder") != NULL);
	CHECK_INT(lines_open("/nonexistent/file", &l, &why), FAIL_NOT_FOUND);
}
