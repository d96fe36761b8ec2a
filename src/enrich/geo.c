/* GeoIP files: copied, checked, opened; addresses found in them by libmaxminddb. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/geo.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "enrich/mmdb.h"
#include "enrich/place.h"

#define TYPE_MAX 64
#define COPY_STEP ((size_t)1 << 20)

struct geo {
	MMDB_s db;
	struct stat st;
	int64_t built;
	char type[TYPE_MAX];
	atomic_uint refs;
};

static void
free_geop(struct geo **g)
{
	geo_unref(*g);
}

static enum err
copy_file(int from, int to, struct diag *why)
{
	auto_free char *chunk = mem_alloc(COPY_STEP);
	size_t all = 0;

	for (;;) {
		ssize_t n = read(from, chunk, COPY_STEP);
		enum err e;

		if (n < 0)
			return err_sys(why, "cannot read");
		if (n == 0)
			return OK;
		all += (size_t)n;
		if (all > GEO_FILE_MAX)
			return err_set(why, FAIL_LIMIT, "larger than 1 GB");
		e = fs_write_all(to, chunk, (size_t)n, why);
		if (e != OK)
			return e;
	}
}

static enum err
check_sealed(int fd, struct diag *why)
{
	struct stat st;
	void *p;
	enum err e;

	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0 ||
	    fstat(fd, &st) != 0)
		return err_sys(why, "cannot keep it in memory");
	if (st.st_size == 0)
		return err_set(why, FAIL_CORRUPT, "an empty file");
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_sys(why, "cannot keep it in memory");
	e = mmdb_check((struct str){ p, (size_t)st.st_size }, why);
	(void)munmap(p, (size_t)st.st_size);
	return e;
}

/* The library opens paths only; the memory file has one. */
static enum err
open_sealed(int fd, struct geo **ret, struct diag *why)
{
	AUTO(free_geop) struct geo *g = NULL;
	char path[32];
	MMDB_s db;
	int status;
	enum err e = check_sealed(fd, why);

	if (e != OK)
		return e;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	status = MMDB_open(path, MMDB_MODE_MMAP, &db);
	if (status != MMDB_SUCCESS)
		return err_set(why, FAIL_CORRUPT, "not a sound MMDB file: %s",
		    MMDB_strerror(status));
	g = MEM_NEW(struct geo);
	g->db = db;
	atomic_init(&g->refs, 1);
	(void)snprintf(g->type, sizeof(g->type), "%s", db.metadata.database_type);
	if (db.metadata.build_epoch < (uint64_t)(INT64_MAX / CLOCK_S))
		g->built = (int64_t)db.metadata.build_epoch * CLOCK_S;
	*ret = TAKE(g);
	return OK;
}

static enum err
memory_file(int *ret_fd, struct diag *why)
{
	int fd = memfd_create("mmdb", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return err_sys(why, "cannot keep it in memory");
	*ret_fd = fd;
	return OK;
}

enum err
geo_open_bytes(struct str bytes, struct geo **ret, struct diag *why)
{
	auto_close int fd = -1;
	enum err e = memory_file(&fd, why);

	if (e == OK)
		e = fs_write_all(fd, bytes.p, bytes.n, why);
	return e != OK ? e : open_sealed(fd, ret, why);
}

/* A file that changes while it is read is as good as half a file. */
static enum err
open_file(const char *path, struct geo **ret, struct diag *why)
{
	auto_close int from = -1;
	auto_close int fd = -1;
	struct stat before, after;
	struct geo *g;
	enum err e = fs_open(path, O_RDONLY | O_NONBLOCK, &from, why);

	if (e == OK)
		e = memory_file(&fd, why);
	if (e != OK)
		return e;
	if (fstat(from, &before) != 0)
		return err_sys(why, "cannot read");
	if (!S_ISREG(before.st_mode))
		return err_set(why, FAIL_IO, "not a file");
	e = copy_file(from, fd, why);
	if (e != OK)
		return e;
	if (fstat(from, &after) != 0 || !geo_same_file(&before, &after))
		return err_set(why, FAIL_AGAIN, "changed while it was read");
	e = open_sealed(fd, &g, why);
	if (e != OK)
		return e;
	g->st = before;
	*ret = g;
	return OK;
}

enum err
geo_open(const char *path, struct geo **ret, struct diag *why)
{
	enum err e = open_file(path, ret, why);

	return e == OK ? OK : err_at(why, e, path, 0, 0);
}

struct geo *
geo_ref(struct geo *g)
{
	(void)atomic_fetch_add(&g->refs, 1);
	return g;
}

void
geo_unref(struct geo *g)
{
	if (g == NULL || atomic_fetch_sub(&g->refs, 1) != 1)
		return;
	MMDB_close(&g->db);
	free(g);
}

static bool
find(const struct geo *g, const struct ip *ip, MMDB_entry_s *ret)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	MMDB_lookup_result_s found;
	int status = MMDB_SUCCESS;

	if (ip_is_v4(ip)) {
		memcpy(&v4.sin_addr, ip->b + 12, 4);
		found = MMDB_lookup_sockaddr(&g->db, (const struct sockaddr *)&v4, &status);
	} else if (g->db.metadata.ip_version == 6) {
		memcpy(&v6.sin6_addr, ip->b, 16);
		found = MMDB_lookup_sockaddr(&g->db, (const struct sockaddr *)&v6, &status);
	} else {
		return false;
	}
	*ret = found.entry;
	return status == MMDB_SUCCESS && found.found_entry;
}

void
geo_lookup(const struct geo *g, const struct ip *ip, struct geo_place *to)
{
	const struct mmdbval_section data = { g->db.data_section, g->db.data_section_size, 0,
		NULL };
	MMDB_entry_s entry;

	if (find(g, ip, &entry))
		place_read(&data, entry.offset, to);
}

const char *
geo_type(const struct geo *g)
{
	return g->type;
}

int64_t
geo_built(const struct geo *g)
{
	return g->built;
}

const struct stat *
geo_stat(const struct geo *g)
{
	return &g->st;
}

bool
geo_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}
