"""Whether a stranger's question may be asked, decided from the engine's own reading of it.

The engine parses the question without running it (`formatQuerySingleLine`), which leaves one statement in its plain
form, and then shows that form's syntax tree (`EXPLAIN AST`, parameters filled in). Every line of the tree must be
known: so a line that a clever name smuggles in can only be one more to be refused. Nothing of ours parses SQL.
"""

import re
from dataclasses import dataclass

from exporters.clickhouse.grammar import NODES, PATHS, SYSTEM_TABLES, is_known_function, words

FORMATS = words(
    """Native JSON JSONCompact JSONStrings JSONCompactStrings JSONEachRow JSONStringsEachRow JSONCompactEachRow
    JSONCompactEachRowWithNames JSONCompactEachRowWithNamesAndTypes JSONCompactStringsEachRow
    JSONCompactStringsEachRowWithNames JSONCompactStringsEachRowWithNamesAndTypes JSONColumns JSONColumnsWithMetadata
    JSONCompactColumns JSONObjectEachRow CSV CSVWithNames CSVWithNamesAndTypes TabSeparated TSV TabSeparatedRaw TSVRaw
    TabSeparatedWithNames TSVWithNames TabSeparatedWithNamesAndTypes TSVWithNamesAndTypes RowBinary RowBinaryWithNames
    RowBinaryWithNamesAndTypes Pretty PrettyCompact PrettySpace Vertical Values Markdown XML Null Arrow ArrowStream
    Parquet"""
)

_FORMAT = re.compile(r" FORMAT (\w+)$", re.ASCII)
_SHOW = re.compile(r"SHOW (?:TABLES|DATABASES)(?: FROM \w+)?(?: (?:NOT )?I?LIKE '[\w%.*-]*')?(?: LIMIT \d+)?", re.ASCII)
_LINE = re.compile(r" *(\w+) *(.*)")
_TAIL = re.compile(r"(?: \(alias .*\))?(?: \(children \d+\))?$")
_ROOTS = {
    "SelectWithUnionQuery": (" ExpressionList",),
    "DescribeQuery": (" TableExpression",),
    "ShowTables": (" Identifier",),
}
"""What may be answered, and what may hang from the root of each: beside it would be the name of a file to write."""

_SYSTEM = ("system.", "information_schema.", "_temporary")


class NotAllowed(Exception):
    """`code` and `name` as ClickHouse numbers and calls such an error."""

    def __init__(self, message: str, code: int = 497, name: str = "ACCESS_DENIED") -> None:
        super().__init__(message)
        self.code, self.name = code, name


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement in the engine's plain form, without its format."""

    text: str
    format: str


def statement(plain: str, default_format: str) -> Statement:
    """Split the format off. Raises NotAllowed for a format that is not known."""
    text = plain.rstrip("\n")
    found = _FORMAT.search(text)
    name = found[1] if found else default_format
    if name not in FORMATS:
        raise NotAllowed(f"Unknown format {name[:40]}", 73, "UNKNOWN_FORMAT")
    return Statement(text[: found.start()] if found else text, name)


def check(statement_text: str, tree: str) -> None:
    """Raises NotAllowed, which names what is not. `tree` is the text of `EXPLAIN AST`."""
    lines = tree.rstrip("\n").split("\n")
    if lines[0].startswith("ShowTables") and not _SHOW.fullmatch(statement_text):
        raise NotAllowed("Only SHOW TABLES and SHOW DATABASES are answered here")
    nodes = [_node(line) for line in lines]
    _check_root(lines)
    for kind, text in nodes:
        _check_node(kind, text)
    _check_paths(nodes)


def _node(line: str) -> tuple[str, str]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise NotAllowed("A name in the query has unusual characters")
    return found[1], _TAIL.sub("", found[2])


def _check_root(lines: list[str]) -> None:
    children = _ROOTS.get(lines[0].split(" ", 1)[0])
    if children is None:
        raise NotAllowed("Only SELECT, SHOW TABLES, SHOW DATABASES and DESCRIBE are answered here")
    for line in lines[1:]:
        if not line.startswith(("  ", *children)):
            raise NotAllowed("Only a query may stand here: no INTO OUTFILE, no SETTINGS")


def _check_node(kind: str, text: str) -> None:
    if kind not in NODES:
        what = "SETTINGS are not taken here" if kind == "Set" else f"{kind} is not answered here"
        raise NotAllowed(what)
    if kind == "Function" and not is_known_function(text):
        raise NotAllowed(f"The function {text[:60]} is not on the list of those that are answered here")
    if kind == "TableIdentifier" and not _is_known_table(text):
        raise NotAllowed(f"The table {text[:60]} is not read from here")
    if kind == "Identifier" and text.lower().startswith(_SYSTEM) and not _is_column_of_system(text):
        raise NotAllowed(f"{text[:60]} is not read from here")


def _is_known_table(name: str) -> bool:
    database, dot, _ = name.partition(".")
    return not dot or database == "nvr" or name.lower() in SYSTEM_TABLES


def _is_column_of_system(name: str) -> bool:
    """A column of a table that may be read; after IN it may be the table itself."""
    return name.lower() in SYSTEM_TABLES or name.lower().rpartition(".")[0] in SYSTEM_TABLES


def _check_paths(nodes: list[tuple[str, str]]) -> None:
    """Where things lie on this host is nobody's business: not by name, and not by all columns at once."""
    if not any(kind == "TableIdentifier" and text.lower().startswith(_SYSTEM) for kind, text in nodes):
        return
    for kind, text in nodes:
        if kind in ("Asterisk", "QualifiedAsterisk") or (kind == "Identifier" and text.lower().split(".")[-1] in PATHS):
            raise NotAllowed("Of system tables, name the columns that you want; paths are not among them")
