/* What channels.c and channel_test.c share. */
#ifndef API_CHANNEL_H
#define API_CHANNEL_H

#include "alert/channels.h"
#include "api/alert.h"

/* A channel as a body has it. */
struct channel_body {
	struct channel c;
	struct str to[CHANNELS_TO_MAX];
	struct str typed;  /* secret, never stored but in its file */
	bool secret_given; /* without `typed`: it is taken away */
	bool found;
	char ref[CHANNELS_REF_MAX];
};

/* False: it was answered.  The body lives in `arena` and as long as the request. */
bool chanbody_read(struct api *a, struct http *r, struct arena *arena,
    struct channel_body **ret) NONNULL;
void chanbody_free_arena(struct arena **a); /* for AUTO */

#endif
