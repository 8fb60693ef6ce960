"""The brief as JSON. Its keys are a contract: what changes their meaning, or removes one, raises VERSION."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from adops_cli import __version__
from adops_cli.cli import metrics_pacing, proof
from adops_cli.cli.alerts import LISTED
from adops_cli.measures import FIGURES, RATIOS
from adops_cli.render import Column, cells

if TYPE_CHECKING:
    from adops_cli.data.acting.comparison import Compared, ComparedRow
    from adops_cli.data.brief import Best, Brief, OfCurrency, Top

VERSION = 1
_NAMES = (*FIGURES, *RATIOS)


def parts(brief: "Brief", title: str | None) -> Iterator[str]:
    """The text of the file."""
    yield f"{cells.json_indented(_document(brief, title))}\n"


def _document(brief: "Brief", title: str | None) -> Mapping[str, Any]:
    marks = brief.proof.openness
    return {
        "version": VERSION,
        "title": title,
        "project": None if brief.project_id is None else {"id": brief.project_id, "name": brief.project},
        "platform": brief.platform,
        "window": _window(brief.now),
        "comparedWith": _window(brief.before),
        "currencies": [_currency(one, brief.span) for one in brief.currencies],
        "claimingPlatforms": brief.claiming_platforms,
        "pacing": {
            "month": brief.pacing.month,
            "rows": _rows(brief.pacing.rows, metrics_pacing.COLUMNS),
            "without": brief.pacing.without,
            "unknown": brief.pacing.unknown,
        },
        "alerts": {"rows": _rows(brief.alerts.rows, LISTED), "unknown": brief.alerts.unknown},
        "open": {"until": marks.until, "stale": marks.stale, "figures": sorted(marks.figures)},
        "closes": [
            {
                "name": one.name,
                "closed": one.closed,
                "adjustments": one.adjustments,
                "moved": [
                    {"figure": figure, "amount": amount, "currency": currency.strip() or None}
                    for figure, amount, currency in one.moved
                ],
            }
            for one in brief.proof.closes
        ],
        "imports": proof.files(brief.proof),
        "unread": brief.unread,
        "made": brief.proof.made,
        "adops": __version__,
        "book": proof.book(brief.proof),
    }


def _window(side: "Compared") -> Mapping[str, Any]:
    return {"from": side.first, "to": side.last, "days": side.length, "daysWithFigures": side.days}


def _currency(one: "OfCurrency", span: str) -> Mapping[str, Any]:
    return {
        "currency": one.currency,
        **_compared(one.total),
        "overTime": [{span: getattr(row, span), **_figures(row)} for row in one.over_time],
        "platforms": [{"platform": row.now.platform or None, **_compared(row)} for row in one.platforms],
        "campaigns": [
            {
                "campaignId": row.now.campaign_id,
                "name": row.now.name,
                "platform": row.now.platform,
                "projectId": row.now.project_id,
                **_compared(row),
            }
            for row in one.campaigns
        ],
        "ranking": _ranking(one.ranking),
        "movers": [_mover(top) for top in one.movers],
        "unreported": [
            {"figure": of.figure, "campaigns": of.campaigns, "spend": of.spend, "ratios": of.ratios}
            for of in one.unreported
        ],
    }


def _figures(row: Any) -> Mapping[str, Any]:
    return {name: getattr(row, name) for name in _NAMES}


def _compared(row: "ComparedRow") -> Mapping[str, Any]:
    return {
        **_figures(row.now),
        "before": {name: row.before[name] for name in _NAMES},
        "difference": row.difference,
        "changePercent": row.change_percent,
        "significant": row.significant,
    }


def _ranking(of: "Best") -> Mapping[str, Any]:
    best, worst = ([row.now.campaign_id for row in rows] for rows in (of.best, of.worst))
    return {"by": of.by, "minSpend": of.min_spend, "campaigns": of.ranked, "best": best, "worst": worst}


def _mover(top: "Top") -> Mapping[str, Any]:
    rows = [
        {
            "campaignId": row.campaign_id,
            "name": row.name,
            "platform": row.platform,
            "kind": row.moved.kind,
            "contribution": row.moved.contribution,
            "rate": row.moved.rate,
            "mix": row.moved.mix,
            "entry": row.moved.entry,
            "share": row.moved.share,
        }
        for row in top.rows
    ]
    return {
        "by": top.by,
        "before": top.before,
        "now": top.now,
        "difference": top.difference,
        "reason": top.reason,
        "rows": rows,
        "others": {"campaigns": top.others, "contribution": top.of_others},
    }


def _rows(rows: Sequence[Any], columns: Sequence[Column]) -> Sequence[Mapping[str, Any]]:
    return [{column.key: column.of(row) for column in columns} for row in rows]
