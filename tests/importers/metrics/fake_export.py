"""Made-up export files in the form after reading, so that storing is tested apart from reading."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from adops_cli.exports.export import CampaignDay, Column, Export, Figures, FileCampaign, RejectedRow, Why
from adops_cli.exports.export import ReadOptions as FileOptions
from adops_cli.importers.metrics.outcome import FileOutcome, StoreOptions
from adops_cli.importers.metrics.store import store
from adops_cli.measures import FIGURES
from adops_cli.storage.choices import ImportMode

AMOUNTS = ("conversions", "spend", "revenue")
Rows = Mapping[Any, Mapping[str, Mapping[str, Any]]]
"""Figures by campaign (its name or a whole campaign) and day. `metadata` is JSON text."""

REPLACE = StoreOptions(mode=ImportMode.REPLACE_RANGE)


def campaign(name: str, external_id: str | None = None, **known: Any) -> FileCampaign:
    return FileCampaign(-1, name, external_id, **known)


def export(  # noqa: PLR0913 - the possible properties of a file
    rows: Rows,
    *,
    platform: str = "google-ads",
    currency: str | None = "EUR",
    columns: Sequence[str] = FIGURES,
    bytes_of_file: str | None = None,
    rejected: int = 0,
    account: str | None = None,
    header: Sequence[str] = ("Campaign",),
    means: Mapping[str, str] | None = None,
    attribution: str | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> Export:
    """A file of these rows, with a column for each of the figures named."""
    campaigns, days = [], list[CampaignDay]()
    for number, (given, of_campaign) in enumerate(rows.items()):
        one = given if isinstance(given, FileCampaign) else campaign(given, account=account)
        campaigns.append(replace(one, number=number, currency=currency))
        for day, figures in sorted(of_campaign.items()):
            found = [_kept(name, figures.get(name)) for name in FIGURES]
            days.append((number, day, *found, figures.get("metadata")))  # type: ignore[arg-type]
    dates = [day[1] for day in days]
    return Export(
        platform=platform,
        sha256=hashlib.sha256((bytes_of_file or repr(rows)).encode()).hexdigest(),
        currency=currency,
        currencies=[currency] if currency else [],
        rows_read=len(days) + rejected,
        rows_kept=len(days),
        merged=0,
        skipped={},
        rejected=[RejectedRow(5, "Cost", Why.NOT_A_NUMBER, ["x"])] * rejected,
        header=header,
        date_from=min(dates, default=None),
        date_to=max(dates, default=None),
        totals=_totals(days),
        file_totals=None,
        reconciled=None,
        notices=[],
        reported=frozenset(name for at, name in enumerate(FIGURES, 2) if any(day[at] is not None for day in days)),
        means=means or {},
        attributions=dict.fromkeys(range(len(campaigns)), attribution) if attribution else {},
        attributes=dict.fromkeys(range(len(campaigns)), attributes) if attributes else {},
        columns=[Column(name, name, name) for name in ("day", "campaign", *columns)],
        campaigns=campaigns,
        read_days=lambda order: iter(sorted(days, key=lambda day: (order or range(len(campaigns))).index(day[0]))),
        give_back=lambda: None,
    )


def put(
    rows: Rows,
    store_options: StoreOptions | None = None,
    *,
    file: str = "file.csv",
    options: FileOptions | None = None,
    **about: Any,
) -> FileOutcome:
    """Store such a file."""
    return store(export(rows, **about), file, options or FileOptions(), store_options or StoreOptions())


def counts(done: FileOutcome) -> tuple[int | None, ...]:
    return done.inserted, done.updated, done.unchanged, done.removed


def _kept(name: str, value: Any) -> int | None:
    if value is None:
        return None
    return int(Decimal(str(value)).scaleb(6)) if name in AMOUNTS else int(value)


def _totals(days: Sequence[CampaignDay]) -> Figures:
    sums: dict[str, Any] = {}
    for at, name in enumerate(FIGURES, start=2):
        known = [day[at] for day in days if day[at] is not None]
        total = sum(known) if known else None  # type: ignore[arg-type]
        sums[name] = Decimal(total).scaleb(-6) if total is not None and name in AMOUNTS else total
    return Figures(**sums)
