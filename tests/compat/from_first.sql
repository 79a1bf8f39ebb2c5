-- FROM-first queries, and FROM without SELECT.
CREATE TABLE t AS SELECT i AS id, i % 3 AS grp, 'row ' || i AS label FROM range(10) r(i)
;;
FROM t
;;
FROM t SELECT id WHERE grp = 1 ORDER BY id
;;
FROM t SELECT grp, count(*) AS n GROUP BY grp ORDER BY grp
;;
FROM t WHERE id > 7
;;
FROM t ORDER BY id DESC LIMIT 3
;;
FROM t SELECT DISTINCT grp ORDER BY grp
;;
FROM t AS a JOIN t AS b ON a.id = b.id + 5 SELECT a.id, b.label ORDER BY ALL
;;
FROM t a, t b SELECT count(*)
;;
FROM (FROM t WHERE grp = 0) SELECT sum(id)
;;
FROM (SELECT 1 AS x UNION ALL SELECT 2) AS s SELECT x * 10 ORDER BY 1
;;
FROM (VALUES (1, 'a'), (2, 'b')) v(n, s) SELECT s || n
;;
FROM range(3)
;;
FROM range(2, 11, 4) AS r(n) SELECT n * n
;;
FROM generate_series(1, 5) g(x) SELECT avg(x)
;;
FROM t SELECT * EXCLUDE label USING SAMPLE 3 ROWS (reservoir, 7)
;;
FROM t SELECT id QUALIFY row_number() OVER (PARTITION BY grp ORDER BY id DESC) = 1 ORDER BY id
;;
FROM t UNION ALL FROM t SELECT id, grp, label ORDER BY id LIMIT 4
;;
FROM t INTERSECT FROM t WHERE id < 2 ORDER BY ALL
;;
WITH s AS (FROM t WHERE id < 4) FROM s SELECT max(id)
;;
SELECT (FROM t SELECT max(id)) AS biggest
;;
SELECT * FROM (FROM t) WHERE id = 3
;;
CREATE TABLE copied AS FROM t WHERE grp = 2
;;
INSERT INTO copied FROM t WHERE id = 0
;;
FROM copied ORDER BY id
;;
CREATE VIEW lowest AS FROM t SELECT grp, min(id) AS low GROUP BY ALL
;;
FROM lowest ORDER BY ALL
;;
FROM t SELECT COLUMNS('l.*') LIMIT 2;
;;
FROM t t1 SELECT t1.* WHERE t1.id = 9
;;
FROM a: t SELECT a.id WHERE a.id = 4
;;
DESCRIBE FROM t
;;
SUMMARIZE FROM t SELECT grp
;;
EXPLAIN FROM t SELECT count(*)
;;
FROM t TABLESAMPLE 100 PERCENT (bernoulli, 5) SELECT count(*)
;;
FROM t SELECT id FROM t
;;
FROM t WHERE label LIKE 'row 1%' SELECT label
;;
FROM t SELECT id, label GROUP BY id
;;
FROM t LIMIT 'many'
;;
FROM t, LATERAL (SELECT t.id * 2 AS twice) SELECT id, twice WHERE id BETWEEN 2 AND 3 ORDER BY id
;;
FROM 't'
;;
FROM "t" SELECT "id" ORDER BY "id" LIMIT 1
;;
FROM main.t SELECT count(*)
;;
FROM unnest([3, 1, 2]) AS u(v) ORDER BY v
;;
FROM query('SELECT 5 AS five')
;;
FROM query_table('t') SELECT count(*)
;;
FROM query_table(['t', 't']) SELECT count(*)
;;
FROM nowhere SELECT 1
;;
FROM
;;
FROM t SELECT SELECT 1
