"""Files made from known days: what is stored without a word is the truth, and a file without a fault gets no notice.

`ADOPS_FUZZ` sets the number of files; `make soak` uses 2,000.
"""

import contextlib
import csv
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adops_cli import database
from adops_cli.data import campaigns
from adops_cli.exports.columns.declaration import PlatformFormat
from adops_cli.exports.export import ReadOptions
from adops_cli.exports.platforms import PLATFORMS, generic, google_ads, meta_ads
from adops_cli.importers.metrics.files import import_files
from adops_cli.importers.metrics.outcome import FileOutcome, StoreOptions
from adops_cli.storage.models import Campaign, Metrics

EXAMPLES = int(os.environ.get("ADOPS_FUZZ", "100"))
LONE = "check that no others are missing"
FIGURES = ("impressions", "clicks", "spend")
Day = tuple[str, str, str]
"""A campaign, its account and a day. The account is empty if the file has none."""
Piece = tuple[int, int, int]
"""Impressions, clicks and spend in cents of one row."""

MEANINGS = {
    "day": "day", "id": "campaign_id", "name": "campaign", "account": "account", "currency": "currency",
    "impressions": "impressions", "clicks": "clicks", "spend": "spend",
}  # fmt: skip
RECOGNISED = ("google-ads", "meta-ads")
"""Named by nobody. The marks of all others are in `test_confusion`."""
LANGUAGES = ("it", "nl", "ja", "pl", "sv", "tr", "zh", "zh_tw", "pt", "ru")


def headers(platform: PlatformFormat, language: str = "en") -> dict[str, str]:
    """A confirmed header for each role, in this language if it has one, in units of the currency."""
    found = {}
    for role, meaning in MEANINGS.items():
        choices = [one for one in platform.columns[meaning] if not (one.micros or one.currency)]
        names = [name for one in choices for name in one.headers if name not in platform.unconfirmed]
        own = [name for name in names if any(language in one.headers.get(name, ()) for one in choices)]
        found[role] = (own or names)[0]
    return found


HEADERS = {one.name: headers(one) for one in PLATFORMS if one is not generic.PLATFORM} | {
    f"{one.PLATFORM.name} {language}": headers(one.PLATFORM, language)
    for one in (google_ads, meta_ads)
    for language in LANGUAGES
}
HEADERS["reddit"] = {
    "day": "Date", "id": "CampaignId", "name": "campaign", "account": "account", "currency": "currency",
    "impressions": "impressions", "clicks": "clicks", "spend": "spend",
}  # fmt: skip
"""A platform that only `--platform` knows."""
SPLITS = {"part": ("Ad group", "Device"), "fragment": ("Search term", "Keyword", "Region"), "overlap": ("Asset",)}


def splits(platform: str, kind: str) -> list[str]:
    """Columns of this kind on a platform."""
    known = next((one for one in PLATFORMS if one.name == platform), generic.PLATFORM).breakdowns
    columns = {"part": known.parts, "fragment": known.fragments - known.parts, "overlap": {*known.overlaps}}[kind]
    return [name for name in SPLITS[kind] if name.casefold() in columns]


@dataclass(frozen=True)
class Made:
    """A file, and the days that are true."""

    header: str
    """The platform, and the language of its header if it is not English."""
    kind: str
    """What its rows are of a campaign's day: `whole`, `part`, `fragment` or `overlap`."""
    fault: str
    text: str
    whole: str
    """A file of the same days with one row each."""
    truth: dict[Day, Piece]
    currencies: dict[str, str]
    """Of each account."""

    @property
    def platform(self) -> str:
        """The platform by name."""
        return self.header.split()[0]

    @property
    def suffix(self) -> str:
        """The end of the file's name."""
        return ".ndjson" if self.text.startswith("{") else ".csv"

    @property
    def is_clean(self) -> bool:
        """Whether the file says all of the truth, and nothing else."""
        return self.kind in ("whole", "part") and self.fault == "none"


