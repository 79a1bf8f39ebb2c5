-- Takes the day's customers in, learns from them, and writes down what is to be expected of each.
--
--     sqlml run --db shop.duckdb --job retrain --lock-wait 5m --timeout 1h --set customers=customers.csv retrain.sql
--
-- Each statement can be run again: a job that was killed is simply started once more. `--dry-run` checks all of it.

CREATE OR REPLACE TABLE customers AS FROM read_csv($customers);

CREATE MODEL IF NOT EXISTS churn PREDICT churned WITH (max_runtime = '2 minutes') AS
SELECT * EXCLUDE (id) FROM customers WHERE churned IS NOT NULL;

-- A new version each week, which is taken unless it is worse; and nothing goes on with a model that knows too little.
REFRESH MODEL churn IF OLDER THAN INTERVAL 7 DAY;
ASSERT MODEL churn HAS roc_auc >= 0.6;

-- Written anew as a whole: whoever reads it sees the old predictions until the new ones are all there.
CREATE OR REPLACE TABLE expected AS
SELECT id, predicted_churned, predicted_churned_probability FROM PREDICT(MODEL churn, TABLE customers);

SELECT predicted_churned, count(*) AS customers FROM expected GROUP BY ALL ORDER BY ALL;
