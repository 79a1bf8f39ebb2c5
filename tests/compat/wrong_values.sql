-- Values and states that DuckDB refuses while it runs.
CREATE TABLE v (s VARCHAR, n INTEGER, d DOUBLE)
;;
INSERT INTO v VALUES ('1', 1, 0.5), ('two', 2, 1e300), ('3', NULL, -1)
;;
SELECT s::INTEGER FROM v
;;
SELECT CAST(s AS DATE) FROM v
;;
SELECT CAST('12:70' AS TIME)
;;
SELECT s::BOOLEAN FROM v
;;
SELECT s::DECIMAL(3, 1) FROM v
;;
SELECT s::UUID FROM v
;;
SELECT s::JSON FROM v
;;
SELECT s::INTEGER[] FROM v
;;
SELECT 'x'::STRUCT(a INTEGER)
;;
SELECT '{a: x}'::STRUCT(a INTEGER)
;;
SELECT '[1, x]'::INTEGER[]
;;
SELECT '{a=1, b=x}'::MAP(VARCHAR, INTEGER)
;;
SELECT (d * 1e10)::FLOAT FROM v
;;
SELECT d::TINYINT FROM v WHERE n = 2
;;
SELECT (n * 1000000000)::INTEGER * 3 FROM v
;;
SELECT sum(n::HUGEINT * 170141183460469231731687303715884105727) FROM v
;;
SELECT n::UTINYINT - 5::UTINYINT FROM v
;;
SELECT 10 // (n - 1) FROM v
;;
SELECT 10 % (n - 1) FROM v
;;
SELECT sqrt(d) FROM v
;;
SELECT ln(d) FROM v
;;
SELECT log10(n - 1) FROM v
;;
SELECT repeat('x', 9223372036854775807)
;;
SELECT chr(1114112)
;;
SELECT error('my own message')
;;
SELECT CASE WHEN n = 2 THEN error('row ' || n) ELSE n END FROM v
;;
SELECT assert(false)
;;
SELECT (SELECT n FROM v)
;;
SELECT list_extract([1], 'x')
;;
SELECT ('x' || n)::INTEGER FROM v
;;
SELECT strptime(s, '%d') FROM v
;;
SELECT strftime(DATE '2024-01-01', '%&')
;;
SELECT regexp_replace(s, '[', 'x') FROM v
;;
SELECT s SIMILAR TO '(' FROM v
;;
SELECT json_extract(s, '$.') FROM v
;;
SELECT '{"a": 1}'::JSON -> '$['
;;
SELECT from_json('{"a": "x"}', '{"a": "INTEGER"}')
;;
SELECT json_transform_strict('{"a": "x"}', '{"a": "INTEGER"}')
;;
SELECT array_value(1, 2)::INTEGER[3]
;;
SELECT [1, 2, 3][1:2:0]
;;
SELECT list_resize([1], -1)
;;
SELECT list_slice([1, 2], 1, 2, -1)
;;
SELECT range(1, 10, -1), range(10000000000)[1]
;;
SELECT map_from_entries([('a', 1), ('a', 2)])
;;
SELECT to_base(5, 1)
;;
SELECT bit_count('x'::BIT)
;;
SELECT set_bit('01'::BIT, 5, 1)
;;
SELECT get_bit('01'::BIT, 9)
;;
SELECT '01'::BIT & '011'::BIT
;;
SELECT decode('\xFF'::BLOB)
;;
SELECT '\x'::BLOB
;;
SELECT make_timestamp(2024, 13, 1, 0, 0, 0)
;;
SELECT make_time(25, 0, 0)
;;
SELECT DATE '0000-00-00'
;;
SELECT '10000000-01-01'::DATE
;;
SELECT to_timestamp(1e20)
;;
SELECT epoch_ms(9223372036854775807)
;;
SELECT INTERVAL 9223372036854775807 YEAR
;;
SELECT INTERVAL 2147483647 MONTH * 2
;;
SELECT generate_series(DATE '2024-01-01', DATE '2024-01-02', INTERVAL '0 days')
;;
SELECT quantile_cont(d, -2) FROM v
;;
SELECT string_agg(s, n) FROM v
;;
SELECT ntile(0) OVER () FROM v
;;
SELECT nth_value(n, 0) OVER () FROM v
;;
SELECT lead(n, 'x') OVER () FROM v
;;
SELECT n FROM v LIMIT -1
;;
SELECT n FROM v OFFSET -1
;;
SELECT n FROM v LIMIT 'x'
;;
SELECT n FROM v LIMIT 200%
;;
SELECT setseed(5)
;;
SELECT nextval(s) FROM v
;;
SELECT format('{:d}', 'x')
;;
SELECT format('{', 1)
;;
SELECT printf('%', 1)
;;
SELECT hex(-1), unhex('0g')
;;
SELECT url_decode('%zz'), from_base64('abc')
;;
SELECT getenv('HOME', 1)
;;
CREATE TABLE c (id INTEGER PRIMARY KEY, u VARCHAR UNIQUE, p INTEGER CHECK (p > 0), r VARCHAR NOT NULL)
;;
INSERT INTO c VALUES (1, 'a', 1, 'x')
;;
INSERT INTO c VALUES (1, 'b', 1, 'x')
;;
INSERT INTO c VALUES (2, 'a', 1, 'x')
;;
INSERT INTO c VALUES (2, 'b', 0, 'x')
;;
INSERT INTO c VALUES (2, 'b', 1, NULL)
;;
INSERT INTO c (id) VALUES (3)
;;
INSERT INTO c SELECT 10 + i, 'u' || i // 2, 1, 'x' FROM range(4) r(i)
;;
UPDATE c SET p = -1
;;
UPDATE c SET r = NULL
;;
UPDATE c SET id = NULL
;;
CREATE TABLE k (id INTEGER REFERENCES c (id))
;;
INSERT INTO k VALUES (1)
;;
INSERT INTO k VALUES (99)
;;
DELETE FROM c WHERE id = 1
;;
UPDATE c SET id = 5 WHERE id = 1
;;
DROP TABLE c
;;
ALTER TABLE c ALTER u SET NOT NULL
;;
ALTER TABLE v ALTER n SET NOT NULL
;;
ALTER TABLE v ALTER s TYPE INTEGER
;;
ALTER TABLE v ADD PRIMARY KEY (n)
;;
CREATE UNIQUE INDEX dup ON v (s)
;;
INSERT INTO v VALUES ('again', 1, 1)
;;
INSERT INTO v VALUES ('x', 'y', 'z')
;;
INSERT INTO v VALUES ('x', 99999999999, 0)
;;
INSERT INTO v (n) VALUES (DATE '2024-01-01')
;;
INSERT INTO v (n) VALUES ([1])
;;
INSERT INTO v VALUES (1, 2, 3, 4)
;;
DROP TABLE k
;;
DROP TABLE c
;;
FROM v ORDER BY ALL
