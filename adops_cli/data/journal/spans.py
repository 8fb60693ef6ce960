"""Consecutive days as spans: the compact form in which the journal keeps many days."""

import functools
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from adops_cli.periods import ONE_DAY

Spans = Sequence[Sequence[str]]
"""The first and the last day of each, in their order."""


def spans_of(days: Iterable[str]) -> list[list[str]]:
    """Days in their order as spans without gaps."""
    spans: list[list[str]] = []
    for day in days:
        if spans and _after(spans[-1][1]) == day:
            spans[-1][1] = day
        else:
            spans.append([day, day])
    return spans


def days_of(spans: Spans) -> Iterator[str]:
    """The days of spans, in their order."""
    for first, last in spans:
        day = first
        while day <= last:
            yield day
            day = _after(day)


@functools.cache
def _after(day: str) -> str:
    """The next day. Called for every day of a file, which has a few thousand different ones."""
    return (date.fromisoformat(day) + ONE_DAY).isoformat()
