-- The nearest that stock DuckDB comes to `PREDICT(MODEL m, …)`: column lists, typed parameters, aliases with columns.
CREATE TABLE predict (model INTEGER, input VARCHAR)
;;
CREATE TABLE evaluate (model INTEGER)
;;
CREATE SCHEMA ml
;;
CREATE TABLE ml.predict (model VARCHAR, version INTEGER)
;;
CREATE TABLE ml.evaluate (model VARCHAR(10), PRIMARY KEY (model))
;;
CREATE TABLE train (model VARCHAR REFERENCES ml.evaluate (model))
;;
INSERT INTO predict (model, input) VALUES (1, 'x')
;;
INSERT INTO evaluate (model) SELECT model FROM predict
;;
INSERT INTO ml.predict (model) VALUES ('m') RETURNING model, version
;;
INSERT INTO ml.evaluate (model) VALUES ('m') ON CONFLICT (model) DO NOTHING
;;
CREATE INDEX i ON predict (model)
;;
CREATE INDEX j ON predict (model, input)
;;
CREATE VIEW predict_view (model, input) AS FROM predict
;;
CREATE MACRO predict_typed(model INTEGER, input VARCHAR) AS input || model
;;
CREATE MACRO evaluate(model INTEGER) AS model + 1
;;
CREATE MACRO evaluate_all(model VARCHAR, t := 'predict') AS TABLE SELECT model AS m, count(*) AS n FROM query_table(t)
;;
SELECT predict_typed(1, 'a'), evaluate(41)
;;
FROM evaluate_all('m')
;;
WITH predict (model, input) AS (SELECT 1, 2) SELECT model FROM predict
;;
WITH evaluate(model) AS (VALUES (1), (2)) SELECT sum(model) FROM evaluate
;;
SELECT model FROM (SELECT 1, 2) predict (model, input)
;;
SELECT model FROM (SELECT 1, 2) AS predict(model, input)
;;
SELECT model FROM (VALUES (1)) evaluate(model)
;;
SELECT evaluate.model FROM range(2) evaluate(model)
;;
SELECT evaluate(model) FROM predict
;;
SELECT evaluate(predict.model) FROM predict
;;
SELECT evaluate(model := model) FROM predict
;;
SELECT evaluate(model::INTEGER) FROM predict
;;
SELECT evaluate(model /* m, TABLE t */) FROM predict
;;
SELECT evaluate((SELECT model FROM predict))
;;
SELECT evaluate((model)), evaluate(-model), evaluate(model + 1) FROM predict
;;
SELECT predict IN (SELECT model FROM evaluate) FROM (SELECT 1 AS predict)
;;
SELECT evaluate IN (model) FROM (SELECT 1 AS evaluate, 1 AS model)
;;
SELECT count(*) FROM predict JOIN evaluate USING (model)
;;
COPY predict (model, input) TO 'p.csv'
;;
COPY predict (model, input) FROM 'p.csv'
;;
COPY evaluate (model) TO 'e.csv' (HEADER)
;;
SELECT model FROM predict UNION SELECT model FROM evaluate
;;
MERGE INTO predict USING evaluate ON (predict.model = evaluate.model) WHEN NOT MATCHED THEN INSERT (model) VALUES (evaluate.model)
;;
ALTER TABLE ml.predict ADD COLUMN predict INTEGER
;;
SELECT ml.predict.predict FROM ml.predict
;;
UPDATE predict SET model = evaluate(model) RETURNING model
;;
DELETE FROM predict USING evaluate WHERE predict.model > evaluate.model RETURNING predict.model
;;
PIVOT (SELECT 1 AS model, 2 AS predict) ON predict USING sum(model)
;;
SELECT sum(model) OVER predict FROM evaluate WINDOW predict AS (PARTITION BY model)
;;
SELECT struct_pack(model := 1, predict := 2).predict
;;
PREPARE evaluate (INTEGER) AS SELECT $1
;;
EXECUTE evaluate (1)
;;
CREATE TYPE predict AS STRUCT(model INTEGER, input VARCHAR)
;;
SELECT {'model': 1, 'input': 'x'}::predict
;;
CREATE TABLE typed (model predict, evaluate predict[])
;;
DESCRIBE typed
;;
EXPLAIN SELECT evaluate(model) FROM predict
;;
CREATE TABLE later (predict INTEGER, model INTEGER AS (predict * 2))
;;
CREATE TABLE again AS SELECT model predict FROM evaluate; SELECT predict FROM again; DROP TABLE again
;;
BEGIN; CREATE TABLE predict2 (model INTEGER); ROLLBACK
;;
CREATE TABLE predict (model INTEGER)
;;
CREATE TABLE evaluate2 (model INTEGER, model VARCHAR)
;;
CREATE TABLE predict3 (model INTEGER, CHECK (models > 1))
;;
INSERT INTO predict (models) VALUES (1)
;;
INSERT INTO evaluate (model) VALUES ('x')
;;
WITH evaluate(model) AS (SELECT 1, 2, 3) SELECT models FROM evaluate
;;
SELECT predict(model) FROM evaluate
;;
SELECT evaluate(model, 2) FROM predict
;;
SELECT * FROM predict(model) 
;;
SELECT * FROM evaluate(1)
;;
DROP TABLE predict (model)
;;
ALTER TABLE predict (model)
;;
TRUNCATE evaluate
;;
CREATE MACRO predict(model INTEGER, row INTEGER) AS model * 10 + row
;;
CREATE OR REPLACE MACRO predict(model, row := 1) AS model * 10 + row
;;
CREATE OR REPLACE TEMP MACRO main_predict(model INTEGER, row INTEGER) AS model - row
;;
CREATE MACRO IF NOT EXISTS predict(model INTEGER, row INTEGER) AS model
;;
CREATE MACRO ml.predict(model INTEGER, row INTEGER) AS model
;;
SELECT predict(1, 2), predict(1, row := 3), predict(model := 4) FROM (SELECT 5 AS model)
;;
SELECT 1, predict(model, 2), coalesce(predict(model, 2), 3) FROM (SELECT 6 AS model)
;;
SELECT predict(model ISNULL, 2) FROM (SELECT 6 AS model)
;;
SELECT predict((model), c.model), predict(c.model, 3) FROM (SELECT 7 AS model) c
;;
FROM (SELECT 7 AS model) c SELECT predict(c.model, 3), predict(model + 1, 3)
;;
SELECT * FROM (SELECT 7 AS model) a JOIN (SELECT 73 AS b) b ON predict(a.model, 3) = b.b, (SELECT 1) c
;;
SELECT predict_probability(1, 2)
;;
SELECT predict_probabilities(c, c), 1 FROM range(1) c
;;
CREATE MACRO predict_probability(model, row) AS 0.5; SELECT predict_probability(1, 2)
;;
CREATE INDEX k ON predict (model DESC, input)
;;
DROP MACRO predict
;;
SELECT predict(1, 2); SELECT 1
;;
SELECT predict(model, 2) FROM (SELECT 6 AS model)
;;
SELECT predict(model, threshold => 2) FROM (SELECT 6 AS model)
