"""JSON and NDJSON as rows of cells."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli.exports.export import Refusal, RefusedError
from adops_cli.exports.sources import json_stream
from adops_cli.exports.sources.table import Kind
from tests.exports.files import EXPORTS, read, rows


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "answer.json"


def refusal(path: Path) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        read(path)
    return caught.value


ONE, TWO = {"date": "1", "clicks": 1}, {"date": "2", "cost": 2}
ROWS = [["date", "clicks", "cost"], ["1", 1, ""], ["2", "", 2]]


@pytest.mark.parametrize(
    "shape",
    [
        [ONE, TWO],
        {"data": [ONE, TWO]},
        {"paging": {"next": None}, "results": [ONE, TWO], "fieldMask": "x"},
        {"status": "ok", "rows": [ONE, TWO], "notes": [{"text": "hello"}]},
        [{"results": [ONE]}, {"results": []}, {"results": [TWO], "requestId": "x"}, {"requestId": "y"}],
    ],
)
def test_the_records_are_found_in_every_shape_of_a_document(file: Path, shape: Any) -> None:
    file.write_text(json.dumps(shape, indent=1))
    assert [cells for _, cells in rows(file)] == ROWS


def rest(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "date"}


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda one: {"stream": "x", "data": one, "emitted_at": 1697196575461},
        lambda one: {"type": "RECORD", "stream": "x", "record": one, "time_extracted": "2026"},
        lambda one: {"type": "RECORD", "record": {"stream": "x", "data": one, "emitted_at": 1}},
        lambda one: {"_airbyte_ab_id": "a", "_airbyte_emitted_at": 1, "_airbyte_data": one},
        lambda one: {"code": 0, "data": {"list": [one], "page_info": {"page": 1}}},
        lambda one: {"data": {"reportingDataResponse": {"row": [one], "grandTotals": None}}},
        lambda one: {"response": {"body": {"items": [one]}}},
        lambda one: {"data": {"list": [{"metrics": rest(one), "dimensions": {"date": one["date"]}}]}},
    ],
)
def test_records_are_found_inside_what_connectors_and_apis_wrap_them_in(file: Path, wrapped: Any) -> None:
    file.write_text("\n".join(json.dumps(wrapped(one)) for one in (ONE, TWO)))
    names, *found = rows(file)
    seen = [dict(zip(names[1], cells, strict=True)) for _, cells in found]
    assert [{name: one[name] for name in ("date", "clicks", "cost")} for one in seen] == [
        ONE | {"cost": ""},
        TWO | {"clicks": ""},
    ]
    assert [line for line, _ in found] == [1, 2]


@pytest.mark.parametrize(
    ("wrapped", "name", "time"),
    [
        ({"stream": "x", "data": ONE, "emitted_at": 1697196575461}, "emitted_at", 1697196575461),
        ({"type": "RECORD", "stream": "x", "record": ONE, "time_extracted": "2026"}, "time_extracted", "2026"),
        ({"type": "RECORD", "record": {"stream": "x", "data": ONE, "emitted_at": 1}}, "emitted_at", 1),
        ({"_airbyte_ab_id": "a", "_airbyte_emitted_at": 1, "_airbyte_data": ONE}, "_airbyte_emitted_at", 1),
        (
            {"_airbyte_extracted_at": 2, "_airbyte_meta": {}, "_airbyte_generation_id": 5, "_airbyte_data": ONE},
            "_airbyte_extracted_at", 2,
        ),
        ({"type": "RECORD", "record": ONE | {"emitted_at": "own"}, "emitted_at": "outer"}, "emitted_at", "own"),
    ],
)  # fmt: skip
def test_of_what_stands_beside_a_record_the_time_of_its_extraction_is_kept(
    file: Path, wrapped: Any, name: str, time: Any
) -> None:
    file.write_text(json.dumps(wrapped))
    assert rows(file) == [(0, ["date", "clicks", name]), (1, ["1", 1, time])]


def test_messages_between_the_programs_of_a_connector_are_no_rows(file: Path) -> None:
    messages = [
        {"type": "SCHEMA", "stream": "x", "schema": {"properties": {"date": {}, "clicks": {}}}},
        {"type": "RECORD", "stream": "x", "record": ONE},
        {"type": "LOG", "log": {"message": "clicks"}},
        {"type": "STATE", "value": {"date": "2"}},
        {"type": "ACTIVATE_VERSION", "stream": "x", "version": 1},
    ]
    file.write_text("\n".join(map(json.dumps, messages)))
    assert rows(file) == [(0, ["date", "clicks"]), (2, ["1", 1])]


def test_one_stream_of_several_is_read_and_the_others_are_told(file: Path) -> None:
    country = {"stream": "by_country", "data": {"clicks": 1, "country": "de"}}
    file.write_text("\n".join(map(json.dumps, [country, {"stream": "daily", "data": ONE}, country])))
    table, found = read(file)
    assert found == [(0, ["date", "clicks"]), (2, ["1", 1])]
    (told,) = table.notices
    assert told.startswith("only the stream daily was read")
    assert "by_country (2 records)" in told


@pytest.mark.parametrize("order", [1, -1])
def test_of_streams_with_the_same_known_names_the_one_without_a_breakdown_is_read(file: Path, order: int) -> None:
    country = {"stream": "by_country", "data": ONE | {"country": "de"}}
    file.write_text("\n".join(map(json.dumps, [country, {"stream": "daily", "data": ONE}][::order])))
    table, (names, _) = read(file)
    assert names == (0, ["date", "clicks"])
    assert table.notices[0].startswith("only the stream daily was read")


def test_a_record_with_a_list_of_days_is_a_row_for_each(file: Path) -> None:
    row = {"metadata": {"campaign": "A"}, "granularity": [ONE, TWO], "other": False}
    file.write_text(json.dumps({"data": {"reportingDataResponse": {"row": [row]}}}))
    names, one, two = rows(file)
    assert names == (0, ["other", "campaign", "date", "clicks", "cost"])
    assert (one[1], two[1]) == (["false", "A", "1", 1, ""], ["false", "A", "2", "", 2])


@pytest.mark.parametrize("name", ["results", "data"])
@pytest.mark.parametrize("value", [[{"indicator": "actions:purchase", "values": [{"value": "3"}]}], []])
def test_a_record_may_have_a_list_under_a_name_of_pages(file: Path, name: str, value: list[Any]) -> None:
    file.write_text("\n".join(json.dumps(one) for one in (ONE, ONE | {name: value}, ONE)))
    assert [line for line, _ in rows(file)] == [0, 1, 2, 3]
    file.write_text(json.dumps(ONE | {name: value}))
    assert rows(file) == [(0, ["date", "clicks", name]), (1, ["1", 1, value])]


@pytest.mark.usefixtures("small_window")
def test_nested_pages_larger_than_the_window_are_read(file: Path) -> None:
    page = {"code": 0, "data": {"total": {"clicks": 9}, "list": [{"clicks": n, "date": "x" * n} for n in range(40)]}}
    file.write_text(json.dumps(page))
    assert rows(file) == [(0, ["clicks", "date"]), *((1, [n, "x" * n]) for n in range(40))]
    file.write_text(json.dumps({"data": {"clicks": 1, "date": "x" * 500, "else": "y" * 500}}))
    assert refusal(file).because == Refusal.UNRECOGNISED


def test_a_record_is_known_by_the_physical_line_on_which_it_begins(file: Path) -> None:
    one, two = json.dumps(ONE, indent=1), json.dumps(TWO)
    for text in (
        f"[\n\n{one}\n,{two}]",
        f'{{"data":\n[{one},\n{two}],\n"paging": {{}}}}',
        f'[{{"x": 1,\n"results": [{one},\n{two}]}}, {{"requestId": "y"}}]',
        f'{{"data": [\n{one}]}}\n{{"data": [{two}]}}',
    ):
        file.write_text(text)
        line = text[: text.index('{"date": "2"')].count("\n") + 1
        first = text[: text.index('{\n "date": "1"')].count("\n") + 1
        assert rows(file) == [(0, ROWS[0]), (first, ROWS[1]), (line, ROWS[2])]


@pytest.mark.parametrize("shape", [[ONE, TWO], [{"data": [ONE]}, {"data": [TWO]}], [[ONE], [TWO]]])
def test_in_ndjson_rows_are_known_by_their_physical_lines(file: Path, shape: list[Any]) -> None:
    file.write_bytes(b"\n\r\n" + b"\n\r\n".join(json.dumps(value).encode() for value in shape))
    assert rows(file) == [(0, ROWS[0]), (3, ROWS[1]), (5, ROWS[2])]


def test_a_record_with_a_list_of_its_own_is_no_page(file: Path) -> None:
    record = {"date": "1", "spend": "2", "actions": [{"action_type": "purchase", "value": "1"}]}
    file.write_text(json.dumps(record))
    assert rows(file) == [
        (0, ["date", "spend", "actions"]),
        (1, ["1", "2", [{"action_type": "purchase", "value": "1"}]]),
    ]


def test_objects_become_dotted_names_and_lists_stay(file: Path) -> None:
    file.write_text('[{"a": {"b": {"c": 1}, "d": null}, "e.f": [1.5, {"g": null}], "h": true, "i": {}}]')
    assert rows(file) == [(0, ["a.b.c", "a.d", "e.f", "h"]), (1, [1, "", [Decimal("1.5"), {"g": None}], "true"])]


def test_numbers_keep_every_digit(file: Path) -> None:
    file.write_text(
        '[{"id": 123456789012345678901234567890, "cost": 0.10, "huge": 1e400, "nan": NaN, "inf": -Infinity}]'
    )
    (_, cells) = rows(file)[1]
    assert cells == [123456789012345678901234567890, Decimal("0.10"), Decimal("1e400"), "NaN", "-Infinity"]
    assert str(cells[1]) == "0.10"


def test_a_name_that_comes_late_is_a_column_of_every_row(file: Path) -> None:
    file.write_text("\n".join(json.dumps({"clicks": n} | ({"late": 1} if n == 4999 else {})) for n in range(5000)))
    found = rows(file)
    assert found[0] == (0, ["clicks", "late"])
    assert found[1] == (1, [0, ""])
    assert found[-1] == (5000, [4999, 1])


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16-le", "cp1252"])
def test_json_in_other_encodings(file: Path, codec: str) -> None:
    file.write_text('{"data": [{"clicks": 1, "name": "Café"}]}', encoding=codec)
    assert read(file)[1][1] == (1, [1, "Café"])


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("google-ads/rest_search.json", 24),
        ("google-ads/gaql_flat_rows.json", 20),
        ("google-ads/ndjson_camel.json", 20),
        ("meta-ads/insights_actions_overlap.json", 8),
        ("meta-ads/insights_rows_ndjson.json", 12),
    ],
)
def test_the_answers_of_the_platforms_are_records(name: str, count: int) -> None:
    table, found = read(EXPORTS / name)
    assert table.kind == Kind.RECORDS
    assert len(found) == count + 1


@pytest.fixture
def small_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treats a file of a few kilobytes like one of gigabytes."""
    monkeypatch.setattr(json_stream, "_CHUNK", 64)
    monkeypatch.setattr(json_stream, "_SCALAR_LIMIT", 32)


