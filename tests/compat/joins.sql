-- Joins of every kind, ASOF and LATERAL among them.
CREATE TABLE people (id INTEGER, name VARCHAR, city INTEGER)
;;
CREATE TABLE cities (id INTEGER, city VARCHAR)
;;
INSERT INTO people VALUES (1, 'Ada', 10), (2, 'Bo', 20), (3, 'Cy', NULL), (4, 'Di', 40)
;;
INSERT INTO cities VALUES (10, 'Aix'), (20, 'Bern'), (30, 'Cork')
;;
SELECT name, c.city FROM people p JOIN cities c ON p.city = c.id ORDER BY name
;;
SELECT name, c.city FROM people p LEFT JOIN cities c ON p.city = c.id ORDER BY name
;;
SELECT name, c.city FROM people p RIGHT OUTER JOIN cities c ON p.city = c.id ORDER BY ALL
;;
SELECT name, c.city FROM people p FULL OUTER JOIN cities c ON p.city = c.id ORDER BY ALL
;;
SELECT count(*) FROM people CROSS JOIN cities
;;
SELECT people.id, cities.id FROM people JOIN cities USING (id)
;;
SELECT * FROM people NATURAL JOIN cities
;;
SELECT name FROM people p SEMI JOIN cities c ON p.city = c.id ORDER BY name
;;
SELECT name FROM people p ANTI JOIN cities c ON p.city = c.id ORDER BY name
;;
SELECT name, c.city FROM people p POSITIONAL JOIN cities c
;;
SELECT p.name, q.name FROM people p JOIN people q ON p.id < q.id ORDER BY ALL
;;
SELECT p.name FROM people p, cities c WHERE p.city = c.id AND c.city LIKE 'A%'
;;
SELECT p.name, c.city FROM people p LEFT JOIN cities c ON p.city = c.id AND c.city <> 'Bern' ORDER BY ALL
;;
SELECT * FROM (people p JOIN cities c ON p.city = c.id) ORDER BY 1
;;
SELECT a.id FROM people a JOIN people b USING (id) JOIN people c USING (id) ORDER BY 1
;;
SELECT count(*) FROM people a JOIN people b ON a.city IS NOT DISTINCT FROM b.city
;;
CREATE TABLE trades (symbol VARCHAR, moment TIMESTAMP, size INTEGER)
;;
CREATE TABLE quotes (symbol VARCHAR, moment TIMESTAMP, price DOUBLE)
;;
INSERT INTO trades VALUES ('A', '2024-01-01 10:00:05', 3), ('A', '2024-01-01 10:00:15', 4), ('B', '2024-01-01 09:00:00', 5)
;;
INSERT INTO quotes VALUES ('A', '2024-01-01 10:00:00', 1.5), ('A', '2024-01-01 10:00:10', 1.75), ('B', '2024-01-01 10:00:00', 9)
;;
SELECT t.symbol, t.size, q.price FROM trades t ASOF JOIN quotes q ON t.symbol = q.symbol AND t.moment >= q.moment ORDER BY ALL
;;
SELECT t.symbol, t.size, q.price FROM trades t ASOF LEFT JOIN quotes q ON t.symbol = q.symbol AND t.moment >= q.moment ORDER BY ALL
;;
SELECT symbol, size, price FROM trades ASOF JOIN quotes USING (symbol, moment) ORDER BY ALL
;;
SELECT t.symbol, q.price FROM trades t ASOF JOIN quotes q ON t.symbol = q.symbol AND t.moment < q.moment ORDER BY ALL
;;
SELECT t.symbol FROM trades t ASOF JOIN quotes q ON t.symbol = q.symbol
;;
SELECT p.name, x.n FROM people p, LATERAL (SELECT count(*) AS n FROM people q WHERE q.id <= p.id) x ORDER BY ALL
;;
SELECT p.id, u.v FROM people p CROSS JOIN LATERAL unnest([p.id, p.id * 10]) AS u(v) WHERE p.id < 3 ORDER BY ALL
;;
SELECT p.id, r.i FROM people p, range(p.id) r(i) ORDER BY ALL
;;
SELECT c.id, l.name FROM cities c LEFT JOIN LATERAL (SELECT name FROM people WHERE people.city = c.id LIMIT 1) l ON true ORDER BY ALL
;;
SELECT * FROM people JOIN cities ON people.city = cities.id WHERE people.name = 'Ada'
;;
SELECT id FROM people JOIN cities ON people.city = cities.id
;;
SELECT * FROM people JOIN cities
;;
SELECT * FROM people p JOIN cities c ON p.city = c.nothing
;;
SELECT * FROM people p JOIN people p ON p.id = p.id
;;
SELECT * FROM people JOIN cities USING (name)
;;
SELECT * FROM people NATURAL JOIN (SELECT 1 AS unrelated)
;;
SELECT p.id FROM people p LEFT SEMI JOIN cities c ON p.city = c.id
;;
SELECT * FROM people RIGHT JOIN LATERAL (SELECT people.id) s ON true
;;
SELECT DISTINCT p.city FROM people p WHERE EXISTS (SELECT 1 FROM cities c WHERE c.id = p.city) ORDER BY 1
;;
SELECT name FROM people WHERE city NOT IN (SELECT id FROM cities)
;;
SELECT p.*, c.* EXCLUDE (id) FROM people p JOIN cities c ON c.id = p.city ORDER BY p.id
;;
SELECT COLUMNS(p.*) FROM people p JOIN cities c ON c.id = p.city ORDER BY 1
;;
SELECT * FROM people p1 JOIN (cities c1 JOIN cities c2 ON c1.id < c2.id) ON p1.city = c1.id ORDER BY ALL
;;
EXPLAIN SELECT * FROM people p JOIN cities c ON p.city = c.id
