"""Finds what a threshold rule says of the figures. How rules are written is `grammar`'s business."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from adops_cli import measures
from adops_cli.data.accounts import Account
from adops_cli.data.alerts.figures import Figures
from adops_cli.data.alerts.finding import WARNING, Finding, Whom, found, shown
from adops_cli.data.alerts.grammar import Rule
from adops_cli.data.alerts.morning import Member, Morning
from adops_cli.measures import FIGURES

_MONEY = frozenset(("spend", "revenue", "cpc", "cpa"))
_PERCENT = frozenset(("ctr", "cvr"))


def findings(rule: Rule, morning: Morning, unknown: list[str]) -> Iterator[Finding]:
    """What the rule finds, of each group and currency. Where no days are final, it is unknown."""
    for whom, members in _groups(rule, morning):
        accounts = list({id(one.account): one.account for one in members}.values())
        last = morning.end(accounts, rule.days, late=rule.is_late)
        if last is None:
            unknown.append(f"{rule} of {_called(whom, accounts)}: its last {rule.days} days are not final")
            continue
        figures = _figures(members, morning, last, rule.days)
        if figures and all(one.holds(figures) for one in (rule.condition, *rule.where)):
            if _may_be_missing(rule) and morning.lacks_days(accounts, last - timedelta(rule.days - 1), last):
                unknown.append(f"{rule} of {_called(whom, accounts)}: days are missing in its last {rule.days}")
            else:
                yield _found(rule, whom, figures, last)


def _may_be_missing(rule: Rule) -> bool:
    """Whether days that are missing can make it true: a sum is too small without them, and a ratio is not."""
    return rule.condition.measure in FIGURES and rule.condition.sign in ("<", "<=", "=")


def _groups(rule: Rule, morning: Morning) -> Iterator[tuple[Whom, Sequence[Member]]]:
    if rule.by == "campaign":
        yield from ((one.whom, [one]) for one in morning.members.values())
        return
    groups: dict[Whom, list[Member]] = {}
    for one in morning.members.values():
        groups.setdefault(_whom(rule.by, one), []).append(one)
    yield from groups.items()


def _whom(by: str | None, one: Member) -> Whom:
    account, campaign = one.account, one.campaign
    ending = f" in {campaign.currency}" if campaign.currency else ""
    if by == "project":
        named = f"project {campaign.project_id or 'none'}"
        return Whom(f"{named}{ending}", currency=campaign.currency)
    if by is None:
        return Whom(f"all{ending}", currency=campaign.currency)
    name = account.platform if by == "platform" or account.name is None else f"{account.platform} {account.name}"
    return Whom(f"{by} {name}{ending}", account.platform, name=name, currency=campaign.currency)


def _called(whom: Whom, accounts: Sequence[Account]) -> str:
    """Whom it is unknown of: of campaigns, their account, so that it is said once."""
    if whom.campaign_id is None:
        return whom.scope
    return f"{accounts[0].platform} {accounts[0].name or ''}".rstrip()


def _figures(members: Sequence[Member], morning: Morning, last: date, days: int) -> Figures:
    sums = morning.over(last, days)
    rows = [row for one in members if (row := sums.get(one.campaign.id)) is not None]
    if len(rows) == 1:
        return rows[0]
    return {name: measures.total(row[name] for row in rows) for name in FIGURES} if rows else {}


def _found(rule: Rule, whom: Whom, figures: Figures, last: date) -> Finding:
    condition = rule.condition
    value = condition.value(figures)
    spend = "" if condition.measure == "spend" else f", with {shown(figures['spend'], whom.currency)} spent"
    first = last - timedelta(rule.days - 1)
    number = _shown(condition.measure, value, whom)
    bound = _shown(condition.measure, condition.number, whom)
    return found(
        *(str(rule), WARNING, whom, (first, last)),
        f"{condition.measure} is {number} from {first} to {last} (the rule: {condition.sign} {bound}){spend}",
        figure=condition.measure,
        value=value,
        expected=condition.number,
        at_stake=_at_stake(rule, figures),
        exact=False,
        numbers={name: figures[name] for name in FIGURES},
    )


def _shown(measure: str, value: Decimal | None, whom: Whom) -> str:
    if measure in _PERCENT and value is not None:
        return f"{value:.2%}"
    return shown(value, whom.currency if measure in _MONEY else None)


def _at_stake(rule: Rule, figures: Figures) -> Decimal | None:
    """What lies between the bound and the figures, in money: too little revenue, too dear clicks or conversions.

    Of everything else, what was spent.
    """
    measure, number, spend = rule.condition.measure, rule.condition.number, figures["spend"]
    if spend is None:
        return None
    if measure == "roas":
        gap = abs(number * spend - (figures["revenue"] or 0))
    elif measure in ("cpa", "cpc"):
        gap = abs(spend - number * (figures[measures.PARTS[measure][1]] or 0))
    elif measure in ("spend", "revenue"):
        gap = abs(number - (figures[measure] or 0))
    else:
        gap = Decimal(spend)
    return Decimal(gap)
