/* The conversions from JSON to the types of fields. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/parse/test_native.c */
#include "parse/native_set.h"

#include <math.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "parse/put.h"
#include "parse/time.h"
#include "rec/etype.h"

void
native_set_begin(struct native_set *set, struct parser *p, struct rec *r, int64_t received)
{
	set->p = p;
	set->r = r;
	set->received = received;
	set->bad_time = false;
	memset(set->strength, 0, sizeof(set->strength));
}

struct str
native_set_text(struct native_set *set, const struct json_value *v)
{
	struct buf *b = &set->p->scratch;
	struct str ret = STR("");
	struct jsonw w;

	if (v->type == JSON_TEXT)
		return v->s;
	if (v->type == JSON_BOOL)
		return v->b ? STR("true") : STR("false");
	if (v->type == JSON_NULL)
		return STR("null");
	buf_reset(b);
	jsonw_init(&w, b);
	if (v->type == JSON_INT)
		buf_i64(b, v->i);
	else if (v->type == JSON_BIG)
		buf_u64(b, v->u);
	else
		jsonw_f64(&w, v->f);
	if (!arena_copy(set->r->arena, buf_view(b), &ret))
		set->r->cut = true;
	return ret;
}

static bool
set_time(struct native_set *set, enum field f, const struct json_value *v)
{
	int64_t ns;
	bool ok = false;

	if (v->type == JSON_TEXT)
		ok = time_any(v->s, set->p->opts.utc_offset_s, set->received, &ns);
	else if (v->type == JSON_INT)
		ok = time_epoch(v->i, &ns);
	else if (v->type == JSON_REAL)
		ok = time_epoch_real(v->f, &ns);
	if (ok)
		rec_set_int(set->r, f, ns);
	else if (f == F_TIMESTAMP)
		set->bad_time = true;
	return ok;
}

/* What the columns of the store and sense allow. */
static bool
in_range(enum field f, int64_t i)
{
	if (f == F_STATUS_CODE)
		return i >= 100 && i <= 999;
	if (f == F_CLIENT_PORT || f == F_SERVER_PORT)
		return i >= 0 && i <= 65535;
	if (strcmp(field_info(f)->sql, "INTEGER") == 0)
		return i >= INT32_MIN && i <= INT32_MAX;
	return true;
}

static bool
set_int(struct native_set *set, enum field f, const struct json_value *v)
{
	int64_t i;

	if (v->type == JSON_INT)
		i = v->i;
	else if (v->type == JSON_REAL && fabs(v->f) < 9e15 && v->f == floor(v->f))
		i = (int64_t)v->f;
	else if (v->type != JSON_TEXT || !str_i64(v->s, &i))
		return false;
	if (!in_range(f, i))
		return false;
	rec_set_int(set->r, f, i);
	return true;
}

static bool
set_float(struct native_set *set, enum field f, enum sent_how how, const struct json_value *v)
{
	double d;

	if (v->type == JSON_INT)
		d = (double)v->i;
	else if (v->type == JSON_REAL)
		d = v->f;
	else if (v->type != JSON_TEXT || !str_f64(v->s, &d))
		return false;
	if (how == SENT_SECONDS)
		d *= 1e3;
	else if (how == SENT_NS)
		d /= 1e6;
	rec_set_float(set->r, f, d);
	return true;
}

static bool
set_bool(struct native_set *set, enum field f, const struct json_value *v)
{
	bool b;

	if (v->type == JSON_BOOL)
		b = v->b;
	else if (v->type == JSON_TEXT && str_eq_nocase(v->s, STR("true")))
		b = true;
	else if (v->type == JSON_TEXT && str_eq_nocase(v->s, STR("false")))
		b = false;
	else
		return false;
	rec_set_bool(set->r, f, b);
	return true;
}

/* A path alone is the endpoint; with a query or a host it is a URL, which has the endpoint in it.
 */
static bool
set_path(struct native_set *set, const struct json_value *v)
{
	if (v->type != JSON_TEXT || v->s.n == 0)
		return false;
	if (v->s.p[0] == '/' && memchr(v->s.p, '?', v->s.n) == NULL) {
		rec_set_str(set->r, F_ENDPOINT, v->s);
		return true;
	}
	if (rec_has(set->r, F_URL))
		return false;
	rec_unset(set->r, F_ENDPOINT);
	put_url(set->r, v->s);
	if (!rec_has(set->r, F_ENDPOINT))
		rec_set_str(set->r, F_ENDPOINT, v->s);
	return true;
}

static bool
set_typed(struct native_set *set, const struct names_row *row, const struct json_value *v)
{
	enum field f = row->field;
	struct str text;

	switch (field_info(f)->type) {
	case FIELD_TIME:
		return set_time(set, f, v);
	case FIELD_INT:
		return set_int(set, f, v);
	case FIELD_FLOAT:
		return set_float(set, f, row->how, v);
	case FIELD_BOOL:
		return set_bool(set, f, v);
	case FIELD_IP:
		return v->type == JSON_TEXT &&
		       put_ip(set->r, f, f == F_CLIENT_IP ? F_CLIENT_PORT : F_SERVER_PORT, v->s);
	case FIELD_STR:
	default:
		if (row->how == SENT_WORD && v->type != JSON_TEXT)
			return false;
		text = native_set_text(set, v);
		/* A word that is no severity would be lost when the record is finished. */
		if (f == F_SEVERITY && !etype_severity(text, &text))
			return false;
		rec_set_str(set->r, f, text);
		return true;
	}
}

/* The value a field had, as an unknown field under the name it came by. */
static struct rec_extra
displaced(struct native_set *set, enum field f, union rec_value was)
{
	struct rec_extra x = { .path = set->from[f], .type = field_info(f)->type, .v = was };
	char text[40];

	if (x.type == FIELD_IP)
		x.type = FIELD_STR;
	if (x.type != FIELD_TIME)
		return x;
	x.type = FIELD_STR;
	x.v.s = STR("");
	if (!arena_copy(set->r->arena, str_c(clock_text(was.i, text)), &x.v.s))
		set->r->cut = true;
	return x;
}

bool
native_set_value(struct native_set *set, const struct names_row *row, enum names_strength strength,
    const struct json_value *v, struct rec_extra *ret_was)
{
	enum field f = row->field;
	bool had = rec_has(set->r, f), ok;
	union rec_value was = set->r->v[f];

	ret_was->path = (struct str){ NULL, 0 };
	if (had && set->strength[f] >= strength)
		return false;
	if (v->type == JSON_NULL) {
		set->r->null[f / 64] |= (uint64_t)1 << (f % 64);
		return true;
	}
	if (row->how == SENT_PATH)
		ok = set_path(set, v);
	else if (row->how == SENT_REQUEST)
		ok = v->type == JSON_TEXT && put_request(set->r, v->s);
	else
		ok = set_typed(set, row, v);
	if (!ok)
		return false;
	if (had && set->strength[f] != 0)
		*ret_was = displaced(set, f, was);
	set->strength[f] = (unsigned char)strength;
	return true;
}
