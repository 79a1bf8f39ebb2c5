-- COPY, EXPORT and the readers, on relative paths of an empty folder.
CREATE TABLE t AS SELECT i AS id, 'name ' || i AS name, i / 4 AS q FROM range(5) r(i)
;;
COPY t TO 'plain.csv'
;;
COPY t TO 'headerless.csv' (HEADER false, DELIMITER '|')
;;
COPY (SELECT id FROM t WHERE id > 2) TO 'some.csv' WITH (FORMAT csv, HEADER, QUOTE '''', FORCE_QUOTE *)
;;
COPY (FROM t LIMIT 1) TO 'one.csv'
;;
COPY t (id, name) TO 'two.tsv' (DELIMITER E'\t')
;;
COPY t TO 't.parquet' (FORMAT parquet)
;;
COPY t TO 't2.parquet' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2)
;;
COPY t TO 't.json'
;;
COPY (SELECT 1 AS a) TO 'a.json' (FORMAT json, ARRAY true)
;;
COPY t TO 'parts' (FORMAT parquet, PARTITION_BY (id))
;;
FROM 'plain.csv'
;;
FROM 't.parquet' ORDER BY id DESC LIMIT 2
;;
SELECT name FROM 't.json' WHERE id = 3
;;
FROM read_csv('headerless.csv', delim = '|', header = false, names = ['a', 'b', 'c'])
;;
FROM read_csv('headerless.csv', columns = {'a': 'INTEGER', 'b': 'VARCHAR', 'c': 'DOUBLE'}, delim = '|', header = false) SELECT sum(a)
;;
SELECT * FROM read_csv_auto('some.csv', quote = '''')
;;
SELECT count(*) FROM read_parquet(['t.parquet', 't2.parquet'])
;;
SELECT id, name FROM 'parts/*/*.parquet' ORDER BY id
;;
SELECT id FROM read_parquet('parts/**/*.parquet', hive_partitioning = true) WHERE id = 4
;;
SELECT filename FROM read_csv('one.csv', filename = true)
;;
SELECT * FROM read_json('a.json')
;;
SELECT * FROM read_json_auto('t.json', columns = {id: 'INTEGER'}) ORDER BY id LIMIT 1
;;
SELECT content FROM read_text('one.csv')
;;
SELECT octet_length(content) FROM read_blob('one.csv')
;;
SELECT file FROM glob('*.csv') ORDER BY file
;;
SELECT name, type FROM parquet_schema('t.parquet')
;;
SELECT num_rows, num_row_groups FROM parquet_file_metadata('t2.parquet')
;;
CREATE TABLE back (id BIGINT, name VARCHAR, q DOUBLE)
;;
COPY back FROM 'plain.csv'
;;
COPY back FROM 't.parquet' (FORMAT parquet)
;;
COPY back (id) FROM 'some.csv' (QUOTE '''')
;;
SELECT count(*), count(name) FROM back
;;
COPY back FROM 't.json' (FORMAT json)
;;
SELECT delimiter, quote, hasheader, columns FROM sniff_csv('plain.csv')
;;
COPY (SELECT 1 AS a, NULL AS b, 'x,"y"' AS c) TO 'odd.csv' (NULLSTR 'NA')
;;
SELECT * FROM read_csv('odd.csv', nullstr = 'NA')
;;
SELECT content FROM read_text('odd.csv')
;;
COPY (SELECT 'a;b' AS "semi;colon") TO 'semi.csv' (DELIM ';')
;;
FROM 'semi.csv'
;;
CREATE TABLE bad (a INTEGER)
;;
COPY (SELECT unnest(['1', 'two', '3']) AS a) TO 'bad.csv'
;;
COPY bad FROM 'bad.csv' (IGNORE_ERRORS)
;;
FROM bad
;;
COPY (SELECT 1) TO 'again.csv' (RETURN_FILES)
;;
COPY (SELECT 1) TO 'again.csv' (RETURN_STATS) 
;;
EXPORT DATABASE 'dump'
;;
EXPORT DATABASE 'dump2' (FORMAT parquet)
;;
SELECT content FROM read_text('dump/schema.sql')
;;
DROP TABLE t
;;
DROP TABLE back
;;
DROP TABLE bad
;;
IMPORT DATABASE 'dump'
;;
SELECT count(*) FROM t
;;
COPY FROM DATABASE memory TO nowhere
;;
FROM 'missing.csv'
;;
FROM 'missing.parquet'
;;
FROM 'parts/*.nothing'
;;
FROM read_csv('plain.csv', no_such_option = 1)
;;
FROM read_csv('plain.csv', header = 'perhaps')
;;
FROM read_csv('bad.csv', columns = {'a': 'INTEGER'}, header = true)
;;
FROM read_parquet('plain.csv')
;;
FROM read_csv()
;;
FROM 'odd.xyz'
;;
COPY t FROM 'missing.csv'
;;
COPY nowhere FROM 'plain.csv'
;;
COPY nowhere TO 'x.csv'
;;
COPY t TO 'x.csv' (FORMAT vhs)
;;
COPY t TO 'x.csv' (DELIMITER 'abcdef')
;;
COPY t TO 'x.csv' (NOT_AN_OPTION 5)
;;
COPY t TO 'no/such/folder/x.csv'
;;
COPY t (nope) TO 'x.csv'
;;
COPY t TO
;;
COPY (SELECT FROM t) TO 'x.csv'
;;
COPY t FROM 'bad.csv'
;;
IMPORT DATABASE 'not_there'
;;
EXPORT DATABASE
