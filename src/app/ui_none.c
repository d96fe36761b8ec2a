/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* exports: ui_assets */
/* No pages: stands in when the build was made without them.  The table that the build makes from
 * ui/ is linked into the program by itself, and goes before this one. */
#include "http/asset.h"

#define WEAK __attribute__((weak))

WEAK const struct http_asset ui_assets[1] = { { .path = "" } };
WEAK const size_t ui_assets_len = 0;
