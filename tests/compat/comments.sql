-- Comments in every place that a lexer may forget.
SELECT 1 -- end of line
;;
-- before
SELECT 2
;;
/* block before */ SELECT 3
;;
SELECT /* inside */ 4
;;
SELECT 5 /* after */
;;
SELECT 6 /* nested /* twice /* thrice */ */ */ + 1
;;
SELECT /* unbalanced quote ' in here */ 7
;;
SELECT /* " and ' and $$ */ 8 -- ' " $$ ;
;;
SELECT 9 -- semicolon ; in a comment ; SELECT 'no'
;;
SELECT 10; -- after the semicolon
;;
SELECT 11; /* after */ ; -- more
;;
-- one; SELECT 'no'
/* two; */ SELECT 12 /* three; */; -- four;
;;
SELECT '-- in a string', 13 -- 'in a comment'
;;
SELECT '/* in a string */' /* 'in a comment' */
;;
SELECT 1 /* a *//* b */+/* c */1
;;
SELECT/**/14
;;
SELECT--tight
15
;;
SELECT 1--1
;;
SELECT 1 - -1
;;
SELECT 1 -/**/- 1
;;
SELECT 5 /*+ hint */ * 2, 6 / 2 * 3, 7 /-- divide
7
;;
CREATE /* a */ TABLE -- b
  t /* c */ (
  a INTEGER, -- first
  /* second */ b VARCHAR
  -- last
)
;;
INSERT INTO t VALUES (1, 'x'), -- one
  -- (2, 'skipped'),
  (3, 'z') /* three */
;;
FROM t -- all of it
WHERE a > 1 /* but the first */
;;
WITH /* c */ x /* t */ AS /* e */ (SELECT 1 /* one */ AS n) /* done */ SELECT n FROM x
;;
SELECT $$ -- not a comment $$, $x$ /* nor this */ $x$
;;
SELECT E'it\'s -- not', "a--b" FROM (SELECT 1 AS "a--b")
;;
SELECT "/*" FROM (SELECT 2 AS "/*") -- */
;;
-- CREATE MODEL m PREDICT y AS SELECT 1
SELECT 16
;;
/* PREDICT m FROM t; EVALUATE m; */ SELECT 17
;;
SELECT 18 /* FROM PREDICT(MODEL m, TABLE t) */
;;
SELECT 19 -- FROM PREDICT(MODEL m, TABLE t)
;;
SELECT 20 -- comment without a line end
;;
--
SELECT 21
;;
/**/ SELECT 22
;;
/***/ SELECT 23 /***/
;;
/* * / still */ SELECT 24
;;
-- é 🦆 日本
SELECT 25 -- 🦆
;;
SELECT 26 # not a comment here
;;
SELECT 27 // 2
;;
# not a comment
SELECT 28
;;
-- only a comment
;;
/* only a block */
;;
;
;;
;;
  
;;
-- a comment ; /* and
;
;;
; ; ;
;;
;;; SELECT 29
;;
SELECT 30;;; SELECT 31;;
;;
/* unterminated
SELECT 32
;;
SELECT 33 /* unterminated
;;
SELECT 34 /* nested /* but only once closed */
;;
SELECT 35 */
;;
*/ SELECT 36
;;
SELECT 37 -- the error is on the next line
  , nope
;;
/* two
lines */ SELECT 38, nope
;;
SELECT 39 /* 🦆🦆 */, nope
;;
-- comment
-- comment
SELEC 40
;;
SELECT 41; /* comment */ SELEC 42
;;
SELECT 43; -- comment
SELECT nope -- comment
;;
EXPLAIN /* why */ SELECT 44 -- how
;;
DESCRIBE /* what */ t
;;
SHOW /* what */ TABLES -- now
;;
BEGIN /* a */; /* b */ COMMIT -- c
;;
PRAGMA /* x */ table_info(/* y */ 't')
;;
SET /* to */ threads /* one */ = /* 1 */ 1
