/* Trees from YAML: shape, places, bounds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/tree.h"

#include "base/buf.h"
#include "test.h"

/* "{k=text,l=[a,b]}" with the place of each value behind it. */
static void
print(const struct tree *t, struct buf *to)
{
	if (t->kind == TREE_NULL)
		buf_str(to, STR("null"));
	else if (t->kind == TREE_TEXT)
		buf_printf(to, "%s%.*s", t->quoted ? "'" : "", STR_ARG(t->text));
	else
		buf_byte(to, t->kind == TREE_MAP ? '{' : '[');
	for (const struct tree *m = t->first; m != NULL; m = m->next) {
		if (t->kind == TREE_MAP)
			buf_printf(to, "%.*s@%u:%u=", STR_ARG(m->key), m->key_line, m->key_column);
		print(m, to);
		buf_byte(to, ',');
	}
	if (t->kind == TREE_MAP || t->kind == TREE_LIST)
		buf_byte(to, t->kind == TREE_MAP ? '}' : ']');
	buf_printf(to, "@%u:%u", t->line, t->column);
}

static const struct {
	const char *text, *want;
} cases[] = {
	{ "", "null@1:1" },
	{ "# only words\n", "null@1:1" },
	{ "a: b\n", "{a@1:1=b@1:4,}@1:1" },
	{ "a:\n  b: [c, 'd']\n", "{a@1:1={b@2:3=[c@2:7,'d@2:10,]@2:6,}@2:3,}@1:1" },
	{ "- 1\n- \n- ~\n- null\n- 'null'\n", "[1@1:3,null@1:3,null@3:3,null@4:3,'null@5:3,]@1:1" },
	{ "---\nk: |\n  x\n  y\n", "{k@2:1='x\ny\n@3:1,}@2:1" },
	{ "\xc3\xa4: b\n", "{\xc3\xa4@1:1=b@1:4,}@1:1" },
};

TEST(shapes)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new(1 << 20);
		struct tree *t = NULL;
		struct diag why = { 0 };
		struct buf b;

		buf_init(&b, 0);
		CHECK_OK(tree_read(str_c(cases[i].text), a, &t, &why), why);
		print(t, &b);
		CHECK_SLICE(buf_view(&b), cases[i].want);
		buf_fini(&b);
		arena_free(a);
	}
}

static enum err
read_text(struct str text, size_t budget)
{
	struct arena *a = arena_new(budget);
	struct tree *t = NULL;
	struct diag why = { 0 };
	enum err e = tree_read(text, a, &t, &why);

	CHECK((e == OK) == (t != NULL));
	CHECK((e == OK) == (why.text[0] == '\0'));
	arena_free(a);
	return e;
}

TEST(depth_is_bounded)
{
	char text[256];

	memset(text, '[', sizeof(text));
	CHECK(read_text((struct str){ text, sizeof(text) }, 1 << 20) != OK);
	memset(text + TREE_DEPTH_MAX, ']', TREE_DEPTH_MAX);
	CHECK_INT(read_text((struct str){ text, 2 * TREE_DEPTH_MAX }, 1 << 20), OK);
	memset(text, '[', TREE_DEPTH_MAX + 1);
	memset(text + TREE_DEPTH_MAX + 1, ']', TREE_DEPTH_MAX + 1);
	CHECK_INT(read_text((struct str){ text, 2 * TREE_DEPTH_MAX + 2 }, 1 << 20), FAIL_LIMIT);
}

TEST(size_is_bounded)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < TREE_NODES_MAX; i++)
		buf_str(&b, STR("- a\n"));
	CHECK_INT(read_text(buf_view(&b), (size_t)64 << 20), FAIL_LIMIT);
	CHECK_INT(read_text(STR("- a\n- b\n- c\n"), 100), FAIL_LIMIT);
	buf_fini(&b);
}

TEST(refused)
{
	CHECK_INT(read_text(STR("a: b\n---\nc: d\n"), 1 << 20), FAIL_SYNTAX);
	CHECK_INT(read_text(STR("a: \0b\n"), 1 << 20), FAIL_SYNTAX);
	CHECK_INT(read_text(STR("a: &b [*b]\n"), 1 << 20), FAIL_SYNTAX);
	CHECK_INT(read_text(STR("a: \xff\n"), 1 << 20), FAIL_SYNTAX);
}

TEST(bad_bytes_have_a_place)
{
	struct arena *a = arena_new(1 << 20);
	struct tree *t = NULL;
	struct diag why = { 0 };

	CHECK_INT(tree_read(STR("a: b\n\xc3\xa4: \xff\n"), a, &t, &why), FAIL_SYNTAX);
	CHECK_STR(why.text, "not YAML: not UTF-8");
	CHECK_INT(why.line, 2);
	CHECK_INT(why.column, 4);
	arena_free(a);
}

TEST(a_key_stands_once_where_that_is_asked)
{
	struct arena *a = arena_new(1 << 20);
	auto_buf struct buf many = { 0 };
	struct tree *t;
	struct diag why = { 0 };

	CHECK_OK(tree_read_once(STR("a: {x: 1}\nb: [{x: 1}, {x: 2}]\n"), a, &t, &why), why);
	CHECK_INT(tree_read_once(STR("a: 1\nb:\n  - {x: 1,\n     x: 2}\n"), a, &t, &why),
	    FAIL_SYNTAX);
	CHECK_STR(why.text, "x stands here twice, first in line 3");
	CHECK_INT(why.line, 4);
	CHECK_INT(why.column, 6);
	for (int i = 0; i <= TREE_KEYS_MAX; i++)
		buf_printf(&many, "k%d: 1\n", i);
	CHECK_INT(tree_read_once(buf_view(&many), a, &t, &why), FAIL_LIMIT);
	arena_free(a);
}
