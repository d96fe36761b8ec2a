/* SPDX-License-Identifier: Apache-2.0 */
/* The way in: limits, gate, database, in this order. */
#include "user/door.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/ip.h"
#include "base/mem.h"
#include "user/invites.h"
#include "user/limit.h"

#define KEYS_MAX 65536
#define PLACE_SIZE (IP_TEXT_SIZE + 4)

struct door {
	struct users *users;
	struct gate *gate;
	struct limit *addresses, *accounts, *known; /* known: account and address */
	unsigned attempts;                          /* under way */
	bool closed;                                /* freed with the last attempt */
};

/* Lives until its fn was called. */
struct attempt {
	struct door *door;
	door_fn fn;
	void *ctx;
	char ip[46], place[PLACE_SIZE], agent[SESSIONS_AGENT_SIZE];
	char key[NAME_SIZE + PLACE_SIZE]; /* of the bucket of the account */
	struct limit *bucket;             /* that was charged, or NULL */
	bool charged;                     /* the address was */
	int64_t now, mono;
	char invite[SECRET_SIZE];
	char fresh[NAME_PASSWORD_MAX + 1]; /* password of door_change() */
	struct door_answer answer;
};

struct door *
door_new(const struct door_opts *opts)
{
	struct door *d = MEM_NEW(struct door);

	d->users = opts->users;
	d->gate = gate_new(&opts->gate);
	d->addresses = limit_new(DOOR_ADDRESS_BURST, DOOR_ADDRESS_REFILL, KEYS_MAX);
	d->accounts = limit_new(DOOR_ACCOUNT_BURST, DOOR_ACCOUNT_REFILL, KEYS_MAX);
	d->known = limit_new(DOOR_ACCOUNT_BURST, DOOR_ACCOUNT_REFILL, KEYS_MAX);
	return d;
}

static void
release(struct door *d)
{
	if (!d->closed || d->attempts != 0)
		return;
	limit_free(d->addresses);
	limit_free(d->accounts);
	limit_free(d->known);
	free(d);
}

void
door_free(struct door *d)
{
	if (d == NULL)
		return;
	gate_free(TAKE(d->gate));
	d->closed = true;
	release(d);
}

struct users *
door_users(struct door *d)
{
	return d->users;
}

void
door_gate_stats(struct door *d, struct gate_stats *ret)
{
	gate_stats(d->gate, ret);
}

/* One IPv4 address; of IPv6 the /64, all of which one customer has. */
static void
place_of(const char *ip, char to[PLACE_SIZE])
{
	struct ip addr;

	if (!ip_parse(str_c(ip), &addr)) {
		(void)snprintf(to, PLACE_SIZE, "?");
		return;
	}
	if (!ip_is_v4(&addr))
		memset(addr.b + 8, 0, 8);
	(void)ip_text(&addr, to);
}

static struct attempt *
attempt_new(struct door *d, const struct door_from *from, door_fn fn, void *ctx)
{
	struct attempt *a = MEM_NEW(struct attempt);

	a->door = d;
	a->fn = fn;
	a->ctx = ctx;
	a->now = from->now;
	a->mono = from->mono;
	(void)snprintf(a->ip, sizeof(a->ip), "%s", from->ip);
	place_of(a->ip, a->place);
	(void)str_to_c(from->agent, a->agent, sizeof(a->agent));
	d->attempts++;
	return a;
}

static void
finish(struct attempt *a, enum door_verdict verdict)
{
	struct door *d = a->door;

	a->answer.verdict = verdict;
	a->fn(a->ctx, &a->answer);
	secret_wipe(a, sizeof(*a));
	free(a);
	d->attempts--;
	release(d);
}

static void
refund(struct attempt *a)
{
	if (a->charged)
		limit_give(a->door->addresses, str_c(a->place), a->mono);
	if (a->bucket != NULL)
		limit_give(a->bucket, str_c(a->key), a->mono);
	a->charged = false;
	a->bucket = NULL;
}

static bool
charge_address(struct attempt *a)
{
	a->answer.wait = limit_take(a->door->addresses, str_c(a->place), a->mono, &a->answer.first);
	a->charged = a->answer.wait == 0;
	return a->charged;
}

/* Address and account; whoever may not try is charged neither. */
static bool
charge(struct attempt *a, bool known)
{
	struct limit *bucket = known ? a->door->known : a->door->accounts;

	if (!charge_address(a))
		return false;
	(void)snprintf(a->key, sizeof(a->key), "%s%s%s", a->answer.name, known ? " " : "",
	    known ? a->place : "");
	a->answer.wait = limit_take(bucket, str_c(a->key), a->mono, &a->answer.first);
	if (a->answer.wait == 0)
		a->bucket = bucket;
	else
		refund(a);
	return a->bucket != NULL;
}

static void
open_session(struct attempt *a, const char *hash)
{
	struct door_answer *to = &a->answer;
	enum err e = sessions_new(a->door->users, to->name, hash, a->ip, a->place, str_c(a->agent),
	    a->now, to->secret, &to->session, &to->why);

	if (e == OK)
		finish(a, DOOR_IN);
	else
		finish(a, e == FAIL_DENIED || e == FAIL_NOT_FOUND ? DOOR_WRONG : DOOR_FAILED);
}

/* The gate could not say: nobody is charged for that. */
static void
gate_failed(struct attempt *a)
{
	refund(a);
	finish(a, DOOR_BUSY);
}

