/* SPDX-License-Identifier: Apache-2.0 */
/* Learning what is usual for users, in a table with a cap. */
#include "stat/habits.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

#define HOUR (3600 * CLOCK_S)

struct entry {
	struct habits_user user;
	struct entry *older, *newer;
};

struct habits {
	struct map *users; /* name -> struct entry */
	struct entry *oldest, *newest;
};

struct habits *
habits_new(void)
{
	struct habits *h = MEM_NEW(struct habits);

	h->users = map_new(sizeof(struct entry), HABITS_USERS);
	return h;
}

void
habits_free(struct habits *h)
{
	if (h == NULL)
		return;
	map_free(h->users);
	free(h);
}

size_t
habits_len(const struct habits *h)
{
	return map_len(h->users);
}

static struct str
cut(struct str name)
{
	return (struct str){ name.p, name.n < HABITS_NAME ? name.n : HABITS_NAME };
}

const struct habits_user *
habits_get(const struct habits *h, struct str name)
{
	const struct entry *e = map_get(h->users, cut(name));

	return e != NULL ? &e->user : NULL;
}

static void
unlink_entry(struct habits *h, struct entry *e)
{
	if (e->older != NULL)
		e->older->newer = e->newer;
	else
		h->oldest = e->newer;
	if (e->newer != NULL)
		e->newer->older = e->older;
	else
		h->newest = e->older;
}

static void
link_newest(struct habits *h, struct entry *e)
{
	e->older = h->newest;
	e->newer = NULL;
	if (h->newest != NULL)
		h->newest->newer = e;
	else
		h->oldest = e;
	h->newest = e;
}

/* The entry of a user, now the one used last. */
static struct entry *
use(struct habits *h, struct str name)
{
	struct entry *e = map_get(h->users, name);

	if (e != NULL) {
		unlink_entry(h, e);
		link_newest(h, e);
		return e;
	}
	if (map_len(h->users) >= HABITS_USERS) {
		struct entry *gone = h->oldest;

		unlink_entry(h, gone);
		(void)map_del(h->users, str_c(gone->user.name));
	}
	e = map_put(h->users, name, NULL);
	(void)str_to_c(name, e->user.name, sizeof(e->user.name));
	link_newest(h, e);
	return e;
}

static bool
is_worse(const struct habits_word *a, const struct habits_word *b)
{
	return a->n != b->n ? a->n < b->n : a->last < b->last;
}

/* Counts a word; a new one takes the place of the one used least. */
static void
learn(struct habits_word words[HABITS_WORDS], struct str text, int64_t t)
{
	char clean[sizeof(words->text)];
	struct habits_word *worst = &words[0];

	if (text.n == 0)
		return;
	(void)str_to_c(text, clean, sizeof(clean));
	for (size_t i = 0; i < HABITS_WORDS; i++) {
		if (words[i].n != 0 && strcmp(words[i].text, clean) == 0) {
			words[i].n += words[i].n < UINT32_MAX;
			words[i].last = t > words[i].last ? t : words[i].last;
			return;
		}
		if (is_worse(&words[i], worst))
			worst = &words[i];
	}
	*worst = (struct habits_word){ .n = 1, .last = t };
	memcpy(worst->text, clean, sizeof(clean));
}

static struct str
user_of(const struct rec *r)
{
	static const enum field fields[] = { F_USER_NAME, F_USER_EMAIL, F_USER_ID };

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (rec_str(r, fields[i]).n != 0)
			return cut(rec_str(r, fields[i]));
	return (struct str){ NULL, 0 };
}

/* "Firefox on Windows", or the user-agent as it is where nobody has read it. */
static struct str
device_of(const struct rec *r, char to[72])
{
	struct str name = rec_str(r, F_UA_NAME), os = rec_str(r, F_UA_OS);
	struct buf b = { .p = to, .size = 72, .max = 72 };

	if (name.n == 0)
		return rec_str(r, F_USER_AGENT);
	buf_str(&b, (struct str){ name.p, name.n < 30 ? name.n : 30 });
	if (os.n != 0) {
		buf_str(&b, STR(" on "));
		buf_str(&b, (struct str){ os.p, os.n < 30 ? os.n : 30 });
	}
	return buf_view(&b);
}

static void
log_in(struct habits_user *u, const struct rec *r, int64_t t)
{
	u->logins++;
	if (t < u->login)
		return;
	u->login = t;
	(void)str_to_c(rec_str(r, F_CLIENT_IP), u->login_address, sizeof(u->login_address));
	(void)str_to_c(rec_str(r, F_GEO_COUNTRY), u->login_country, sizeof(u->login_country));
	(void)str_to_c(rec_str(r, F_GEO_CITY), u->login_city, sizeof(u->login_city));
}

