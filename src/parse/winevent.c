/* Windows events: flattened, a few of their names moved to the catalogue, the log source set. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/winevent.h"

#include "parse/put.h"
#include "parse/time.h"
#include "parse/winsource.h"

#define NAME_MAX_N 256 /* of a name put together from several; the rest is cut */

struct walk {
	const struct json_doc *doc;
	struct rec *r;
	int64_t received;
	struct str event_type; /* EventType */
	struct str channel, provider;
	int64_t id;
	char separator; /* between the names of an object and its member */
};

/* What keeps its place among the unknown fields is copied; else it is moved. */
enum how { MOVE, COPY };

#define T(text)                                                                                    \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

static const struct row {
	struct str name;
	enum field field;
	enum how how;
} rows[] = {
	{ T("CommandLine"), F_COMMAND, MOVE },
	{ T("Computer"), F_HOST, MOVE },
	{ T("CurrentDirectory"), F_WORKDIR, MOVE },
	{ T("DestinationIp"), F_SERVER_IP, MOVE },
	{ T("DestinationPort"), F_SERVER_PORT, MOVE },
	{ T("Hostname"), F_HOST, COPY },
	{ T("Image"), F_EXECUTABLE, MOVE },
	{ T("IpAddress"), F_CLIENT_IP, COPY },
	{ T("IpPort"), F_CLIENT_PORT, COPY },
	{ T("Message"), F_MESSAGE, MOVE },
	{ T("NewProcessName"), F_EXECUTABLE, COPY },
	{ T("ProcessId"), F_PID, MOVE },
	{ T("SourceIp"), F_CLIENT_IP, MOVE },
	{ T("SourcePort"), F_CLIENT_PORT, MOVE },
	{ T("TargetFilename"), F_FILE_PATH, MOVE },
	{ T("TargetUserName"), F_USER_NAME, COPY },
	{ T("User"), F_USER_NAME, MOVE },
};

/* Rules use the name on the right for both. */
static const struct str also[][2] = {
	{ T("NewProcessName"), T("Image") },
	{ T("ParentProcessName"), T("ParentImage") },
	{ T("ThreatName"), T("Signature") },
	{ T("Path"), T("Filename") },
};

static const struct row *
find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq(name, rows[i].name))
			return &rows[i];
	return NULL;
}

static struct str
copy(struct walk *w, struct str s)
{
	struct str kept = STR("");

	if (!arena_copy(w->r->arena, s, &kept))
		w->r->cut = true;
	return kept;
}

static bool
extra_of(struct walk *w, struct str name, const struct json_value *v, struct rec_extra *ret)
{
	*ret = (struct rec_extra){ .path = copy(w, name), .type = FIELD_STR };
	if (v->type == JSON_INT) {
		ret->type = FIELD_INT;
		ret->v.i = v->i;
	} else if (v->type == JSON_REAL) {
		ret->type = FIELD_FLOAT;
		ret->v.f = v->f;
	} else if (v->type == JSON_BOOL) {
		ret->type = FIELD_BOOL;
		ret->v.b = v->b;
	} else if (v->type == JSON_BIG) {
		ret->type = FIELD_FLOAT;
		ret->v.f = (double)v->u;
	} else if (v->type == JSON_TEXT) {
		ret->v.s = copy(w, v->s);
	} else {
		ret->null = true;
	}
	return ret->path.n > 0;
}

static bool
set_text(struct walk *w, enum field f, const struct rec_extra *x)
{
	if (x->type != FIELD_STR || x->v.s.n == 0 || str_eq(x->v.s, STR("-")))
		return false;
	rec_set_str(w->r, f, x->v.s);
	return true;
}

static bool
set_number(struct walk *w, enum field f, const struct rec_extra *x)
{
	bool port = f == F_CLIENT_PORT || f == F_SERVER_PORT;
	int64_t i;

	if (x->type == FIELD_INT)
		i = x->v.i;
	else if (x->type != FIELD_STR || !str_i64(x->v.s, &i) || x->v.s.p[0] == '0')
		return false;
	if (i < port || (port && i > 65535))
		return false;
	rec_set_int(w->r, f, i);
	return true;
}

