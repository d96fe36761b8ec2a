/* CRC-32C (Castagnoli, reflected 0x82f63b78, RFC 3720 B.4); by SSE 4.2 where there is one. */
#ifndef BASE_CRC32C_H
#define BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continue with the former result; begin with 0. */
uint32_t crc32c(uint32_t crc, const void *p, size_t n);

#endif