@dataclass(frozen=True)
class Form:
    """How rows are written: a CSV file, or a JSON record on each line."""

    header: str
    split: str | None
    by_id: bool
    by_account: bool
    as_json: bool
    currencies: dict[str, str]

    def text(self, rows: list[list[str]], total: Piece | None = None) -> str:
        """The text of rows of day, campaign, account, value of the split, currency, and figures."""
        records = [self._record(*row) for row in rows]
        if self.as_json:
            return "".join(json.dumps(record) + "\n" for record in records)
        out = io.StringIO()
        writer = csv.DictWriter(out, list(records[0]), restval="")
        writer.writeheader()
        writer.writerows(records)
        if total:
            named = HEADERS[self.header]
            figures = dict(zip((named[name] for name in FIGURES), written(total), strict=True))
            writer.writerow({named["day"]: "Total: account", named["currency"]: self.currencies["One"], **figures})
        return out.getvalue()

    def _record(
        self, day: str, campaign: str, account: str, value: str, currency: str, *figures: str
    ) -> dict[str, str]:
        named = HEADERS[self.header]
        record = {named["day"]: day}
        if self.by_id:
            record[named["id"]] = f"90{ord(campaign)}{len(account)}{ord(account[0]) if account else 0}"
        if self.by_account:
            record[named["account"]] = account
        record[named["name"]] = campaign
        if self.split:
            record[self.split] = value
        record[named["currency"]] = currency
        if self.header.startswith("meta-ads"):  # an attribute that is always the same, and a mark of the platform
            record["Attribution setting"] = "7-day click"
        return record | dict(zip((named[name] for name in FIGURES), figures, strict=True))


@st.composite
def made(draw: st.DrawFn) -> Made:
    """A file of a few campaigns and days, split or not, with one fault or none, with a total or without."""
    header = draw(st.sampled_from(sorted(HEADERS)))
    platform = header.split()[0]
    kind = draw(st.sampled_from(["whole", "part", "part", "fragment", "overlap"]))
    split = None if kind == "whole" else draw(st.sampled_from(splits(platform, kind)))
    currency = st.sampled_from(["EUR", "USD", "JPY"])
    by_account = draw(st.booleans())
    of_one = draw(currency)
    currencies = {"": of_one, "One": of_one, "Two": draw(currency)}
    form = Form(header, split, draw(st.booleans()), by_account, draw(st.booleans()), currencies)
    accounts = ["One", "Two"] if by_account else [""]
    rows: list[list[str]] = []
    truth: dict[Day, Piece] = {}
    piece = st.tuples(st.integers(200, 900), st.integers(20, 90), st.integers(1000, 90000))
    for campaign, account in draw(st.sets(st.tuples(st.sampled_from("AB"), st.sampled_from(accounts)), min_size=1)):
        if not form.by_id and {account, *(row[2] for row in rows if row[1] == campaign)} == {"One", "Two"}:
            continue  # one name in two currencies is refused, and in one it is a question of identity alone
        for day in draw(st.sets(st.sampled_from(["2026-02-10", "2026-02-11", "2026-02-12"]), min_size=1)):
            values = ["all"] if split is None else [f"{split} {at}" for at in range(draw(st.integers(2, 3)))]
            pieces = [draw(piece) for _ in values]
            if kind == "overlap":  # the same figures for each value
                pieces = [pieces[0]] * len(values)
                truth[campaign, account, day] = pieces[0]
            else:
                truth[campaign, account, day] = summed(pieces)
            for value, figures in zip(values, pieces, strict=True):
                rows.append([day, campaign, account, value, currencies[account], *written(figures)])
    with_total = draw(st.booleans()) and platform == "google-ads" and not form.as_json
    with_total = with_total and len({row[4] for row in rows}) == 1
    faults = ["none", "none", "repeated", "restated", *(["dropped"] if kind == "fragment" else [])]
    faults += ["foreign"] if len(rows) > 1 and form.by_id else []
    fault = draw(st.sampled_from([*faults, *(["wrong total"] if with_total else [])]))
    at = draw(st.integers(0, len(rows) - 1))
    if fault == "repeated":
        rows.insert(draw(st.integers(0, len(rows))), list(rows[at]))
    elif fault == "restated":
        rows.append([*rows[at][:5], *written(draw(piece))])
    elif fault == "foreign":
        rows.append([*rows[at][:4], "GBP", *written(draw(piece))])
    elif fault == "dropped":
        del rows[at]
    total = summed([*truth.values(), (0, 0, 1)] if fault == "wrong total" else truth.values())
    text = form.text(rows, total if with_total else None)
    days = [
        [day, campaign, account, "", currencies[account], *written(figures)]
        for (campaign, account, day), figures in truth.items()
    ]
    return Made(header, kind, fault, text, replace(form, split=None).text(days), truth, currencies)


