/*
 * One made-up event, for demonstrations and simulations: as the JSON that
 * applications send, or as the log line that a program would have written.
 */
#ifndef APP_SAYING_H
#define APP_SAYING_H

#include "base/buf.h"

/* NULL and 0 are left out. */
struct saying {
	const char *type, *ip, *country, *user, *host, *app;
	const char *method, *path, *query, *agent, *reason, *message;
	int status, ms;
	double lat, lon; /* degrees; both 0: not known */
	int64_t bytes_out, records;
	const char *api_key, *session, *object, *resource, *role, *file, *drill;
};

/* One object, no newline. `t` in ns UTC. */
void saying_json(const struct saying *s, int64_t t, struct buf *to) NONNULL;

/*
 * A line of sshd for a login, of a web server (combined format) for a request, without newline;
 * false for what has no such line.
 */
bool saying_line(const struct saying *s, int64_t t, struct buf *to) NONNULL;

#endif
