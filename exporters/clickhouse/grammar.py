"""What a stranger's question may be made of: the nodes, functions and tables that the read-only door knows.

Only what is named here passes. The engine runs inside the recorder, with the recorder's rights: its `readonly` alone
still lets `file('/etc/passwd')` through.
"""

import re


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NODES = words(
    """SelectWithUnionQuery SelectIntersectExceptQuery SelectQuery ExpressionList Function Literal Identifier
    TableIdentifier TablesInSelectQuery TablesInSelectQueryElement TableExpression TableJoin ArrayJoin Subquery
    WithElement Asterisk QualifiedAsterisk ColumnsTransformerList ColumnsExceptTransformer OrderByElement
    WindowListElement WindowDefinition SampleRatio InterpolateElement ShowTables DescribeQuery"""
)
"""Kinds in `EXPLAIN AST`. Not among them: `Set` (settings), `ColumnsApplyTransformer`, which hides a function."""

SYSTEM_TABLES = words(
    """system.one system.numbers system.tables system.columns system.databases system.settings system.functions
    system.formats system.data_type_families system.time_zones information_schema.tables information_schema.columns
    information_schema.schemata"""
)
"""What drivers and tools ask for at their handshake."""

PATHS = words("data_path data_paths metadata_path uuid path file create_query source_code")
"""Columns of the system tables that tell where things lie on this host, or how they were made."""

_ARITHMETIC = """plus minus multiply divide modulo intDiv intDivOrZero negate abs gcd lcm moduloOrZero
    positiveModulo sign greatest least divideDecimal multiplyDecimal ifNotFinite isFinite isInfinite isNaN"""
_COMPARISON = """equals notEquals less greater lessOrEquals greaterOrEquals isNotDistinctFrom isDistinctFrom and or
    not xor in notIn globalIn globalNotIn nullIn notNullIn like notLike ilike notILike match between if multiIf
    caseWithExpression caseWithoutExpression coalesce ifNull nullIf isNull isNotNull assumeNotNull toNullable"""
_MATHEMATICS = """e pi exp log ln log2 log10 log1p exp2 exp10 sqrt cbrt pow power sin cos tan asin acos atan atan2
    hypot sinh cosh tanh erf erfc tgamma lgamma degrees radians round floor ceil ceiling trunc truncate
    roundBankers roundToExp2 roundDuration widthBucket bitAnd bitOr bitXor bitNot bitShiftLeft bitShiftRight
    bitTest bitCount"""
_TIMES = """now now64 today yesterday toDate toDate32 toDateTime toDateTime32 toDateTime64 toDateOrNull
    toDateTimeOrNull toDateTime64OrNull toDateOrZero toDateTimeOrZero toTimeZone timeZone timezone timeZoneOf
    timezoneOf timeZoneOffset timezoneOffset toYear toQuarter toMonth toDayOfYear toDayOfMonth toDayOfWeek toHour
    toMinute toSecond toMillisecond toUnixTimestamp toUnixTimestamp64Milli toUnixTimestamp64Micro
    toUnixTimestamp64Nano fromUnixTimestamp fromUnixTimestamp64Milli fromUnixTimestamp64Micro
    fromUnixTimestamp64Nano toStartOfYear toStartOfQuarter toStartOfMonth toLastDayOfMonth toMonday toStartOfWeek
    toLastDayOfWeek toStartOfDay toStartOfHour toStartOfMinute toStartOfSecond toStartOfMillisecond
    toStartOfFiveMinutes toStartOfFiveMinute toStartOfTenMinutes toStartOfFifteenMinutes toStartOfInterval date_bin
    dateBin toTime toISOYear toISOWeek toWeek toYearWeek toRelativeHourNum toRelativeDayNum toRelativeMinuteNum
    toRelativeSecondNum toYYYYMM toYYYYMMDD toYYYYMMDDhhmmss age dateDiff date_diff dateTrunc date_trunc dateAdd
    date_add dateSub date_sub timestampAdd timestamp_add timestampSub timestamp_sub addYears addQuarters addMonths
    addWeeks addDays addHours addMinutes addSeconds addMilliseconds subtractYears subtractQuarters subtractMonths
    subtractWeeks subtractDays subtractHours subtractMinutes subtractSeconds subtractMilliseconds addInterval
    subtractInterval formatDateTime parseDateTime parseDateTimeBestEffort parseDateTimeBestEffortOrNull
    parseDateTime64BestEffort parseDateTime64BestEffortOrNull makeDate makeDateTime makeDateTime64 timeSlot
    timeSlots monthName toIntervalNanosecond toIntervalMicrosecond toIntervalMillisecond toIntervalSecond
    toIntervalMinute toIntervalHour toIntervalDay toIntervalWeek toIntervalMonth toIntervalQuarter toIntervalYear"""
