/* Between carriers.c and those who carry things out. */
#ifndef APP_CARRIERS_IN_H
#define APP_CARRIERS_IN_H

#include "app/carriers.h"
#include "respond/carry.h"

#define CARRIERS_AT_ONCE 8

/* A job that is being carried out. */
struct flight {
	struct carriers *c;
	struct carry_job job;
	bool busy;
};

struct carriers {
	struct carriers_opts o;
	double scale;
	struct loop_timer *timer;
	struct flight flights[CARRIERS_AT_ONCE];
	unsigned deeds; /* bits of those that somebody here carries out */
	uint64_t seen;  /* rev of the leases */
	bool again;     /* compare once more, though nothing changed */
	carriers_incident_fn open_incident;
	void *incident_ctx;
};

struct carrier {
	enum deed_by by;
	/* Is there anybody?  FAIL_NOT_FOUND: no, and what he would do waits for a person. */
	enum err (*ready)(const struct carriers *c, struct diag *why);
	/* Answered by carriers_done(), once, perhaps before it returns. */
	void (*run)(struct carriers *c, struct flight *f);
	/* The leases have changed; NULL is fine. */
	void (*changed)(struct carriers *c);
};

extern const struct carrier carry_app, carry_watch, carry_evidence, carry_ticket, carry_incident;

void carriers_done(struct flight *f, const struct carry_result *r) NONNULL;
/* With words only. */
void carriers_say(struct flight *f, enum carry_verdict v, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
