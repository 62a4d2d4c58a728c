"""ClickHouse's HTTP interface, read only, over the embedded engine: for Grafana's data source, drivers and curl."""

import json
import secrets
import zlib
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from exporters.clickhouse.guest import Answer, GuestError, Question
from exporters.web.body import bounded
from exporters.web.errors import RequestError, shown
from exporters.web.sources import sources_of

DOOR = "/clickhouse"
MOST_BYTES = 128 << 10
WORTH_PACKING = 1024
"""Bytes from which on an answer is compressed for those who take it."""

DATABASES = ("", "default", "nvr")
"""Names that drivers send by default mean ours."""

HARMLESS = frozenset(
    (
        *("query", "default_format", "database", "query_id", "session_id", "session_timeout", "session_check"),
        *("user", "password", "quota_key", "role", "client_protocol_version", "client_name"),
        *("wait_end_of_query", "buffer_size", "send_progress_in_http_headers", "http_headers_progress_interval_ms"),
        *("cancel_http_readonly_queries_on_client_close", "enable_http_compression", "http_zlib_compression_level"),
        *("add_http_cors_header", "max_execution_time", "max_result_rows", "max_result_bytes", "result_overflow_mode"),
        *("max_rows_to_read", "max_memory_usage", "max_threads", "max_block_size", "readonly", "log_comment"),
        *("date_time_input_format", "date_time_output_format", "output_format_json_quote_64bit_integers"),
        *("output_format_json_quote_denormals", "output_format_json_named_tuples_as_objects", "extremes"),
        *("output_format_native_encode_types_in_binary_format", "allow_experimental_json_type", "use_client_time_zone"),
        *("enable_json_type", "interactive_delay", "compress", "decompress", "network_compression_method"),
    )
)
"""What drivers send along. None changes an answer: this door has settings of its own."""

_STATUS = {60: 404, 46: 404, 47: 404, 81: 404, 158: 413, 159: 408, 202: 429, 241: 413, 307: 413, 396: 413, 497: 403}
"""Of errors by their code; others are 400."""

_TYPES = {
    "JSONEachRow": "application/x-ndjson",
    "JSON": "application/json",
    "CSV": "text/csv",
    "Native": "application/octet-stream",
    "Parquet": "application/octet-stream",
    "Arrow": "application/octet-stream",
    "RowBinary": "application/octet-stream",
}
"""By how the format's name begins; others are tab-separated or meant for the eye."""


async def ping(_: Request) -> Response:
    return Response("Ok.\n", media_type="text/plain")


async def ask(request: Request) -> Response:
    """One question, in the query or in the body."""
    guests = sources_of(request).guests
    query = request.query_params
    try:
        if guests is None:
            raise GuestError(344, "SUPPORT_IS_DISABLED", "The database is a server of its own: ask that one")
        text = await _text(request)
        if not text.strip():
            return Response("Ok.\n", media_type="text/plain")
        _check_settings(query)
        question = Question(text, _default_format(request), parameters_of(query))
        return _answered(request, await guests.ask(question))
    except GuestError as error:
        return failed(error)


async def _text(request: Request) -> str:
    body = await bounded(request, MOST_BYTES)
    if request.headers.get("Content-Type", "").startswith("multipart/"):
        raise GuestError(48, "NOT_IMPLEMENTED", "Forms are not taken here: put the query into the body")
    if request.headers.get("Content-Encoding", "identity") == "gzip":
        body = _unpacked(body)
    parts = (request.query_params.get("query", ""), body.decode("utf-8", "replace"))
    return "\n".join(part for part in parts if part)


def _unpacked(body: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=31)
    try:
        text = unpacking.decompress(body, MOST_BYTES)
    except zlib.error:
        text = b""
    if unpacking.unconsumed_tail:
        raise RequestError(413, "the body is too long", hint=f"at most {MOST_BYTES} bytes")
    if not unpacking.eof:
        raise GuestError(354, "ZLIB_INFLATE_FAILED", "The body is not gzip")
    return text


def _check_settings(query: QueryParams) -> None:
    for name, value in query.multi_items():
        if name in ("compress", "decompress") and value not in ("0", "false", ""):
            raise GuestError(48, "NOT_IMPLEMENTED", f"{name} is not supported: use Accept-Encoding: gzip")
        if name not in HARMLESS and not name.startswith("param_"):
            raise GuestError(164, "READONLY", f"Cannot modify '{shown(name)}' setting in readonly mode")
    if query.get("database", "") not in DATABASES:
        raise GuestError(81, "UNKNOWN_DATABASE", f"Database {shown(query['database'])} does not exist")


def _default_format(request: Request) -> str:
    return request.headers.get("X-ClickHouse-Format") or request.query_params.get("default_format") or "TabSeparated"


def parameters_of(query: QueryParams) -> Mapping[str, str]:
    return {name.removeprefix("param_"): value for name, value in query.items() if name.startswith("param_")}


def _answered(request: Request, answer: Answer) -> Response:
    summary: dict[str, Any] = {
        "read_rows": str(answer.read_rows),
        "read_bytes": str(answer.read_bytes),
        "elapsed_ns": str(round(answer.elapsed_seconds * 1e9)),
    }
    headers = {
        "X-ClickHouse-Query-Id": request.query_params.get("query_id", "")[:64] or secrets.token_hex(16),
        "X-ClickHouse-Server-Display-Name": "nvr",
        "X-ClickHouse-Format": answer.format,
        "X-ClickHouse-Timezone": "UTC",
        "X-ClickHouse-Summary": json.dumps(summary, separators=(",", ":")),
        "Cache-Control": "no-store",
        "Vary": "Accept-Encoding",
    }
    body = answer.body
    if len(body) >= WORTH_PACKING and "gzip" in request.headers.get("Accept-Encoding", ""):
        body, headers["Content-Encoding"] = _packed(body), "gzip"
    return Response(body, headers=headers, media_type=_media_type(answer.format))


def _packed(body: bytes) -> bytes:
    packing = zlib.compressobj(1, wbits=31)
    return packing.compress(body) + packing.flush()


def _media_type(output: str) -> str:
    for name, media_type in _TYPES.items():
        if output.startswith(name):
            return media_type
    return "text/tab-separated-values" if output.startswith("T") else "text/plain"


def failed(error: GuestError) -> Response:
    headers = {"X-ClickHouse-Exception-Code": str(error.code), "Cache-Control": "no-store"}
    return Response(f"{error}\n", _STATUS.get(error.code, 400), headers, media_type="text/plain")
