/*
 * The daemon's end of the socket to `tocsin enforce`.  Connects, and again when
 * it is lost; one state is on its way at a time, the newest waits.  Loop thread.
 */
#ifndef APP_GATELINK_H
#define APP_GATELINK_H

#include "respond/wire.h"

struct gatelink;
struct loop;

struct gatelink_opts {
	struct loop *loop;
	const char *path;
	/* Connected: say how it should be. */
	void (*up)(void *ctx);
	void (*answered)(void *ctx, const struct wire_answer *a);
	void *ctx;
};

struct gatelink *gatelink_new(const struct gatelink_opts *o) NONNULL RETURNS_NONNULL;
void gatelink_free(struct gatelink *g); /* NULL is fine */
/* Dropped when nobody listens: up() asks for it again. */
void gatelink_say(struct gatelink *g, const struct wire_state *s) NONNULL;
bool gatelink_up(const struct gatelink *g) NONNULL;

#endif
