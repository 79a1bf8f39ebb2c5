-- Numbers: literals, integer widths, decimals, floats, arithmetic and its limits.
SELECT 1, -1, +1, - -1, 007, 1_000_000, 0x1F, 0b101, 0o17
;;
SELECT 1.5, .5, 5., 1e3, 1E-3, 1.5e+2, .5e1, 1_0.0_1
;;
SELECT typeof(1), typeof(3000000000), typeof(99999999999999999999), typeof(1.5), typeof(1e0), typeof(170141183460469231731687303715884105728)
;;
SELECT 127::TINYINT, 32767::SMALLINT, 2147483647::INTEGER, 9223372036854775807::BIGINT, 170141183460469231731687303715884105727::HUGEINT
;;
SELECT 255::UTINYINT, 65535::USMALLINT, 4294967295::UINTEGER, 18446744073709551615::UBIGINT, 340282366920938463463374607431768211455::UHUGEINT
;;
SELECT (-128)::INT1, -9223372036854775808, 5::INT2, 5::INT4, 5::INT8, 5::LONG, 5::SHORT, 5::SIGNED
;;
SELECT 10 / 4, 10 // 4, -7 // 2, 10 % 3, -7 % 3, 7 % -3, 2 ** 10, 2 ^ 3, 5!
;;
SELECT |/ 16
;;
SELECT 1 / 0, 0.0 / 0, 1e0 / 0, TRY(1 // 0)
;;
SELECT 1 % 0
;;
SELECT 1 + 1.5, 1.10 * 2.20, 1.00 / 3, typeof(1.10 * 2.2), typeof(1.1 + 2), typeof(1 / 2), typeof(1 // 2)
;;
SELECT 0.1 + 0.2, 0.1::DOUBLE + 0.2::DOUBLE, 0.1::FLOAT, 1e16 + 1, 123456789.123456789::DOUBLE
;;
SELECT 12.345::DECIMAL(4, 1), 12.35::DECIMAL(3, 1), (-12.35)::DECIMAL(3, 1), '1e2'::DECIMAL(5, 0), 5::DECIMAL
;;
SELECT 99999999999999999999999999999999999999::DECIMAL(38, 0), 0.00000000000000000000000000000000000001::DECIMAL(38, 38)
;;
SELECT round(2.5), round(-2.5), round(2.675, 2), round(1234.5, -2), ceil(1.2), floor(-1.2), trunc(-1.7), round_even(2.5, 0)
;;
SELECT abs(-5), sign(-2.5), sqrt(16), cbrt(27), power(2, 0.5) > 1.41, exp(0), ln(1), log(100), log2(8), log(2, 8)
;;
SELECT sin(0), cos(0), tan(0), round(atan2(1, 1), 6), round(pi(), 6), degrees(pi()), radians(180) = pi(), round(sinh(1), 6), cot(1) > 0
;;
SELECT greatest(1, 2.5, NULL), least(3, 1), gcd(12, 18), lcm(4, 6), factorial(5), even(3), nextafter(1::DOUBLE, 2::DOUBLE), gamma(5), lgamma(1)
;;
SELECT 5 & 3, 5 | 3, xor(5, 3), ~5, 1 << 4, 256 >> 2, bit_count(255), @(-3)
;;
SELECT @-4
;;
SELECT 'nan'::DOUBLE, 'inf'::DOUBLE, '-Infinity'::FLOAT, isnan('nan'::FLOAT), isinf('inf'::DOUBLE), isfinite(1.0::DOUBLE)
;;
SELECT 'nan'::DOUBLE = 'nan'::DOUBLE, 'nan'::DOUBLE > 'inf'::DOUBLE, 0.0::DOUBLE = -0.0::DOUBLE, -0.0::DOUBLE, 'inf'::DOUBLE - 'inf'::DOUBLE
;;
SELECT x FROM (VALUES ('nan'::DOUBLE), (1), ('-inf'), (NULL), ('inf')) t(x) ORDER BY x
;;
SELECT sum(x), avg(x), min(x), max(x) FROM (VALUES ('nan'::DOUBLE), (1.0), (NULL)) t(x)
;;
SELECT 42::VARCHAR, 1.50::VARCHAR, 1e100::VARCHAR, 0.1::FLOAT::VARCHAR, 100000000000000000000::VARCHAR, true::INTEGER, 3.7::INTEGER, -3.5::INTEGER
;;
SELECT ' 42 '::INTEGER, '1_000'::INTEGER, '0x1F'::INTEGER, '1e3'::INTEGER, '3.5'::INTEGER, '+7'::INTEGER
;;
SELECT TRY_CAST('x' AS INTEGER), TRY_CAST(300 AS UTINYINT), TRY_CAST('1.2.3' AS DOUBLE), TRY(1 / 0), TRY('x'::INTEGER)
;;
SELECT 1 < 2.0, 1 = 1.0, 1::TINYINT = 1::HUGEINT, 1.0 = 1e0, '1' = 1, 1 <> 2, 1 != 1, 1 == 1
;;
SELECT 1 BETWEEN 0 AND 2, 3 NOT BETWEEN 1 AND 2, 1 IN (1, 2.0, '3'), NOT 1 = 2, true AND NULL, false AND NULL, true OR NULL
;;
SELECT 2 + 3 * 4 ** 2 // 5 - -1 % 3, (2 + 3) * 4, 1 - 1 - 1, 2 ** 3 ** 2, -2 ** 2, NOT true OR true
;;
SELECT 1+1,1-1,1*1,1--1
;;
SELECT hash(1) = hash(1), bin(10), to_base(255, 16), format('{:,}', 1234567), format_bytes(16384), 5::VARCHAR || '%'
;;
SELECT width_bucket(5.35, 0.024, 10.06, 5)
;;
SELECT sum(i), avg(i), typeof(sum(i)) FROM range(1000) t(i)
;;
SELECT equi_width_bins(0, 10, 5, true), equi_width_bins(0.0, 1.0, 2, false)
;;
SELECT 1::BIT, 5::UINTEGER - 5::UINTEGER, 3::UTINYINT + 3::TINYINT, typeof(3::UTINYINT + 3::TINYINT), typeof(-5::BIGINT)
;;
SELECT 0 = -0, NULL = NULL, NULL + 1, NULL IS NULL, 5 IS NOT NULL, 5 ISNULL, NULL NOTNULL
;;
SELECT 99999999999999999999 + 1, 9223372036854775807 + 1::HUGEINT
;;
SELECT 9223372036854775807 + 1
;;
SELECT 127::TINYINT + 1::TINYINT
;;
SELECT 3::UINTEGER - 4::UINTEGER
;;
SELECT 2147483648::INTEGER
;;
SELECT (-1)::UBIGINT
;;
SELECT 1000.5::DECIMAL(4, 1)
;;
SELECT 99999999999999999999999999999999999999::DECIMAL(38, 0) * 10
;;
SELECT 'abc'::INTEGER
;;
SELECT '12abc'::DOUBLE
;;
SELECT ''::INTEGER
;;
SELECT 'inf'::DOUBLE::INTEGER
;;
SELECT 1e39::FLOAT, 1e309
;;
SELECT sqrt(-1)
;;
SELECT ln(0)
;;
SELECT log(-1)
;;
SELECT factorial(100)
;;
SELECT abs(-9223372036854775808)
;;
SELECT -(-128)::TINYINT, -((-128)::TINYINT)
;;
SELECT 1 << 200
;;
SELECT power(1e200, 2)
;;
SELECT 5::DECIMAL(39, 0)
;;
SELECT 5::DECIMAL(3, 5)
;;
SELECT 0xZZ
;;
SELECT 1__0
;;
SELECT 1_
;;
SELECT 1.2.3
;;
SELECT 12abc
;;
SELECT 1 +
;;
SELECT 1 + 'a'
;;
SELECT 1 + DATE '2024-01-01', true + 1
;;
SELECT 5 % 'x'
;;
SELECT acos(2)
;;
SELECT round(1.5, 'x')
;;
SELECT gcd(1.5, 2)
