/* The description of the interface, made by tools/openapi from api/openapi/ when it is built. */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include <stddef.h>

extern const unsigned char openapi_text[]; /* JSON */
extern const size_t openapi_text_len;

#endif
