"""A run: which rules are asked for, what they find, and what of it is told."""

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adops_cli import periods, settings
from adops_cli.data.alerts import grammar, modelled, state, thresholds
from adops_cli.data.alerts.finding import MODELS, Finding
from adops_cli.data.alerts.grammar import Rule
from adops_cli.data.alerts.morning import Morning, lag_key
from adops_cli.data.alerts.ready import READY
from adops_cli.errors import BadRequestError, option
from adops_cli.storage.handle import db
from adops_cli.storage.models import Metrics
from adops_cli.storage.rows import Record, Rows
from adops_cli.storage.table import now


@dataclass(frozen=True)
class Run:
    """What a run has found."""

    findings: Rows[Finding]
    """What is to be told, the worst first."""
    quiet: int
    """How many have been told before, or acknowledged."""
    unknown: Sequence[str]
    """What cannot be known, and why."""
    found: Sequence[Finding]
    """All of it, the quiet ones, too."""
    rules: Collection[str]
    """The rules that were asked for, by name or text."""
    moment: datetime

    def keep(self, *, told: bool) -> None:
        """Remember the findings and, with `told`, that they were told. To be called when they have been."""
        ids = {one.id for one in self.findings} if told else set[str]()
        state.keep(self.found, ids, self.rules, self.moment)


@dataclass(frozen=True)
class Look:
    """What is wrong by yesterday."""

    findings: Rows[Finding]
    """All of it, the worst first; those that were told, or acknowledged, too."""
    unknown: Sequence[str]
    """What cannot be known, and why."""


@dataclass(frozen=True, repr=False)
class RuleRow(Record):
    """A rule, and whether it is asked for by a plain run."""

    rule: str
    kind: str
    """`ready-made` or `settings`."""
    severity: str
    on: bool
    formula: str


def rules(alerts: Mapping[str, Any] | None = None) -> Rows[RuleRow]:
    """The ready-made rules and those of the settings."""
    own, off = _of_settings(alerts)
    ready = [RuleRow(name, "ready-made", one.severity, name not in off, one.formula) for name, one in READY.items()]
    return Rows([*ready, *(RuleRow(str(one), "settings", "warning", True, _formula(one)) for one in own)])


def _formula(rule: Rule) -> str:
    late = "final " if rule.is_late else ""
    return f"{rule.condition.measure} of the newest {rule.days} {late}days of each {rule.by or 'currency'}"


def formula_of(rule: str) -> str:
    """What a rule says, by its name or text."""
    return READY[rule].formula if rule in READY else _formula(grammar.parse(rule))


def _of_settings(alerts: Mapping[str, Any] | None) -> tuple[Sequence[Rule], frozenset[str]]:
    found = settings.load().alerts if alerts is None else alerts
    for name in found.get("off", ()):
        if name not in READY:
            raise BadRequestError(
                f"[alerts] off in the settings names {name!r}, which is no ready-made rule",
                f"They are {', '.join(READY)}",
            )
    own = dict.fromkeys(grammar.parse(text) for text in found.get("rules", ()))  # one that is written twice is one
    return [*own], frozenset(found.get("off", ()))


def _asked(given: Sequence[str] | None, alerts: Mapping[str, Any] | None) -> tuple[frozenset[str], Sequence[Rule]]:
    """The ready-made rules by name, and the thresholds. A stale account is told with any of them."""
    own, off = _of_settings(alerts)
    if not given:
        return frozenset(READY) - off, own
    names = {one for one in given if one in READY}
    return frozenset(names | ({"stale"} - off)), [*dict.fromkeys(_read(one) for one in given if one not in READY)]


def _read(text: str) -> Rule:
    """A threshold. A single word is the name of a ready-made rule, mistyped."""
    if re.fullmatch(r"[\w-]+", text):
        close = difflib.get_close_matches(text.lower().replace("-", "_"), READY, n=3, cutoff=0.5)
        hint = f"Did you mean {', '.join(close)}?" if close else f"They are {', '.join(READY)}"
        raise BadRequestError(f"there is no ready-made rule {text!r}", hint)
    return grammar.parse(text)


def run(
    given: Sequence[str] | None = None,
    *,
    models_for: int = modelled.LARGEST,
    min_spend: Any = 0,
    again: bool = False,
    alerts: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    final_after: int | None = None,
) -> Run:
    """What is wrong by yesterday. Nothing is remembered before `Run.keep`.

    Args:
        given: names of ready-made rules, and thresholds in the words of `grammar`; None is all that the settings ask.
        models_for: how many campaigns, the largest by spend, the models look at.
        min_spend: what must be at stake for the models to tell it.
        again: whether what was told before, or acknowledged, is told again.
        alerts: rules, as in the settings' table `[alerts]`; None is that table.
        expect: what accounts are expected to report; None is the settings' table `[expect]`.
        final_after: the age in days of a day that is final, where nothing is known; None is that of the settings.
    """
    db.require_ledger()
    ready, thresholds_asked = _asked(given, alerts)
    if models_for < 0:
        raise BadRequestError(f"{option('models_for')} is {models_for}", "Give a number of campaigns")
    least = Metrics.spend.argument(min_spend, "min_spend")
    known = settings.load()
    unknown = list[str]()
    with db.snapshot():
        morning = Morning(
            periods.today(db.timezone),
            known.final_after if final_after is None else final_after,
            known.expect if expect is None else expect,
        )
        unknown += [
            f"{lag_key(of)}: campaigns whose newest day is of a partial file" for of in morning.partial.values()
        ]
        found = [one for name in READY if name in ready if (find := READY[name].find) for one in find(morning, unknown)]
        for rule in thresholds_asked:
            found += thresholds.findings(rule, morning, unknown)
        if models := ready & MODELS:
            found += modelled.findings(morning, models, largest=models_for, least=least)
        rows, quiet = state.placed(found)
    told = Rows(one for one in rows if again or one.id not in quiet)
    asked = {*ready, *map(str, thresholds_asked)}
    return Run(told, len(rows) - len(told), list(dict.fromkeys(unknown)), rows, asked, now())


def look(given: Sequence[str] | None = None, *, models_for: int = modelled.LARGEST, min_spend: Any = 0) -> Look:
    """What is wrong by yesterday, told before or not. Remembers nothing, so that a read-only database will do.

    The arguments are those of `run`; the rules of the settings count.
    """
    seen = run(given, models_for=models_for, min_spend=min_spend, again=True)
    return Look(seen.findings, seen.unknown)
