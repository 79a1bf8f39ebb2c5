-- Statements of stock DuckDB in which our words are names: they stay what they were.
CREATE TABLE model (id INTEGER, model VARCHAR, predict DOUBLE, evaluate BOOLEAN)
;;
INSERT INTO model VALUES (1, 'T', 0.5, true), (2, 'A', 1.5, false)
;;
SELECT model FROM model ORDER BY model
;;
SELECT model.model, predict, evaluate FROM model WHERE predict > 1
;;
FROM model
;;
TABLE model
;;
SELECT m.model AS predict FROM model AS m ORDER BY predict
;;
DESCRIBE model
;;
DESC model
;;
SHOW model
;;
SUMMARIZE model
;;
CREATE TABLE models AS SELECT 1 AS n
;;
SHOW models
;;
DESCRIBE models
;;
FROM models
;;
SHOW TABLES
;;
CREATE TABLE predict (model INTEGER)
;;
INSERT INTO predict VALUES (5)
;;
FROM predict
;;
SELECT * FROM predict
;;
SELECT predict.model FROM predict, models WHERE models.n = 1
;;
SELECT * FROM predict AS evaluate
;;
SELECT * FROM predict WHERE model = 5
;;
CREATE TABLE evaluate AS FROM predict
;;
FROM evaluate JOIN predict USING (model)
;;
CREATE TABLE trials (version INTEGER, champion VARCHAR)
;;
SHOW trials
;;
CREATE SCHEMA trials
;;
CREATE TABLE trials.kept (of INTEGER)
;;
SHOW trials.kept
;;
CREATE SCHEMA models
;;
CREATE VIEW models.trials AS SELECT 1 AS trials
;;
SHOW models.trials
;;
CREATE SCHEMA model
;;
CREATE TABLE model.model (model INTEGER)
;;
DESCRIBE model.model
;;
DESC model.model
;;
SELECT trials, of FROM models.trials, trials.kept
;;
DROP SCHEMA trials CASCADE
;;
DROP SCHEMA models CASCADE
;;
DROP SCHEMA model CASCADE
;;
CREATE TABLE diagnostics AS SELECT 'fine' AS state
;;
SHOW diagnostics
;;
FROM diagnostics
;;
CREATE MACRO predict(model) AS model * 10
;;
SELECT predict(model) FROM predict
;;
SELECT predict(1), predict(predict(2)), predict(model := 3)
;;
SELECT predict (4), PREDICT(5), "predict"(6), main.predict(7)
;;
CREATE MACRO evaluate(a, b := 1) AS a + b
;;
SELECT evaluate(1), evaluate(2, b := 3), evaluate(predict(1), 2)
;;
CREATE MACRO model(x) AS 'model ' || x
;;
SELECT model(1), model(model) FROM predict
;;
CREATE OR REPLACE MACRO predict(m) AS TABLE SELECT m AS given
;;
FROM predict(3)
;;
SELECT * FROM predict('model') p
;;
SELECT p.given FROM predict(m := 7) AS p
;;
CREATE MACRO evaluate_all(t) AS TABLE SELECT count(*) AS n FROM query_table(t)
;;
FROM evaluate_all('model')
;;
CREATE SCHEMA ml
;;
CREATE MACRO ml.predict(x) AS x + 1
;;
SELECT ml.predict(41)
;;
CREATE MACRO ml.evaluate(t) AS TABLE SELECT t AS was
;;
FROM ml.evaluate('that')
;;
SELECT * FROM ML.EVALUATE('this')
;;
CREATE TABLE ml.model (model INTEGER)
;;
SELECT ml.model.model FROM ml.model
;;
WITH model AS (SELECT 1 AS x), predict AS (SELECT x + 1 AS y FROM model) SELECT * FROM model, predict
;;
WITH evaluate(model) AS (VALUES (1)) FROM evaluate
;;
SELECT 1 AS model, 2 AS predict, 3 AS evaluate, 4 AS ml, 5 AS version, 6 AS train, 7 AS target
;;
SELECT 1 model, 2 predict, 3 evaluate
;;
SELECT {'model': 1, 'predict': 2}.model, MAP {'evaluate': 3}['evaluate']
;;
SELECT s.model FROM (SELECT {'model': {'predict': 9}} AS s)
;;
SELECT model.predict FROM (SELECT {'predict': 8} AS model)
;;
SELECT list_transform([1, 2], lambda model: model + 1), [predict * 2 FOR predict IN [1, 2]]
;;
CREATE VIEW model_view AS SELECT model, predict FROM model
;;
CREATE VIEW "create model" AS SELECT 1 AS "predict target"
;;
FROM "create model"
;;
ALTER TABLE model RENAME COLUMN model TO models
;;
ALTER TABLE model RENAME COLUMN models TO model
;;
ALTER TABLE model ADD COLUMN version INTEGER DEFAULT 3
;;
ALTER TABLE models RENAME TO model2
;;
UPDATE model SET predict = predict + 1, evaluate = NOT evaluate WHERE model = 'T'
;;
DELETE FROM model WHERE model = 'A' RETURNING model, predict
;;
INSERT INTO model (model, predict) SELECT 'new', 2
;;
INSERT INTO model BY NAME SELECT 'by name' AS model
;;
CREATE INDEX predict_index ON model (model)
;;
DROP INDEX predict_index
;;
CREATE SEQUENCE model_ids
;;
SELECT nextval('model_ids')
;;
CREATE TYPE model AS ENUM ('linear', 'tree')
;;
SELECT 'tree'::model, typeof('linear'::model)
;;
DROP TYPE model
;;
PREPARE predict AS SELECT $1 + 1
;;
EXECUTE predict(1)
;;
DEALLOCATE predict
;;
SET VARIABLE model = 'churn'
;;
SELECT getvariable('model')
;;
ATTACH ':memory:' AS sqlml_other
;;
CREATE TABLE sqlml_other.model AS SELECT 1 AS predict
;;
SELECT model.predict FROM sqlml_other.model
;;
ATTACH ':memory:' AS evaluate
;;
DETACH evaluate
;;
COMMENT ON TABLE model IS 'a model of cars'
;;
PRAGMA table_info('model')
;;
EXPLAIN SELECT predict FROM model
;;
EXPLAIN FROM predict
;;
DESCRIBE SELECT model, predict FROM model
;;
DESCRIBE predict
;;
DESCRIBE TABLE model
;;
PIVOT model ON model USING sum(predict)
;;
UNPIVOT (SELECT 1 AS model, 2 AS predict) ON model, predict
;;
SELECT model FROM model UNION SELECT 'predict' ORDER BY model
;;
SELECT count(*) FROM model predict JOIN model evaluate ON predict.id = evaluate.id
;;
SELECT sum(predict) OVER evaluate FROM model WINDOW evaluate AS (ORDER BY id)
;;
SELECT model, count(*) FROM model GROUP BY model ORDER BY model
;;
SELECT * FROM (SELECT 1 AS x) model (predict)
;;
SELECT predict FROM (SELECT 1 AS x) AS model(predict)
;;
SELECT * FROM model, LATERAL (SELECT model.id AS predict) evaluate
;;
COPY model TO 'model.csv'
;;
COPY (SELECT model, predict FROM model) TO 'predict.parquet'
;;
FROM 'predict.parquet'
;;
SELECT * EXCLUDE (model) RENAME (predict AS evaluate) FROM model ORDER BY id
;;
SELECT COLUMNS('model|predict') FROM model ORDER BY ALL
;;
CREATE TEMP TABLE import (export INTEGER, alias INTEGER, train INTEGER, default_version INTEGER)
;;
SELECT export, alias, train FROM import
;;
TRUNCATE predict
;;
DROP TABLE evaluate
;;
DROP MACRO evaluate
;;
DROP TABLE IF EXISTS models
;;
SELECT model
;;
SELECT model.nope FROM model
;;
SELECT predict(1, 2)
;;
SELECT evaluate(1)
;;
FROM evaluate
;;
FROM evaluate(1)
;;
FROM predict(1, 2, 3)
;;
SELECT * FROM ml.nothing(1)
;;
SELECT predict model evaluate
;;
INSERT INTO predict VALUES ('not a number')
;;
CREATE TABLE model (again INTEGER)
;;
DROP VIEW model
;;
SELECT * FROM model WHERE models = 1
;;
SELECT ml.model.predict FROM ml.model
;;
SELECT * FROM modle
;;
DESCRIBE modle
;;
CREATE TABLE alias (version INTEGER, "default" INTEGER, alias INTEGER)
;;
ALTER TABLE alias RENAME TO model2
;;
ALTER TABLE model2 RENAME version TO champion
;;
SELECT alias.alias @ 2 FROM model2 AS alias
;;
SELECT champion, @alias, @ alias AS champion2 FROM model2
;;
SHOW model2
;;
ALTER VIEW model RENAME TO model3
;;
CREATE TABLE import AS SELECT 1 AS model, 'x' AS "from"
;;
SELECT import.model AS import FROM import WHERE import.model = 1
;;
SELECT import model FROM (SELECT 2 AS import)
;;
IMPORT DATABASE 'no such folder'
;;
DROP TABLE import
;;
CREATE TABLE refresh (assert INTEGER, has INTEGER, older INTEGER, than INTEGER, drifted BOOLEAN)
;;
INSERT INTO refresh VALUES (1, 2, 3, 4, true)
;;
SELECT assert, has, older, than, drifted FROM refresh AS assert WHERE refresh IS NULL OR drifted
;;
SELECT assert, has, older, than, drifted FROM refresh AS assert WHERE drifted
;;
CREATE TABLE assert AS FROM refresh
;;
FROM assert JOIN refresh USING (drifted)
;;
DESCRIBE refresh
;;
DESCRIBE assert
;;
ASSERT true
;;
REFRESH MATERIALIZED VIEW model
;;
REFRESH
;;
EXPLAIN FROM refresh
;;
CREATE TABLE jobs (job INTEGER, running BOOLEAN, cancel VARCHAR, background BOOLEAN)
;;
SHOW jobs
;;
INSERT INTO jobs VALUES (1, true, 'cancel job 1', false)
;;
SELECT job, running, cancel AS job FROM jobs WHERE jobs.running AND NOT background
;;
CREATE SCHEMA sqlml
;;
CREATE VIEW sqlml.running AS SELECT job AS running FROM jobs
;;
FROM sqlml.running
;;
SELECT running.running, sqlml.running.running FROM sqlml.running, jobs AS sqlml
;;
SELECT sqlml.running FROM jobs AS sqlml
;;
SELECT sqlml.running, (SELECT count(*) FROM jobs j WHERE sqlml.running) FROM jobs sqlml, range(1) r(i), sqlml.running AS x
;;
SHOW sqlml.running
;;
DROP SCHEMA sqlml CASCADE
;;
SHOW jobs.running
;;
CREATE SCHEMA jobs
;;
CREATE TABLE jobs.running (of INTEGER)
;;
SHOW jobs.running
;;
CREATE MACRO cancel(job) AS job + 1
;;
SELECT cancel(job) AS cancel FROM jobs
;;
CANCEL
;;
CANCEL TABLE jobs
;;
DROP TABLE jobs
