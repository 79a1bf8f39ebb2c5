-- Strings, escapes, dollar quotes, patterns, text functions.
SELECT 'it''s', '', ' '
;;
SELECT 'a' 'b'
;;
SELECT 'joined'
' across lines'
;;
SELECT $$dollar 'quoted' "text"$$, $tag$nested $$ inside$tag$, $$$$
;;
SELECT $$line one
line two; -- not a comment
/* nor this */$$
;;
SELECT E'tab\there\nnewline \\ \' \x41 \u00e9 \U0001F986', e'\101'
;;
SELECT 'no \n escape', length('a\nb')
;;
SELECT x'41ff', X'00'
;;
SELECT 'a' || 'b' || NULL, 'a' || 1, concat('a', NULL, 2, true), concat_ws('-', 'a', NULL, 'b'), 'ab' || ''
;;
SELECT upper('straße'), lower('ÀÉ'), ucase('x'), length('🦆é'), strlen('🦆'), octet_length(encode('é'))
;;
SELECT substring('hello', 2, 3), substr('hello', -3), 'hello'[2:4], left('hello', 2), right('hello', -2), substring('hello' FROM 2 FOR 2)
;;
SELECT trim('  x '), ltrim('xxa', 'x'), rtrim('abb', 'b'), trim(BOTH 'x' FROM 'xax'), trim(LEADING FROM '  q'), TRIM(TRAILING '.' FROM 'a..')
;;
SELECT position('l' IN 'hello'), strpos('abc', 'c'), instr('abc', 'z'), contains('abc', 'bc'), starts_with('abc', 'a'), suffix('abc', 'bc'), 'abc' ^@ 'ab'
;;
SELECT replace('aaa', 'a', 'bc'), translate('abc', 'ab', 'x'), reverse('añb'), repeat('ab', 3), lpad('7', 3, '0'), rpad('x', 4, 'ab')
;;
SELECT overlay('abcdef' PLACING 'XX' FROM 2 FOR 3)
;;
SELECT split_part('a,b,c', ',', 2), string_split('a--b', '--'), str_split_regex('a1b22c', '[0-9]+'), regexp_split_to_array('a b', ' ')
;;
SELECT 'abc' LIKE 'a%', 'abc' LIKE '_b_', 'a%c' LIKE 'a\%c' ESCAPE '\', 'ABC' ILIKE 'a%', 'abc' NOT LIKE '%z', 'a' ~~ 'a', 'A' ~~* 'a'
;;
SELECT 'abc' SIMILAR TO '(a|b).*', 'abc' ~ 'a.c', 'abc' !~ 'z', 'file.txt' GLOB '*.t?t', 'x' NOT ILIKE 'X', regexp_full_match('abc', '[a-c]+')
;;
SELECT regexp_matches('abc', 'B', 'i'), regexp_replace('hello', '[lo]', '-', 'g'), regexp_extract('a12b', '(\w)(\d+)', 2), regexp_extract_all('a1b2', '\d')
;;
SELECT regexp_extract('2024-05-06', '(\d+)-(\d+)', ['y', 'm']), regexp_escape('a.b*'), regexp_replace('ab', '(a)(b)', '\2\1')
;;
SELECT format('{} and {:.2f} and {:>5}', 'x', 3.14159, 7), printf('%05d|%s|%x', 42, 'y', 255), format('{0}{0}', 'z')
;;
SELECT chr(128038), ascii('A'), unicode('é'), ord('a'), bin(5), hex(255), to_hex(16), bar(3, 0, 10, 5)
;;
SELECT levenshtein('duck', 'dock'), hamming('abc', 'abd'), jaccard('ab', 'bc'), damerau_levenshtein('ab', 'ba'), round(jaro_winkler_similarity('ab', 'abc'), 4)
;;
SELECT 'ä' COLLATE NOACCENT = 'a', 'A' COLLATE NOCASE = 'a', 'Ä' COLLATE NOCASE.NOACCENT = 'a'
;;
SELECT 'b' > 'a', 'B' < 'a', 'é' > 'z', '' < 'a', 'a' < 'ab', 'a ' = 'a'
;;
SELECT nfc_normalize('é'), strip_accents('éü'), array_extract('abc', 2), url_encode('a b&c'), url_decode('a%20b')
;;
SELECT parse_path('/a/b/c.txt'), parse_filename('/a/b.csv', true), parse_dirname('/a/b.csv')
;;
SELECT string_agg(c, '' ORDER BY c DESC) FROM unnest(string_split('duck', '')) t(c)
;;
SELECT 'a'::CHAR(1), 'abc'::VARCHAR(2), typeof('x'::TEXT), typeof('x'::STRING), 'x'::BPCHAR
;;
SELECT 'true'::BOOLEAN, 't'::BOOL, '0'::BOOLEAN, 'yes'::BOOLEAN
;;
SELECT md5('duck'), hash('x') = hash('x'), sha1('duck')
;;
SELECT $$;$$, ';', ';;', $x$;$x$
;;
SELECT '-- not a comment', '/* nor this', '*/'
;;
SELECT 'back`tick', '`', "a`b" FROM (SELECT 1 AS "a`b")
;;
SELECT '	tab', ' non-breaking', 'zero​width', '﻿bom'
;;
SELECT '日本語', 'Ελληνικά', 'עברית', 'ไทย', '👩‍👩‍👧‍👦', '🇫🇷', 'é' = 'é'
;;
SELECT length('👩‍👩‍👧‍👦'), length_grapheme('👩‍👩‍👧‍👦'), left_grapheme('🤦🏼‍♂️x', 1), reverse('🦆a')
;;
SELECT chr(0) || 'x', length('a' || chr(0)), 'a' || chr(0) || 'b' = 'a'
;;
SELECT '%', '%%', '{}', '?', '$1', ':name', '@x', '\', '\\'
;;
SELECT 'x' IN ('x', 'y'), 'X' NOT IN ('x'), greatest('a', 'b', NULL), least('b', 'a')
;;
SELECT $q$ $not$ closed $q$
;;
SELECT 'a' AS 'alias in quotes'
;;
SELECT 1 "no as", 2 no_as, 4 AS " "
;;
SELECT 3 AS ""
;;
SELECT substring('x' FROM)
;;
SELECT 'unterminated
;;
SELECT "unterminated identifier
;;
SELECT $$unterminated
;;
SELECT $a$ mismatched $b$
;;
SELECT E'bad \xZZ'
;;
SELECT E'\U00110000'
;;
SELECT x'4'
;;
SELECT 'a' COLLATE klingon
;;
SELECT regexp_matches('a', '(')
;;
SELECT regexp_matches('a', 'a', 'q')
;;
SELECT 'a' LIKE 'a' ESCAPE 'xx'
;;
SELECT format('{} {}', 1)
;;
SELECT printf('%d', 'x')
;;
SELECT lpad('a', 3, '')
;;
SELECT hamming('a', 'ab')
;;
SELECT chr(-1)
;;
SELECT split_part('a', ',')
;;
SELECT upper(1, 2)
;;
SELECT repeat('x', -1), repeat('', 5)
;;
SELECT 'abc'[1::2]
;;
SELECT unhex('zz')
;;
SELECT strptime('abc', '%Q')
