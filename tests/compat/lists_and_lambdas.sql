-- Lists, arrays, lambdas, list comprehensions.
SELECT [1, 2, 3], [], ['a', NULL], [[1], [2, 3]]
;;
SELECT [1, 2, 3][1], [1, 2, 3][-1], [1, 2, 3][0], [1, 2, 3][9]
;;
SELECT [1, 2, 3, 4][2:3], [1, 2, 3, 4][:2], [1, 2, 3, 4][3:], [1, 2, 3, 4][-2:], [1, 2, 3, 4, 5][1:5:2]
;;
SELECT list_value(1, 2), list_slice([5, 6, 7], 2, 3), list_extract(['x', 'y'], 2), array_slice('hello', 1, 2)
;;
SELECT list_transform([1, 2, 3], lambda x: x * x)
;;
SELECT list_transform(['a', 'b'], lambda x, i: x || i)
;;
SELECT list_filter([5, -6, 7], lambda x: x > 0), list_filter([10, 20, 30], lambda x, i: i > 1)
;;
SELECT list_reduce([1, 2, 3, 4], lambda a, b: a + b), list_reduce(['x', 'y'], lambda a, b: a || b, '>')
;;
SELECT list_transform([[1, 2], [3]], lambda l: list_transform(l, lambda x: x + len(l)))
;;
SELECT list_transform([1, 2], x -> x + 1)
;;
SELECT [x * 2 FOR x IN [1, 2, 3]], [x FOR x IN [1, 2, 3] IF x % 2 = 1], [x || i FOR x, i IN ['a', 'b']]
;;
SELECT [upper(s) FOR s IN string_split('a b c', ' ') IF s <> 'b']
;;
SELECT list_apply([1, NULL, 3], lambda v: coalesce(v, 0)), apply([1], lambda v: v), array_transform([2], lambda v: v / 2)
;;
SELECT list_sort([3, 1, NULL, 2]), list_sort([3, 1, 2], 'DESC'), list_reverse_sort([1, 2]), list_sort([1, NULL], 'ASC', 'NULLS FIRST')
;;
SELECT list_distinct([1, 1, NULL, 2]) IS NOT NULL, list_unique([1, 1, 2]), list_contains([1, 2], 2), list_position([7, 8], 8)
;;
SELECT list_has_any([1, 2], [2, 3]), list_has_all([1, 2, 3], [1, 3]), [1, 2] && [2], [1, 2] @> [1], [1] <@ [1, 2]
;;
SELECT list_concat([1], [2, 3]), [1] || [2], list_append([1], 2), list_prepend(0, [1]), array_push_back([1], 9), list_cat(['a'], NULL)
;;
SELECT flatten([[1, 2], [], NULL, [3]]), list_reverse([1, 2, 3]), list_zip([1, 2], ['a', 'b']), list_grade_up([30, 10, 20])
;;
SELECT unnest([1, 2, 3]) AS v
;;
SELECT unnest([1, 2]), unnest(['a', 'b', 'c'])
;;
SELECT unnest([[1, 2], [3]], recursive := true)
;;
SELECT unnest([{'a': 1, 'b': 2}, {'a': 3, 'b': 4}], max_depth := 2)
;;
SELECT range(5), range(1, 10, 3), generate_series(3, 1, -1), range(DATE '2024-01-01', DATE '2024-01-03', INTERVAL 1 DAY)
;;
SELECT list_aggregate([1, 5, 3], 'max'), list_count([1, NULL]), list_min([2, 1]), list_median([1, 2, 9]), list_string_agg(['a', 'b'])
;;
SELECT array_to_string([1, 2, 3], '-'), array_to_string(['a', NULL, 'b'], ','), len([1, 2]), array_length([1, 2, 3]), cardinality(MAP {'a': 1})
;;
SELECT list_resize([1, 2], 4, 0), list_select(['a', 'b', 'c'], [3, 1]), list_where([1, 2, 3], [true, false, true])
;;
SELECT [1, 2] = [1, 2], [1, 2] < [1, 3], [NULL] IS NOT DISTINCT FROM [NULL], 2 IN [1, 2], 5 = ANY([4, 5])
;;
SELECT [1, 2, 3]::INTEGER[3] AS a, typeof([1, 2, 3]::INTEGER[3]), array_value(1, 2)
;;
SELECT array_distance([1, 2]::FLOAT[2], [4, 6]::FLOAT[2]), array_inner_product([1, 2]::DOUBLE[2], [3, 4]::DOUBLE[2])
;;
SELECT round(array_cosine_similarity([1, 0]::FLOAT[2], [1, 1]::FLOAT[2]), 4), array_cross_product([1, 0, 0]::FLOAT[3], [0, 1, 0]::FLOAT[3])
;;
SELECT list_cosine_similarity([1.0, 2.0], [1.0, 2.0]) > 0.999, list_inner_product([1, 2], [3, 4]), list_distance([0, 0], [3, 4])
;;
CREATE TABLE l (id INTEGER, tags VARCHAR[], grid INTEGER[][], fixed DOUBLE[2])
;;
INSERT INTO l VALUES (1, ['red', 'blue'], [[1, 2], [3]], [0.5, 1.5]), (2, [], NULL, [1, 2]), (3, NULL, [[]], NULL)
;;
SELECT id, unnest(tags) AS tag FROM l ORDER BY ALL
;;
SELECT id, list_transform(tags, lambda t: t || id) FROM l ORDER BY id
;;
SELECT id, [t[1] FOR t IN tags], grid[1][2], fixed[2] FROM l ORDER BY id
;;
SELECT tags[1] AS t, count(*) FROM l GROUP BY t ORDER BY t
;;
SELECT id FROM l WHERE 'red' IN tags
;;
SELECT id, list_filter(tags, lambda t: EXISTS (SELECT 1)) FROM l
;;
SELECT list_transform([1], lambda x: y)
;;
SELECT list_transform([1], lambda x, y, z: x)
;;
SELECT list_transform([1, 2], x + 1)
;;
SELECT list_transform(5, lambda x: x)
;;
SELECT [1, 'a', DATE '2024-01-01']
;;
SELECT [1, [2]]
;;
SELECT [1, 2]::INTEGER[3]
;;
SELECT array_distance([1, 2]::FLOAT[2], [1]::FLOAT[1])
;;
SELECT list_reduce([]::INTEGER[], lambda a, b: a + b)
;;
SELECT unnest(unnest([[1]]))
;;
SELECT unnest(5)
;;
SELECT id FROM l WHERE unnest(tags) = 'red'
;;
SELECT list_aggregate([1], 'nothing')
;;
SELECT [1, 2, 3][1
;;
SELECT lambda x: x + 1
;;
SELECT range(1, 5, 0)
;;
SELECT 'abc'[2], 'abc'[1:2], ('x' || 'yz')[-1]
;;
SELECT list(x) FROM unnest([2, 1]) t(x)
