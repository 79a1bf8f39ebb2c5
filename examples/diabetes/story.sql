-- How far will the disease have gone in a year? A number to predict, from ten measurements.

CREATE TABLE patients AS
SELECT * FROM read_csv(getvariable('scikit_learn') || '/diabetes_data_raw.csv.gz', header = false, delim = ' ',
                       names = ['age', 'sex', 'bmi', 'bp', 'tc', 'ldl', 'hdl', 'tch', 'ltg', 'glu'])
POSITIONAL JOIN read_csv(getvariable('scikit_learn') || '/diabetes_target.csv.gz', header = false,
                         names = ['progression']);

CREATE MODEL progression PREDICT progression AS FROM patients;

EVALUATE progression;

-- A view keeps up with the model: when it is trained anew, the view answers with the new one.
CREATE VIEW outlook AS
SELECT age, bmi, round(predicted_progression) AS expected, progression
FROM PREDICT(MODEL progression, TABLE patients);

FROM outlook ORDER BY expected DESC LIMIT 5;
