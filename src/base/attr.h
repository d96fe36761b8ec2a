/* Compiler attributes, spelled once. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#ifdef __clang__
#define MUST_CHECK_TYPE __attribute__((warn_unused_result))
#else
#define MUST_CHECK_TYPE [[nodiscard]] /* gcc 12 takes it on enums in gnu17 */
#endif
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define NONNULL __attribute__((nonnull))
#define RETURNS_NONNULL __attribute__((returns_nonnull))
#define MALLOC_LIKE(size) __attribute__((malloc, alloc_size(size)))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* auto_free: free() this local on every way out.  TAKE(p) hands it over. */
#define AUTO(fn) __attribute__((cleanup(fn)))
#define auto_free AUTO(mem_freep)
#define auto_close AUTO(fs_closep)
#define TAKE(p)                                                                                    \
	({                                                                                         \
		__typeof__(p) take_ = (p);                                                         \
		(p) = NULL;                                                                        \
		take_;                                                                             \
	})

#endif
