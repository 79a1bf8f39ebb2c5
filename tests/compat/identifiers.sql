-- Names: quoted, unicode, emoji, reserved, dotted, long, and case.
CREATE TABLE "select" ("from" INTEGER, "where" VARCHAR, "group by" DOUBLE)
;;
INSERT INTO "select" VALUES (1, 'x', 2.5)
;;
SELECT "from", "where", "group by" FROM "select" WHERE "from" = 1
;;
SELECT s."from" FROM "select" s
;;
CREATE TABLE "with ""quotes""" ("a""b" INTEGER)
;;
SELECT "a""b" FROM "with ""quotes"""
;;
CREATE TABLE "dotted.name" ("x.y" INTEGER, "z'z" INTEGER, "semi;colon" INTEGER, "da--sh" INTEGER)
;;
INSERT INTO "dotted.name" VALUES (1, 2, 3, 4)
;;
SELECT "x.y", "dotted.name"."z'z", "semi;colon", "da--sh" FROM "dotted.name"
;;
CREATE TABLE 🦆 (🥚 INTEGER, "🐣 chick" INTEGER)
;;
INSERT INTO 🦆 VALUES (1, 2)
;;
SELECT 🥚 + "🐣 chick" AS 🐥 FROM 🦆
;;
CREATE TABLE größe (länge DOUBLE, 日本 VARCHAR, été INTEGER)
;;
INSERT INTO größe VALUES (1.5, '東京', 3)
;;
SELECT LÄNGE, 日本, ÉTÉ FROM Größe
;;
SELECT größe.länge AS "ÜBER" FROM größe
;;
CREATE TABLE CamelCase (MixedCol INTEGER, "UPPER" INTEGER)
;;
SELECT mixedcol, upper FROM camelcase
;;
SELECT MIXEDCOL, "mixedcol", "Upper" FROM CAMELCASE
;;
CREATE TABLE "camelcase" (a INTEGER)
;;
DESCRIBE CamelCase
;;
SELECT 1 AS _under, 2 AS a1, 3 AS "1a", 4 AS a$b, 5 AS __
;;
SELECT 1 AS abcdefghijklmnopqrstuvwxyz_abcdefghijklmnopqrstuvwxyz_abcdefghijklmnopqrstuvwxyz_abcdefghijklmnopqrstuvwxyz
;;
SELECT year, month, day, date, time, timestamp, name, value, key, type, text FROM
(SELECT 1 AS year, 2 AS month, 3 AS day, 4 AS date, 5 AS time, 6 AS timestamp, 7 AS name, 8 AS value, 9 AS key, 10 AS type, 11 AS text)
;;
SELECT x.index, x.table_name, x.schema, x.row, x.rows, x.first, x.last FROM
(SELECT 1 AS index, 2 AS table_name, 3 AS schema, 4 AS row, 5 AS rows, 6 AS first, 7 AS last) x
;;
SELECT "table"."column" FROM (SELECT 1 AS "column") AS "table"
;;
SELECT 'a' AS "Mixed Case", 'b' AS "mixed case"
;;
SELECT "Mixed Case", "mixed case_1" FROM (SELECT 'a' AS "Mixed Case", 'b' AS "mixed case")
;;
CREATE SCHEMA "my schema"
;;
CREATE TABLE "my schema"."my table" ("my column" INTEGER)
;;
SELECT "my schema"."my table"."my column", "my table"."my column" FROM "my schema"."my table"
;;
CREATE VIEW "a view" AS SELECT 1 AS "a column"
;;
FROM "a view"
;;
CREATE MACRO "my macro"("my arg") AS "my arg" + 1
;;
SELECT "my macro"(1)
;;
WITH "a cte" AS (SELECT 1 AS "1") SELECT "1" FROM "a cte"
;;
SELECT "tab	in name" FROM (SELECT 1 AS "tab	in name")
;;
SELECT "line
break" FROM (SELECT 1 AS "line
break")
;;
SELECT "\", "\\" FROM (SELECT 1 AS "\", 2 AS "\\")
;;
SELECT "'" FROM (SELECT 1 AS "'")
;;
SELECT "$1", "?" FROM (SELECT 1 AS "$1", 2 AS "?")
;;
SELECT "é", "é" FROM (SELECT 1 AS "é", 2 AS "é")
;;
SELECT "👩‍👩‍👧‍👦" FROM (SELECT 1 AS "👩‍👩‍👧‍👦")
;;
SELECT column_name FROM information_schema.columns WHERE table_name = '🦆' ORDER BY ordinal_position
;;
SELECT struct."a b"."c.d" FROM (SELECT {'a b': {'c.d': 1}} AS struct)
;;
SELECT t.t.t FROM (SELECT {'t': 1} AS t) t
;;
SELECT "select"."from" FROM main."select"
;;
ALTER TABLE 🦆 RENAME TO 🦢
;;
DROP TABLE "🦢"
;;
SELECT from FROM "select"
;;
SELECT * FROM select
;;
CREATE TABLE order (a INTEGER)
;;
CREATE TABLE a-b (a INTEGER)
;;
CREATE TABLE 1a (a INTEGER)
;;
CREATE TABLE "" (a INTEGER)
;;
SELECT "GROUP BY" FROM "select" WHERE "nope" = 1
;;
SELECT "größ" FROM größe
;;
SELECT 日本語 FROM größe
;;
SELECT 🥚 FROM 🦆🦆
;;
SELECT 'ééé', 日本 FROM größe WHERE nöpe
;;
SELECT `backtick` FROM t
;;
SELECT [brackets] FROM t
;;
SELECT a.b.c.d.e
;;
SELECT "unclosed FROM größe
;;
SELECT @variable
;;
SELECT ​1
;;
SELECT “smart quotes”
;;
SELECT 1；
;;
SELECT 1 AS select
;;
SELECT 1 AS a b