/* What the gate says about a password; false: it was answered, not OK. */
static bool
passed(struct attempt *a, enum err e)
{
	if (a->door->closed || (e != OK && e != FAIL_DENIED)) {
		gate_failed(a);
		return false;
	}
	a->answer.tried = true;
	if (e == OK) {
		refund(a);
		return true;
	}
	finish(a, DOOR_WRONG);
	return false;
}

static void
on_verified(void *ctx, enum err e, const char *hash)
{
	struct attempt *a = ctx;

	if (passed(a, e))
		open_session(a, hash);
}

static void
verify(struct attempt *a, struct str password, gate_fn fn)
{
	char hash[GATE_HASH_SIZE];

	if (users_hash(a->door->users, a->answer.name, hash, &a->answer.why) != OK) {
		refund(a);
		finish(a, DOOR_FAILED);
	} else if (gate_verify(a->door->gate, password, hash, fn, a, &a->answer.why) != OK) {
		gate_failed(a);
	}
}

void
door_login(struct door *d, const struct door_from *from, struct str name, struct str password,
    door_fn fn, void *ctx)
{
	struct attempt *a = attempt_new(d, from, fn, ctx);

	/* What cannot be a name is nobody's: all of it shares one bucket, of name "". */
	if (name_read(name, a->answer.name, NULL) != OK)
		a->answer.name[0] = '\0';
	if (password.n > NAME_PASSWORD_MAX)
		password.n = 0; /* none is that long, nor empty */
	if (!charge(a, users_familiar(d->users, a->answer.name, a->place)))
		finish(a, DOOR_LIMITED);
	else
		verify(a, password, on_verified);
}

static void
on_accepted(void *ctx, enum err e, const char *hash)
{
	struct attempt *a = ctx;
	struct door_answer *to = &a->answer;

	if (a->door->closed || e != OK) {
		gate_failed(a);
		return;
	}
	e = invites_accept(a->door->users, str_c(a->invite), to->name, hash, a->now, &to->why);
	if (e == OK)
		open_session(a, hash);
	else if (e == FAIL_NOT_FOUND)
		finish(a, DOOR_NO_INVITE);
	else
		finish(a, e == FAIL_DENIED || e == FAIL_EXISTS ? DOOR_REFUSED : DOOR_FAILED);
}

/* Name and password that go with an invitation for `user`. */
static enum err
check_accept(struct attempt *a, const char *user, struct str name, struct str password)
{
	struct door_answer *to = &a->answer;
	enum err e;

	if (name.n == 0 && user[0] != '\0')
		name = str_c(user);
	e = name_read(name, to->name, &to->why);
	if (e == OK && user[0] != '\0' && strcmp(user, to->name) != 0)
		e = err_set(&to->why, FAIL_DENIED, "the invitation is for another name");
	return e == OK ? name_password(password, to->name, &to->why) : e;
}

void
door_accept(struct door *d, const struct door_from *from, struct str invite, struct str name,
    struct str password, door_fn fn, void *ctx)
{
	struct attempt *a = attempt_new(d, from, fn, ctx);
	char user[NAME_SIZE];
	enum err e;

	if (!charge_address(a)) {
		finish(a, DOOR_LIMITED);
		return;
	}
	(void)str_to_c(invite, a->invite, sizeof(a->invite));
	e = invites_find(d->users, invite, a->now, user, &a->answer.why);
	if (e != OK) {
		finish(a, e == FAIL_NOT_FOUND ? DOOR_NO_INVITE : DOOR_FAILED);
		return;
	}
	if (check_accept(a, user, name, password) != OK) {
		refund(a);
		finish(a, DOOR_REFUSED);
	} else if (gate_hash(d->gate, password, on_accepted, a, &a->answer.why) != OK) {
		gate_failed(a);
	}
}

static void
on_changed(void *ctx, enum err e, const char *hash)
{
	struct attempt *a = ctx;
	struct door_answer *to = &a->answer;

	if (a->door->closed || e != OK) {
		gate_failed(a);
		return;
	}
	e = users_set_hash(a->door->users, to->name, hash, &to->why);
	if (e == OK)
		open_session(a, hash);
	else
		finish(a, e == FAIL_NOT_FOUND ? DOOR_WRONG : DOOR_FAILED);
}

static void
on_old_verified(void *ctx, enum err e, const char *hash)
{
	struct attempt *a = ctx;

	(void)hash;
	if (!passed(a, e))
		return;
	if (gate_hash(a->door->gate, str_c(a->fresh), on_changed, a, &a->answer.why) != OK)
		finish(a, DOOR_BUSY);
}

void
door_change(struct door *d, const struct door_from *from, const char *name, struct str password,
    struct str fresh, door_fn fn, void *ctx)
{
	struct attempt *a = attempt_new(d, from, fn, ctx);
	struct diag *why = &a->answer.why;

	if (name_read(str_c(name), a->answer.name, why) != OK ||
	    name_password(fresh, a->answer.name, why) != OK) {
		finish(a, DOOR_REFUSED);
		return;
	}
	(void)str_to_c(fresh, a->fresh, sizeof(a->fresh));
	if (password.n > NAME_PASSWORD_MAX)
		password.n = 0;
	if (!charge(a, true))
		finish(a, DOOR_LIMITED);
	else
		verify(a, password, on_old_verified);
}
