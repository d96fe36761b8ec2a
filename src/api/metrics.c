/* GET /metrics: the Prometheus text format 0.0.4. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/internal.h"

#include <stddef.h>

#include "alert/alerts.h"
#include "api/oncall.h"
#include "base/utf8.h"

#define TYPE "text/plain; version=0.0.4; charset=utf-8"

void
metrics_escape(struct str value, struct buf *to)
{
	struct buf good;

	buf_init(&good, 0);
	utf8_mend(value, &good);
	for (size_t i = 0; i < good.n; i++) {
		char c = good.p[i];

		if (c == '\n')
			buf_str(to, STR("\\n"));
		else if (c == '\\' || c == '"')
			buf_printf(to, "\\%c", c);
		else
			buf_byte(to, c);
	}
	buf_fini(&good);
}

static void
head(struct buf *to, const char *name, const char *type, const char *help)
{
	buf_printf(to, "# HELP tocsin_%s %s\n# TYPE tocsin_%s %s\n", name, help, name, type);
}

static void
one(struct buf *to, const char *name, const char *type, const char *help, uint64_t value)
{
	head(to, name, type, help);
	buf_printf(to, "tocsin_%s %llu\n", name, (unsigned long long)value);
}

#define ROW(member, name, type, help)                                                              \
	{                                                                                          \
		name, type, help, offsetof(struct api_facts, member)                               \
	}
static const struct {
	const char *name, *type, *help;
	size_t at; /* of a uint64_t in struct api_facts */
} fact_rows[] = {
	ROW(log_first, "log_first_seq", "gauge", "Oldest sequence number in the log."),
	ROW(log_last, "log_last_seq", "gauge", "Newest sequence number in the log."),
	ROW(log_bytes, "log_bytes", "gauge", "Size of the log."),
	ROW(log_seals, "log_seals_total", "counter", "Segments given up after a failed sync."),
	ROW(detected_through, "detected_through_seq", "gauge",
	    "Detection has seen all up to this."),
	ROW(stored_through, "stored_through_seq", "gauge", "The store holds all up to this."),
	ROW(rules, "rules", "gauge", "Rules in force."),
	ROW(findings, "findings_total", "counter", "Times a rule fired."),
	ROW(findings_dropped, "findings_dropped_total", "counter",
	    "Times a rule fired that is switched off."),
	ROW(detect_keys, "detect_keys", "gauge", "Groups that rules count by now."),
	ROW(detect_evicted, "detect_evicted_total", "counter", "Groups forgotten to make room."),
	ROW(in_flight, "events_in_flight", "gauge", "Events taken and not yet on disk."),
	ROW(queue_len, "queue_length", "gauge", "Batches waiting for a parser."),
	ROW(queue_max, "queue_limit", "gauge", "Batches that may wait."),
	ROW(store_starts, "store_starts_total", "counter", "Starts of the store process."),
	ROW(query_starts, "query_starts_total", "counter", "Starts of query processes."),
	ROW(notify_starts, "notify_starts_total", "counter", "Starts of the notify process."),
	ROW(messages_sent, "messages_sent_total", "counter", "Messages that arrived."),
	ROW(messages_failed, "messages_failed_total", "counter",
	    "Attempts that failed and are repeated."),
	ROW(messages_dead, "messages_dead_total", "counter", "Messages refused for good."),
	ROW(messages_on_their_way, "messages_on_their_way", "gauge",
	    "Messages handed to the notify process."),
	ROW(queries_running, "queries_running", "gauge", "Queries being answered."),
	ROW(queries_max, "queries_limit", "gauge", "Queries answered at a time."),
};

static void
put_facts(struct buf *to, const struct api *a)
{
	struct api_facts f = { 0 };

	a->host.facts(a->host.ctx, &f);
	head(to, "info", "gauge", "Version of this process.");
	buf_str(to, STR("tocsin_info{version=\""));
	metrics_escape(str_c(a->host.version), to);
	buf_str(to, STR("\"} 1\n"));
	one(to, "start_time_seconds", "gauge", "When this process started, since 1970.",
	    (uint64_t)(f.started / 1000000000));
	for (size_t i = 0; i < ARRAY_LEN(fact_rows); i++) {
		uint64_t v;

		memcpy(&v, (const char *)&f + fact_rows[i].at, sizeof(v));
		one(to, fact_rows[i].name, fact_rows[i].type, fact_rows[i].help, v);
	}
	head(to, "up", "gauge", "Whether a part does its work.");
	buf_printf(to, "tocsin_up{part=\"log\"} %d\ntocsin_up{part=\"detection\"} %d\n", f.log_ok,
	    f.detect_ok);
	buf_printf(to, "tocsin_up{part=\"store\"} %d\ntocsin_up{part=\"notify\"} %d\n", f.store_ok,
	    f.notify_ok);
}

static void
put_ledger(struct buf *to, const struct ledger *l)
{
	head(to, "events_total", "counter", "Events by source and fate.");
	for (unsigned i = 0; i < ledger_len(l); i++) {
		for (int c = 0; c < LEDGER_COUNTS; c++) {
			buf_str(to, STR("tocsin_events_total{source=\""));
			metrics_escape(str_c(ledger_name(l, i)), to);
			buf_printf(to, "\",what=\"%s\"} ", ledger_word((enum ledger_count)c));
			buf_u64(to, ledger_get(l, i, (enum ledger_count)c));
			buf_byte(to, '\n');
		}
	}
}

static void
put_http(struct buf *to, const struct server *server)
{
	struct server_stats s;

	if (server == NULL)
		return;
	server_stats(server, &s);
	one(to, "http_connections", "gauge", "Open connections.", s.connections);
	one(to, "http_accepted_total", "counter", "Connections accepted.", s.accepted);
	one(to, "http_timeouts_total", "counter", "Connections ended for being slow.", s.timeouts);
	one(to, "http_tls_failed_total", "counter", "Connections that could not agree on TLS.",
	    s.tls_failed);
	if (s.tls_expires > 0)
		one(to, "http_certificate_expires_seconds", "gauge",
		    "When the certificate ends to hold, since 1970.", (uint64_t)s.tls_expires);
	one(to, "http_received_bytes_total", "counter", "Bytes received.", s.bytes_in);
	one(to, "http_sent_bytes_total", "counter", "Bytes sent.", s.bytes_out);
	one(to, "http_body_bytes", "gauge", "Memory that request bodies use.", s.body_bytes);
	head(to, "http_requests_total", "counter", "Requests answered, by class of status.");
	for (int i = 2; i < 6; i++)
		buf_printf(to, "tocsin_http_requests_total{class=\"%dxx\"} %llu\n", i,
		    (unsigned long long)s.by_class[i]);
}

void
metrics_handle(void *ctx, struct http *r)
{
	const struct api *a = ctx;
	struct buf body;

	buf_init(&body, 0);
	put_facts(&body, a);
	put_ledger(&body, a->host.ledger);
	if (a->host.alerts != NULL)
		one(&body, "alerts_open", "gauge", "Alerts nobody has looked at.",
		    alerts_count(a->host.alerts, STR("open")));
	oncall_metrics(a, &body);
	put_http(&body, a->host.server);
	http_reply(r, 200, TYPE, buf_view(&body));
	buf_fini(&body);
}
