"""What a file says of its campaigns besides their figures: status, type, budget, flight and more, by header.

Some headers speak of the campaign whatever the rows are (`Campaign status`). Others speak of what the rows are
(`Status`), and are the campaign's only if a row is nothing below it. A number in a column of words is the code of an
enum, which nobody can read; `rows.campaign_facts` leaves it out.

Sources: Google Ads Help 2375499 and 6270625 (report columns), Google Ads API fields `campaign` and `campaign_budget`;
Meta Business Help 510910008975690 (columns of Ads Manager); Microsoft Advertising, campaign performance report columns;
the other platforms' as their samples in `fixtures/exports` have them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from adops_cli.exports.columns.header import loose

Headers = Mapping[str, tuple[str, ...]]
"""Attribute -> the headers that can hold it in their compared form, the preferred one first."""


def _headers(**texts: str) -> Headers:
    return {name: tuple(map(loose, text.split("|"))) for name, text in texts.items()}


@dataclass(frozen=True)
class Attributes:
    """The headers under which a platform says something of its campaigns."""

    of_campaign: Headers
    of_rows: Headers
    """Headers that speak of what the rows are."""
    own: frozenset[str] = frozenset()
    """Headers that are the campaign's here, and could be the period of the rows elsewhere."""

    def with_own(self, **texts: str) -> "Attributes":
        """The same, except that these headers speak of the campaign here."""
        more = _headers(**texts)
        joined = {name: (*more.get(name, ()), *self.of_campaign.get(name, ())) for name in {**self.of_campaign, **more}}
        return replace(self, of_campaign=joined, own=self.own | {name for names in more.values() for name in names})


COMMON = Attributes(
    of_campaign=_headers(
        status="Campaign status|Campaign state|Campaign delivery|Campaign effective status|campaign.status"
        "|Kampagnenstatus|Status der Kampagne|Auslieferung der Kampagne"
        "|État de la campagne|Diffusion de la campagne|Estado de la campaña|Entrega de la campaña"
        "|Status da campanha|Estado da campanha|Veiculação da campanha",
        type="Campaign type|Advertising channel type|campaign.advertising_channel_type|advertising_channel_type"
        "|Kampagnentyp|Type de campagne|Tipo de campaña|Tipo de campanha",
        objective="Campaign objective|Campaign objective type|Objective|Objective type|Advertising objective"
        "|Ziel|Objectif|Objetivo",
        budget="Campaign budget|Campaign budget amount|campaign_budget.amount_micros|Kampagnenbudget"
        "|Budget de la campagne|Presupuesto de la campaña|Orçamento da campanha",
        daily_budget="Campaign daily budget|Campaign daily budget micro|daily_budget_amount_local_micro",
        lifetime_budget="Campaign lifetime budget|Campaign total budget|campaign_budget.total_amount_micros"
        "|total_budget_amount_local_micro",
        budget_kind="Campaign budget type|Campaign budget period|Campaign budget mode|campaign_budget.period",
        start_date="Campaign start date|Campaign start|Campaign start time|campaign.start_date",
        end_date="Campaign end date|Campaign end|Campaign end time|campaign.end_date",
        bid_strategy="Campaign bid strategy type|Campaign bid strategy|Campaign bidding strategy"
        "|campaign.bidding_strategy_type",
        labels="Campaign labels|Labels on campaign|campaign.labels",
        account_time_zone="Account time zone|Account timezone|customer.time_zone|timezone_name|Advertiser time zone",
    ),
    of_rows=_headers(
        status="Status|State|Delivery|Primary status|Zustellung|Estado|État",
        budget="Budget|Budget amount|Ad set budget|Budget micro|Presupuesto|Orçamento",
        daily_budget="Daily budget|Daily budget amount|Average daily budget|Daily budget micro|Tagesbudget"
        "|Budget quotidien|Presupuesto diario|Orçamento diário",
        lifetime_budget="Lifetime budget|Total budget|Lifetime spend cap micro|Laufzeitbudget|Budget total"
        "|Presupuesto total|Orçamento total",
        budget_kind="Budget type|Budget mode|Budget period|Ad set budget type|Budgettyp|Type de budget"
        "|Tipo de presupuesto|Tipo de orçamento",
        start_date="Start date|Starts|Startdatum|Date de début|Fecha de inicio|Data de início",
        end_date="End date|Ends|Enddatum|Date de fin|Fecha de finalización|Data de término",
        bid_strategy="Bid strategy type|Bidding strategy|Bidding strategy type|Bid strategy|Gebotsstrategietyp"
        "|Type de stratégie d'enchères|Tipo de estrategia de puja|Tipo de estratégia de lances",
        labels="Labels|Libellés|Etiquetas|Marcadores",
    ),
)
"""What the platforms have in common. Their declarations state where they differ."""
ALL = tuple({**COMMON.of_campaign, **COMMON.of_rows, "account_name": ()})
"""The attributes, by the names that a layout has for their columns."""


def find(
    declared: Attributes, names: tuple[str, ...], free: frozenset[int], periods: frozenset[int], *, rows_are_below: bool
) -> dict[str, int]:
    """The columns of a header that say something of a campaign: attribute -> column.

    Args:
        declared: what the platform declares.
        names: the header in its compared form.
        free: the columns that mean nothing else.
        periods: columns that were taken for a period of the rows without need.
        rows_are_below: whether a row is something below the campaign.
    """
    found: dict[str, int] = {}
    columns = {name.replace(" ", ""): column for column, name in reversed(list(enumerate(names)))}
    for headers in (declared.of_campaign, {} if rows_are_below else declared.of_rows):
        for attribute, wanted in headers.items():
            for name in wanted:
                column = columns.get(name.replace(" ", ""))  # programs write `CampaignStatus`
                if column is not None and (column in free or (column in periods and name in declared.own)):
                    found.setdefault(attribute, column)
    return found
