"""What each engine says in words of its own: calls that a query of ours makes, and what they are there.

`{0}` is the first argument of a call, and `{0.bare}` the text of a literal without its quotes. Where one stands more
than once, the query has a name for it.
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
    # The parts of a text that a pattern describes, in their order.
    "WORDS": {
        "postgres": "CASE WHEN {0} IS NOT NULL THEN ARRAY(SELECT found_[1] FROM REGEXP_MATCHES({0}, {1}, 'g')"
        " WITH ORDINALITY AS matches_(found_, at_) ORDER BY at_) END",
        "bigquery": "REGEXP_EXTRACT_ALL({0}, {1})",
        "snowflake": "REGEXP_SUBSTR_ALL({0}, {1})",
        "spark": "REGEXP_EXTRACT_ALL({0}, {1}, 0)",
    },
    # The mark of each of several words.
    "MARKS": {
        "postgres": "ARRAY(SELECT CAST(CAST('x' || LEFT(MD5(word_), 8) AS BIT(32)) AS BIGINT)"
        " FROM UNNEST({0}) WITH ORDINALITY AS words_(word_, at_) ORDER BY at_)",
        "bigquery": "ARRAY(SELECT CAST(CONCAT('0x', SUBSTR(TO_HEX(MD5(word_)), 1, 8)) AS INT64)"
        " FROM UNNEST({0}) AS word_ WITH OFFSET AS at_ ORDER BY at_)",
        "snowflake": "TRANSFORM({0}, word_ VARCHAR -> TO_NUMBER(LEFT(MD5(word_), 8), 'XXXXXXXX'))",
        "spark": "TRANSFORM({0}, word_ -> CAST(CONV(LEFT(MD5(word_), 8), 16, 10) AS BIGINT))",
    },
    # The buckets, from 1 to so many, of marks and of neighbouring marks, each once.
    "BUCKETS": {
        "postgres": "ARRAY(SELECT MOD(mark_, {1}) + 1 FROM UNNEST({0}) AS marks_(mark_) UNION SELECT"
        " MOD(before_ * 31 + mark_, {1}) + 1 FROM (SELECT mark_, LAG(mark_) OVER (ORDER BY at_) AS before_"
        " FROM UNNEST({0}) WITH ORDINALITY AS marks_(mark_, at_)) AS pairs_ WHERE NOT before_ IS NULL)",
        "bigquery": "ARRAY(SELECT DISTINCT MOD(mark_, {1}) + 1 FROM UNNEST(ARRAY_CONCAT({0}, ARRAY(SELECT"
        " {0}[ORDINAL(at_)] * 31 + {0}[ORDINAL(at_ + 1)] FROM UNNEST(GENERATE_ARRAY(1, ARRAY_LENGTH({0}) - 1))"
        " AS at_))) AS mark_)",
        "snowflake": "ARRAY_DISTINCT(ARRAY_CAT(TRANSFORM({0}, mark_ INT -> MOD(mark_, {1}) + 1),"
        " TRANSFORM(ARRAYS_ZIP(ARRAY_SLICE({0}, 0, -1), ARRAY_SLICE({0}, 1, ARRAY_SIZE({0}))),"
        " pair_ -> MOD(CAST(GET(pair_, '$1') AS INT) * 31 + CAST(GET(pair_, '$2') AS INT), {1}) + 1)))",
        "spark": "ARRAY_DISTINCT(CONCAT(TRANSFORM({0}, mark_ -> mark_ % {1} + 1),"
        " ZIP_WITH(SLICE({0}, 1, GREATEST(SIZE({0}) - 1, 0)), SLICE({0}, 2, GREATEST(SIZE({0}) - 1, 0)),"
        " (mark_, next_) -> (mark_ * 31 + next_) % {1} + 1)))",
    },
    # The sum of the weights of some buckets, which are places in a list of whole numbers that is given as text.
    "WEIGHED": {
        "postgres": "(SELECT COALESCE(SUM((CAST('{{{1.bare}}}' AS SMALLINT[]))[CAST(at_ AS INT)]), 0)"
        " FROM UNNEST({0}) AS buckets_(at_))",
        "bigquery": "(SELECT COALESCE(SUM([{1.bare}][ORDINAL(at_)]), 0) FROM UNNEST({0}) AS at_)",
        "snowflake": "REDUCE({0}, 0, (sum_, at_) -> sum_ + CAST(GET(PARSE_JSON('[{1.bare}]'), at_ - 1) AS INT))",
        "spark": "AGGREGATE({0}, 0, (sum_, at_) -> sum_ + GET(CAST(SPLIT({1}, ',') AS ARRAY<INT>),"
        " CAST(at_ AS INT) - 1))",
    },
    "HOW_MANY": {
        "postgres": "CARDINALITY({0})",
        "bigquery": "ARRAY_LENGTH({0})",
        "snowflake": "ARRAY_SIZE({0})",
        "spark": "ARRAY_SIZE({0})",
    },
    "HAS_WORD": {
        "postgres": "({1} = ANY({0}))",
        "bigquery": "({1} IN UNNEST({0}))",
        "snowflake": "ARRAY_CONTAINS(CAST({1} AS VARIANT), {0})",
        "spark": "ARRAY_CONTAINS({0}, {1})",
    },
    # A text that is parsed as JSON; what is none is NULL.
    "DOCUMENT": {
        "postgres": "{0}",
        "bigquery": "SAFE.PARSE_JSON({0})",
        "snowflake": "TRY_PARSE_JSON({0})",
        "spark": "{0}",
    },
    # What is at a place of a document: its text, the texts of its list, and how many keys it has.
    "JSON_TEXT": {
        "postgres": "({0} #>> {1})",
        "bigquery": "JSON_VALUE({0}, {1})",
        "snowflake": "CAST(GET_PATH({0}, {1}) AS VARCHAR)",
        "spark": "GET_JSON_OBJECT({0}, {1})",
    },
    "JSON_LIST": {
        "postgres": "CASE WHEN JSONB_TYPEOF({0} #> {1}) = 'array' THEN ARRAY(SELECT item_"
        " FROM JSONB_ARRAY_ELEMENTS_TEXT({0} #> {1}) WITH ORDINALITY AS items_(item_, at_) ORDER BY at_) END",
        "bigquery": "JSON_VALUE_ARRAY({0}, {1})",
        "snowflake": "AS_ARRAY(GET_PATH({0}, {1}))",
        "spark": "FROM_JSON(GET_JSON_OBJECT({0}, {1}), 'ARRAY<STRING>')",
    },
    "JSON_ENTRIES": {
        "postgres": "CASE WHEN JSONB_TYPEOF({0} #> {1}) = 'object' THEN"
        " (SELECT COUNT(*) FROM JSONB_OBJECT_KEYS({0} #> {1})) END",
        "bigquery": "ARRAY_LENGTH(JSON_KEYS(JSON_QUERY({0}, {1}), 1))",
        "snowflake": "ARRAY_SIZE(OBJECT_KEYS(AS_OBJECT(GET_PATH({0}, {1}))))",
        "spark": "ARRAY_SIZE(JSON_OBJECT_KEYS(GET_JSON_OBJECT({0}, {1})))",
    },
    # The numbers that texts of a list spell.
    "NUMBERS": {
        "postgres": "CASE WHEN {0} IS NOT NULL THEN ARRAY(SELECT CASE WHEN item_ = 'true' THEN 1 WHEN item_ = 'false'"
        " THEN 0 WHEN item_ ~ {1} THEN CAST(item_ AS DOUBLE PRECISION) END"
        " FROM UNNEST({0}) WITH ORDINALITY AS items_(item_, at_) ORDER BY at_) END",
        "bigquery": "ARRAY(SELECT CASE item_ WHEN 'true' THEN 1 WHEN 'false' THEN 0"
        " ELSE SAFE_CAST(item_ AS FLOAT64) END FROM UNNEST({0}) AS item_ WITH OFFSET AS at_ ORDER BY at_)",
        "snowflake": "TRANSFORM({0}, item_ VARCHAR -> CASE item_ WHEN 'true' THEN 1 WHEN 'false' THEN 0"
        " ELSE TRY_TO_DOUBLE(item_) END)",
        "spark": "TRANSFORM({0}, item_ -> CASE item_ WHEN 'true' THEN 1 WHEN 'false' THEN 0"
        " ELSE TRY_CAST(item_ AS DOUBLE) END)",
    },
    # What is in a value of a nested type: of a record or under a key, in a map, and in a list, whose first place is 1.
    "FIELD": {
        "bigquery": "{0}.`{1.bare}`",
        "snowflake": "GET({0}, {1})",
        "spark": "{0}.`{1.bare}`",
    },
    "ENTRIES": {
        "snowflake": "ARRAY_SIZE(OBJECT_KEYS({0}))",
        "spark": "CARDINALITY({0})",
    },
    "ELEMENT": {
        "postgres": "({0})[{1}]",
        "bigquery": "{0}[SAFE_ORDINAL({1})]",
        "snowflake": "GET({0}, {1} - 1)",
        "spark": "GET({0}, {1} - 1)",
    },
    "LEAST_OF": {
        "postgres": "(SELECT MIN(item_) FROM UNNEST({0}) AS items_(item_))",
        "bigquery": "(SELECT MIN(item_) FROM UNNEST({0}) AS item_)",
        "snowflake": "ARRAY_MIN({0})",
        "spark": "ARRAY_MIN({0})",
    },
    "GREATEST_OF": {
        "postgres": "(SELECT MAX(item_) FROM UNNEST({0}) AS items_(item_))",
        "bigquery": "(SELECT MAX(item_) FROM UNNEST({0}) AS item_)",
        "snowflake": "ARRAY_MAX({0})",
        "spark": "ARRAY_MAX({0})",
    },
    "MEAN_OF": {
        "postgres": "(SELECT AVG(CAST(item_ AS DOUBLE PRECISION)) FROM UNNEST({0}) AS items_(item_))",
        "bigquery": "(SELECT AVG(CAST(item_ AS FLOAT64)) FROM UNNEST({0}) AS item_)",
        "snowflake": "(REDUCE(ARRAY_COMPACT({0}), 0, (sum_, item_) -> sum_ + CAST(item_ AS DOUBLE))"
        " / NULLIF(ARRAY_SIZE(ARRAY_COMPACT({0})), 0))",
        "spark": "(AGGREGATE({0}, CAST(0 AS DOUBLE), (sum_, item_) -> sum_ + COALESCE(CAST(item_ AS DOUBLE), 0))"
        " / NULLIF(SIZE(FILTER({0}, item_ -> NOT item_ IS NULL)), 0))",
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
