-- Dates, times, timestamps with and without zone, intervals.
SET TimeZone = 'UTC'
;;
SELECT DATE '2024-02-29', TIME '12:34:56.789', TIMESTAMP '2024-01-02 03:04:05.678901', INTERVAL '1 year 2 months 3 days'
;;
SELECT '2024-01-02 03:04:05+02'::TIMESTAMPTZ::VARCHAR, '12:00:00+05:30'::TIMETZ, (TIMESTAMP WITH TIME ZONE '2024-06-01 00:00:00 Europe/Paris')::VARCHAR
;;
SELECT '2024-01-01 00:00:00.123456789'::TIMESTAMP_NS, '2024-01-01 00:00:00.123'::TIMESTAMP_MS, '2024-01-01'::TIMESTAMP_S, '2024-01-01'::DATETIME
;;
SELECT INTERVAL 3 DAY, INTERVAL '90' MINUTE, INTERVAL (1 + 1) MONTH, '5 hours'::INTERVAL, INTERVAL 1 QUARTER
;;
SELECT DATE '2024-01-31' + INTERVAL 1 MONTH, DATE '2024-03-31' - INTERVAL '1 month', DATE '2024-01-01' + 5, DATE '2024-01-10' - DATE '2024-01-01'
;;
SELECT INTERVAL '1-2' YEAR TO MONTH
;;
SELECT TIMESTAMP '2024-01-02 00:00:00' - TIMESTAMP '2024-01-01 12:30:00', TIME '10:00:00' + INTERVAL 15 HOUR, DATE '2024-01-01' + TIME '08:00:00'
;;
SELECT extract(year FROM DATE '2024-05-06'), date_part('dow', DATE '2024-05-06'), year(DATE '2024-05-06'), quarter(DATE '2024-05-06'), week(DATE '2024-12-30')
;;
SELECT date_part(['year', 'month', 'day'], DATE '2024-05-06'), extract(epoch FROM TIMESTAMP '2000-01-01'), isodow(DATE '2024-05-05'), dayofyear(DATE '2024-12-31')
;;
SELECT date_trunc('month', DATE '2024-05-06'), date_trunc('hour', TIMESTAMP '2024-05-06 07:08:09'), date_trunc('week', DATE '2024-05-08')
;;
SELECT date_diff('day', DATE '2024-01-01', DATE '2024-03-01'), datediff('month', DATE '2024-01-31', DATE '2024-02-01'), date_sub('month', DATE '2024-01-31', DATE '2024-02-01')
;;
SELECT date_add(DATE '2024-01-01', INTERVAL 2 WEEK), last_day(DATE '2024-02-10'), monthname(DATE '2024-02-10'), dayname(DATE '2024-02-10')
;;
SELECT make_date(2024, 2, 3), make_time(1, 2, 3.5), make_timestamp(2024, 1, 2, 3, 4, 5.5), make_timestamp(1704067200000000)
;;
SELECT strftime(DATE '2024-05-06', '%d/%m/%Y %A'), strftime(TIMESTAMP '2024-05-06 07:08:09.5', '%H:%M:%S.%f'), strptime('06.05.2024', '%d.%m.%Y')
;;
SELECT try_strptime('nope', '%Y'), strptime('2024-05', ['%Y/%m', '%Y-%m'])
;;
SELECT epoch(TIMESTAMP '2024-01-01'), epoch_ms(1704067200000), epoch_us(TIMESTAMP '1970-01-01 00:00:01'), to_timestamp(1704067200)::VARCHAR
;;
SELECT time_bucket(INTERVAL '2 weeks', DATE '2024-05-06'), time_bucket(INTERVAL 15 MINUTE, TIMESTAMP '2024-05-06 07:08:09')
;;
SELECT to_days(3), to_months(14), to_hours(25), to_seconds(61.5), to_years(2), to_microseconds(5)
;;
SELECT INTERVAL '30 days' = INTERVAL '1 month', INTERVAL '24 hours' > INTERVAL '23 hours', INTERVAL 1 DAY * 3, -INTERVAL 1 DAY, INTERVAL 1 HOUR / 2
;;
SELECT 'infinity'::DATE, '-infinity'::TIMESTAMP, 'epoch'::DATE, isinf('infinity'::DATE), 'infinity'::TIMESTAMP > TIMESTAMP '9999-12-31'
;;
SELECT '0044-03-15 (BC)'::DATE, '-0001-01-01'::DATE, '290000-12-31'::DATE, '5877642-06-25 (BC)'::DATE::VARCHAR
;;
SELECT '2024-1-5'::DATE, '2024/01/05'::DATE, ' 2024-01-05 '::DATE, '2024-01-05 10:00'::TIMESTAMP::DATE, '24:00:00'::TIME
;;
SELECT greatest(DATE '2024-01-01', DATE '2023-01-01'), DATE '2024-01-01' BETWEEN '2023-01-01' AND '2025-01-01', DATE '2024-01-01' = TIMESTAMP '2024-01-01'
;;
SELECT d, d::TIMESTAMP, strftime(d, '%j') FROM (SELECT unnest(range(DATE '2024-02-27', DATE '2024-03-02', INTERVAL 1 DAY))::DATE AS d)
;;
SELECT age(TIMESTAMP '2024-03-01', TIMESTAMP '2023-01-15'), age(DATE '2024-01-01', DATE '2023-12-31')
;;
SELECT generate_series(TIMESTAMP '2024-01-01', TIMESTAMP '2024-01-01 02:00:00', INTERVAL 1 HOUR)
;;
CREATE TABLE events (at_day DATE, t TIME, ts TIMESTAMP, tz TIMESTAMPTZ, dur INTERVAL)
;;
INSERT INTO events VALUES ('2024-01-01', '10:00', '2024-01-01 10:00', '2024-01-01 10:00+00', '1 hour'), (NULL, NULL, NULL, NULL, NULL)
;;
SELECT * REPLACE (tz::VARCHAR AS tz) FROM events ORDER BY ALL
;;
SELECT min(at_day), max(ts), max(dur), avg(ts), count(tz) FROM events
;;
SELECT tz AT TIME ZONE 'America/New_York', (ts AT TIME ZONE 'Asia/Kolkata')::VARCHAR, typeof(timezone('UTC', ts)) FROM events WHERE ts IS NOT NULL
;;
SET TimeZone = 'America/New_York'
;;
SELECT tz::VARCHAR, date_trunc('day', tz)::VARCHAR, extract(timezone_hour FROM tz) FROM events WHERE tz IS NOT NULL
;;
SELECT (TIMESTAMPTZ '2024-03-10 01:30:00' + INTERVAL 1 HOUR)::VARCHAR, typeof(TIMESTAMPTZ '2024-11-03 01:30:00' - INTERVAL 1 DAY)
;;
SET TimeZone = 'Mars/Olympus'
;;
RESET TimeZone
;;
SELECT at_day + INTERVAL 1 DAY, typeof(at_day + INTERVAL 1 DAY), typeof(at_day + 1), typeof(ts - ts), typeof(at_day - at_day) FROM events
;;
SELECT year, month FROM (SELECT 1 AS year, 2 AS month)
;;
SELECT DATE '2023-02-29'
;;
SELECT '2024-13-01'::DATE
;;
SELECT 'yesterday'::DATE
;;
SELECT '25:00:00'::TIME
;;
SELECT '2024-01-01 10:61'::TIMESTAMP
;;
SELECT 'three days'::INTERVAL
;;
SELECT INTERVAL 'x' DAY
;;
SELECT DATE '2024-01-01' * 2
;;
SELECT DATE '2024-01-01' + DATE '2024-01-01'
;;
SELECT DATE '5881580-07-10' + 1000
;;
SELECT TIMESTAMP '294247-01-10 04:00:54' + INTERVAL 10 YEAR
;;
SELECT extract(fortnight FROM DATE '2024-01-01')
;;
SELECT date_trunc('blink', DATE '2024-01-01')
;;
SELECT make_date(2024, 2, 30)
;;
SELECT strptime('2024', '%m-%d')
;;
SELECT strptime('a', 5)
;;
SELECT TIME '10:00' - TIME '11:00'
;;
SELECT time_bucket(INTERVAL '0 days', DATE '2024-01-01')
;;
SELECT EXTRACT(year FROM 'text')
;;
SELECT TIMESTAMP 'not one'
;;
SELECT 1::DATE
;;
SELECT TIMESTAMP '2024-01-01 00:00:00' AT TIME ZONE 'Nowhere/Land'
