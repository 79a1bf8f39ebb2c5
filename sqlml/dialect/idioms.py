"""What each engine says in words of its own: calls that a query of ours makes, and what they are there.

`{0}` is the first argument of a call. Where it stands more than once, the query has a name for it.
"""

IDIOMS = {
    # How many different tags that are not empty a text has, between signs and without the spaces around them.
    "DIFFERENT_TAGS": {
        "postgres": "(SELECT COUNT(DISTINCT tag_) FROM (SELECT BTRIM(part_, {2}) AS tag_"
        " FROM UNNEST(STRING_TO_ARRAY({0}, {1})) AS parts_(part_)) AS tags_ WHERE tag_ <> '')",
        "bigquery": "(SELECT COUNT(DISTINCT TRIM(part_, {2})) FROM UNNEST(SPLIT({0}, {1})) AS part_"
        " WHERE TRIM(part_, {2}) <> '')",
        "snowflake": "ARRAY_SIZE(ARRAY_DISTINCT(FILTER(TRANSFORM(SPLIT({0}, {1}), part_ -> TRIM(part_, {2})),"
        " part_ -> part_ <> '')))",
        "spark": "SIZE(ARRAY_DISTINCT(FILTER(TRANSFORM(SPLIT({0}, CONCAT('[', {1}, ']')),"
        " part_ -> TRIM(BOTH {2} FROM part_)), part_ -> part_ <> '')))",
    },
    # Seconds since midnight of a time of day, DOUBLE.
    "SECONDS_OF_DAY": {
        "postgres": "CAST(EXTRACT(EPOCH FROM {0}) AS DOUBLE PRECISION)",
        "bigquery": "(TIME_DIFF({0}, TIME '00:00:00', MICROSECOND) / 1000000.0)",
        "snowflake": "(CAST(DATEDIFF(MICROSECOND, CAST('00:00:00' AS TIME), {0}) AS DOUBLE) / 1000000)",
        "spark": "(CAST((HOUR({0}) * 3600 + MINUTE({0}) * 60 + EXTRACT(SECOND FROM {0})) * 1000000 AS DOUBLE)"
        " / 1000000)",
    },
    # Seconds of an interval, in which a year has 365.25 days and a month 30.
    "SECONDS_LONG": {
        "postgres": "CAST(EXTRACT(EPOCH FROM {0}) AS DOUBLE PRECISION)",
        "bigquery": "(EXTRACT(YEAR FROM {0}) * 31557600.0 + EXTRACT(MONTH FROM {0}) * 2592000"
        " + EXTRACT(DAY FROM {0}) * 86400 + EXTRACT(HOUR FROM {0}) * 3600 + EXTRACT(MINUTE FROM {0}) * 60"
        " + (EXTRACT(SECOND FROM {0}) * 1000000 + EXTRACT(MICROSECOND FROM {0})) / 1000000.0)",
        "spark": "CAST(EXTRACT(DAY FROM {0}) * 86400 + EXTRACT(HOUR FROM {0}) * 3600 + EXTRACT(MINUTE FROM {0}) * 60"
        " + EXTRACT(SECOND FROM {0}) AS DOUBLE)",
    },
    # A number that two texts hardly ever share: the first eight digits of a digest.
    "MARK": {
        "postgres": "CAST(CAST('x' || LEFT(MD5({0}), 8) AS BIT(32)) AS BIGINT)",
        "bigquery": "CAST(CONCAT('0x', SUBSTR(TO_HEX(MD5({0})), 1, 8)) AS INT64)",
        "snowflake": "TO_NUMBER(LEFT(MD5({0}), 8), 'XXXXXXXX')",
        "spark": "CAST(CONV(LEFT(MD5({0}), 8), 16, 10) AS BIGINT)",
    },
    # Whether a pattern describes all of a text.
    "FITS": {
        "postgres": "({0} ~ ('^' || {1} || '$'))",
        "bigquery": "REGEXP_CONTAINS({0}, CONCAT('^', {1}, '$'))",
        "snowflake": "REGEXP_LIKE({0}, {1})",
        "spark": r"({0} RLIKE CONCAT('^', {1}, '\\z'))",
    },
    # What a text that a pattern describes has for one of its groups.
    "FOUND": {
        "postgres": "(REGEXP_MATCH({0}, '^' || {1} || '$'))[{2}]",
        "bigquery": r"REGEXP_REPLACE({0}, CONCAT('^', {1}, '$'), '\\{2}')",
        "snowflake": "REGEXP_SUBSTR({0}, CONCAT('^', {1}, '$'), 1, 1, 'e', {2})",
        "spark": "REGEXP_EXTRACT({0}, CONCAT('^', {1}, '$'), {2})",
    },
}
# What a clock in UTC shows, where the translator has no words for it that hold in every session.
IN_UTC = {
    "bigquery": "DATETIME({0}, 'UTC')",
    "spark": "(TIMESTAMP_NTZ '1970-01-01 00:00:00' + MAKE_DT_INTERVAL(0, 0, 0, UNIX_MICROS({0}) / 1000000BD))",
}
