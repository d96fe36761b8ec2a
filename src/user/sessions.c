/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: made at a login, found by the cookie, ended. */
#include "user/sessions.h"

#include "base/utf8.h"
#include "user/internal.h"

static void
read_row(struct db_stmt *st, struct sessions_row *row)
{
	*row = (struct sessions_row){ .created = db_int(st, 3), .seen = db_int(st, 4) };
	(void)str_to_c(db_str(st, 0), row->id, sizeof(row->id));
	(void)str_to_c(db_str(st, 1), row->user, sizeof(row->user));
	if (!role_find(db_str(st, 2), &row->role))
		row->role = ROLE_VIEWER;
	(void)str_to_c(db_str(st, 5), row->ip, sizeof(row->ip));
	(void)str_to_c(db_str(st, 6), row->agent, sizeof(row->agent));
	row->expires = row->created + SESSIONS_LONGEST;
	if (row->expires > row->seen + SESSIONS_IDLE)
		row->expires = row->seen + SESSIONS_IDLE;
}

/* Times far ahead mean that the clock was set back: nothing lives the longer for that. */
static bool
lives(const struct sessions_row *row, int64_t now)
{
	return row->expires > now && row->created < now + SESSIONS_LONGEST;
}

static void
derive_csrf(struct str secret, char to[SECRET_SIZE])
{
	uint8_t sum[DIGEST_SIZE];

	secret_digest("csrf", secret, sum);
	(void)digest_hex(sum, sizeof(sum), to);
}

static void
cut_agent(struct str agent, char to[SESSIONS_AGENT_SIZE])
{
	auto_buf struct buf clean = { 0 };

	agent.n = agent.n < SESSIONS_AGENT_SIZE ? agent.n : SESSIONS_AGENT_SIZE - 1;
	utf8_mend(agent, &clean);
	if (clean.n >= SESSIONS_AGENT_SIZE) /* mending made it longer */
		clean.n = 0;
	(void)str_to_c(buf_view(&clean), to, SESSIONS_AGENT_SIZE);
}

/* Makes room: what has ended, and the oldest past the caps. */
static enum err
make_room(struct users *u, const char *name, int64_t now, struct diag *why)
{
	enum err e = users_run(u, "DELETE FROM sessions WHERE seen <= ?1 OR created <= ?2",
	    USERS_ARGS(ARG_INT(now - SESSIONS_IDLE), ARG_INT(now - SESSIONS_LONGEST)), NULL, why);

	if (e == OK)
		e = users_run(u,
		    "DELETE FROM sessions WHERE digest IN (SELECT digest FROM sessions"
		    " WHERE user = ?1 ORDER BY created DESC, id LIMIT -1 OFFSET ?2)",
		    USERS_ARGS(ARG_C(name), ARG_INT(SESSIONS_MAX - 1)), NULL, why);
	return e;
}

static enum err
note_login(struct users *u, const char *name, const char *place, int64_t now, struct diag *why)
{
	enum err e = users_run(u, "UPDATE users SET last_login = ?2 WHERE name = ?1",
	    USERS_ARGS(ARG_C(name), ARG_INT(now)), NULL, why);

	if (e == OK)
		e = users_run(u,
		    "INSERT INTO places VALUES(?1, ?2, ?3)"
		    " ON CONFLICT(user, place) DO UPDATE SET seen = ?3",
		    USERS_ARGS(ARG_C(name), ARG_C(place), ARG_INT(now)), NULL, why);
	if (e == OK)
		e = users_run(u,
		    "DELETE FROM places WHERE user = ?1 AND place IN (SELECT place FROM places"
		    " WHERE user = ?1 ORDER BY seen DESC, place LIMIT -1 OFFSET ?2)",
		    USERS_ARGS(ARG_C(name), ARG_INT(USERS_PLACES_MAX)), NULL, why);
	return e;
}

static enum err
insert(struct users *u, const struct sessions_row *row, struct str secret, struct diag *why)
{
	uint8_t sum[DIGEST_SIZE];

	secret_digest("session", secret, sum);
	return users_run(u, "INSERT INTO sessions VALUES(?1, ?2, ?3, ?4, ?4, ?5, ?6)",
	    USERS_ARGS(ARG_DIGEST(sum), ARG_C(row->id), ARG_C(row->user), ARG_INT(row->created),
		ARG_C(row->ip), ARG_C(row->agent)),
	    NULL, why);
}

