-- Aggregates, grouping sets, FILTER, ordered and statistical aggregates.
CREATE TABLE m (g VARCHAR, x INTEGER, y DOUBLE, b BOOLEAN)
;;
INSERT INTO m VALUES ('a', 1, 1.5, true), ('a', 2, 2.5, false), ('b', 3, NULL, true), ('b', 3, 4.0, NULL), (NULL, NULL, 0.5, false)
;;
SELECT count(*), count(x), count(DISTINCT x), sum(x), avg(x), min(x), max(x) FROM m
;;
SELECT g, sum(x), avg(y) FROM m GROUP BY g ORDER BY g
;;
SELECT g, count(*) FILTER (WHERE b), count(*) FILTER (b IS NULL) FROM m GROUP BY g ORDER BY g
;;
SELECT g, b, sum(x) FROM m GROUP BY GROUPING SETS ((g), (b), ()) ORDER BY ALL
;;
SELECT g, b, count(*), grouping(g, b) FROM m GROUP BY CUBE (g, b) ORDER BY ALL
;;
SELECT g, b, count(*) FROM m GROUP BY ROLLUP (g, b) ORDER BY ALL
;;
SELECT g, count(*) FROM m GROUP BY g, ROLLUP (b) ORDER BY ALL
;;
SELECT list(x ORDER BY x DESC), array_agg(g ORDER BY g), string_agg(g, '-' ORDER BY g) FROM m
;;
SELECT listagg(g, '/') WITHIN GROUP (ORDER BY g DESC) FROM m
;;
SELECT string_agg(DISTINCT g, ',' ORDER BY g) FROM m
;;
SELECT median(x), mode(x), quantile_disc(x, 0.25), quantile_cont(x, [0.25, 0.75]) FROM m
;;
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY y), percentile_disc(0.5) WITHIN GROUP (ORDER BY x DESC) FROM m
;;
SELECT round(stddev(x), 6), round(var_pop(y), 6), round(stddev_pop(y), 6), round(skewness(x), 6), kurtosis(x) FROM m
;;
SELECT round(corr(x, y), 6), covar_pop(x, y), regr_count(x, y), round(regr_slope(y, x), 6), round(regr_r2(y, x), 6) FROM m
;;
SELECT arg_min(g, x), arg_max(g, y), arg_max(x, y, 2), max(x, 2), min_by(y, x) FROM m
;;
SELECT first(x ORDER BY y), last(x ORDER BY y), any_value(x ORDER BY x) FROM m
;;
SELECT bool_and(b), bool_or(b), bit_and(x), bit_or(x), bit_xor(x) FROM m
;;
SELECT histogram(x), map_keys(histogram(g)) FROM m
;;
SELECT histogram(x, [0, 2, 4]) FROM m
;;
SELECT approx_count_distinct(x) > 0, approx_quantile(x, 0.5) FROM m
;;
SELECT product(x), geomean(y), fsum(y), favg(y), kahan_sum(y) FROM m
;;
SELECT entropy(g), mad(x), sem(y) IS NOT NULL FROM m
;;
SELECT bitstring_agg(x, 0, 5) FROM m
;;
SELECT count_if(b), countif(x > 1), sum(b::INTEGER) FROM m
;;
SELECT sum(DISTINCT x), avg(DISTINCT x) FROM m
;;
SELECT sum(x) FROM m WHERE false
;;
SELECT count(*) FROM m HAVING sum(x) > 100
;;
SELECT g, max(x) - min(x) AS spread FROM m GROUP BY 1 HAVING spread >= 0 ORDER BY spread DESC, g
;;
SELECT upper(g) AS u, count(*) FROM m GROUP BY u ORDER BY u
;;
SELECT {'n': count(*), 'total': sum(x)} AS summary FROM m
;;
SELECT count(*) FROM (SELECT DISTINCT g, b FROM m)
;;
SELECT count(), count(1), count(NULL) FROM m
;;
SELECT sum(x)::INTEGER, typeof(sum(x)), typeof(sum(y)), typeof(avg(x)), typeof(count(*)) FROM m
;;
SELECT sum(170141183460469231731687303715884105727::HUGEINT) FROM range(2)
;;
SELECT sum(1.10::DECIMAL(38, 2)), typeof(sum(1.10::DECIMAL(4, 2))) FROM range(3)
;;
SELECT max(['b', 'a']), min({'k': 2}), max(DATE '2024-01-01') FROM m
;;
SELECT reservoir_quantile(x, 0.5, 10) FROM m
;;
SELECT list_aggregate([1, 2, 3], 'sum'), list_sum([1.5, 2]), list_avg([1, 2]), array_unique([1, 1, 2]) 
;;
SELECT approx_top_k(x, 2) FROM m
;;
SELECT string_agg(g) OVER (), count(*) OVER () FROM m LIMIT 1
;;
SELECT g, x FROM m GROUP BY g
;;
SELECT sum(g) FROM m
;;
SELECT sum(sum(x)) FROM m
;;
SELECT x FROM m WHERE sum(x) > 1
;;
SELECT quantile_cont(x, 2) FROM m
;;
SELECT quantile_cont(x, y) FROM m
;;
SELECT count(DISTINCT *) FROM m
;;
SELECT max() FROM m
;;
SELECT g FROM m GROUP BY 5
;;
SELECT grouping(x) FROM m GROUP BY g
;;
SELECT arg_max(x) FROM m