@pytest.mark.usefixtures("small_window")
@pytest.mark.parametrize("name", ["google-ads/rest_search.json", "google-ads/ndjson_camel.json"])
def test_a_file_larger_than_the_window_has_the_same_rows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    through_the_window = rows(EXPORTS / name)
    monkeypatch.undo()
    assert through_the_window == rows(EXPORTS / name)


@pytest.mark.usefixtures("small_window")
@pytest.mark.parametrize("key", ["results", "data", "rows"])
def test_pages_larger_than_the_window_are_not_held_in_memory(file: Path, key: str) -> None:
    page = {
        "meta": {"a": 1.5, "b": "x" * 100},
        key: [{"clicks": n, "date": "é" * n} for n in range(40)],
        "more": [{"z": 1}],
    }
    for text in (json.dumps(page), json.dumps([page]), json.dumps([page], ensure_ascii=False, indent=1)):
        file.write_text(text, encoding="utf-8")
        lines = [number for number, line in enumerate(text.split("\n"), start=1) if line == "   {"] or [1] * 41
        assert rows(file) == [(0, ["clicks", "date"]), *((lines[n], [n, "é" * n]) for n in range(40))]


@pytest.mark.usefixtures("small_window")
def test_a_record_larger_than_the_window_stays_one(file: Path) -> None:
    record = {
        "clicks": 1,
        "spend": 2,
        "actions": [{"value": n} for n in range(50)],
        "numbers": list(range(50)),
        "x": None,
    }
    file.write_text(f"{json.dumps(record)}\n{json.dumps(record)}")
    cells = [1, 2, [{"value": n} for n in range(50)], list(range(50)), ""]
    assert rows(file)[1:] == [(1, cells), (2, cells)]


