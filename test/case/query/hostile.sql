SELECT * FROM read_csv('/etc/passwd')
SELECT * FROM read_csv('/etc/shadow')
SELECT * FROM read_csv('/proc/self/environ')
SELECT * FROM read_csv('/proc/1/cmdline')
SELECT * FROM read_csv('../../../../etc/passwd')
SELECT * FROM read_csv('/dev/zero')
SELECT * FROM read_csv('/root/.ssh/id_rsa')
SELECT * FROM read_csv('state.db')
SELECT * FROM read_csv_auto('/etc/passwd')
SELECT * FROM read_csv_auto('/etc/shadow')
SELECT * FROM read_csv_auto('/proc/self/environ')
SELECT * FROM read_csv_auto('/proc/1/cmdline')
SELECT * FROM read_csv_auto('../../../../etc/passwd')
SELECT * FROM read_csv_auto('/dev/zero')
SELECT * FROM read_csv_auto('/root/.ssh/id_rsa')
SELECT * FROM read_csv_auto('state.db')
SELECT * FROM sniff_csv('/etc/passwd')
SELECT * FROM sniff_csv('/etc/shadow')
SELECT * FROM sniff_csv('/proc/self/environ')
SELECT * FROM sniff_csv('/proc/1/cmdline')
SELECT * FROM sniff_csv('../../../../etc/passwd')
SELECT * FROM sniff_csv('/dev/zero')
SELECT * FROM sniff_csv('/root/.ssh/id_rsa')
SELECT * FROM sniff_csv('state.db')
SELECT * FROM read_text('/etc/passwd')
SELECT * FROM read_text('/etc/shadow')
SELECT * FROM read_text('/proc/self/environ')
SELECT * FROM read_text('/proc/1/cmdline')
SELECT * FROM read_text('../../../../etc/passwd')
SELECT * FROM read_text('/dev/zero')
SELECT * FROM read_text('/root/.ssh/id_rsa')
SELECT * FROM read_text('state.db')
SELECT * FROM read_blob('/etc/passwd')
SELECT * FROM read_blob('/etc/shadow')
SELECT * FROM read_blob('/proc/self/environ')
SELECT * FROM read_blob('/proc/1/cmdline')
SELECT * FROM read_blob('../../../../etc/passwd')
SELECT * FROM read_blob('/dev/zero')
SELECT * FROM read_blob('/root/.ssh/id_rsa')
SELECT * FROM read_blob('state.db')
SELECT * FROM glob('/etc/passwd')
SELECT * FROM glob('/etc/shadow')
SELECT * FROM glob('/proc/self/environ')
SELECT * FROM glob('/proc/1/cmdline')
SELECT * FROM glob('../../../../etc/passwd')
SELECT * FROM glob('/dev/zero')
SELECT * FROM glob('/root/.ssh/id_rsa')
SELECT * FROM glob('state.db')
SELECT * FROM read_parquet('/etc/passwd')
SELECT * FROM read_parquet('/etc/shadow')
SELECT * FROM read_parquet('/proc/self/environ')
SELECT * FROM read_parquet('/proc/1/cmdline')
SELECT * FROM read_parquet('../../../../etc/passwd')
SELECT * FROM read_parquet('/dev/zero')
SELECT * FROM read_parquet('/root/.ssh/id_rsa')
SELECT * FROM read_parquet('state.db')
SELECT * FROM parquet_metadata('/etc/passwd')
SELECT * FROM parquet_metadata('/etc/shadow')
SELECT * FROM parquet_metadata('/proc/self/environ')
SELECT * FROM parquet_metadata('/proc/1/cmdline')
SELECT * FROM parquet_metadata('../../../../etc/passwd')
SELECT * FROM parquet_metadata('/dev/zero')
SELECT * FROM parquet_metadata('/root/.ssh/id_rsa')
SELECT * FROM parquet_metadata('state.db')
SELECT * FROM parquet_schema('/etc/passwd')
SELECT * FROM parquet_schema('/etc/shadow')
SELECT * FROM parquet_schema('/proc/self/environ')
SELECT * FROM parquet_schema('/proc/1/cmdline')
SELECT * FROM parquet_schema('../../../../etc/passwd')
SELECT * FROM parquet_schema('/dev/zero')
SELECT * FROM parquet_schema('/root/.ssh/id_rsa')
SELECT * FROM parquet_schema('state.db')
SELECT * FROM read_json('/etc/passwd')
SELECT * FROM read_json('/etc/shadow')
SELECT * FROM read_json('/proc/self/environ')
SELECT * FROM read_json('/proc/1/cmdline')
SELECT * FROM read_json('../../../../etc/passwd')
SELECT * FROM read_json('/dev/zero')
SELECT * FROM read_json('/root/.ssh/id_rsa')
SELECT * FROM read_json('state.db')
SELECT * FROM read_json_auto('/etc/passwd')
SELECT * FROM read_json_auto('/etc/shadow')
SELECT * FROM read_json_auto('/proc/self/environ')
SELECT * FROM read_json_auto('/proc/1/cmdline')
SELECT * FROM read_json_auto('../../../../etc/passwd')
SELECT * FROM read_json_auto('/dev/zero')
SELECT * FROM read_json_auto('/root/.ssh/id_rsa')
SELECT * FROM read_json_auto('state.db')
SELECT * FROM read_ndjson('/etc/passwd')
SELECT * FROM read_ndjson('/etc/shadow')
SELECT * FROM read_ndjson('/proc/self/environ')
SELECT * FROM read_ndjson('/proc/1/cmdline')
SELECT * FROM read_ndjson('../../../../etc/passwd')
SELECT * FROM read_ndjson('/dev/zero')
SELECT * FROM read_ndjson('/root/.ssh/id_rsa')
SELECT * FROM read_ndjson('state.db')
SELECT * FROM read_json_objects('/etc/passwd')
SELECT * FROM read_json_objects('/etc/shadow')
SELECT * FROM read_json_objects('/proc/self/environ')
SELECT * FROM read_json_objects('/proc/1/cmdline')
SELECT * FROM read_json_objects('../../../../etc/passwd')
SELECT * FROM read_json_objects('/dev/zero')
SELECT * FROM read_json_objects('/root/.ssh/id_rsa')
SELECT * FROM read_json_objects('state.db')
SELECT * FROM parquet_kv_metadata('/etc/passwd')
SELECT * FROM parquet_kv_metadata('/etc/shadow')
SELECT * FROM parquet_kv_metadata('/proc/self/environ')
SELECT * FROM parquet_kv_metadata('/proc/1/cmdline')
SELECT * FROM parquet_kv_metadata('../../../../etc/passwd')
SELECT * FROM parquet_kv_metadata('/dev/zero')
SELECT * FROM parquet_kv_metadata('/root/.ssh/id_rsa')
SELECT * FROM parquet_kv_metadata('state.db')
SELECT * FROM parquet_file_metadata('/etc/passwd')
SELECT * FROM parquet_file_metadata('/etc/shadow')
SELECT * FROM parquet_file_metadata('/proc/self/environ')
SELECT * FROM parquet_file_metadata('/proc/1/cmdline')
SELECT * FROM parquet_file_metadata('../../../../etc/passwd')
SELECT * FROM parquet_file_metadata('/dev/zero')
SELECT * FROM parquet_file_metadata('/root/.ssh/id_rsa')
SELECT * FROM parquet_file_metadata('state.db')
SELECT * FROM '/etc/passwd'
FROM read_csv(['/etc/passwd', '/etc/passwd'])
SELECT * FROM '/etc/shadow'
FROM read_csv(['/etc/shadow', '/etc/shadow'])
SELECT * FROM '/proc/self/environ'
FROM read_csv(['/proc/self/environ', '/proc/self/environ'])
SELECT * FROM '/proc/1/cmdline'
FROM read_csv(['/proc/1/cmdline', '/proc/1/cmdline'])
SELECT * FROM '../../../../etc/passwd'
FROM read_csv(['../../../../etc/passwd', '../../../../etc/passwd'])
SELECT * FROM '/dev/zero'
FROM read_csv(['/dev/zero', '/dev/zero'])
SELECT * FROM '/root/.ssh/id_rsa'
FROM read_csv(['/root/.ssh/id_rsa', '/root/.ssh/id_rsa'])
SELECT * FROM 'state.db'
FROM read_csv(['state.db', 'state.db'])
SELECT * FROM '../state.db'
FROM read_csv(['../state.db', '../state.db'])
SELECT * FROM 'http://127.0.0.1:1/x'
FROM read_csv(['http://127.0.0.1:1/x', 'http://127.0.0.1:1/x'])
SELECT * FROM 'https://example.org/x'
FROM read_csv(['https://example.org/x', 'https://example.org/x'])
SELECT * FROM 's3://bucket/key'
FROM read_csv(['s3://bucket/key', 's3://bucket/key'])
SELECT * FROM 'file:///etc/passwd'
FROM read_csv(['file:///etc/passwd', 'file:///etc/passwd'])
SELECT * FROM 'hf://datasets/x'
FROM read_csv(['hf://datasets/x', 'hf://datasets/x'])
COPY (SELECT 42) TO '/tmp/x.csv'
COPY security_events TO '/tmp/x.csv'
COPY alerts_stored FROM '/tmp/x.csv'
EXPORT DATABASE '/tmp/x.csv'
IMPORT DATABASE '/tmp/x.csv'
ATTACH '/tmp/x.csv' AS x
ATTACH '/tmp/x.csv' AS x (TYPE sqlite)
LOAD '/tmp/x.csv'
INSTALL '/tmp/x.csv'
COPY (SELECT 42) TO 'x.parquet'
COPY security_events TO 'x.parquet'
COPY alerts_stored FROM 'x.parquet'
EXPORT DATABASE 'x.parquet'
IMPORT DATABASE 'x.parquet'
ATTACH 'x.parquet' AS x
ATTACH 'x.parquet' AS x (TYPE sqlite)
LOAD 'x.parquet'
INSTALL 'x.parquet'
COPY (SELECT 42) TO '/dev/stdout'
COPY security_events TO '/dev/stdout'
COPY alerts_stored FROM '/dev/stdout'
EXPORT DATABASE '/dev/stdout'
IMPORT DATABASE '/dev/stdout'
ATTACH '/dev/stdout' AS x
ATTACH '/dev/stdout' AS x (TYPE sqlite)
LOAD '/dev/stdout'
INSTALL '/dev/stdout'
COPY (SELECT 42) TO '../store/x.parquet'
COPY security_events TO '../store/x.parquet'
COPY alerts_stored FROM '../store/x.parquet'
EXPORT DATABASE '../store/x.parquet'
IMPORT DATABASE '../store/x.parquet'
ATTACH '../store/x.parquet' AS x
ATTACH '../store/x.parquet' AS x (TYPE sqlite)
LOAD '../store/x.parquet'
INSTALL '../store/x.parquet'
ATTACH ':memory:' AS m
DETACH memory
USE memory
INSTALL httpfs
LOAD httpfs
LOAD json
UPDATE EXTENSIONS
FORCE INSTALL httpfs FROM community
SET enable_external_access = true
RESET enable_external_access
SET memory_limit = '100GB'
SET threads = 64
SET GLOBAL temp_directory = '/etc'
SET lock_configuration = false
SET allowed_paths = ['/etc/passwd']
SET allowed_directories = ['/']
SET VARIABLE x = 1
SET SESSION search_path = 'x'
SET schema = 'main'
PRAGMA database_list
PRAGMA memory_limit = '100GB'
PRAGMA enable_profiling
PRAGMA profile_output = '/tmp/p.json'
PRAGMA enable_external_access
PRAGMA show_tables
PRAGMA version
CALL pragma_version()
CALL enable_logging()
CALL enable_profiling()
CALL duckdb_tables()
CREATE TABLE t(a INT)
CREATE TEMP TABLE t AS SELECT 1
CREATE OR REPLACE VIEW security_events AS SELECT 1
CREATE VIEW v AS SELECT * FROM read_csv('/etc/passwd')
CREATE MACRO f() AS TABLE SELECT * FROM read_csv('/etc/passwd')
CREATE FUNCTION g(a) AS a + 1
CREATE SECRET s (TYPE http, BEARER_TOKEN 'x')
CREATE PERSISTENT SECRET s (TYPE s3)
CREATE SCHEMA s
CREATE TYPE e AS ENUM ('a')
CREATE SEQUENCE q
CREATE INDEX i ON alerts_stored(id)
DROP VIEW security_events
DROP TABLE alerts_stored
DROP SECRET s
ALTER TABLE alerts_stored ADD COLUMN z INT
INSERT INTO alerts_stored DEFAULT VALUES
INSERT INTO alerts_stored SELECT * FROM alerts_stored
UPDATE alerts_stored SET status = 'resolved'
DELETE FROM alerts_stored
TRUNCATE alerts_stored
MERGE INTO alerts_stored USING (SELECT 1) ON false WHEN NOT MATCHED THEN INSERT DEFAULT VALUES
BEGIN TRANSACTION
COMMIT
ROLLBACK
CHECKPOINT
FORCE CHECKPOINT
VACUUM
ANALYZE
COMMENT ON TABLE alerts_stored IS 'x'
PREPARE p AS SELECT 1
EXECUTE p
DEALLOCATE p
KILL 1
SELECT 1; SELECT 2
SELECT 1; DROP VIEW security_events
SELECT 1;; DELETE FROM alerts_stored
; ; COPY (SELECT 1) TO '/tmp/x'
SELECT 1 -- ; DROP VIEW x
SELECT 1 /* ; */ ; DELETE FROM alerts_stored
SELECT 1 /* /* */ ; DELETE FROM alerts_stored /* */ */
-- SELECT 1 DELETE FROM alerts_stored
SELECT '; DROP VIEW security_events --'
SELECT $$ '; DROP VIEW x $$; DROP VIEW security_events
SELECT E'\'; DROP VIEW security_events --'
WITH x AS (DELETE FROM alerts_stored RETURNING *) SELECT * FROM x
WITH x AS (INSERT INTO alerts_stored DEFAULT VALUES RETURNING *) SELECT * FROM x
WITH x AS (SELECT 1) DELETE FROM alerts_stored
WITH x AS (SELECT 1) INSERT INTO alerts_stored SELECT * FROM x
EXPLAIN DELETE FROM alerts_stored
EXPLAIN ANALYZE DELETE FROM alerts_stored
EXPLAIN COPY (SELECT 1) TO '/tmp/x'
EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/x'
EXPLAIN EXPLAIN SELECT 1
EXPLAIN (ANALYZE) DELETE FROM alerts_stored
EXPLAIN PRAGMA database_list
EXPLAIN ANALYZE SELECT * FROM read_csv('/etc/passwd')
FROM query('DELETE FROM alerts_stored')
FROM query('SELECT * FROM duckdb_settings()')
FROM query_table('/etc/passwd')
SELECT * FROM query_table(['/etc/passwd'])
SELECT * FROM duckdb_settings()
SELECT * FROM "duckdb_settings"()
SELECT * FROM system.main.duckdb_settings()
SELECT current_setting('allowed_paths')
SELECT current_setting('home_directory')
SELECT * FROM pg_catalog.pg_settings
SELECT * FROM duckdb_secrets()
SELECT * FROM which_secret('s3://x', 's3')
SELECT * FROM duckdb_extensions()
SELECT * FROM duckdb_logs
SELECT * FROM duckdb_temporary_files()
SELECT * FROM duckdb_databases()
SELECT * FROM duckdb_views()
SELECT * FROM pragma_database_list
SELECT * FROM pragma_storage_info('alerts_stored')
SELECT * FROM enable_logging()
SELECT * FROM checkpoint()
SELECT * FROM force_checkpoint()
SELECT getenv('HOME')
SELECT getenv('PATH') FROM security_events
SELECT getvariable('x')
SELECT nextval('s')
SELECT set_config('a', 'b', true)
SELECT pg_read_file('/etc/passwd')
SELECT load_extension('x')
SELECT lo_import('/etc/passwd')
SELECT xp_cmdshell('id')
SELECT system('id')
SELECT * FROM shell('id')
SELECT sleep(100)
SELECT sleep_ms(100000)
SELECT * FROM sqlite_scan('state.db', 'alerts')
SELECT * FROM postgres_scan('host=127.0.0.1', 'a', 'b')
SELECT * FROM mysql_scan('a', 'b')
SELECT * FROM iceberg_scan('/tmp')
SELECT * FROM delta_scan('/tmp')
SELECT * FROM st_read('/etc/passwd')
SELECT * FROM read_xlsx('/etc/passwd')
SELECT * FROM arrow_scan(1, 2, 3)
SELECT * FROM arrow_scan_dumb(1, 2, 3)
SELECT * FROM pandas_scan(1)
SELECT * FROM seq_scan('x')
SELECT json_execute_serialized_sql(json_serialize_sql('SELECT 1'))
SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM read_csv(''/etc/passwd'')'))
SELECT * FROM json_execute_serialized_sql('{"statements":[]}')
SELECT json_serialize_sql('DROP VIEW x')
PIVOT security_events ON event_type USING count(*)
SELECT * FROM tail()
SELECT count(*) FROM records
SELECT $1
SELECT ?
SELECT * FROM security_events WHERE client_ip = $x
SELECT
FROM
(
)
SELECT (((((((((((((((((((((((((((((((((1
'
"
$$
/*
--
#
;
;;;;
\
SELECT * FROM security_events LIMIT -1
SELECT 1/0
SELECT CAST('x' AS INTEGER)
SELECT error('boom')
WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t) SELECT count(*) FROM t
WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i * 2 FROM t) SELECT max(i) FROM t
WITH RECURSIVE t(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM t) SELECT max(length(s)) FROM t
SELECT length(repeat('x', 4000000000))
SELECT length(repeat(repeat('x', 60000), 60000))
SELECT sum(length(repeat('x', 100000000))) FROM range(100)
SELECT array_agg(repeat('x', 1000000)) FROM range(100000)
SELECT string_agg(repeat('x', 100000), ',') FROM range(100000)
SELECT list(range) FROM range(10000000000)
SELECT count(*) FROM range(100000000000) a, range(100000000000) b
SELECT count(*) FROM generate_series(1, 1000000000000)
SELECT * FROM generate_series(1, 1000000000000) ORDER BY 1 DESC
SELECT generate_series(1, 100000000000)
SELECT count(DISTINCT a.range * b.range) FROM range(10000000) a, range(10000000) b
SELECT count(*) FROM security_events a, security_events b, security_events c, security_events d, range(100000000)
SELECT * FROM range(100000) a JOIN range(100000) b ON a.range <> b.range ORDER BY a.range + b.range
SELECT md5(repeat('x', 1000000)) FROM range(100000000)
SELECT regexp_matches(repeat('a', 1000000), '(a|a)*b') FROM range(1000000)
SELECT regexp_replace(repeat('a', 100000000), '(a*)*', 'b', 'g')
SELECT lpad('x', 2000000000, 'y')
SELECT list_aggregate(range(500000000), 'sum')
SELECT list_sort(range(1000000000))
SELECT unnest(range(1000000000))
SELECT factorial(1000000)
SELECT levenshtein(repeat('a', 1000000), repeat('b', 1000000))
SELECT array_to_string(list_transform(range(100000000), x -> repeat('y', 1000)), '')
SELECT histogram(range) FROM range(1000000000)
SELECT approx_quantile(random(), 0.5) FROM range(1000000000000)
SELECT x FROM (SELECT random() AS x FROM range(1000000000)) ORDER BY x
SELECT row_number() OVER (ORDER BY random()) FROM range(1000000000)
SELECT json_group_array(range) FROM range(1000000000)
SELECT printf('%2000000000d', 1)
SELECT format('{:2000000000}', 1)
SELECT bitstring('1', 2000000000)
SELECT '1'::VARCHAR::BIT FROM range(1000000)
SELECT repeat([1], 1000000000)
SELECT * FROM repeat_row(1, num_rows = 100000000000)
SELECT count(*) FROM repeat('x', 1000000000000)
SELECT * FROM test_all_types()
SELECT * FROM test_vector_types(NULL::INTEGER)
SELECT * FROM summary(security_events)
SUMMARIZE security_events
DESCRIBE security_events
SHOW TABLES
SHOW ALL TABLES
SHOW DATABASES
TABLE alerts_stored
VALUES (1), (2)
SELECT * FROM security_events TABLESAMPLE 10%
SELECT * FROM sql_auto_complete('SEL')
SELECT txid_current()
SELECT pg_sleep(100)
SELECT current_user, current_database(), current_schemas(true), version()
SELECT in_search_path('memory', 'main')
SELECT write_log('x')
SELECT can_cast_implicitly(NULL::INT, NULL::VARCHAR)
SELECT map_from_entries([(1, repeat('x', 2000000000))])
SELECT * FROM information_schema.tables
SELECT '/etc/passwd'::VARCHAR
SELECT client_ip FROM security_events WHERE client_ip = '' OR 1=1 --'
' UNION SELECT * FROM read_csv('/etc/passwd') --
SELECT * FROM security_events WHERE user_name = '' UNION ALL SELECT * FROM read_text('/etc/passwd')
SELECT (SELECT content FROM read_text('/etc/hostname'))
SELECT * FROM (SELECT * FROM read_text('/proc/self/maps'))
SELECT content FROM read_text(['/etc/hostname', '/etc/passwd'])
SELECT EXISTS (FROM read_blob('/etc/shadow'))
SELECT * FROM alerts WHERE id IN (SELECT content FROM read_text('/etc/hostname'))
