-- PIVOT and UNPIVOT, in both the statement and the standard form.
CREATE TABLE cities (country VARCHAR, name VARCHAR, year INTEGER, population INTEGER)
;;
INSERT INTO cities VALUES ('NL', 'Amsterdam', 2000, 1005), ('NL', 'Amsterdam', 2010, 1065), ('NL', 'Amsterdam', 2020, 1158),
  ('US', 'Seattle', 2000, 564), ('US', 'Seattle', 2010, 608), ('US', 'Seattle', 2020, 738), ('US', 'New York', 2000, 8015)
;;
PIVOT cities ON year USING sum(population)
;;
PIVOT cities ON year USING sum(population) GROUP BY country ORDER BY country
;;
PIVOT cities ON year USING sum(population) AS total, max(population) AS biggest GROUP BY country ORDER BY country
;;
PIVOT cities ON year IN (2000, 2020) USING first(population) GROUP BY name ORDER BY name
;;
PIVOT cities ON country, name USING count(*) ORDER BY ALL
;;
PIVOT cities ON country || '_' || name USING sum(population) GROUP BY year ORDER BY year
;;
PIVOT cities ON year > 2005 USING sum(population) GROUP BY country ORDER BY country
;;
PIVOT (FROM cities WHERE country = 'US') ON name USING max(population) GROUP BY year ORDER BY year LIMIT 2
;;
PIVOT_WIDER cities ON year USING sum(population) GROUP BY name ORDER BY name
;;
PIVOT cities ON year GROUP BY country ORDER BY country
;;
SELECT * FROM cities PIVOT (sum(population) FOR year IN (2000, 2010, 2020) GROUP BY country) ORDER BY country
;;
SELECT * FROM cities PIVOT (sum(population) AS s FOR year IN (2000 AS y2k, 2010 AS then)) AS p ORDER BY name
;;
SELECT * FROM cities PIVOT (count(*) FOR year IN (2000, 2010) country IN ('NL', 'US') GROUP BY name) ORDER BY name
;;
WITH p AS (PIVOT cities ON country USING sum(population) GROUP BY year) SELECT year, "NL" + coalesce("US", 0) AS both FROM p ORDER BY year
;;
SELECT year, "NL" FROM (PIVOT cities ON country IN ('NL') USING sum(population) GROUP BY year) ORDER BY year
;;
CREATE TABLE wide AS PIVOT cities ON year USING sum(population) GROUP BY country, name ORDER BY ALL
;;
FROM wide ORDER BY ALL
;;
UNPIVOT wide ON "2000", "2010", "2020" INTO NAME year VALUE population ORDER BY ALL
;;
UNPIVOT wide ON COLUMNS(* EXCLUDE (country, name)) INTO NAME year VALUE population ORDER BY ALL
;;
UNPIVOT wide ON ("2000" + 1) AS first, "2020" AS last INTO NAME era VALUE n ORDER BY ALL
;;
UNPIVOT wide INCLUDE NULLS ON "2000", "2010", "2020"
;;
UNPIVOT (SELECT 42 AS a, 43 AS b) ON a, b
;;
UNPIVOT (SELECT 1 AS a, 2 AS b, 3 AS c, 4 AS d) ON (a, b) AS low, (c, d) AS high INTO NAME half VALUE one, two
;;
SELECT * FROM wide UNPIVOT (population FOR year IN ("2000", "2010")) ORDER BY ALL
;;
SELECT * FROM wide UNPIVOT INCLUDE NULLS (population FOR year IN ("2000", "2010" AS "ten")) ORDER BY ALL
;;
FROM wide UNPIVOT (n FOR y IN (COLUMNS('20.*'))) SELECT sum(n)
;;
PIVOT_LONGER wide ON COLUMNS('2.*') ORDER BY ALL
;;
CREATE VIEW pivoted AS SELECT * FROM cities PIVOT (sum(population) FOR year IN (2000) GROUP BY country)
;;
FROM pivoted ORDER BY ALL
;;
CREATE VIEW open_pivot AS PIVOT cities ON year USING sum(population)
;;
DESCRIBE PIVOT cities ON year USING sum(population)
;;
PIVOT cities ON nothing USING sum(population)
;;
SELECT * FROM cities PIVOT (population FOR year IN (2000))
;;
PIVOT cities USING sum(population)
;;
PIVOT cities ON
;;
UNPIVOT wide ON missing_column
;;
UNPIVOT wide ON country, "2000"
;;
PIVOT nowhere ON a USING count(*)
;;
SELECT * FROM cities PIVOT (sum(population) FOR year IN (2000, 2000))
;;
PIVOT cities ON year IN ANY USING sum(population)
