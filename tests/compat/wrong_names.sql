-- Names that do not exist or do not fit, with DuckDB's suggestions.
CREATE TABLE customers (customer_id INTEGER, first_name VARCHAR, balance DECIMAL(10, 2), signup DATE)
;;
CREATE TABLE orders (order_id INTEGER, customer_id INTEGER, total DOUBLE)
;;
SELECT custmer_id FROM customers
;;
SELECT c.balence FROM customers c
;;
SELECT customers.nope FROM customers
;;
SELECT x.customer_id FROM customers c
;;
SELECT customers.customer_id FROM customers c
;;
SELECT customer_id FROM customers, orders
;;
SELECT * FROM custmers
;;
SELECT * FROM main.custmers
;;
SELECT * FROM nope.customers
;;
SELECT * FROM nope.main.customers
;;
SELECT uper(first_name) FROM customers
;;
SELECT nosuchfunction(1, 2)
;;
SELECT main.nosuchfunction(1)
;;
SELECT * FROM nosuchtablefunction(1)
;;
SELECT * FROM read_csvv('x.csv')
;;
SELECT sum(first_name) FROM customers
;;
SELECT length(balance, 1) FROM customers
;;
SELECT substring() FROM customers
;;
SELECT first_name + 1 FROM customers
;;
SELECT signup + signup FROM customers
;;
SELECT balance || 1, -first_name FROM customers
;;
SELECT NOT signup FROM customers
;;
SELECT first_name[1].x FROM customers
;;
SELECT balance[1] FROM customers
;;
SELECT balance.x FROM customers
;;
SELECT * FROM customers WHERE total > 1
;;
SELECT * FROM customers WHERE first_name
;;
SELECT * FROM customers WHERE count(*) > 1
;;
SELECT * FROM customers ORDER BY nope
;;
SELECT customer_id FROM customers ORDER BY 2
;;
SELECT customer_id FROM customers GROUP BY nope
;;
SELECT customer_id, count(*) FROM customers
;;
SELECT customer_id FROM customers GROUP BY first_name
;;
SELECT * FROM customers GROUP BY customer_id
;;
SELECT customer_id AS c FROM customers HAVING c > 1
;;
SELECT count(*) AS n FROM customers WHERE n > 1
;;
SELECT * EXCLUDE nope FROM customers
;;
SELECT * REPLACE (1 AS nope) FROM customers
;;
SELECT * EXCLUDE (customer_id, customer_id) FROM customers
;;
SELECT COLUMNS('zzz') FROM customers
;;
SELECT COLUMNS('[') FROM customers
;;
SELECT COLUMNS(customers) FROM customers
;;
SELECT nope.* FROM customers
;;
SELECT * FROM customers JOIN orders USING (nope)
;;
SELECT * FROM customers JOIN orders ON customers.customer_id = order.customer_id
;;
SELECT * FROM customers c JOIN orders c USING (customer_id)
;;
SELECT (SELECT customer_id, first_name FROM customers)
;;
SELECT * FROM customers WHERE customer_id IN (SELECT customer_id, total FROM orders)
;;
SELECT (SELECT o.nope FROM orders o) FROM customers
;;
SELECT customer_id FROM customers WHERE EXISTS (SELECT 1 FROM orders WHERE orders.customer_id = customerss.customer_id)
;;
SELECT * FROM (SELECT 1 AS a) t WHERE b = 1
;;
SELECT * FROM (SELECT 1 AS a) t(x, y)
;;
SELECT t.a FROM (SELECT 1 AS a) t(x)
;;
INSERT INTO customers (nope) VALUES (1)
;;
INSERT INTO customers SELECT * FROM orders
;;
INSERT INTO custmers VALUES (1)
;;
UPDATE customers SET nope = 1
;;
UPDATE customers SET balance = nope
;;
UPDATE custmers SET balance = 1
;;
DELETE FROM custmers
;;
DELETE FROM customers USING orders WHERE customer_id = 1
;;
CREATE VIEW v AS SELECT nope FROM customers
;;
CREATE VIEW customers AS SELECT 1
;;
CREATE TABLE t2 AS SELECT nope FROM customers
;;
CREATE TABLE t3 (a INTEGER CHECK (nope > 1))
;;
CREATE TABLE t4 (a INTEGER, b INTEGER AS (nope + 1))
;;
CREATE TABLE t5 (a INTEGER, FOREIGN KEY (a) REFERENCES customers (nope))
;;
CREATE TABLE t6 (a INTEGR)
;;
CREATE TABLE t7 (a DECIMAL(10, 2, 3))
;;
CREATE TABLE t8 (a VARCHAR(x))
;;
CREATE TABLE customers.t9 (a INTEGER)
;;
CREATE INDEX i ON customers (nope)
;;
CREATE MACRO m(x) AS x + nope
;;
SELECT m(1)
;;
CREATE MACRO tm(x) AS TABLE SELECT nope FROM customers
;;
FROM tm(1)
;;
ALTER TABLE customers DROP COLUMN nope
;;
ALTER TABLE customers RENAME nope TO x
;;
ALTER TABLE customers RENAME balance TO signup
;;
ALTER TABLE customers ALTER nope TYPE INTEGER
;;
ALTER TABLE customers RENAME TO orders
;;
ALTER VIEW nope RENAME TO x
;;
DROP TABLE custmers
;;
DROP VIEW customers
;;
DROP MACRO sum
;;
DROP FUNCTION nope
;;
DROP TYPE INTEGER
;;
DROP SCHEMA nope
;;
SELECT CAST(1 AS customers)
;;
SELECT 1::nope[]
;;
SELECT 'x'::STRUCT(a nope)
;;
SELECT row_number(1) OVER ()
;;
SELECT lag() OVER ()
;;
SELECT nope() OVER ()
;;
SELECT sum(balance) OVER (ORDER BY nope) FROM customers
;;
SELECT unnest(customer_id) FROM customers
;;
SELECT list_transform([1], lambda x: nope(x))
;;
SELECT struct_extract({'a': 1}, 'b')
;;
SELECT * FROM range('a')
;;
SELECT * FROM range(1, 2, 3, 4)
;;
SELECT * FROM customers TABLESAMPLE nope(5)
;;
SELECT * FROM customers LIMIT first_name
;;
SELECT * FROM customers LIMIT (SELECT 'x')
;;
SELECT * FROM query('SELECT nope')
;;
SELECT * FROM query('SELEC 1')
;;
SELECT * FROM query_table('custmers')
;;
SELECT * FROM customers AT (VERSION => 1)
;;
SELECT getvariable(1)
;;
EXPLAIN SELECT custmer_id FROM customers
;;
DESCRIBE SELECT custmer_id FROM customers
;;
SUMMARIZE SELECT custmer_id FROM customers
;;
COPY (SELECT custmer_id FROM customers) TO 'x.csv'
;;
PREPARE p AS SELECT custmer_id FROM customers
;;
PIVOT customers ON nope USING count(*)
;;
SELECT
  customer_id,
  first_name,
  balance * 2 AS doubled,
  sigup
FROM customers
WHERE customer_id > 5
;;
SELECT customer_id, 'a literal that is long enough to move the excerpt window of the message' AS filler, 'and a second one, to be on the safe side' AS filler2, nope FROM customers
;;
SELECT '🦆🦆', 'ééé', nope FROM customers
