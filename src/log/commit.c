/* SPDX-License-Identifier: Apache-2.0 */
/* The shared page that says how far the log is published. */
#include "log/commit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"

#define MAGIC "TOCSINC1"
#define PAGE ((size_t)4096)

struct page {
	char magic[8];
	_Atomic uint64_t published, twin, segment;
	_Atomic uint32_t wake;
};
_Static_assert(sizeof(_Atomic uint64_t) == 8 && ATOMIC_LLONG_LOCK_FREE == 2, "shared as it is");

struct commit {
	struct page *page;
	dev_t dev;
	ino_t ino;
	char path[PATH_MAX];
	bool writer;
};

/* Maps the file.  Its page has a place on the disk: else writing to it could be a SIGBUS. */
static enum err
map(struct commit *c, int fd, struct diag *why)
{
	int prot = c->writer ? PROT_READ | PROT_WRITE : PROT_READ;
	struct stat st;
	void *p;

	errno = c->writer ? posix_fallocate(fd, 0, (off_t)PAGE) : 0;
	if (errno != 0 || fstat(fd, &st) != 0)
		return err_sys(why, "%s", c->path);
	if (st.st_size < (off_t)PAGE)
		return err_set(why, FAIL_NOT_FOUND, "%s: not written yet", c->path);
	p = mmap(NULL, PAGE, prot, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return err_sys(why, "map of %s", c->path);
	c->page = p;
	c->dev = st.st_dev;
	c->ino = st.st_ino;
	return OK;
}

/* Zero without the mark: then nothing of it can be believed. */
static void
repair(struct page *p)
{
	if (memcmp(p->magic, MAGIC, sizeof(p->magic)) == 0)
		return;
	atomic_store(&p->published, 0);
	atomic_store(&p->twin, UINT64_MAX);
	memcpy(p->magic, MAGIC, sizeof(p->magic));
}

enum err
commit_open(const char *dir, bool writer, struct commit **ret, struct diag *why)
{
	auto_close int fd = -1;
	struct commit *c = MEM_NEW(struct commit);
	enum err e;

	c->writer = writer;
	e = fs_join(c->path, sizeof(c->path), dir, "commit");
	if (e != OK)
		(void)!err_set(why, e, "path too long: %s", dir);
	if (e == OK)
		e = fs_open(c->path, writer ? O_RDWR | O_CREAT : O_RDONLY, &fd, why);
	if (e == OK)
		e = map(c, fd, why);
	if (e == OK && writer)
		repair(c->page);
	if (e != OK) {
		commit_close(c);
		return e;
	}
	*ret = c;
	return OK;
}

void
commit_close(struct commit *c)
{
	if (c == NULL)
		return;
	if (c->page != NULL) {
		/* What cannot be kept here is found again by reading the log. */
		if (c->writer)
			(void)msync(c->page, PAGE, MS_SYNC);
		(void)munmap(c->page, PAGE);
	}
	free(c);
}

uint64_t
commit_published(const struct commit *c)
{
	uint64_t twin = ~atomic_load_explicit(&c->page->twin, memory_order_acquire);
	uint64_t seq = atomic_load_explicit(&c->page->published, memory_order_acquire);

	return seq < twin ? seq : twin;
}

uint64_t
commit_segment(const struct commit *c)
{
	return atomic_load_explicit(&c->page->segment, memory_order_acquire);
}

void
commit_publish(struct commit *c, uint64_t seq, uint64_t segment)
{
	atomic_store_explicit(&c->page->segment, segment, memory_order_release);
	atomic_store_explicit(&c->page->published, seq, memory_order_release);
	atomic_store_explicit(&c->page->twin, ~seq, memory_order_release);
	(void)atomic_fetch_add(&c->page->wake, 1);
	(void)syscall(SYS_futex, &c->page->wake, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

uint32_t
commit_wake(const struct commit *c)
{
	return atomic_load(&c->page->wake);
}

void
commit_wait(const struct commit *c, uint32_t seen, int timeout_ms)
{
	const struct timespec limit = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };

	if (timeout_ms > 0)
		(void)syscall(SYS_futex, &c->page->wake, FUTEX_WAIT, seen, &limit, NULL, 0);
}

bool
commit_replaced(const struct commit *c)
{
	struct stat st;

	return stat(c->path, &st) == 0 && (st.st_dev != c->dev || st.st_ino != c->ino);
}
