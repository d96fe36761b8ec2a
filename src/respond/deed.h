/* What can be done about an attack: the words, whom each is done to and who carries it out. */
#ifndef RESPOND_DEED_H
#define RESPOND_DEED_H

#include "base/str.h"

enum deed {
	DEED_BLOCK_IP,
	DEED_RATE_LIMIT_IP,
	DEED_RATE_LIMIT_USER,
	DEED_LOCK_ACCOUNT,
	DEED_SUSPEND_USER,
	DEED_REVOKE_SESSIONS,
	DEED_REVOKE_API_KEY,
	DEED_REQUIRE_CAPTCHA,
	DEED_BLOCK_ALL_TRAFFIC,
	DEED_ENABLE_ENHANCED_MONITORING,
	DEED_CAPTURE_EVIDENCE,
	DEED_NOTIFY,
	DEED_CREATE_TICKET,
	DEED_CREATE_INCIDENT,
	DEEDS
};

enum deed_to {
	DEED_TO_ADDRESS, /* an address, or by hand a network */
	DEED_TO_USER,    /* each account the alert is about */
	DEED_TO_ALERT,   /* no one: the alert itself */
	DEED_TO_BOTH,    /* the address and each account */
	DEED_TO_ALL      /* everybody: the entity is "*" */
};
enum deed_by {
	DEED_BY_GATE,     /* `tocsin enforce`, and bouncers that ask for decisions */
	DEED_BY_CHANNEL,  /* the messages of an alert, which are sent anyway */
	DEED_BY_PERSON,   /* nothing here carries it out: somebody has to */
	DEED_BY_APP,      /* the application, told by a signed webhook */
	DEED_BY_WATCH,    /* the list of who is watched */
	DEED_BY_EVIDENCE, /* files of events */
	DEED_BY_TRACKER,  /* channels that make tickets */
	DEED_BY_INCIDENT, /* incidents */
	DEED_BYS
};
#define DEED_ALL "*"

const char *deed_word(enum deed d) RETURNS_NONNULL;
bool deed_find(struct str word, enum deed *ret) __attribute__((nonnull(2)));
enum deed_to deed_to(enum deed d);
enum deed_by deed_by(enum deed d);
/* The application is told of it too, though others carry it out. */
bool deed_app_too(enum deed d);

#endif
