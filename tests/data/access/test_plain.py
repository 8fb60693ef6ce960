"""The quick way for many new rows says the same as the reader of single rows, or nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adops_cli.data import events
from adops_cli.data.access import batch, crud, plain
from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.storage.models import Event
from adops_cli.storage.table import fields_of
from adops_cli.values import attribute

TEXT = st.one_of(st.text(), st.sampled_from(["", "a\0", "\ud800", "ü", "a.b"]))
TIMES = st.sampled_from(
    [
        "2026-02-10T08:00:00.000Z",
        "2026-02-30T08:00:00.000Z",
        "2026-02-10T08:00:00.000Z\n2026-02-10T08:00:00.000Z",
        "2026-02-10T08:00:00Z",
        "2026-02-10",
        "٢٠٢٦-02-10T08:00:00.000Z",
        1770710400000,
        "soon",
        None,
    ]
)
JSON = st.one_of(
    st.sampled_from([{"n": 1e300}, {"n": -0.0}, {"t": "\0"}, {"t": "\\u0000"}, {1: 2}, {"x": float("nan")}, None, "a"]),
    st.dictionaries(st.text(), st.one_of(st.integers(), st.floats(), TEXT)),
)
ODD = st.one_of(st.none(), st.integers(), st.booleans(), TEXT)
ROW = st.fixed_dictionaries(
    {"type": st.one_of(TEXT, ODD)},
    optional={
        "id": ODD,
        "source": ODD,
        "payload": JSON,
        "executionId": ODD,
        "processed": st.sampled_from([True, False, None, 1, "yes", "?"]),
        "timestamp": TIMES,
        "unknown": st.just(1),
    },
)


def told(row: dict[str, Any]) -> list[Any] | None:
    """The row as the reader of single rows has it stored; None if it is refused."""
    try:
        values = crud.new_values(Event, batch.by_attribute(row))
    except AdopsError:
        return None
    return [field.db_value(values.get(name, field.default)) for name, field in fields_of(Event).items()]


@given(st.lists(ROW, min_size=1, max_size=3))
def test_what_is_plain_is_stored_as_when_it_is_read_one_by_one(rows: list[dict[str, Any]]) -> None:
    columns = plain.columns(Event, rows, attribute)

    if columns is not None:
        stored = [list(row) for row in zip(*columns, strict=True)]
        made = [at for at, name in enumerate(fields_of(Event)) if name in {"id", "timestamp"}]
        for one, row in zip(stored, rows, strict=True):
            other = told(row)
            assert other is not None
            for at in made:
                if list(fields_of(Event))[at] not in row:
                    one[at] = other[at] = "made"
            assert one == other


@given(st.lists(ROW, min_size=1, max_size=3))
def test_what_is_refused_is_not_plain(rows: list[dict[str, Any]]) -> None:
    if None in map(told, rows):
        assert plain.columns(Event, rows, attribute) is None


def test_rows_as_programs_write_them_are_plain() -> None:
    row = {"type": "a.ü", "source": None, "payload": {"n": 1}, "timestamp": "2026-02-10T08:00:00.000Z"}

    columns = plain.columns(Event, [{"id": id, **row} for id in "ab"], attribute)

    assert columns is not None
    assert [*zip(*columns, strict=True)][1] == (
        *("b", "a.ü", None, '{"n":1}', None, None, False),
        "2026-02-10T08:00:00.000Z",
    )


@pytest.mark.usefixtures("bound")
def test_one_row_that_is_not_plain_changes_nothing_for_the_others() -> None:
    rows = [{"id": str(number), "type": "a", "payload": {"n": number}} for number in range(700)]

    events.create_many([*rows[:650], {**rows[650], "timestamp": "2026-02-10T08:00:00Z"}, *rows[651:]])

    assert [event.payload for event in events.list(sort="id")] == [
        row["payload"] for row in sorted(rows, key=lambda row: str(row["id"]))
    ]
    with pytest.raises(BadRequestError, match=r"^row 302: type must be text"):
        events.create_many([*({"type": "b"} for _ in range(301)), {"type": 5}])
    with pytest.raises(AdopsError, match=r"^row 1: event '5' already exists"):
        events.create_many([{"id": "5", "type": "b"}])
    assert Event.select().count() == 700
