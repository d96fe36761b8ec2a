-- Questions as people write them on dashboards.  Blank lines part them.
SELECT count(*) AS failures, client_ip, user_email, time_bucket('1 minute') AS minute
FROM security_events
WHERE event_type = 'auth.login.failed'
GROUP BY client_ip, user_email, minute
HAVING count(*) > 1
ORDER BY failures DESC

# who runs into the limit
SELECT endpoint, client_ip, count(*) AS hits, avg(requests_per_minute) AS rpm
FROM rate_limit_events
WHERE status_code = 429
GROUP BY endpoint, client_ip
HAVING count(*) > 1

count(*) WHERE event_type='auth.login.failed' AND timestamp > now() - 1h

SELECT client_ip, geoip.country, count(*) AS attempts, max(timestamp) FROM auth_events WHERE event_type='auth.login.failed' GROUP BY client_ip ORDER BY attempts DESC LIMIT 10

SELECT geoip.country, count(*) FROM auth_events GROUP BY geoip.country

SELECT timestamp, user_email, event_details WHERE event_type IN ('auth.unusual_device', 'auth.login.failed') ORDER BY timestamp DESC LIMIT 20

count(*) WHERE status_code=429 AND timestamp > now() - 1h

SELECT client_ip, endpoint, count(*) AS hits, is_blocked FROM rate_limit_events GROUP BY client_ip, endpoint ORDER BY hits DESC LIMIT 20

SELECT * FROM security_events WHERE severity='CRITICAL' AND timestamp > now() - 24h ORDER BY timestamp DESC;

SELECT attack_type, count(*) FROM security_events GROUP BY attack_type, time_bucket('5 minutes')

SELECT ip_address, block_reason, block_duration, expires_at FROM ip_blocklist WHERE is_active=true ORDER BY expires_at

count(*) WHERE status='open'

avg(detect_time - event_time)

avg(resolve_time - detect_time)

SELECT timestamp, validation_type, error_message FROM startup_events WHERE status='failed' ORDER BY timestamp DESC LIMIT 10

SELECT audit_event_type, count(*) FROM audit_log GROUP BY audit_event_type, time_bucket('1 hour')

-- everything of one address
SELECT * FROM security_events
WHERE client_ip = '192.0.2.7'
ORDER BY timestamp DESC
LIMIT 100;

SELECT user_id, COUNT(DISTINCT geolocation.country) AS countries, array_agg(DISTINCT geolocation.country) AS names
FROM auth_events
WHERE event_type = 'auth.login.success'
GROUP BY user_id
HAVING COUNT(DISTINCT geolocation.country) > 2;

SELECT id, rule_id, severity, client_ip, count, first_seen FROM alerts WHERE status = 'open' ORDER BY last_seen DESC

SELECT session_id, user_email, opened_at, is_active FROM sessions ORDER BY last_seen DESC LIMIT 5

SELECT incident_id, title, status, event_time, response_time FROM incidents
