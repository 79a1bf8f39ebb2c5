-- PREPARE and EXECUTE, and parameters bound by the caller. A line `-- params:` holds them as JSON.
SELECT ?
-- params: [1]
;;
SELECT ? + ?, ? || 'x'
-- params: [1, 2, "a"]
;;
SELECT $1, $2, $1
-- params: ["first", 2.5]
;;
SELECT ?2, ?1
-- params: ["a", "b"]
;;
SELECT $name, $age + 1
-- params: {"name": "Ann", "age": 30}
;;
SELECT typeof(?), typeof(?), typeof(?), typeof(?), typeof(?)
-- params: [1, 3000000000, 1.5, "x", null]
;;
SELECT ?, ?
-- params: [[1, 2, 3], {"k": "v"}]
;;
SELECT ? IS NULL, ? = true
-- params: [null, true]
;;
CREATE TABLE t (id INTEGER, name VARCHAR)
;;
INSERT INTO t VALUES (?, ?), (?, ?)
-- params: [1, "one; -- two", 2, "it's"]
;;
SELECT * FROM t WHERE id > $low AND name LIKE $pattern ORDER BY id
-- params: {"low": 0, "pattern": "%"}
;;
FROM t WHERE id IN (?, ?) ORDER BY id LIMIT ?
-- params: [1, 2, 1]
;;
SELECT id FROM t WHERE id = ANY(?)
-- params: [[2, 5]]
;;
UPDATE t SET name = $n WHERE id = $i RETURNING *
-- params: {"n": "new", "i": 1}
;;
DELETE FROM t WHERE name = ?
-- params: ["nobody"]
;;
SELECT '?', "?" FROM (SELECT 1 AS "?") WHERE 1 = ?
-- params: [1]
;;
SELECT '$name', $name -- ? and $other in a comment
-- params: {"name": 1}
;;
SELECT $$ ? $1 $name $$, ?
-- params: ["p"]
;;
SELECT ?::DATE, CAST(? AS DECIMAL(5, 2)), ?::INTEGER[]
-- params: ["2024-01-02", "1.005", [1, 2]]
;;
SELECT CASE WHEN ? THEN 'y' ELSE 'n' END
-- params: [true]
;;
WITH a AS (SELECT ? AS x) SELECT x, ? FROM a
-- params: ["in", "out"]
;;
SELECT list_transform([1, 2], lambda x: x + ?)
-- params: [10]
;;
SELECT sum(id) OVER (ORDER BY id ROWS ? PRECEDING) FROM t
-- params: [1]
;;
FROM range(?) r(i) WHERE i % ? = 0
-- params: [7, 3]
;;
EXPLAIN SELECT * FROM t WHERE id = ?
-- params: [1]
;;
SELECT $model, $predict, $evaluate
-- params: {"model": 1, "predict": 2, "evaluate": 3}
;;
CREATE TABLE made AS SELECT ? AS v
-- params: ["cta"]
;;
FROM made
;;
SELECT 1; SELECT ?
-- params: [5]
;;
SELECT ?; SELECT 1
-- params: [5]
;;
SELECT ?; SELECT ?
-- params: [5]
;;
PREPARE by_id AS SELECT name FROM t WHERE id = $1
;;
EXECUTE by_id(2)
;;
EXECUTE by_id(99)
;;
PREPARE named AS SELECT $a || $b
;;
EXECUTE named(b := 'B', a := 'A')
;;
PREPARE typed AS SELECT ?::INTEGER * 2
;;
EXECUTE typed('21')
;;
EXECUTE typed('x')
;;
PREPARE put AS INSERT INTO t VALUES ($1, $2)
;;
EXECUTE put(7, 'seven')
;;
FROM t ORDER BY id
;;
EXECUTE by_id(?)
-- params: [7]
;;
DEALLOCATE by_id
;;
EXECUTE by_id(1)
;;
DEALLOCATE PREPARE named
;;
EXECUTE by_id
;;
EXECUTE put(1)
;;
EXECUTE put(1, 2, 3)
;;
EXECUTE never(1)
;;
DEALLOCATE never
;;
PREPARE bad AS SELECT nope FROM t
;;
PREPARE bad AS
;;
PREPARE v1 AS VALUES (?)
;;
EXECUTE v1(1)
;;
SELECT ?
;;
SELECT $name
;;
SELECT ?, ?
-- params: [1]
;;
SELECT ?
-- params: [1, 2]
;;
SELECT $a
-- params: {"b": 1}
;;
SELECT $a
-- params: {"a": 1, "b": 2}
;;
SELECT $a
-- params: [1]
;;
SELECT ?
-- params: {"a": 1}
;;
SELECT ?, $a
-- params: [1, 2]
;;
SELECT $1, ?
-- params: [1, 2]
;;
SELECT 1
-- params: [1]
;;
SELECT ?::INTEGER
-- params: ["abc"]
;;
SELECT * FROM ?
-- params: ["t"]
;;
SELECT * FROM t ORDER BY ?
-- params: [1]
;;
SELECT * FROM t LIMIT ?
-- params: [-1]
;;
CREATE TABLE ? (a INTEGER)
-- params: ["x"]
;;
INSERT INTO t VALUES (?, ?)
-- params: ["x", 1]
;;
SELECT $0
-- params: [1]
;;
SELECT :name
-- params: {"name": 1}
;;
SELECT @name
-- params: {"name": 1}
;;
CREATE VIEW pv AS SELECT ?
-- params: [1]
;;
CREATE MACRO pm() AS ?
-- params: [1]
;;
SET VARIABLE v = ?
-- params: [5]
;;
SELECT getvariable('v')
