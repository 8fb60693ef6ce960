"""What there is to keep pace with: budgets, and what campaigns and projects have in their own columns."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adops_cli.data.accounts import Account, Book, Reporter
from adops_cli.data.acting import budgets
from adops_cli.data.acting.budgets import Agreed
from adops_cli.data.acting.plan import Version
from adops_cli.data.acting.spends import Whole
from adops_cli.storage.models import Project

Member = tuple[Account, Reporter]


@dataclass(frozen=True)
class Plan:
    """Some campaigns, and what was agreed for them."""

    name: str
    members: Sequence[Member]
    terms: Sequence[Version] = ()
    """None if there is no budget, or no flight."""
    amount: Decimal | None = None
    currency: str | None = None
    """None is the one of the campaigns."""
    monthly: bool = False
    whole: Whole | None = None
    """The platform and the project of which these are all campaigns."""
    budget_id: str | None = None
    campaign_id: str | None = None
    project_id: str | None = None
    platform: str | None = None


def of_budgets(book: Book) -> Iterator[Plan]:
    """Of each budget."""
    for agreed in budgets.list():
        members = _members(agreed, book)
        projects = {one.project_id for _, one in members}
        platforms = {account.platform for account, _ in members}
        yield Plan(
            agreed.name,
            members,
            agreed.terms,
            agreed.amount,
            agreed.currency,
            agreed.monthly,
            None if agreed.campaigns is not None else (agreed.platform, agreed.project_id),
            budget_id=agreed.id,
            campaign_id=agreed.campaigns[0] if agreed.campaigns and len(agreed.campaigns) == 1 else None,
            project_id=agreed.project_id or (projects.pop() if len(projects) == 1 else None),
            platform=agreed.platform or (platforms.pop() if len(platforms) == 1 else None),
        )


def _members(agreed: Agreed, book: Book) -> Sequence[Member]:
    if agreed.campaigns is not None:
        return [book.of_campaign[id] for id in agreed.campaigns if id in book.of_campaign]
    return [
        (account, one)
        for account, one in book.of_campaign.values()
        if agreed.project_id in (None, one.project_id) and agreed.platform in (None, account.platform)
    ]


def of_campaigns(book: Book, but: Collection[str]) -> Iterator[Plan]:
    """Of each campaign's own budget and dates, but for these."""
    for account, one in book.of_campaign.values():
        if one.id not in but:
            yield Plan(
                one.name,
                [(account, one)],
                _own(one.planned, one.start_date, one.end_date),
                one.planned,
                campaign_id=one.id,
                project_id=one.project_id,
                platform=account.platform,
            )


def of_projects(book: Book, but: Collection[str | None]) -> Iterator[Plan]:
    """Of each project's own budget and dates, but for these and for deleted ones."""
    of_project: dict[str | None, list[Member]] = {}
    for member in book.of_campaign.values():
        of_project.setdefault(member[1].project_id, []).append(member)
    for row in Project.select().where(Project.deleted_at.is_null()):
        if row.id not in but:
            terms = _own(row.budget, row.start_date, row.end_date)
            yield Plan(
                row.name,
                of_project.get(row.id, []),
                terms,
                row.budget,
                whole=(None, row.id),
                project_id=row.id,
                platform=row.platform,
            )


def _own(amount: Decimal | None, first: date | None, last: date | None) -> Sequence[Version]:
    return [] if amount is None or first is None or last is None else [Version(amount, first, last)]
