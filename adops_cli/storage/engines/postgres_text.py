"""The text of a statement of the user's own, as PostgreSQL divides it into words: parameters, names, functions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from adops_cli.errors import BadRequestError
from adops_cli.storage.engines.own_sql import two_statements

_START, _LETTER = "[A-Za-z_\u0080-\U0010ffff]", "[A-Za-z0-9_$\u0080-\U0010ffff]"
_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\n\r\f\v]+ | --[^\n\r]*)
    | (?P<comment>/\*)
    | (?P<escaped>[eE]' | [uU]&["'])
    | (?P<text>(?:[bBxXnN])?'[^']*' | \$(?P<tag>(?:{_START}[A-Za-z0-9_\u0080-\U0010ffff]*)?)\$.*?\$(?P=tag)\$)
    | "(?P<quoted>(?:[^"]|"")*)"
    | (?P<cast>::|:=)
    | :(?P<parameter>[A-Za-z_]\w*)
    | (?P<word>{_START}{_LETTER}*)
    | (?P<number>\$\d)
    | (?P<sign>.)
    """,
    re.DOTALL | re.VERBOSE,
)
_COMMENT = re.compile(r"/\*|\*/")
_OPTIONS = frozenset(("ANALYZE", "ANALYSE", "VERBOSE"))
_NO_OPTION = frozenset(("SELECT", "WITH", "VALUES", "("))
"""What begins a statement within parentheses, and no option of EXPLAIN."""
_LONGEST_NAME = 63
"""Bytes. PostgreSQL cuts what is longer."""


@dataclass(frozen=True)
class Token:
    """A part of a statement that has a meaning, and where it begins."""

    kind: str
    text: str
    start: int

    @property
    def name(self) -> str:
        """The name that it is, as PostgreSQL reads it; empty if it is none."""
        if self.kind == "quoted":
            name = self.text[1:-1].replace('""', '"')
        else:
            name = self.text.translate(_LOWER) if self.kind == "word" else ""
        return name.encode()[:_LONGEST_NAME].decode(errors="ignore")


_LOWER = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True)
class Statement:
    """A statement with numbers in place of the names of its parameters."""

    explain: str
    """EXPLAIN with its options, or nothing."""
    query: str
    """The rest. A parameter is as long as it was, so that positions are the same."""
    parameters: Sequence[str]
    """The name behind each number."""
    names: Sequence[str]
    """All names in it."""
    functions: Sequence[str]
    """Those that can be a function's: before a parenthesis, or behind a point, as in `(0).pg_sleep`."""

    def place(self, position: int) -> str:
        """A position in the query, for people."""
        before = f"{self.explain}{self.query[:position]}"
        return f"line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}"


def read(text: str) -> Statement:
    """Divide a statement. `BadRequestError` for several, and for what PostgreSQL alone can read."""
    tokens = list(_tokens(text))
    begin = _explained(tokens, len(text))
    parameters = [token for token in tokens if token.kind == "parameter"]
    query, at = [], begin
    for number, token in enumerate(parameters, 1):
        query += [text[at : token.start], f"${number}".ljust(len(token.text))]
        at = token.start + len(token.text)
    return Statement(
        explain=text[:begin],
        query="".join([*query, text[at:]]),
        parameters=[token.text[1:] for token in parameters],
        names=sorted({token.name for token in tokens} - {""}),
        functions=sorted({name for one, other in pairwise(tokens) for name in _called(one, other)} - {""}),
    )


def _called(one: Token, other: Token) -> Iterator[str]:
    if other.text == "(":
        yield one.name
    if one.text == ".":
        yield other.name


def _tokens(text: str) -> Iterator[Token]:
    at, ended = 0, False
    while found := _TOKEN.match(text, at):
        kind, start = str(found.lastgroup), at
        at = _end_of_comment(text, at) if kind == "comment" else found.end()
        if kind in ("space", "comment"):
            continue
        if ended:
            raise two_statements()
        if kind == "escaped":
            raise BadRequestError(
                f"{found[0]}…{found[0][-1]} is not taken{_place(text, start)}", "Write it in plain quotes"
            )
        if kind == "number":
            raise BadRequestError(f"{found[0]} has no name{_place(text, start)}", "Write a parameter as :name")
        ended = found[0] == ";"
        if not ended:
            yield Token(kind, found[0], start)


def _place(text: str, at: int) -> str:
    return f" ({Statement('', text, (), (), ()).place(at)})"


def _end_of_comment(text: str, at: int) -> int:
    """Comments can be nested."""
    depth = 0
    for found in _COMMENT.finditer(text, at):
        depth += 1 if found[0] == "/*" else -1
        if not depth:
            return found.end()
    return len(text)


def _explained(tokens: Sequence[Token], end: int) -> int:
    """Where the statement begins that is explained; 0 if none is."""
    words = [token.text.upper() for token in tokens]
    if words[:1] != ["EXPLAIN"]:
        return 0
    place = 1
    if words[1:2] == ["("] and words[2:3] and words[2] not in _NO_OPTION:
        place = words.index(")") + 1 if ")" in words else len(words)
    while words[place : place + 1] and words[place] in _OPTIONS:
        place += 1
    return tokens[place].start if place < len(tokens) else end
