-- Structs, maps, unions, enums, JSON, blobs, bits and UUIDs.
SELECT {'a': 1, 'b': 'x'} AS s, {a: 1, "B b": [1, 2]} AS t, struct_pack(k := 1, v := 2), row(1, 'a')
;;
SELECT s.a, s['b'], s.c.d, struct_extract(s, 'a') FROM (SELECT {'a': 1, 'b': 2, 'c': {'d': 3}} AS s)
;;
SELECT s.* FROM (SELECT {'a': 1, 'b': 2} AS s)
;;
SELECT unnest({'a': 1, 'b': {'c': 2}}), unnest({'x': {'y': 1}}, recursive := true)
;;
SELECT struct_insert({'a': 1}, b := 2), struct_update({'a': 1, 'b': 2}, a := 5), struct_concat({'a': 1}, {'z': 9})
;;
SELECT {'a': 1} = {'a': 1}, {'a': 1} < {'a': 2}, {'a': NULL} IS NULL, row(1, 2) = (1, 2)
;;
SELECT struct_keys({'a': 1, 'b': 2}), struct_values({'a': 1, 'b': 2}), struct_contains(row(1, 2), 2)
;;
SELECT {'a': 1, 'b': 2}::STRUCT(a DOUBLE, b VARCHAR), typeof({'a': 1, 'b': [1.5]})
;;
SELECT (SELECT {'n': max(i)} FROM range(3) r(i)).n
;;
SELECT (1, 'two', 3.0)[2], (row(10, 20))[1]
;;
SELECT MAP {'k': 1, 'l': 2}, map([1, 2], ['a', 'b']), MAP {}, map_from_entries([('x', 1), ('y', 2)])
;;
SELECT m['a'], m['zz'], m['a'][1], map_extract(m, 'a'), element_at(m, 'b') FROM (SELECT MAP {'a': 'one', 'b': 'two'} AS m)
;;
SELECT map_keys(m), map_values(m), map_entries(m), cardinality(m), map_contains(m, 2) FROM (SELECT MAP {1: 'x', 2: 'y'} AS m)
;;
SELECT map_concat(MAP {'a': 1}, MAP {'a': 2, 'b': 3}), MAP {[1]: {'k': 2}}
;;
SELECT MAP {'a': 1} = MAP {'a': 1}, typeof(MAP {1: 2.5})
;;
SELECT union_value(num := 2) AS u, union_tag(union_value(str := 'x')), union_value(a := 1).a
;;
CREATE TABLE un (u UNION(num INTEGER, str VARCHAR))
;;
INSERT INTO un VALUES (1), ('two'), (union_value(str := 'three')), (NULL)
;;
SELECT u, union_tag(u), u.num, union_extract(u, 'str') FROM un
;;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')
;;
CREATE TABLE feelings (who VARCHAR, m mood)
;;
INSERT INTO feelings VALUES ('a', 'happy'), ('b', 'sad'), ('c', NULL)
;;
SELECT who, m, m::VARCHAR, m > 'ok' FROM feelings ORDER BY m NULLS LAST
;;
SELECT enum_range(NULL::mood), enum_first(NULL::mood), enum_code('ok'::mood), enum_range_boundary('ok'::mood, NULL)
;;
SELECT max(m), min(m), count(DISTINCT m) FROM feelings
;;
INSERT INTO feelings VALUES ('d', 'ecstatic')
;;
SELECT 'bored'::mood
;;
SELECT 'a'::ENUM('a', 'b') AS inline_enum
;;
SELECT '{"a": [1, {"b": null}]}'::JSON AS j, '{"a": 1}'::JSON -> 'a', '{"a": "t"}'::JSON ->> '$.a'
;;
SELECT json_extract('{"duck": [1, 2, 3]}', '$.duck[1]'), json_array_length('[1, 2]'), json_type('{"a": 1}'), json_valid('{')
;;
SELECT to_json({'a': 1, 'b': [true, NULL]}), json_object('k', 5, 'l', 'x'), json_array(1, 'a', NULL), json_quote('q"')
;;
SELECT json_keys('{"x": 1, "y": 2}'), json_structure('{"a": [1]}'), json_merge_patch('{"a": 1}', '{"b": 2}')
;;
SELECT from_json('{"a": 1, "b": "t"}', '{"a": "INTEGER", "b": "VARCHAR"}'), json_transform('{"a": [1]}', '{"a": ["INTEGER"]}')
;;
SELECT * FROM json_each('{"a": 1, "b": [2]}')
;;
SELECT key, value, type FROM json_tree('[1, {"c": 2}]')
;;
SELECT j.a.b, j['c'][0] FROM (SELECT '{"a": {"b": 1}, "c": [5, 6]}'::JSON AS j)
;;
SELECT json_group_array(i), json_group_object('k' || i, i) FROM range(3) r(i)
;;
SELECT '\xAA\x00z'::BLOB, 'abc'::BLOB || '\xFF'::BLOB, octet_length('\xAA\xBB'::BLOB), hex('az'), unhex('617A'), to_base64('hi'::BLOB)
;;
SELECT encode('ü'), decode('\xC3\xBC'::BLOB), from_base64('aGk='), md5('a'), sha256('a')
;;
SELECT '0101'::BIT, '0101'::BIT & '0011'::BIT, ~'01'::BIT, bit_count('0111'::BIT), get_bit('0100'::BIT, 1), set_bit('000'::BIT, 1, 1)
;;
SELECT '4ac7a9e9-607c-4c8a-84f3-843f0191e3fd'::UUID, typeof('4ac7a9e9607c4c8a84f3843f0191e3fd'::UUID)
;;
SELECT 5::VARIANT, typeof({'a': 1}::VARIANT)
;;
SELECT NULL::STRUCT(a INTEGER), NULL::MAP(VARCHAR, INTEGER), NULL::INTEGER[]
;;
CREATE TABLE deep (s STRUCT(a INTEGER, b STRUCT(c VARCHAR, d INTEGER[])), m MAP(VARCHAR, STRUCT(n INTEGER)))
;;
INSERT INTO deep VALUES ({'a': 1, 'b': {'c': 'x', 'd': [1, 2]}}, MAP {'k': {'n': 5}}), (NULL, NULL)
;;
SELECT s.b.d[2], m['k'].n, s.b.c FROM deep ORDER BY ALL
;;
SELECT deep.s.b FROM deep WHERE s.a = 1
;;
UPDATE deep SET s = {'a': 2, 'b': {'c': 'y', 'd': []}} WHERE s.a = 1 RETURNING s
;;
SELECT {'a': 1, 'a': 2}
;;
SELECT {'a': 1}.b
;;
SELECT ({'a': 1}).b
;;
SELECT s.nothing FROM deep
;;
SELECT MAP {'a': 1, 'a': 2}
;;
SELECT MAP {NULL: 1}
;;
SELECT map([1, 2], [1])
;;
SELECT row(1, 2)[3]
;;
SELECT union_extract(u, 'nope') FROM un
;;
SELECT '{"a": }'::JSON
;;
SELECT 'not-a-uuid'::UUID
;;
SELECT '\xZZ'::BLOB
;;
SELECT '012'::BIT
;;
SELECT {'a': 1} + 1
;;
CREATE TYPE mood AS ENUM ('again')
;;
CREATE TYPE twice AS ENUM ('x', 'x')
;;
SELECT struct_pack(1, 2)
;;
SELECT {'a': 1}::STRUCT(b INTEGER)
;;
SELECT from_base64('***')