_CONVERSION = """CAST _CAST accurateCast accurateCastOrNull toTypeName toString toFixedString toInt8 toInt16
    toInt32 toInt64 toUInt8 toUInt16 toUInt32 toUInt64 toInt32OrNull toInt64OrNull toUInt32OrNull toUInt64OrNull
    toInt64OrZero toUInt64OrZero toFloat32 toFloat64 toFloat64OrNull toFloat64OrZero toDecimal32 toDecimal64
    toDecimal128 toBool toUUID toUUIDOrNull toLowCardinality reinterpretAsUInt64 identity materialize
    toColumnTypeName"""
_STRINGS = """length empty notEmpty lower upper lowerUTF8 upperUTF8 lengthUTF8 char_length concat
    concatWithSeparator substring substr mid left right leftPad rightPad trim trimBoth trimLeft trimRight trimFull
    trimBothBackslash ltrim rtrim replace replaceAll replaceOne replaceRegexpAll replaceRegexpOne position
    positionCaseInsensitive locate startsWith endsWith splitByChar splitByString splitByRegexp splitByWhitespace
    alphaTokens extract extractAll extractGroups multiSearchAny countSubstrings reverse reverseUTF8 format hex
    unhex base64Encode base64Decode ascii encodeURLComponent decodeURLComponent formatReadableSize
    formatReadableDecimalSize formatReadableQuantity formatReadableTimeDelta initcap toValidUTF8 arrayStringConcat
    cityHash64 xxHash64 sipHash64 JSONExtract JSONExtractString JSONExtractInt JSONExtractFloat JSONExtractBool
    JSONExtractRaw JSONHas JSONLength toJSONString"""
_COLLECTIONS = """array range arrayElement arrayElementOrNull arrayMap arrayFilter arraySort arrayReverseSort
    arraySum arrayAvg arrayMin arrayMax arrayCount arrayExists arrayAll arrayFirst arrayFirstIndex arrayLast
    arrayJoin arrayConcat arrayDistinct arrayUniq arrayEnumerate arraySlice arrayReverse arrayZip arrayCumSum
    arrayDifference arrayFlatten arrayIntersect arrayCompact arrayResize arrayPushBack arrayPushFront
    arrayWithConstant arrayProduct has hasAll hasAny indexOf countEqual tuple tupleElement untuple lambda map
    mapKeys mapValues mapContains mapContainsKey mapAdd mapFromArrays emptyArrayString emptyArrayUInt64 transform
    bar nth_value"""
_AGGREGATES = """count sum min max avg any anyLast any_value argMin argMax uniq uniqExact uniqCombined uniqHLL12
    median quantile quantiles quantileExact quantilesExact quantileTDigest quantilesTDigest quantileTiming
    medianExact groupArray groupUniqArray groupArrayMovingAvg groupArrayMovingSum groupBitAnd groupBitOr sumMap
    maxMap minMap sumWithOverflow sumKahan avgWeighted stddevPop stddevSamp varPop varSamp covarPop covarSamp corr
    skewPop kurtPop topK first_value last_value deltaSum deltaSumTimestamp boundingRatio simpleLinearRegression
    maxIntersections maxIntersectionsPosition histogram entropy grouping"""
_WINDOWS = """row_number rank dense_rank percent_rank ntile lag lead lagInFrame leadInFrame nonNegativeDerivative
    neighbor runningDifference tumble tumbleStart tumbleEnd hop hopStart hopEnd"""
_SERVER = "version revision displayName currentDatabase currentUser user uptime blockNumber rowNumberInAllBlocks"
_TABLES = "numbers numbers_mt zeros generate_series generateSeries values null"

FUNCTIONS = frozenset(
    name.lower()
    for group in (
        *(_ARITHMETIC, _COMPARISON, _MATHEMATICS, _TIMES, _CONVERSION, _STRINGS, _COLLECTIONS),
        *(_AGGREGATES, _WINDOWS, _SERVER, _TABLES),
    )
    for name in words(group)
)

_AGGREGATE_NAMES = frozenset(name.lower() for name in words(_AGGREGATES))
_COMBINATOR = re.compile(
    r"(?:if|array|map|distinct|ornull|ordefault|state|merge|simplestate|foreach|resample|argmin|argmax)$"
)


def is_known_function(name: str) -> bool:
    """Also an aggregate with combinators behind its name, as in `sumIf`."""
    name = name.lower()
    while name not in FUNCTIONS:
        shorter = _COMBINATOR.sub("", name)
        if shorter == name:
            return False
        name = shorter
        if name in _AGGREGATE_NAMES:
            return True
    return True