@pytest.mark.usefixtures("small_window")
def test_a_large_object_that_is_broken_is_unreadable(file: Path) -> None:
    for broken in ('5: "x"', '"a" "x"', '"a": x', '"a": 1 "b": 2'):
        file.write_text('{"long": "' + "x" * 500 + '", ' + broken + ', "more": "' + "x" * 500 + '"}')
        assert refusal(file).because == Refusal.UNREADABLE


def test_one_record_of_more_than_ten_megabytes_is_unreadable(file: Path) -> None:
    file.write_text(json.dumps([{"clicks": 1, "name": "x" * (11 << 20)}]))
    assert refusal(file).because == Refusal.UNREADABLE
    file.write_text(json.dumps([{"clicks": 1} | {f"name{n}": "x" * (1 << 20) for n in range(12)}]))
    assert "has more than 10 MB" in refusal(file).message


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[",
        "[{",
        '[{"clicks": 1},',
        '[{"clicks": 1}',
        '[{"clicks": 1},]',
        '[{"clicks": 1} {"clicks": 1}]',
        '{"clicks": 1} x',
        '{"clicks": 1}\n{"clicks": "1',
        '{"clicks": 1}\n{"clicks" 1}',
        '{"data": [{"clicks": 1}',
        '[{"clicks": "a\nb"}]',
        '[{"clicks": "\\u0000"}]',
        '[{"\\ud83d": 1}]',
        '[{"actions": [1, {"value": "\\udc00"}]}]',
        '[{"clicks": ' + "9" * 5000 + "}]",
        '[{"clicks": 1e99999999999999999999}]',
        '{"a":' * 100_000,
        '{"a":' + "[" * 100_000,
        '{"a":' + "[" * 300 + "]" * 300 + "}",
    ],
)
def test_broken_json_is_unreadable(file: Path, text: str) -> None:
    file.write_text(text)
    assert refusal(file).because == Refusal.UNREADABLE