/* True when the field has the value and says it in the same letters. */
static bool
set_field(struct walk *w, enum field f, const struct rec_extra *x)
{
	enum field_type type = field_info(f)->type;

	if (rec_has(w->r, f) || x->null)
		return false;
	if (type == FIELD_IP)
		return x->type == FIELD_STR && put_ip(w->r, f, FIELD_NONE, x->v.s) &&
		       str_eq(w->r->v[f].s, x->v.s);
	return type == FIELD_STR ? set_text(w, f, x) : set_number(w, f, x);
}

/* Who wrote the event, as exporters call it. */
static bool
is_provider(struct str name)
{
	return str_eq(name, STR("Provider_Name")) || str_eq(name, STR("ProviderName")) ||
	       str_eq(name, STR("SourceName")) || str_eq(name, STR("Provider.Name"));
}

/* What the sender says of the log source goes before what we find. */
static bool
put_logsource_key(struct walk *w, struct str name, const struct rec_extra *x)
{
	enum field f = str_starts(name, STR("logsource.")) ? field_find(name) : FIELD_NONE;

	if (f == FIELD_NONE || x->type != FIELD_STR || x->null || x->v.s.n == 0)
		return false;
	rec_set_str(w->r, f, x->v.s);
	return true;
}

static void
note(struct walk *w, struct str name, const struct rec_extra *x)
{
	if (str_eq(name, STR("EventID"))) {
		if (x->type == FIELD_INT)
			w->id = x->v.i;
		else if (x->type != FIELD_STR || !str_i64(x->v.s, &w->id))
			w->id = -1;
	} else if (str_eq(name, STR("Channel")) && x->type == FIELD_STR) {
		w->channel = x->v.s;
	} else if (is_provider(name) && x->type == FIELD_STR) {
		w->provider = x->v.s;
	} else if (str_eq(name, STR("EventType")) && x->type == FIELD_STR) {
		w->event_type = x->v.s;
	}
}

static void
put_time(struct walk *w, struct str name, const struct rec_extra *x)
{
	bool own = str_eq(name, STR("TimeCreated_SystemTime")) || str_eq(name, STR("@timestamp")) ||
		   str_eq(name, STR("EventTime"));
	int64_t ns;

	if ((!own && !str_eq(name, STR("UtcTime"))) || x->null || x->type != FIELD_STR)
		return;
	/* When the log took it, which is there in every event; else when the sensor saw it. */
	if ((own || !rec_has(w->r, F_TIMESTAMP)) && time_any(x->v.s, 0, w->received, &ns))
		rec_set_int(w->r, F_TIMESTAMP, ns);
}

static void
add(struct walk *w, struct str name, const struct rec_extra *x)
{
	const struct row *row = find(name);
	struct rec_extra second = *x;

	if (put_logsource_key(w, name, x))
		return;
	note(w, name, x);
	put_time(w, name, x);
	if (row != NULL && set_field(w, row->field, x) && row->how == MOVE)
		return;
	(void)!rec_add_extra(w->r, x);
	for (size_t i = 0; i < ARRAY_LEN(also); i++) {
		if (!str_eq(name, also[i][0]))
			continue;
		second.path = also[i][1];
		(void)!rec_add_extra(w->r, &second);
	}
}

/* "Threat Name" is ThreatName to rules. */
static void
leaf(struct walk *w, struct str name, const struct json_value *v)
{
	char joined[NAME_MAX_N];
	struct rec_extra x;
	size_t n = 0;

	if (!extra_of(w, name, v, &x))
		return;
	add(w, name, &x);
	if (memchr(name.p, ' ', name.n) == NULL)
		return;
	for (size_t i = 0; i < name.n && n < sizeof(joined); i++)
		if (name.p[i] != ' ')
			joined[n++] = name.p[i];
	x.path = copy(w, (struct str){ joined, n });
	add(w, x.path, &x);
}

static void data(struct walk *w, struct str name, const struct json_value *v);

