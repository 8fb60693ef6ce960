"""What a piece of work asks of the bound database, and how that answers: what each step reads, without a clock."""

from collections.abc import Callable, Sequence
from typing import Any

from adops_cli.storage.engines.base import Engine

Asked = list[tuple[str, Any]]


def asked_by(engine: Engine, work: Callable[[], object], containing: str = "SELECT") -> Asked:
    """The statements that contain some words, with their parameters."""
    found: Asked = []
    engine.query_hooks.append(lambda event: found.append((event.sql, event.params)))
    try:
        work()
    finally:
        engine.query_hooks.pop()
    return [one for one in found if containing in one[0]]


def plans_of(engine: Engine, asked: Asked) -> Sequence[str]:
    """The engine's plan for each of these statements."""
    explain = "EXPLAIN QUERY PLAN" if engine.in_a_file else "EXPLAIN"
    return [str(engine.execute_sql(f"{explain} {sql}", params).fetchall()) for sql, params in asked]


def sorted_or_read_whole(plans: Sequence[str]) -> Sequence[str]:
    """The plans that sort rows, or read all rows of a table: for one step of a walk, that is all others."""
    return [plan for plan in plans if "TEMP B-TREE" in plan or "Sort" in plan or "Seq Scan" in plan or "SCAN" in plan]