@pytest.mark.parametrize("text", ['[{"clicks": 1}, 5]', '{"clicks": 1}\n7', '{"data": [{"a": 1}, 2]}'])
def test_json_of_other_things_than_records_is_unrecognised(file: Path, text: str) -> None:
    file.write_text(text)
    assert refusal(file).because == Refusal.UNRECOGNISED


def test_endless_different_names_are_no_columns(file: Path) -> None:
    file.write_text("\n".join(json.dumps({f"name{n}": 1}) for n in range(17_000)))
    assert refusal(file).because == Refusal.UNRECOGNISED


def test_an_escaped_pair_is_a_character(file: Path) -> None:
    file.write_text('[{"clicks": "\\ud83d\\ude00 \\\\u0000"}]')
    assert rows(file)[1] == (1, ["😀 \\u0000"])


def test_an_error_says_where_and_what_to_do(file: Path) -> None:
    file.write_text('{"clicks": 1}\n{"clicks": 2}\n{"clicks": ')
    assert str(refusal(file)) == f"{file} is broken JSON: the value in line 3 is cut off. Download it again"


def test_a_list_of_records_beside_the_one_that_is_read_is_named(file: Path) -> None:
    page = {"data": [ONE], "paging": [{"cursor": "x"}], "previous": [ONE, TWO], "notes": []}
    file.write_text(json.dumps(page))
    table, found = read(file)
    assert len(found) == 2
    assert table.notices == [
        "other lists of records were not read; import them from files of their own: previous (2 records)"
    ]