enum err
sessions_new(struct users *u, const char *name, const char *hash, const char *ip, const char *place,
    struct str agent, int64_t now, char secret[SECRET_SIZE], struct sessions_row *ret,
    struct diag *why)
{
	struct sessions_row row = { .created = now, .seen = now, .expires = now + SESSIONS_IDLE };
	struct users_row user;
	char present[GATE_HASH_SIZE];
	uint8_t id[16];
	enum err e = users_begin(u, why);

	if (e != OK)
		return e;
	e = users_hash(u, name, present, why);
	if (e == OK && (present[0] == '\0' || strcmp(present, hash) != 0))
		e = err_set(why, FAIL_DENIED, "the user or the password changed meanwhile");
	if (e == OK)
		e = users_get(u, str_c(name), now, &user, why);
	if (e == OK)
		e = make_room(u, name, now, why);
	if (e == OK)
		e = note_login(u, name, place, now, why);
	if (e == OK) {
		digest_random(id, sizeof(id));
		(void)digest_hex(id, sizeof(id), row.id);
		(void)str_to_c(str_c(name), row.user, sizeof(row.user));
		(void)str_to_c(str_c(ip), row.ip, sizeof(row.ip));
		cut_agent(agent, row.agent);
		row.role = user.role;
		secret_new(secret);
		derive_csrf(str_c(secret), row.csrf);
		e = insert(u, &row, str_c(secret), why);
	}
	e = users_end(u, e, why);
	if (e == OK)
		*ret = row;
	return e;
}

enum err
sessions_find(struct users *u, struct str secret, int64_t now, struct sessions_row *ret,
    struct diag *why)
{
	struct sessions_row row;
	uint8_t sum[DIGEST_SIZE];
	bool found = false;
	enum err e;

	secret_digest("session", secret, sum);
	users_bind(u->session, USERS_ARGS(ARG_DIGEST(sum)));
	e = db_step(u->session, &found, why);
	if (e == OK && found)
		read_row(u->session, &row);
	db_reset(u->session);
	if (e == OK && (!found || !lives(&row, now)))
		e = err_set(why, FAIL_NOT_FOUND, "the session has ended");
	if (e != OK)
		return e;
	/* Not noting it only ends the session sooner. */
	if (now - row.seen >= SESSIONS_SEEN_EVERY &&
	    users_run(u, "UPDATE sessions SET seen = ?2 WHERE digest = ?1",
		USERS_ARGS(ARG_DIGEST(sum), ARG_INT(now)), NULL, NULL) == OK) {
		row.seen = now;
		row.expires = row.created + SESSIONS_LONGEST;
		if (row.expires > now + SESSIONS_IDLE)
			row.expires = now + SESSIONS_IDLE;
	}
	derive_csrf(secret, row.csrf);
	*ret = row;
	return OK;
}

struct walk {
	sessions_fn fn;
	void *ctx;
	int64_t now;
};

static enum err
each(void *ctx, struct db_stmt *st)
{
	const struct walk *w = ctx;
	struct sessions_row row;

	read_row(st, &row);
	return lives(&row, w->now) ? w->fn(w->ctx, &row) : OK;
}

enum err
sessions_list(struct users *u, const char *user, int64_t now, sessions_fn fn, void *ctx,
    struct diag *why)
{
	return users_query(u,
	    "SELECT s.id, s.user, u.role, s.created, s.seen, s.ip, s.agent"
	    " FROM sessions s JOIN users u ON u.name = s.user"
	    " WHERE u.disabled = 0 AND (?1 = '' OR s.user = ?1) ORDER BY s.created DESC, s.id",
	    USERS_ARGS(ARG_C(user != NULL ? user : "")), each, &(struct walk){ fn, ctx, now }, why);
}

enum err
sessions_end(struct users *u, struct str id, const char *user, struct diag *why)
{
	int64_t changed = 0;
	enum err e = users_run(u, "DELETE FROM sessions WHERE id = ?1 AND (?2 = '' OR user = ?2)",
	    USERS_ARGS(ARG_STR(id), ARG_C(user != NULL ? user : "")), &changed, why);

	if (e == OK && changed == 0)
		e = err_set(why, FAIL_NOT_FOUND, "there is no such session");
	return e;
}

enum err
sessions_revoke(struct users *u, struct str user, struct str but, uint64_t *ret_n, struct diag *why)
{
	char name[NAME_SIZE];
	int64_t n = 0;
	enum err e = name_read(user, name, why);

	if (e == OK)
		e = users_run(u, "DELETE FROM sessions WHERE user = ?1 AND id != ?2",
		    USERS_ARGS(ARG_C(name), ARG_STR(but)), &n, why);
	if (e == OK)
		*ret_n = (uint64_t)n;
	return e;
}
