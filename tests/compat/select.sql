-- Plain queries: the shapes of SELECT, star expressions, ordering, limits.
SELECT 1
;;
SELECT 1 AS one, 'two' AS "two", 3.0 AS three, NULL AS nothing
;;
SELECT;
;;
CREATE TABLE orders (id INTEGER, customer VARCHAR, amount DECIMAL(10, 2), paid BOOLEAN, day DATE);
;;
INSERT INTO orders VALUES
  (1, 'ann', 12.50, true, DATE '2024-01-03'), (2, 'bob', 7.25, false, DATE '2024-01-05'),
  (3, 'ann', 99.99, true, NULL), (4, NULL, 0.00, NULL, DATE '2024-02-29'), (5, 'cid', -3.10, true, DATE '2023-12-31')
;;
SELECT * FROM orders
;;
select Id, CUSTOMER from Orders order by 1 desc
;;
SELECT * EXCLUDE (paid, day) FROM orders ORDER BY id
;;
SELECT * EXCLUDE paid REPLACE (amount * 2 AS amount) FROM orders ORDER BY id
;;
SELECT * RENAME (customer AS who) FROM orders LIMIT 1
;;
SELECT * LIKE '%a%' FROM orders ORDER BY ALL
;;
SELECT * SIMILAR TO '(id|day)' FROM orders ORDER BY id
;;
SELECT COLUMNS('^[a-c]') FROM orders ORDER BY id
;;
SELECT COLUMNS(c -> c LIKE 'a%') FROM orders ORDER BY 1
;;
SELECT COLUMNS(lambda c: length(c) = 2) FROM orders ORDER BY id
;;
SELECT min(COLUMNS(*)), max(COLUMNS(* EXCLUDE paid)) FROM orders
;;
SELECT coalesce(*COLUMNS(['id', 'amount']::VARCHAR[])) FROM orders
;;
SELECT concat(UNPACK(COLUMNS('amount|id'))) FROM orders
;;
SELECT o.* FROM orders o WHERE o.amount > (SELECT avg(amount) FROM orders)
;;
SELECT orders.id, main.orders.customer, memory.main.orders.paid FROM memory.main.orders WHERE id <= 2 ORDER BY id
;;
SELECT DISTINCT customer FROM orders ORDER BY customer NULLS FIRST
;;
SELECT DISTINCT ON (customer) customer, id FROM orders ORDER BY customer, id DESC
;;
SELECT customer, count(*) FROM orders GROUP BY customer HAVING count(*) > 1
;;
SELECT customer, paid, sum(amount) FROM orders GROUP BY ALL ORDER BY ALL
;;
SELECT customer AS who, who || '!' AS shout FROM orders WHERE who IS NOT NULL ORDER BY shout
;;
SELECT id FROM orders ORDER BY day DESC NULLS LAST, id ASC
;;
SELECT id FROM orders ORDER BY customer COLLATE NOCASE, -id
;;
SELECT id FROM orders ORDER BY id LIMIT 2 OFFSET 1
;;
SELECT id FROM orders ORDER BY id OFFSET 3
;;
SELECT id FROM orders ORDER BY id LIMIT 40%
;;
SELECT id FROM orders ORDER BY id LIMIT (SELECT count(*) - 3 FROM orders)
;;
SELECT id FROM orders ORDER BY id FETCH FIRST 2 ROWS ONLY
;;
SELECT CASE WHEN paid THEN 'yes' WHEN NOT paid THEN 'no' ELSE 'unknown' END AS state FROM orders ORDER BY id
;;
SELECT CASE customer WHEN 'ann' THEN 1 WHEN 'bob' THEN 2 END FROM orders ORDER BY id
;;
SELECT if(paid, amount, -amount), ifnull(customer, '?'), nullif(id, 3) FROM orders ORDER BY id
;;
SELECT id FROM orders WHERE customer IN ('ann', 'cid') AND amount NOT BETWEEN 0 AND 50 ORDER BY id
;;
SELECT id FROM orders WHERE (customer, paid) IN (('ann', true), ('bob', false)) ORDER BY id
;;
SELECT id FROM orders WHERE customer IS DISTINCT FROM 'ann' ORDER BY id
;;
SELECT id FROM orders WHERE paid IS TRUE OR paid IS UNKNOWN ORDER BY id
;;
SELECT id FROM orders WHERE id = ANY (SELECT id FROM orders WHERE amount < 5) ORDER BY id
;;
SELECT id FROM orders WHERE amount >= ALL (SELECT amount FROM orders)
;;
SELECT EXISTS (FROM orders WHERE customer = 'zoe'), EXISTS (FROM orders)
;;
SELECT (SELECT max(id) FROM orders) - (SELECT min(id) FROM orders) AS spread
;;
SELECT a.id, (SELECT count(*) FROM orders b WHERE b.amount < a.amount) AS smaller FROM orders a ORDER BY a.id
;;
SELECT total: sum(amount), n: count(*) FROM orders
;;
SELECT id, amount::INTEGER, CAST(amount AS DOUBLE), TRY_CAST(customer AS INTEGER) FROM orders ORDER BY id
;;
SELECT orders FROM orders WHERE id = 2
;;
SELECT rowid, id FROM orders ORDER BY rowid DESC LIMIT 2
;;
SELECT id, id FROM orders WHERE id < 3 ORDER BY 1
;;
SELECT id % 2 = 0 AS even, list(id ORDER BY id) FROM orders GROUP BY 1 ORDER BY 1
;;
SELECT #1, #2 FROM orders WHERE id = 1
;;
(SELECT 1 AS a) UNION ALL (SELECT 2) ORDER BY a DESC
;;
((((SELECT 42))))
;;
SELECT 1 WHERE false
;;
SELECT id FROM (SELECT * FROM (SELECT * FROM orders) WHERE paid) AS inner_most(id, c, a, p, d) ORDER BY id
;;
SELECT * FROM orders AS o(a, b) WHERE a = 1
;;
SELECT id, FROM orders WHERE id = 1
;;
SELECT alias(id), typeof(amount) FROM orders LIMIT 1
;;
SELECT id FROM orders WHERE customer GLOB 'a*' ORDER BY id
;;
SELECT id INTO nowhere FROM orders