def summed(pieces: Iterable[Piece]) -> Piece:
    impressions, clicks, spend = map(sum, zip(*pieces, strict=True))
    return impressions, clicks, spend


def written(figures: Piece) -> list[str]:
    impressions, clicks, cents = figures
    return [str(impressions), str(clicks), f"{cents // 100}.{cents % 100:02}"]


@contextlib.contextmanager
def known(file: Made, migrated_file: Path) -> Iterator[None]:
    """Binds a database in which the platform has a campaign, because a notice asks about a name that is new."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "adops.db"
        copy.write_bytes(migrated_file.read_bytes())
        with database.bound(str(copy), busy_timeout=5):
            campaigns.create(name="Known", platform=file.platform, external_id="1")
            yield


def imported(file: Made, text: str) -> FileOutcome:
    with tempfile.NamedTemporaryFile("w", suffix=file.suffix) as path:
        path.write(text)
        path.flush()
        platform = None if file.platform in RECOGNISED else file.platform
        [done] = import_files([path.name], ReadOptions(platform=platform), StoreOptions())
    return done


def said_nothing(done: FileOutcome) -> bool:
    found = done.rejected or done.notices or done.is_doubtful or done.reconciled is False
    return done.error is None and not found


def stored(file: Made) -> dict[Day, Piece]:
    """What is stored, once each campaign was found to be in the currency of its account."""
    said = {row.id: (row.name, row.metadata or {}) for row in Campaign.select()}
    of = {id: (name, metadata.get("account", "")) for id, (name, metadata) in said.items()}
    for _, metadata in said.values():
        assert not metadata or metadata["currency"] == file.currencies[metadata.get("account", "")]
    return {
        (*of[row.campaign_id], str(row.date)): (row.impressions or 0, row.clicks or 0, int((row.spend or 0) * 100))
        for row in Metrics.select()
    }


@given(file=made())
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_what_is_stored_without_a_word_is_true(file: Made, migrated_file: Path) -> None:
    with known(file, migrated_file):
        done = imported(file, file.text)

        if said_nothing(done):
            assert stored(file) == file.truth


@given(file=made().filter(lambda file: file.is_clean))
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_a_file_without_a_fault_is_stored_without_a_word(file: Made, migrated_file: Path) -> None:
    with known(file, migrated_file):
        done = imported(file, file.text)

        assert said_nothing(done), (done.error, done.notices)
        assert stored(file) == file.truth


@given(file=made().filter(lambda file: file.kind in ("fragment", "overlap")))
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_what_a_complete_file_said_stays_whatever_a_breakdown_says(file: Made, migrated_file: Path) -> None:
    with known(file, migrated_file):
        assert said_nothing(imported(file, file.whole))
        done = imported(file, file.text)

        if not any(
            LONE in notice for notice in done.notices
        ):  # rows that do not show what they are restate, and say so
            assert stored(file) == file.truth
