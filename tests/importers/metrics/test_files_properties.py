"""For any file and any stored rows: importing twice equals importing once, and undoing it leaves no trace."""

import tempfile
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adops_cli import database
from adops_cli.data import campaigns, imports, metrics
from adops_cli.data.journal.spans import days_of
from adops_cli.errors import BadRequestError
from adops_cli.importers.metrics.outcome import FileOutcome, StoreOptions
from adops_cli.measures import FIGURES
from adops_cli.storage.choices import ImportMode
from adops_cli.storage.engines.base import Engine
from adops_cli.storage.models import ImportChange
from tests.importers.metrics.fake_export import campaign, put
from tests.importers.tables import Snapshot, snapshot

days = st.sampled_from([f"2026-02-0{day}" for day in range(1, 6)])
amounts = st.none() | st.sampled_from(["0", "1", "2.5", "-3.1", "0.000001"])
figures = st.fixed_dictionaries(
    {
        "impressions": st.none() | st.integers(0, 3),
        "clicks": st.none() | st.integers(0, 3),
        "conversions": st.none() | st.sampled_from(["0", "0.3", "2"]),
        "spend": amounts,
        "revenue": amounts,
        "metadata": st.sampled_from([None, '{"Reach":1}', '{"Reach":2,"Views":0.5}']),
    }
)
named = st.builds(campaign, st.sampled_from("AB"), account=st.sampled_from([None, "One"]))
of_campaign = st.dictionaries(days, figures, min_size=1, max_size=5)
by_name = st.dictionaries(named, of_campaign, max_size=3)
by_id = st.dictionaries(st.sampled_from("12"), st.tuples(st.sampled_from("AB"), of_campaign), max_size=2).map(
    lambda found: {campaign(name, id): kept for id, (name, kept) in found.items()}
)
files = st.fixed_dictionaries(
    {
        "rows": st.one_of(by_name, by_id),
        "columns": st.sampled_from([FIGURES, ("spend", "clicks")]),
        "currency": st.sampled_from([None, "EUR"]),
        "rejected": st.sampled_from([0, 0, 1]),
    }
)
store_options = st.builds(
    StoreOptions,
    mode=st.sampled_from(ImportMode),
    rename=st.booleans(),
    remove_many=st.booleans(),
    show_changes=st.just(3),
)


def tables(engine: Engine) -> Snapshot:
    return {name: kept for name, kept in snapshot(engine).items() if name in ("campaigns", "metrics")}


def imported(file: dict[str, Any], how: StoreOptions) -> FileOutcome | None:
    """The outcome of a file; None if it was refused, because it could be a filtered export."""
    try:
        return put(file["rows"], how, **{key: value for key, value in file.items() if key != "rows"})
    except BadRequestError:
        return None


def total(done: FileOutcome) -> int:
    return sum(count or 0 for count in (done.inserted, done.updated, done.removed))


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(st.tuples(files, store_options), max_size=3), file=files, how=store_options)
def test_twice_is_once_and_undone_is_never(
    before: list[tuple[dict[str, Any], StoreOptions]], file: dict[str, Any], how: StoreOptions, migrated_file: Path
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "adops.db"
        copy.write_bytes(migrated_file.read_bytes())
        with database.bound(str(copy), busy_timeout=5) as engine:
            states, done = [tables(engine)], []
            for earlier, way in before:
                if one := imported(earlier, way):
                    states.append(tables(engine))
                    done.append(one)
            once = imported(file, how)
            after_once = tables(engine)
            if once is None:
                assert after_once == states[-1]
            elif once.batch_id not in {one.batch_id for one in done}:
                twice = imported(file, how)
                assert twice is not None
                assert (total(twice), twice.batch_id) == (0, once.batch_id)
                assert tables(engine) == after_once
                imports.undo(str(once.batch_id))
                assert tables(engine) == states[-1]
            for at in reversed(range(len(done))):
                if done[at].batch_id not in {one.batch_id for one in done[:at]}:
                    imports.undo(str(done[at].batch_id))
                    assert tables(engine) == states[at]


Rows = dict[tuple[Any, ...], Any]
recorded = st.tuples(st.sampled_from("AB"), days, st.integers(4, 9))
steps = st.one_of(st.tuples(files, store_options), st.tuples(files, store_options), st.integers(0, 5), recorded)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(steps, min_size=2, max_size=8), last=st.randoms(use_true_random=False))
def test_in_whatever_order_imports_are_undone_nothing_of_them_stays(
    sequence: list[Any], last: Random, migrated_file: Path
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "adops.db"
        copy.write_bytes(migrated_file.read_bytes())
        with database.bound(str(copy), busy_timeout=5) as engine:
            book = Book(engine)
            for step in sequence:
                match step:
                    case int():
                        book.undo(step)
                    case (str(), _, _):
                        book.record(*step)
                    case _:
                        book.put(*step)
            while book.batches:
                book.undo(last.randrange(len(book.batches)))
            assert tables(engine)["campaigns"] == []


class Book:
    """Imports and undoes, and calculates by itself which days must be stored after each step."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._days = self._stored()
        self.batches: dict[str, dict[tuple[Any, ...], tuple[Any, Any]]] = {}
        """What each batch changed, as before and after, oldest first."""
        self._confirmed: dict[str, set[tuple[Any, ...]]] = {}
        """What each batch found as it was."""

    def put(self, file: dict[str, Any], how: StoreOptions) -> None:
        before = self._days
        done = imported(file, how)
        self._days = self._stored()
        changed = {
            key: pair for key in before | self._days if (pair := (before.get(key), self._days.get(key)))[0] != pair[1]
        }
        if done is None or done.batch_id in self.batches:
            assert not changed
        else:
            self.batches[str(done.batch_id)] = changed
            self._confirm(done, before)

    def undo(self, number: int) -> None:
        if not self.batches:
            return
        for one in imports.undo(list(self.batches)[number % len(self.batches)], cascade=True):
            later = list(self.batches)[list(self.batches).index(one.import_id) + 1 :]
            for key, (before, after) in self.batches.pop(one.import_id).items():
                holder = next((id for id in later if key in self._confirmed[id] or key in self.batches[id]), None)
                if holder is None or after is None:
                    self._days[key] = before
                else:
                    self.batches[holder][key] = (before, self.batches[holder].get(key, (None, after))[1])
                    self._confirmed[holder].discard(key)
        self._days = {key: row for key, row in self._days.items() if row is not None}
        assert self._stored() == self._days

    def _confirm(self, done: FileOutcome, before: Rows) -> None:
        changes = ImportChange.select().where(ImportChange.batch == done.batch_id)
        confirmed = {(row.campaign_id, day) for row in changes for day in days_of(row.confirmed or ())}
        assert len(confirmed) == done.unchanged
        assert all(before[key] == self._days[key] for key in confirmed)
        self._confirmed[str(done.batch_id)] = confirmed

    def record(self, name: str, day: str, clicks: int) -> None:
        """Change a day by hand that an import has set."""
        for campaign_id, date in self._days:
            if date == day and campaigns.find(campaign_id).name == name:
                metrics.record_metrics(campaign_id, day, clicks=clicks)
        self._days = self._stored()

    def _stored(self) -> Rows:
        return {(row[1], row[2]): row for row in tables(self._engine)["metrics"]}