void
habits_add(struct habits *h, const struct rec *r, int64_t t)
{
	struct str name = user_of(r), type = rec_str(r, F_EVENT_TYPE);
	bool login = str_eq(type, STR("auth.login.success"));
	char device[72];
	struct habits_user *u;
	struct entry *e;
	uint32_t *hour;

	if (name.n == 0 || memchr(name.p, '\0', name.n) != NULL)
		return;
	e = map_get(h->users, name);
	if (e == NULL && !login)
		return;
	if (str_eq(type, STR("auth.login.failed")) ||
	    str_eq(rec_str(r, F_OUTCOME), STR("failure"))) {
		e->user.failed++;
		return;
	}
	u = &use(h, name)->user;
	if (u->events++ == 0)
		u->first = u->last = t;
	u->first = t < u->first ? t : u->first;
	u->last = t > u->last ? t : u->last;
	hour = &u->hours[((t / HOUR) % 24 + 24) % 24];
	*hour += *hour < UINT32_MAX;
	learn(u->countries, rec_str(r, F_GEO_COUNTRY), t);
	learn(u->devices, device_of(r, device), t);
	learn(u->addresses, rec_str(r, F_CLIENT_IP), t);
	if (rec_str(r, F_USER_ROLE).n != 0)
		(void)str_to_c(rec_str(r, F_USER_ROLE), u->roles, sizeof(u->roles));
	if (login)
		log_in(u, r, t);
}

static void
put(struct buf *to, uint64_t v)
{
	while (v >= 0x80) {
		buf_byte(to, (char)(v | 0x80));
		v >>= 7;
	}
	buf_byte(to, (char)v);
}

static void
put_text(struct buf *to, const char *text)
{
	size_t n = strlen(text);

	put(to, n);
	buf_put(to, text, n);
}

static void
put_words(struct buf *to, const struct habits_word words[HABITS_WORDS])
{
	for (size_t i = 0; i < HABITS_WORDS; i++) {
		put(to, words[i].n);
		if (words[i].n == 0)
			continue;
		put_text(to, words[i].text);
		put(to, (uint64_t)words[i].last);
	}
}

static void
put_user(struct buf *to, const struct habits_user *u)
{
	const uint64_t numbers[] = { (uint64_t)u->first, (uint64_t)u->last, u->events, u->logins,
		u->failed, (uint64_t)u->login };
	const char *const texts[] = { u->name, u->login_address, u->login_country, u->login_city,
		u->roles };

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		put(to, numbers[i]);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		put_text(to, texts[i]);
	for (size_t i = 0; i < ARRAY_LEN(u->hours); i++)
		put(to, u->hours[i]);
	put_words(to, u->countries);
	put_words(to, u->devices);
	put_words(to, u->addresses);
}

void
habits_save(const struct habits *h, struct buf *to)
{
	put(to, map_len(h->users));
	for (const struct entry *e = h->oldest; e != NULL; e = e->newer)
		put_user(to, &e->user);
}

static uint64_t
get(struct str *from, bool *bad)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64 && from->n != 0; shift += 7) {
		uint64_t byte = (unsigned char)from->p[0];

		*from = str_from(*from, 1);
		if ((shift == 63 && byte > 1) || (byte == 0 && shift != 0))
			break;
		v |= (byte & 0x7f) << shift;
		if (byte < 0x80)
			return v;
	}
	*bad = true;
	return 0;
}

static void
get_text(struct str *from, char *to, size_t size, bool *bad)
{
	uint64_t n = get(from, bad);

	if (*bad || n >= size || n > from->n || memchr(from->p, '\0', n) != NULL) {
		*bad = true;
		return;
	}
	(void)str_to_c((struct str){ from->p, n }, to, size);
	*from = str_from(*from, n);
}

static void
get_words(struct str *from, struct habits_word words[HABITS_WORDS], bool *bad)
{
	for (size_t i = 0; i < HABITS_WORDS && !*bad; i++) {
		uint64_t n = get(from, bad);

		*bad |= n > UINT32_MAX;
		words[i].n = (uint32_t)n;
		if (n == 0)
			continue;
		get_text(from, words[i].text, sizeof(words[i].text), bad);
		words[i].last = (int64_t)get(from, bad);
	}
}

static void
get_user(struct str *from, struct habits_user *u, bool *bad)
{
	*u = (struct habits_user){ .first = (int64_t)get(from, bad) };
	u->last = (int64_t)get(from, bad);
	u->events = get(from, bad);
	u->logins = get(from, bad);
	u->failed = get(from, bad);
	u->login = (int64_t)get(from, bad);
	get_text(from, u->name, sizeof(u->name), bad);
	get_text(from, u->login_address, sizeof(u->login_address), bad);
	get_text(from, u->login_country, sizeof(u->login_country), bad);
	get_text(from, u->login_city, sizeof(u->login_city), bad);
	get_text(from, u->roles, sizeof(u->roles), bad);
	for (size_t i = 0; i < ARRAY_LEN(u->hours) && !*bad; i++) {
		uint64_t n = get(from, bad);

		*bad |= n > UINT32_MAX;
		u->hours[i] = (uint32_t)n;
	}
	get_words(from, u->countries, bad);
	get_words(from, u->devices, bad);
	get_words(from, u->addresses, bad);
	*bad |= u->name[0] == '\0' || u->events == 0;
}

bool
habits_load(struct habits *h, struct str *from)
{
	bool bad = false;
	uint64_t n = get(from, &bad);

	bad |= n > HABITS_USERS;
	for (; n != 0 && !bad; n--) {
		struct habits_user u;

		get_user(from, &u, &bad);
		bad |= map_get(h->users, str_c(u.name)) != NULL;
		if (!bad)
			use(h, str_c(u.name))->user = u;
	}
	return !bad;
}
