/* Finds the files of one path or pattern, and gives each its turn. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: file_ */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/vec.h"
#include "ev/loop.h"
#include "ingest/follow.h"
#include "ingest/sources.h"

#define TAILS_MAX 4096            /* files of one source; more are passed over, with a warning */
#define BEHIND_MAX (30 * CLOCK_S) /* a new file waits no longer for older ones */
#define ACTIVE_FOR CLOCK_S
#define RETRY (20 * CLOCK_MS)
#define PATH_SIZE 4200

struct file {
	struct follow follow;
	char *dir, *pattern,
	    *siblings; /* rotated: the pattern and ".1", "-20260102" ... behind it */
	size_t n;
	int64_t scanned, came; /* monotonic: last scan, last bytes */
	bool to_end;           /* the first scan of a source never seen, and so configured */
};

/* A file that a scan found. */
struct found {
	char *path;
	uint64_t dev, ino, size;
	struct timespec mtime;
	bool primary;
};

struct found_list {
	VEC(struct found) v;
};

static int
older_first(const void *pa, const void *pb)
{
	const struct found *a = pa, *b = pb;

	if (a->mtime.tv_sec != b->mtime.tv_sec)
		return a->mtime.tv_sec < b->mtime.tv_sec ? -1 : 1;
	if (a->mtime.tv_nsec != b->mtime.tv_nsec)
		return a->mtime.tv_nsec < b->mtime.tv_nsec ? -1 : 1;
	return strcmp(a->path, b->path);
}

static void
look(const struct file *f, int dir, const char *name, struct found_list *list)
{
	bool primary = fnmatch(f->pattern, name, FNM_PERIOD) == 0;
	char path[PATH_SIZE];
	struct stat st;

	if (!primary && fnmatch(f->siblings, name, FNM_PERIOD) != 0)
		return;
	if (fstatat(dir, name, &st, 0) != 0 || !S_ISREG(st.st_mode))
		return;
	if (fs_join(path, sizeof(path), f->dir, name) != OK)
		return;
	VEC_PUSH(&list->v, ((struct found){ .path = mem_dup(path, strlen(path)),
			       .dev = st.st_dev,
			       .ino = st.st_ino,
			       .size = (uint64_t)st.st_size,
			       .mtime = st.st_mtim,
			       .primary = primary }));
}

static struct tail *
find(const struct file *f, const struct found *x)
{
	for (struct tail *t = f->follow.tails; t != NULL; t = t->next) {
		if (t->dev == x->dev && t->ino == x->ino)
			return t;
	}
	return NULL;
}

static void
add(struct file *f, const struct found *x, int64_t now)
{
	struct tail **end = &f->follow.tails, *t;

	if (f->n == TAILS_MAX) {
		log_warn("ingest", "too many files", LOG_C("source", f->follow.bs->name),
		    LOG_INT("max", TAILS_MAX));
		return;
	}
	t = tail_new(x->path, x->dev, x->ino);
	t->follow = &f->follow;
	t->size = x->size;
	t->primary = x->primary;
	t->behind = true;
	t->to_end = f->to_end && x->size > 0;
	t->seen = true;
	t->born = t->grown = now;
	while (*end != NULL)
		end = &(*end)->next;
	*end = t;
	f->n++;
}

/* A known file was seen again, perhaps under another name. */
static void
see(struct file *f, struct tail *t, const struct found *x, int64_t now)
{
	t->seen = true;
	t->primary = t->primary || x->primary;
	if (strcmp(t->path, x->path) != 0) {
		free(t->path);
		t->path = mem_dup(x->path, strlen(x->path));
	}
	if (t->size == x->size)
		return;
	t->size = x->size;
	if (t->state != TAIL_READ)
		t->grown = now;
	if (t->state == TAIL_DONE || t->state == TAIL_WAITING) {
		follow_release(&f->follow, t);
		tail_rewind(t);
	}
}

/* Forgets files that are gone and read to their end. */
static void
sweep(struct file *f)
{
	struct tail **at = &f->follow.tails;

	while (*at != NULL) {
		struct tail *t = *at;

		if (t->seen || t->in_flight || t->held != NULL ||
		    (t->fd >= 0 && (t->state == TAIL_READ || t->state == TAIL_SEEK))) {
			at = &t->next;
			continue;
		}
		follow_release(&f->follow, t);
		*at = t->next;
		tail_free(t);
		f->n--;
	}
}

