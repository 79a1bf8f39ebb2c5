-- Window functions, frames, named windows, QUALIFY.
CREATE TABLE sales AS
SELECT * FROM (VALUES ('n', 1, 10), ('n', 2, 30), ('n', 3, 20), ('s', 1, 5), ('s', 2, NULL), ('s', 4, 25)) v(region, day, amount)
;;
SELECT region, day, row_number() OVER (PARTITION BY region ORDER BY day) AS r FROM sales ORDER BY ALL
;;
SELECT region, amount, rank() OVER (ORDER BY amount DESC NULLS LAST), dense_rank() OVER (ORDER BY amount DESC NULLS LAST) FROM sales ORDER BY ALL
;;
SELECT region, day, lag(amount) OVER w AS before, lead(amount, 1, -1) OVER w AS after FROM sales WINDOW w AS (PARTITION BY region ORDER BY day) ORDER BY ALL
;;
SELECT region, day, sum(amount) OVER (PARTITION BY region ORDER BY day ROWS UNBOUNDED PRECEDING) AS running FROM sales ORDER BY ALL
;;
SELECT day, avg(amount) OVER (ORDER BY day, region ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM sales ORDER BY ALL
;;
SELECT day, count(*) OVER (ORDER BY day RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS near FROM sales ORDER BY ALL
;;
SELECT region, day, sum(day) OVER (ORDER BY day GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS g FROM sales ORDER BY ALL
;;
SELECT day, sum(day) OVER (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) FROM sales ORDER BY ALL
;;
SELECT day, sum(day) OVER (ORDER BY day RANGE UNBOUNDED PRECEDING EXCLUDE TIES) FROM sales ORDER BY ALL
;;
SELECT region, first_value(amount) OVER w, last_value(amount) OVER w, nth_value(amount, 2) OVER w
FROM sales WINDOW w AS (PARTITION BY region ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) ORDER BY ALL
;;
SELECT region, day, first_value(amount IGNORE NULLS) OVER (PARTITION BY region ORDER BY day DESC) FROM sales ORDER BY ALL
;;
SELECT region, day, lag(amount IGNORE NULLS) OVER (PARTITION BY region ORDER BY day) FROM sales ORDER BY ALL
;;
SELECT day, ntile(3) OVER (ORDER BY day, region) FROM sales ORDER BY ALL
;;
SELECT day, percent_rank() OVER (ORDER BY day), cume_dist() OVER (ORDER BY day) FROM sales ORDER BY ALL
;;
SELECT region, sum(amount) FILTER (WHERE day > 1) OVER (PARTITION BY region) FROM sales ORDER BY ALL
;;
SELECT region, count(DISTINCT amount) OVER (PARTITION BY region) FROM sales ORDER BY ALL
;;
SELECT region, sum(amount) AS total, rank() OVER (ORDER BY sum(amount) DESC) FROM sales GROUP BY region ORDER BY ALL
;;
SELECT region, sum(sum(amount)) OVER () FROM sales GROUP BY region ORDER BY ALL
;;
SELECT region, day FROM sales QUALIFY row_number() OVER (PARTITION BY region ORDER BY amount DESC NULLS LAST) = 1 ORDER BY ALL
;;
SELECT region, day, max(amount) OVER w AS top FROM sales WINDOW w AS (PARTITION BY region) QUALIFY amount = top ORDER BY ALL
;;
SELECT region, list(day) OVER (PARTITION BY region ORDER BY day) FROM sales ORDER BY ALL
;;
SELECT region, string_agg(day::VARCHAR, '>') OVER (PARTITION BY region ORDER BY day) FROM sales ORDER BY ALL
;;
SELECT day, amount, amount - median(amount) OVER () FROM sales ORDER BY ALL
;;
SELECT arg_max(region, amount) OVER (ORDER BY day) FROM sales ORDER BY ALL
;;
SELECT quantile_cont(amount, 0.5) OVER (PARTITION BY region) FROM sales ORDER BY ALL
;;
SELECT *, fill(amount) OVER (PARTITION BY region ORDER BY day) FROM sales ORDER BY ALL
;;
SELECT sum(day) OVER a, sum(day) OVER b FROM sales WINDOW a AS (PARTITION BY region), b AS (a ORDER BY day) ORDER BY ALL
;;
SELECT d, count(*) OVER (ORDER BY d RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND INTERVAL 1 DAY FOLLOWING) FROM
(VALUES (DATE '2024-01-01'), (DATE '2024-01-02'), (DATE '2024-01-04')) v(d) ORDER BY d
;;
SELECT row_number() OVER () FROM range(3)
;;
SELECT rank(ORDER BY amount) OVER (PARTITION BY region) FROM sales ORDER BY ALL
;;
SELECT day FROM sales WHERE row_number() OVER () = 1
;;
SELECT row_number() FROM sales
;;
SELECT sum(amount) OVER nowhere FROM sales
;;
SELECT sum(amount) OVER (ORDER BY day ROWS BETWEEN 1 FOLLOWING AND 1 PRECEDING) FROM sales
;;
SELECT sum(amount) OVER (ORDER BY day ROWS -1 PRECEDING) FROM sales
;;
SELECT sum(amount) OVER (ORDER BY day, region RANGE 1 PRECEDING) FROM sales
;;
SELECT lag(DISTINCT amount) OVER (ORDER BY day) FROM sales
;;
SELECT upper(region) OVER () FROM sales
;;
SELECT region FROM sales QUALIFY day
;;
SELECT region, rank() OVER (PARTITION BY sum(amount) OVER ()) FROM sales
;;
SELECT sum(amount) OVER w FROM sales WINDOW w AS (ORDER BY day), w AS (ORDER BY region)
