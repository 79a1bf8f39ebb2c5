-- INSERT, UPDATE, DELETE, MERGE, with RETURNING and conflicts.
CREATE TABLE stock (sku VARCHAR PRIMARY KEY, n INTEGER DEFAULT 0, note VARCHAR)
;;
INSERT INTO stock VALUES ('a', 1, 'first'), ('b', 2, NULL)
;;
INSERT INTO stock (sku) VALUES ('c')
;;
INSERT INTO stock (note, sku) SELECT 'from query', 'd'
;;
INSERT INTO stock BY NAME SELECT 'e' AS sku, 5 AS n
;;
INSERT INTO stock BY POSITION SELECT 'f', 6, 'six'
;;
INSERT INTO stock VALUES ('g', DEFAULT, DEFAULT)
;;
INSERT INTO stock VALUES ('h', 8, 'x') RETURNING *
;;
INSERT INTO stock VALUES ('i', 9, 'y') RETURNING sku || n AS key, n * 2
;;
INSERT OR IGNORE INTO stock VALUES ('a', 100, 'ignored')
;;
INSERT OR REPLACE INTO stock VALUES ('a', 10, 'replaced')
;;
INSERT INTO stock VALUES ('b', 20, 'z') ON CONFLICT DO NOTHING
;;
INSERT INTO stock VALUES ('b', 5, NULL) ON CONFLICT (sku) DO UPDATE SET n = stock.n + excluded.n
;;
INSERT INTO stock VALUES ('b', 5, NULL) ON CONFLICT (sku) DO UPDATE SET n = n + excluded.n WHERE n < 100 RETURNING n
;;
INSERT INTO stock AS s VALUES ('c', 3, 'via alias') ON CONFLICT DO UPDATE SET note = excluded.note, n = s.n + 1
;;
FROM stock ORDER BY sku
;;
UPDATE stock SET n = n + 1
;;
UPDATE stock SET n = 0, note = upper(note) WHERE sku IN ('a', 'b')
;;
UPDATE stock SET n = o.n FROM (VALUES ('c', 33), ('d', 44)) o(sku, n) WHERE stock.sku = o.sku
;;
UPDATE stock SET note = 'returned' WHERE sku = 'd' RETURNING sku, note
;;
UPDATE stock SET n = (SELECT max(n) FROM stock) WHERE sku = 'e'
;;
UPDATE stock AS s SET note = s.sku || s.n WHERE s.n > 30
;;
UPDATE stock SET n = DEFAULT WHERE sku = 'f'
;;
UPDATE stock SET n = 1 WHERE false
;;
DELETE FROM stock WHERE n = 0
;;
DELETE FROM stock WHERE sku = 'i' RETURNING *
;;
DELETE FROM stock USING (VALUES ('h')) v(k) WHERE stock.sku = v.k
;;
FROM stock ORDER BY ALL
;;
CREATE TABLE arrivals (sku VARCHAR, n INTEGER)
;;
INSERT INTO arrivals VALUES ('c', 1), ('z', 26)
;;
MERGE INTO stock USING arrivals ON stock.sku = arrivals.sku
WHEN MATCHED THEN UPDATE SET n = stock.n + arrivals.n
WHEN NOT MATCHED THEN INSERT (sku, n) VALUES (arrivals.sku, arrivals.n)
;;
MERGE INTO stock s USING arrivals a USING (sku) WHEN MATCHED AND a.n > 20 THEN DELETE
;;
MERGE INTO stock USING arrivals USING (sku) WHEN MATCHED THEN UPDATE SET note = 'seen' WHEN NOT MATCHED THEN INSERT (sku, n) RETURNING merge_action, stock.sku, stock.n
;;
MERGE INTO stock USING (SELECT 'q' AS sku) a USING (sku) WHEN NOT MATCHED BY SOURCE AND stock.sku = 'e' THEN DELETE WHEN NOT MATCHED THEN DO NOTHING
;;
MERGE INTO stock USING arrivals USING (sku) WHEN MATCHED AND arrivals.n = 26 THEN ERROR
;;
FROM stock ORDER BY ALL
;;
DELETE FROM arrivals
;;
TRUNCATE TABLE arrivals
;;
INSERT INTO arrivals SELECT 's' || i, i FROM range(5) r(i)
;;
INSERT INTO arrivals WITH x AS (SELECT 'cte', 1) FROM x
;;
SELECT count(*), sum(n) FROM arrivals
;;
CREATE TABLE gen (a INTEGER, b INTEGER AS (a + 1))
;;
INSERT INTO gen VALUES (1), (2)
;;
INSERT INTO gen DEFAULT VALUES
;;
FROM gen
;;
INSERT INTO gen (b) VALUES (3)
;;
INSERT INTO stock VALUES ('c', 1, 'dup')
;;
INSERT INTO stock VALUES (NULL, 1, 'null key')
;;
INSERT INTO stock VALUES ('only one')
;;
INSERT INTO stock (sku, n) VALUES ('k', 1, 2)
;;
INSERT INTO stock (sku, sku) VALUES ('k', 'l')
;;
INSERT INTO stock (nope) VALUES (1)
;;
INSERT INTO stock BY NAME SELECT 1 AS unknown_column
;;
INSERT INTO nowhere VALUES (1)
;;
INSERT INTO arrivals VALUES ('x', 'not a number')
;;
INSERT INTO arrivals VALUES ('x', 3000000000)
;;
INSERT INTO arrivals VALUES (1, 2), (3)
;;
INSERT INTO arrivals VALUES ('b', 1) ON CONFLICT (sku) DO NOTHING
;;
INSERT INTO stock VALUES ('k', 1, '') ON CONFLICT (n) DO NOTHING
;;
INSERT INTO stock VALUES ('k', 1, ''), ('k', 2, '') ON CONFLICT DO UPDATE SET n = 5
;;
UPDATE stock SET nope = 1
;;
UPDATE stock SET n = 'abc'
;;
UPDATE stock SET n = 1, n = 2
;;
UPDATE stock SET sku = 'same'
;;
UPDATE nowhere SET a = 1
;;
UPDATE stock SET n = sum(n)
;;
DELETE FROM nowhere
;;
DELETE stock
;;
DELETE FROM stock WHERE nope = 1
;;
DELETE FROM stock WHERE n
;;
MERGE INTO stock USING nowhere USING (sku) WHEN MATCHED THEN DELETE
;;
MERGE INTO stock USING arrivals USING (sku)
;;
INSERT INTO stock
;;
UPDATE stock
;;
INSERT stock VALUES ('p', 1, 'without INTO')
;;
SELECT count(*) FROM stock
