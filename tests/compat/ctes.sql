-- Common table expressions, recursive ones and their options.
WITH a AS (SELECT 1 AS x) SELECT * FROM a
;;
WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT x, y FROM a, b
;;
WITH a(n, m) AS (VALUES (1, 2), (3, 4)) SELECT sum(n * m) FROM a
;;
WITH a AS MATERIALIZED (SELECT range AS i FROM range(5)) SELECT count(*) FROM a x, a y WHERE x.i < y.i
;;
WITH a AS NOT MATERIALIZED (SELECT 7 AS i) SELECT i FROM a UNION ALL SELECT i FROM a
;;
WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5) SELECT list(n ORDER BY n) FROM c
;;
WITH RECURSIVE fib(a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM fib WHERE b < 50) SELECT a FROM fib ORDER BY a
;;
CREATE TABLE edges AS SELECT * FROM (VALUES (1, 2), (2, 3), (3, 1), (3, 4)) v(src, dst)
;;
WITH RECURSIVE reach(node) AS (SELECT 1 UNION SELECT dst FROM reach JOIN edges ON src = node) SELECT node FROM reach ORDER BY node
;;
WITH RECURSIVE paths(node, path) AS (
  SELECT 1, [1] UNION ALL
  SELECT dst, list_append(path, dst) FROM paths JOIN edges ON src = node WHERE NOT list_contains(path, dst)
) SELECT path FROM paths ORDER BY len(path), path
;;
WITH RECURSIVE t(k, v) USING KEY (k) AS (SELECT 1, 10 UNION SELECT k, v - 1 FROM t WHERE v > 7) SELECT * FROM t
;;
WITH a AS (SELECT 1) SELECT (WITH b AS (SELECT 2 AS z) SELECT z FROM b), * FROM a
;;
SELECT * FROM (WITH inside AS (SELECT 'in') SELECT * FROM inside)
;;
WITH edges AS (SELECT 'shadow' AS src) SELECT * FROM edges
;;
WITH a AS (SELECT 1 AS x) SELECT * FROM a AS b WHERE b.x = 1
;;
WITH d AS (SELECT 3 AS three) INSERT INTO edges SELECT three, 5 FROM d
;;
WITH gone AS (SELECT 5 AS n) DELETE FROM edges WHERE dst IN (SELECT n FROM gone)
;;
WITH u AS (SELECT 4 AS n) UPDATE edges SET dst = 40 WHERE dst = (SELECT n FROM u)
;;
FROM edges ORDER BY ALL
;;
CREATE VIEW v AS WITH x AS (SELECT count(*) AS n FROM edges) SELECT n FROM x
;;
FROM v
;;
CREATE TABLE from_cte AS WITH x AS (SELECT 1 AS a) FROM x
;;
WITH a AS (FROM edges SELECT src), b AS (FROM a SELECT DISTINCT src) FROM b ORDER BY src
;;
WITH a AS (SELECT 1 AS n UNION ALL SELECT 2), b AS (SELECT n FROM a WHERE n > 1) SELECT a.n, b.n FROM a LEFT JOIN b USING (n) ORDER BY 1
;;
WITH "weird name" AS (SELECT 1 AS "select") SELECT "select" FROM "weird name"
;;
WITH unused AS (SELECT 1/0), used AS (SELECT 1 AS one) FROM used
;;
WITH a AS (SELECT 1 AS x) (SELECT x FROM a) UNION (SELECT x + 1 FROM a) ORDER BY x
;;
WITH t AS (VALUES (1), (2)) TABLE t
;;
WITH RECURSIVE not_really AS (SELECT 1 AS x) SELECT * FROM not_really
;;
WITH a AS (INSERT INTO edges VALUES (9, 9) RETURNING src) SELECT * FROM a
;;
WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a
;;
WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a
;;
WITH a AS (SELECT * FROM a) SELECT * FROM a
;;
WITH a(x, y) AS (SELECT 1) SELECT * FROM a
;;
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT 'text' FROM r) SELECT * FROM r
;;
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT count(*) FROM r WHERE n < 3 LIMIT 1) SELECT * FROM r LIMIT 3
;;
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n, 2 FROM r) SELECT * FROM r
;;
WITH RECURSIVE t(k, v) USING KEY (nope) AS (SELECT 1, 10 UNION SELECT k, v FROM t) SELECT * FROM t
;;
WITH a AS (SELECT 1)
;;
WITH a AS SELECT 1 SELECT * FROM a
;;
WITH SELECT 1
;;
WITH a (SELECT 1) SELECT 2
;;
WITH a AS () SELECT 1
;;
WITH a AS (SELECT 1 SELECT * FROM a
