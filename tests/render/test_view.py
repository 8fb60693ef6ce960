"""What a user wishes to see of a listing: columns, order, number of rows, headings; alike in every format."""

import csv
import io
import json
from decimal import Decimal

import pytest

from adops_cli.errors import BadRequestError
from adops_cli.render import Column, Format, Kind, View
from tests.render.samples import shown

COLUMNS = [
    Column("campaignId", "Campaign", weight=9),
    Column("externalId", "External id", weight=5),
    Column("currency", "Cur.", weight=5),
    Column("spend", "Spend", Kind.MONEY, weight=5),
    Column("metadata", "Metadata", Kind.JSON, weight=0),
]
ROWS = [
    {"campaignId": id, "externalId": "x", "currency": "EUR", "spend": spend, "metadata": {"a": 1}}
    for id, spend in (("a", Decimal(2)), ("b", None), ("c", Decimal(10)), ("d", Decimal(-1)))
]


def ids(view: View) -> list[str]:
    return [row["campaignId"] for row in json.loads(shown(ROWS, Format.JSON, COLUMNS, view=view))]


@pytest.mark.parametrize(
    "names", ["spend,campaignId", "Spend, campaign_id", "SPEND,Campaign", "spend,campaign-id,spend"]
)
def test_columns_are_chosen_by_key_or_heading_in_the_order_of_the_wish(names: str) -> None:
    view = View(columns=names)
    assert shown(ROWS[:1], Format.JSON, COLUMNS, view=view) == '[\n{"spend": 2, "campaignId": "a"}\n]\n'
    assert shown(ROWS[:1], Format.TSV, COLUMNS, view=view) == "spend\tcampaignId\n2\ta\n"
    assert shown(ROWS[:1], Format.TABLE, COLUMNS, view=view).splitlines()[0] == "Spend  Campaign"


def test_what_a_table_hides_is_shown_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    text = shown(ROWS[:1], Format.TABLE, COLUMNS, view=View(columns="metadata,external id,cur"))
    assert text.splitlines()[0].split() == ["Metad…", "Exter…", "Cur."]


@pytest.mark.parametrize("view", [View(columns="spent"), View(columns=""), View(sort="spent"), View(sort="metadata")])
def test_an_unknown_column_is_refused_with_the_names(view: View) -> None:
    with pytest.raises(BadRequestError, match="They are campaignId, externalId, currency, spend") as caught:
        shown(ROWS, Format.JSON, COLUMNS, view=view)
    assert caught.value.exit_code == 2


def test_rows_are_sorted_with_those_without_a_value_last() -> None:
    assert ids(View(sort="spend")) == ["d", "a", "c", "b"]
    assert ids(View(sort="-spend")) == ["c", "a", "d", "b"]
    assert ids(View(sort="-spend", limit=2)) == ["c", "a"]
    assert ids(View(sort="currency")) == ["a", "b", "c", "d"]
    assert ids(View(limit=0)) == ["a", "b", "c", "d"]


def test_different_kinds_of_values_can_be_sorted_too() -> None:
    columns = [Column("value", "Value")]
    text = shown([{"value": value} for value in ("b", 1.5, True)], Format.CSV, columns, view=View(sort="value"))
    assert [line[0] for line in csv.reader(io.StringIO(text))] == ["value", "1.5", "true", "b"]


@pytest.mark.parametrize(
    ("fmt", "text"),
    [
        (Format.TABLE, "a         x            EUR    2.00\n"),
        (Format.TSV, 'a\tx\tEUR\t2\t{"a": 1}\n'),
        (Format.CSV, 'a,x,EUR,2,"{""a"": 1}"\n'),
        (Format.MARKDOWN, '| a | x | EUR | 2.00 | {"a": 1} |\n'),
        (
            Format.NDJSON,
            '{"campaignId": "a", "externalId": "x", "currency": "EUR", "spend": 2, "metadata": {"a": 1}}\n',
        ),
    ],
)
def test_the_heading_can_be_left_out(fmt: Format, text: str) -> None:
    written = shown(ROWS[:1], fmt, COLUMNS, view=View(header=False))
    assert written.split() == text.split()
    assert written.count("\n") == 1