static struct str
join(const struct walk *w, struct str a, struct str b, char to[NAME_MAX_N])
{
	size_t n = a.n < NAME_MAX_N - 1 ? a.n : NAME_MAX_N - 1,
	       m = b.n < NAME_MAX_N - 1 - n ? b.n : NAME_MAX_N - 1 - n;

	if (n == 0)
		return b;
	memcpy(to, a.p, n);
	to[n] = w->separator;
	memcpy(to + n + 1, b.p, m);
	return (struct str){ to, n + 1 + m };
}

/* Members of #attributes, under Parent_Name. */
static void
attributes(struct walk *w, struct str parent, const struct json_value *object)
{
	struct json_value key, v;
	char name[NAME_MAX_N];

	for (size_t at = object->first; object->type == JSON_OBJECT; at = v.next) {
		json_read(w->doc, at, &key);
		if (key.type != JSON_TEXT)
			return;
		json_read(w->doc, key.next, &v);
		if (v.type != JSON_OBJECT && v.type != JSON_ARRAY && !str_eq(key.s, STR("xmlns")))
			leaf(w, join(w, parent, key.s, name), &v);
	}
}

/* {"@Name": "Image", "#text": "C:\\..."} names its text itself. */
static bool
named(struct walk *w, const struct json_value *object)
{
	struct json_value key, v, text = { .type = JSON_NULL };
	struct str name = STR("");

	for (size_t at = object->first;; at = v.next) {
		json_read(w->doc, at, &key);
		if (key.type != JSON_TEXT)
			break;
		json_read(w->doc, key.next, &v);
		if (v.type == JSON_TEXT &&
		    (str_eq(key.s, STR("@Name")) || str_eq(key.s, STR("Name"))))
			name = v.s;
		else if (v.type != JSON_OBJECT && v.type != JSON_ARRAY)
			text = v;
	}
	if (name.n > 0)
		leaf(w, name, &text);
	return name.n > 0;
}

/* Members of System, EventData and the like; `name` is "" for what stands at the top. */
static void
object(struct walk *w, struct str name, size_t first)
{
	struct json_value key, v;
	char joined[NAME_MAX_N];

	for (size_t at = first;; at = v.next) {
		json_read(w->doc, at, &key);
		if (key.type != JSON_TEXT)
			return;
		json_read(w->doc, key.next, &v);
		if (str_eq(key.s, STR("#attributes")))
			attributes(w, name, &v);
		else if (str_eq(key.s, STR("#text")))
			data(w, name, &v);
		else if (key.s.n > 1 && key.s.p[0] == '@' && name.n > 0)
			data(w, join(w, name, str_from(key.s, 1), joined), &v);
		else
			data(w, join(w, name, key.s, joined), &v);
	}
}

/* Depth is bounded by JSON_DEPTH_MAX. */
static void
data(struct walk *w, struct str name, const struct json_value *v)
{
	struct json_value member;

	if (v->type == JSON_OBJECT) {
		if (!str_eq(name, STR("Data")) || !named(w, v))
			object(w, name, v->first);
		return;
	}
	if (v->type != JSON_ARRAY) {
		leaf(w, name, v);
		return;
	}
	for (size_t at = v->first;; at = member.next) {
		json_read(w->doc, at, &member);
		if (member.type == JSON_END)
			return;
		data(w, name, &member);
	}
}

/* The member of that name; false when there is none. */
static bool
member(const struct json_doc *doc, size_t first, struct str name, struct json_value *ret)
{
	struct json_value key;

	for (size_t at = first;; at = ret->next) {
		json_read(doc, at, &key);
		if (key.type != JSON_TEXT)
			return false;
		json_read(doc, key.next, ret);
		if (str_eq(key.s, name))
			return true;
	}
}

/* Winlogbeat's names for what Windows calls otherwise. */
static const char *const beats[][2] = {
	{ "channel", "Channel" },
	{ "event_id", "EventID" },
	{ "computer_name", "Computer" },
	{ "provider_name", "Provider_Name" },
	{ "provider_guid", "Provider_Guid" },
	{ "record_id", "EventRecordID" },
	{ "task", "Task" },
	{ "opcode", "Opcode" },
	{ "version", "Version" },
};

