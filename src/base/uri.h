/* Host names, mail addresses and web addresses: may they be used as they stand? */
#ifndef BASE_URI_H
#define BASE_URI_H

#include "base/str.h"

/* A host name (letters, digits, -, _ and dots; 253 bytes) or an IP address without brackets. */
bool uri_host(struct str s);

/* LOCAL@HOST: ASCII without blanks, quotes, angle brackets or commas; 254 bytes. */
bool uri_mail(struct str s);

/* http:// or https://, a host, perhaps a port, and no user, blank or control character. */
bool uri_http(struct str s);

#endif
