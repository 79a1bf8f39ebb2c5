-- Texts of several statements: the last one answers, and what ran before an error has run.
SELECT 1; SELECT 2
;;
SELECT 1; SELECT 2;
;;
SELECT 1;

SELECT 'two';


;;
CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1), (2); FROM t
;;
INSERT INTO t VALUES (3); SELECT count(*) FROM t
;;
SELECT count(*) FROM t; INSERT INTO t VALUES (4)
;;
INSERT INTO t VALUES (5); INSERT INTO t VALUES (6), (7)
;;
UPDATE t SET a = a * 10; DELETE FROM t WHERE a = 10; FROM t ORDER BY a
;;
CREATE TABLE a1 AS SELECT 1 AS x; CREATE TABLE a2 AS SELECT x + 1 AS x FROM a1; CREATE TABLE a3 AS FROM a1 UNION ALL FROM a2
;;
FROM a3 ORDER BY x
;;
SET VARIABLE n = 3; SELECT getvariable('n') * 2
;;
USE memory.main; SELECT current_schema()
;;
CREATE MACRO f(x) AS x + 1; SELECT f(1); SELECT f(f(1))
;;
PREPARE p AS SELECT $1; EXECUTE p('now')
;;
BEGIN; INSERT INTO t VALUES (100); ROLLBACK; SELECT count(*) FROM t
;;
BEGIN; INSERT INTO t VALUES (100); COMMIT; SELECT max(a) FROM t
;;
SELECT ';'; SELECT ';;' || ';'
;;
SELECT $$;$$; SELECT "a;b" FROM (SELECT 1 AS "a;b")
;;
SELECT 1 /* ; */; -- ;
SELECT 2
;;
; SELECT 1
;;
;; ; SELECT 1 ;; ; SELECT 2 ; ;
;;
SELECT 1;-- last
;;
SELECT 1; /* last */
;;
EXPLAIN SELECT 1; SELECT 2
;;
DESCRIBE t; SHOW TABLES
;;
PIVOT t ON a IN (20, 30) USING count(*); SELECT 'after a pivot'
;;
PIVOT t ON a USING count(*); SELECT 'after a dynamic pivot'
;;
CREATE TYPE e AS ENUM ('x'); CREATE TABLE with_e (c e); INSERT INTO with_e VALUES ('x'); FROM with_e
;;
DROP TABLE with_e; DROP TYPE e; SELECT 'dropped'
;;
ATTACH ':memory:' AS m; CREATE TABLE m.t AS SELECT 1 AS i; FROM m.t; DETACH m; SELECT 'detached'
;;
CREATE TABLE ran (i INTEGER); SELECT nope
;;
FROM ran
;;
INSERT INTO ran VALUES (1); SELECT 'x'::INTEGER; INSERT INTO ran VALUES (2)
;;
FROM ran
;;
INSERT INTO ran VALUES (3); SELEC 1; INSERT INTO ran VALUES (4)
;;
FROM ran
;;
INSERT INTO ran VALUES (5); SELECT 'unterminated
;;
FROM ran
;;
INSERT INTO ran VALUES (6); FROM nowhere; SELECT 7
;;
FROM ran
;;
SELECT 1;
SELECT 2;
SELECT nope;
SELECT 4
;;
SELECT 1;
  SELEC
    2
;;
SELECT 1; SELECT 2 SELECT 3
;;
SELECT 1 SELECT 2
;;
SELECT 1, ; SELECT 2
;;
SELECT (1; SELECT 2)
;;
SELECT 1; )
;;
SELECT 1; garbage
;;
garbage; SELECT 1
;;
SELECT 1; CREATE TABLE t (a INTEGER); SELECT 2
;;
SELECT '🦆'; SELECT '🦆🦆', nope
;;
SELECT 'line one
line two'; SELECT nope
;;
BEGIN; CREATE TABLE in_txn (a INTEGER); SELEC; COMMIT
;;
ROLLBACK
;;
FROM in_txn
;;
CREATE TABLE big AS FROM range(10000) r(i); SELECT sum(i) FROM big; DROP TABLE big; SELECT 'gone'
;;
COPY (SELECT 1 AS a) TO 'x.csv'; COPY t FROM 'x.csv'; SELECT count(*) FROM t
;;
SELECT 1; COMMIT
;;
SELECT 1; EXECUTE never
;;
CREATE SEQUENCE s; SELECT nextval('s'); SELECT nextval('s')
;;
CREATE TABLE self AS SELECT 1 AS a; INSERT INTO self FROM self; INSERT INTO self FROM self; SELECT count(*) FROM self
;;
SET threads = 1; SELECT current_setting('threads')
;;
SELECT * FROM t; SELECT * FROM t WHERE false
;;
CREATE VIEW w AS SELECT 1 AS one; CREATE OR REPLACE VIEW w AS SELECT 2 AS two; FROM w
;;
SELECT 1; -- CREATE MODEL m; SELECT nope
SELECT 'PREDICT m; EVALUATE m'
