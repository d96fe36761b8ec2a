/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/overview.py */
/* data/rollup.state: written whole or not at all. */
#include "app/rollups.h"

#include "base/crash.h"
#include "base/fs.h"
#include "base/log.h"

uint64_t
rollups_load(struct rollup *r, const char *path, uint64_t log_last)
{
	auto_buf struct buf in = { 0 };
	struct rollup *fresh;
	struct rollup_totals t = { 0 };
	struct diag why = { 0 };
	enum err e;

	buf_init(&in, 0);
	e = fs_read(path, ROLLUP_STATE_MAX, &in, &why);
	if (e == FAIL_NOT_FOUND)
		return 0;
	fresh = rollup_new();
	if (e == OK)
		e = rollup_load(fresh, buf_view(&in), &why);
	if (e == OK)
		rollup_totals(fresh, &t);
	rollup_free(fresh);
	if (e == OK && t.through > log_last)
		e = err_set(&why, FAIL_CORRUPT, "they know more than the log");
	if (e == OK)
		e = rollup_load(r, buf_view(&in), &why);
	if (e == OK)
		return t.through;
	log_warn("stat", "saved figures do not fit: counting again from the start of the log",
	    LOG_C("why", why.text));
	return 0;
}

bool
rollups_save(struct rollup *r, const char *path, uint64_t through)
{
	auto_buf struct buf out = { 0 };
	struct diag why = { 0 };

	rollup_passed(r, through);
	buf_init(&out, ROLLUP_STATE_MAX);
	rollup_save(r, &out);
	crash_point(CRASH_ROLLUP_WRITE);
	if (fs_replace(path, buf_view(&out), &why) != OK) {
		log_diag("stat", "the figures cannot be saved", &why);
		return false;
	}
	crash_point(CRASH_ROLLUP_WRITTEN);
	return true;
}