static void
read_winlog(struct walk *w, size_t first)
{
	struct json_value key, v;

	for (size_t at = first;; at = v.next) {
		struct str name;

		json_read(w->doc, at, &key);
		if (key.type != JSON_TEXT)
			return;
		json_read(w->doc, key.next, &v);
		name = key.s;
		for (size_t i = 0; i < ARRAY_LEN(beats); i++)
			if (str_eq(name, str_c(beats[i][0])))
				name = str_c(beats[i][1]);
		if (v.type == JSON_OBJECT)
			object(w, STR(""), v.first); /* event_data, user_data, process */
		else
			data(w, name, &v);
	}
}

/* What an exporter puts around: {"Event": {...}} and its parts. */
static void
read_event(struct walk *w, size_t first)
{
	struct json_value key, v, inner;

	for (size_t at = first;; at = v.next) {
		json_read(w->doc, at, &key);
		if (key.type != JSON_TEXT)
			return;
		json_read(w->doc, key.next, &v);
		if (v.type != JSON_OBJECT)
			continue;
		if (str_eq(key.s, STR("UserData"))) {
			/* One element, whose members are the data. */
			json_read(w->doc, v.first, &inner);
			if (inner.type != JSON_TEXT)
				continue;
			json_read(w->doc, inner.next, &inner);
			if (inner.type == JSON_OBJECT)
				object(w, STR(""), inner.first);
		} else if (!str_eq(key.s, STR("#attributes"))) {
			object(w, STR(""), v.first);
		}
	}
}

/* A number of an event, and who says so. */
struct flat {
	bool id, origin;
};

static void
look_flat(struct flat *f, struct str key, const struct json_value *v)
{
	if (str_eq(key, STR("EventID")))
		f->id = v->type == JSON_INT || v->type == JSON_TEXT;
	else if (v->type == JSON_TEXT && (str_eq(key, STR("Channel")) || is_provider(key)))
		f->origin = true;
}

bool
winevent_is(const struct json_doc *doc, size_t first)
{
	struct flat flat = { false, false };
	struct json_value key, v, inner;

	for (size_t at = first;; at = v.next) {
		json_read(doc, at, &key);
		if (key.type != JSON_TEXT)
			return flat.id && flat.origin;
		json_read(doc, key.next, &v);
		if (key.s.n == 5 && v.type == JSON_OBJECT && str_eq(key.s, STR("Event")))
			return member(doc, v.first, STR("System"), &inner) &&
			       inner.type == JSON_OBJECT;
		if (key.s.n == 6 && v.type == JSON_OBJECT && str_eq(key.s, STR("winlog")))
			return member(doc, v.first, STR("channel"), &inner);
		look_flat(&flat, key.s, &v);
	}
}

static void
put_source(struct walk *w)
{
	struct rec *r = w->r;
	struct winsource s;

	winsource_find(w->channel, w->provider, w->id, w->event_type, &s);
	if (!rec_has(r, F_LS_PRODUCT))
		rec_set_str(r, F_LS_PRODUCT, STR("windows"));
	if (!rec_has(r, F_LS_CATEGORY))
		put_text(r, F_LS_CATEGORY, str_c(s.category));
	if (!rec_has(r, F_LS_SERVICE))
		put_text(r, F_LS_SERVICE, str_c(s.service));
	rec_set_str(r, F_EVENT_TYPE, str_c(s.type));
}

void
winevent_read(const struct json_doc *doc, size_t first, int64_t received, struct rec *r)
{
	struct walk w = { .doc = doc, .r = r, .received = received, .id = -1, .separator = '_' };
	struct json_value v, time;

	if (member(doc, first, STR("Event"), &v) && v.type == JSON_OBJECT) {
		read_event(&w, v.first);
	} else if (member(doc, first, STR("winlog"), &v) && v.type == JSON_OBJECT) {
		read_winlog(&w, v.first);
		if (member(doc, first, STR("@timestamp"), &time))
			data(&w, STR("@timestamp"), &time);
		if (member(doc, first, STR("message"), &time))
			data(&w, STR("Message"), &time);
	} else {
		w.separator = '.';
		object(&w, STR(""), first);
	}
	put_source(&w);
}
