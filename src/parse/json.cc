/* The shim over simdjson, whose DOM parser and buffers are kept from document to document. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/json.h"

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

extern "C" {
#include "base/buf.h"
#include "parse/json_mend.h"
}

static const size_t first_capacity = 64 << 10;

struct json {
	explicit json(size_t longest) : parser(longest), max(longest)
	{
	}

	simdjson::dom::parser parser;
	struct buf padded = {};
	struct buf mended = {};
	size_t max;
};

struct json *
json_new(size_t max)
{
	auto *j = new json(max);

	buf_init(&j->padded, max + simdjson::SIMDJSON_PADDING);
	/* A document that is mended grows: three bytes for a bad one, quotes around numbers. */
	buf_init(&j->mended, max * 3);
	/* Out of memory shows at the first document. */
	(void)!j->parser.allocate(max < first_capacity ? max : first_capacity, JSON_DEPTH_MAX);
	return j;
}

void
json_free(struct json *j)
{
	if (j == nullptr)
		return;
	buf_fini(&j->padded);
	buf_fini(&j->mended);
	delete j;
}

static simdjson::error_code
parse_copy(struct json *j, struct str document)
{
	char *room;

	if (document.n > j->max)
		return simdjson::CAPACITY;
	buf_reset(&j->padded);
	room = buf_room(&j->padded, document.n + simdjson::SIMDJSON_PADDING);
	if (room == nullptr)
		return simdjson::CAPACITY;
	if (document.n > 0)
		memcpy(room, document.p, document.n);
	memset(room + document.n, ' ', simdjson::SIMDJSON_PADDING);
	return j->parser.parse(room, document.n, false).error();
}

static bool
may_be_mended(simdjson::error_code e)
{
	return e == simdjson::UTF8_ERROR || e == simdjson::STRING_ERROR ||
	       e == simdjson::NUMBER_ERROR;
}

enum err
json_parse(struct json *j, struct str document, struct json_doc *ret, struct diag *why)
{
	static const struct str bom = { "\xef\xbb\xbf", 3 };
	simdjson::error_code e;
	bool mended = false;

	if (str_starts(document, bom))
		document = str_from(document, bom.n);
	/* The library takes a lone number for ended by a NUL byte. */
	if (document.n != 0 && document.p[document.n - 1] == '\0')
		return err_set(why, FAIL_SYNTAX, "not JSON: a NUL byte at the end");
	e = parse_copy(j, document);
	if (may_be_mended(e)) {
		buf_reset(&j->mended);
		mended = json_mend(document, &j->mended) && !buf_overflow(&j->mended);
		if (mended)
			e = parse_copy(j, buf_view(&j->mended));
	}
	if (e == simdjson::CAPACITY)
		return err_set(why, FAIL_LIMIT, "JSON longer than %zu bytes", j->max);
	if (e == simdjson::DEPTH_ERROR)
		return err_set(why, FAIL_LIMIT, "JSON nested deeper than %d", JSON_DEPTH_MAX);
	if (e != simdjson::SUCCESS)
		return err_set(why, FAIL_SYNTAX, "not JSON: %s", simdjson::error_message(e));
	ret->tape = j->parser.doc.tape.get();
	ret->text = j->parser.doc.string_buf.get();
	ret->mended = mended;
	return OK;
}
