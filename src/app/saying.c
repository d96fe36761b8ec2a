/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/demo.py */
/* Made-up events as JSON and as log lines. */
#include "app/saying.h"

#include "base/clock.h"
#include "base/jsonw.h"

#define BROWSER "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

static void
put_target(const struct saying *s, struct buf *to)
{
	buf_printf(to, "%s%s%s", s->path, s->query != NULL ? "?" : "",
	    s->query != NULL ? s->query : "");
}

static const char *
or_else(const char *s, const char *other)
{
	return s != NULL ? s : other;
}

static int
status_of(const struct saying *s)
{
	return s->status != 0 ? s->status : 200;
}

static void
put_request(const struct saying *s, struct jsonw *w)
{
	auto_buf struct buf url = { 0 };

	if (s->path == NULL)
		return;
	buf_init(&url, 0);
	put_target(s, &url);
	jsonw_kstr(w, "method", str_c(or_else(s->method, "GET")));
	jsonw_kstr(w, "endpoint", str_c(s->path));
	jsonw_kstr(w, "url", buf_view(&url));
	jsonw_kint(w, "status_code", status_of(s));
	jsonw_kint(w, "duration_ms", s->ms);
	jsonw_kstr(w, "user_agent", str_c(or_else(s->agent, BROWSER)));
}

static void
put_place(const struct saying *s, struct jsonw *w)
{
	if (s->country == NULL)
		return;
	jsonw_key(w, STR("geolocation"));
	jsonw_obj(w);
	jsonw_kstr(w, "country", str_c(s->country));
	if (s->lat != 0 || s->lon != 0) {
		jsonw_key(w, STR("latitude"));
		jsonw_f64(w, s->lat);
		jsonw_key(w, STR("longitude"));
		jsonw_f64(w, s->lon);
	}
	jsonw_end(w);
}

void
saying_json(const struct saying *s, int64_t t, struct buf *to)
{
	const struct {
		const char *name, *value;
	} texts[] = { { "event_type", s->type }, { "client_ip", s->ip }, { "user_name", s->user },
		{ "host", s->host }, { "app", s->app }, { "failure_reason", s->reason },
		{ "message", s->message }, { "api_key", s->api_key }, { "session_id", s->session },
		{ "object_id", s->object }, { "resource", s->resource }, { "user_role", s->role },
		{ "file_path", s->file }, { "simulation", s->drill } };
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_ktime(&w, "timestamp", t);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (texts[i].value != NULL)
			jsonw_kstr(&w, texts[i].name, str_c(texts[i].value));
	put_place(s, &w);
	if (s->bytes_out != 0)
		jsonw_kint(&w, "bytes_out", s->bytes_out);
	if (s->records != 0)
		jsonw_kint(&w, "record_count", s->records);
	put_request(s, &w);
	jsonw_end(&w);
}

static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
	"Oct", "Nov", "Dec" };

static void
put_login(const struct saying *s, int64_t t, bool good, struct buf *to)
{
	char when[40];

	buf_printf(to, "<86>1 %s %s sshd 4711 - - %s password for %s from %s port %u ssh2",
	    clock_text(t, when), or_else(s->host, "simulation"), good ? "Accepted" : "Failed",
	    or_else(s->user, "nobody"), s->ip, 40000 + (unsigned)(t / CLOCK_MS % 20000));
}

static void
put_access(const struct saying *s, int64_t t, struct buf *to)
{
	int64_t days = t / (86400 * CLOCK_S), second = t / CLOCK_S % 86400, year;
	unsigned month, day;

	clock_civil(days, &year, &month, &day);
	buf_printf(to, "%s - %s [%02u/%s/%04d:%02d:%02d:%02d +0000] \"%s ", s->ip,
	    or_else(s->user, "-"), day, months[month - 1], (int)year, (int)(second / 3600),
	    (int)(second / 60 % 60), (int)(second % 60), or_else(s->method, "GET"));
	put_target(s, to);
	buf_printf(to, " HTTP/1.1\" %d %lld \"-\" \"%s\"", status_of(s), (long long)s->bytes_out,
	    or_else(s->agent, BROWSER));
}

bool
saying_line(const struct saying *s, int64_t t, struct buf *to)
{
	bool good = str_eq(str_c(s->type), STR("auth.login.success"));

	if (s->ip != NULL && (good || str_eq(str_c(s->type), STR("auth.login.failed"))))
		put_login(s, t, good, to);
	else if (s->ip != NULL && s->path != NULL)
		put_access(s, t, to);
	else
		return false;
	return true;
}