static void
scan(struct file *f, int64_t now)
{
	struct found_list list = { 0 };
	struct dirent *entry;
	DIR *dir = opendir(f->dir);

	f->scanned = now;
	for (struct tail *t = f->follow.tails; t != NULL; t = t->next)
		t->seen = false;
	if (dir == NULL && errno != ENOENT)
		log_warn("ingest", "cannot read folder", LOG_C("path", f->dir),
		    LOG_C("why", strerror(errno)));
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		look(f, dirfd(dir), entry->d_name, &list);
	if (dir != NULL)
		(void)closedir(dir);
	if (list.v.n > 1)
		qsort(list.v.p, list.v.n, sizeof(*list.v.p), older_first);
	for (size_t i = 0; i < list.v.n; i++) {
		struct tail *t = find(f, &list.v.p[i]);

		if (t != NULL)
			see(f, t, &list.v.p[i], now);
		else
			add(f, &list.v.p[i], now);
		free(list.v.p[i].path);
	}
	VEC_FINI(&list.v);
	sweep(f);
}

/* A file was emptied: what was copied from it just before must be known first. */
static void
rescan(void *ctx)
{
	struct file *f = ctx;
	int64_t now = clock_mono();

	scan(f, now);
	for (struct tail *t = f->follow.tails; t != NULL; t = t->next) {
		if (t->state == TAIL_NEW)
			(void)follow_step(&f->follow, t, now);
	}
}

static void
turn(void *ctx)
{
	struct file *f = ctx;
	int64_t now = clock_mono(), next;
	bool lagging = false, moving = false;

	if (f->scanned == 0 || now - f->scanned >= follow_tuning.scan_every)
		scan(f, now);
	for (struct tail *t = f->follow.tails; t != NULL; t = t->next) {
		enum follow_progress p;

		if (t->behind && lagging && now - t->born < BEHIND_MAX)
			continue;
		p = follow_step(&f->follow, t, now);
		if (p == FOLLOW_AT_END)
			t->behind = false;
		else
			lagging = true;
		moving = moving || p == FOLLOW_MOVING;
	}
	if (lagging)
		f->came = now;
	next = now - f->came < ACTIVE_FOR ? follow_tuning.active_every : follow_tuning.scan_every;
	if (lagging && next > RETRY)
		next = RETRY;
	loop_timer_after(f->follow.timer, moving ? 0 : next);
}

static void
split_path(struct file *f, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	size_t n = strlen(name);

	if (slash == NULL)
		f->dir = mem_dup(".", 1);
	else
		f->dir = mem_dup(path, slash > path ? (size_t)(slash - path) : 1);
	f->pattern = mem_dup(name, n);
	f->siblings = mem_alloc(n + sizeof("[.-]*"));
	(void)snprintf(f->siblings, n + sizeof("[.-]*"), "%s[.-]*", name);
}

static enum err
file_open(const struct source_env *env, const struct batch_source *bs,
    const struct conf_source *settings, void **ret, struct diag *why)
{
	struct file *f;

	if (env->cursors == NULL)
		return err_set(why, FAIL_NOT_FOUND, "%s: no place for positions", bs->name);
	f = MEM_NEW(struct file);
	f->follow.env = env;
	f->follow.bs = bs;
	f->follow.rescan = rescan;
	f->follow.ctx = f;
	f->follow.timer = loop_timer_new(env->loop, turn, f);
	f->to_end =
	    settings->from == CONF_FROM_END && cursor_next(env->cursors, bs->name, NULL) == NULL;
	split_path(f, settings->path);
	if (f->to_end) { /* at once: what is written from now on counts */
		turn(f);
		f->to_end = false;
		if (cursor_save(env->cursors, why) != OK)
			log_diag("ingest", "cannot save positions in files", why);
	}
	loop_timer_after(f->follow.timer, 0);
	*ret = f;
	return OK;
}

static void
file_stop(void *s)
{
	struct file *f = s;

	f->follow.stopped = true;
	loop_timer_stop(f->follow.timer);
}

static bool
file_idle(const void *s)
{
	const struct file *f = s;

	for (const struct tail *t = f->follow.tails; t != NULL; t = t->next) {
		if (t->in_flight)
			return false;
	}
	return true;
}

static void
file_close(void *s)
{
	struct file *f = s;
	struct tail *t;

	while ((t = f->follow.tails) != NULL) {
		f->follow.tails = t->next;
		if (t->row != NULL)
			t->row->owner = NULL;
		tail_free(t);
	}
	loop_timer_free(f->follow.timer);
	free(f->dir);
	free(f->pattern);
	free(f->siblings);
	free(f);
}

const struct source_ops file_source = {
	.name = "file",
	.doc = "Lines of a file, or of all that match a pattern, through rotation by rename, by "
	       "copy and truncation, and compression (gz, zst).",
	.open = file_open,
	.stop = file_stop,
	.idle = file_idle,
	.close = file_close,
};
