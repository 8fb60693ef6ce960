"""Any other file: columns with our own keys or the plain words that all use as headers, or named with `--map`.

Also reads the files of a platform that only `--platform` names: `as_platform` gives its campaigns that name.
"""

import functools
import re
from dataclasses import replace

from adops_cli.exports.cells import platform_names
from adops_cli.exports.cells.cell import Cell, Cells, is_blank
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, Words, named, spellings
from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import ReadOptions
from adops_cli.exports.platforms import google_words

PERHAPS_PLATFORM = spellings("source|channel|network|ad network|traffic source|publisher|provider|medium")
"""Headers that can hold the platform: their cells show it."""
_SEVERAL = 2
"""This many different known platforms in a column show that it holds platforms, whatever the other cells are."""


def correct(layout: Layout, _options: ReadOptions) -> None:
    """Take a column such as `source` for the platforms of the rows, if its cells are known platforms."""
    if "platform" not in layout.columns:
        for column, name in enumerate(layout.header.names):
            if name in PERHAPS_PLATFORM and column not in layout.meanings:
                _watch(layout, column)


def _watch(layout: Layout, column: int) -> None:
    known, others = set[str](), set[bool]()

    def look(cell: Cell, _row: Cells) -> None:
        if is_blank(cell):
            return
        if platform_names.is_known(cell):
            known.add(platform_names.platform(cell))
        else:
            others.add(True)

    def settle() -> None:
        if known and (not others or len(known) >= _SEVERAL):
            layout.columns.setdefault("platform", column)

    layout.facts.watch[column] = look
    layout.facts.settle.append(settle)


_MORE = Words(google_words.WORDS, google_words.GUESSED)
"""Plain words of further languages, which are those of Google Ads."""

PLATFORM = PlatformFormat(
    name="generic",
    title="platform not recognised",
    columns={
        "day": (
            named(
                own="date|day|date day|report date|reporting date",
                de="Tag|Datum",
                fr="Jour",
                es="Día|Fecha",
                pt="Dia|Data",
                more={**_MORE["day"], "ja": "日|日付"},
            ),
        ),
        "period": (
            named(
                own="week|month|quarter|year|period|date range",
                de="Woche|Monat|Quartal|Jahr",
                fr="Semaine|Mois|Trimestre",
                es="Semana|Mes|Trimestre|Año",
                pt="Mês|Ano",
                more=_MORE["period"],
            ),
        ),
        "campaign": (
            named(
                own="campaign name|campaign",
                de="Kampagnenname|Kampagne",
                fr="Nom de la campagne|Campagne",
                es="Nombre de la campaña|Campaña",
                pt="Nome da campanha|Campanha",
                more=_MORE["campaign"],
            ),
            named(own="name"),
        ),
        "campaign_id": (
            named(
                own="campaign id",
                de="Kampagnen-ID",
                fr="ID de la campagne|ID de campagne",
                es="ID de la campaña|ID de campaña",
                pt="ID da campanha",
                more=_MORE["campaign_id"],
            ),
            named(own="external id"),
        ),
        "account_id": (named(own="account id|customer id|advertiser id"),),
        "account": (named(own="account|account name|advertiser|customer"),),
        "currency": (
            named(
                own="currency|currency code",
                de="Währung",
                fr="Devise",
                es="Moneda|Divisa",
                pt="Moeda",
                more=_MORE["currency"],
            ),
        ),
        "platform": (
            named(
                own="platform|ad platform|data source type|data source|data source name|datasource|source platform"
                "|platform name"
            ),
        ),
        "impressions": (
            named(
                own="impressions|impr", de="Impressionen", es="Impresiones", pt="Impressões", more=_MORE["impressions"]
            ),
        ),
        "clicks": (named(own="clicks", de="Klicks", fr="Clics", es="Clics", pt="Cliques", more=_MORE["clicks"]),),
        "conversions": (named(own="conversions|conv", es="Conversiones", pt="Conversões", more=_MORE["conversions"]),),
        "spend": (
            named(own="spend|cost|spent|amount spent|total spent", de="Kosten|Ausgaben", coded=True),
            named(own="spend micros|spend micro|cost micros|cost micro|billed charge local micro", micros=True),
            named(
                fr="Coût|Coûts|Dépenses",
                es="Coste|Costo|Importe gastado",
                pt="Custo|Valor usado",
                more={**_MORE["spend"], "ru": "Стоимость|Расходы|Расход"},  # `Цена` is a price elsewhere
                coded=True,
            ),
        ),
        "revenue": (
            named(own="revenue", coded=True),
            named(own="conversion value|conversions value", coded=True),
            named(own="revenue micros|revenue micro", micros=True),
            named(more=_MORE["revenue"], coded=True),
        ),
        "metadata": (named(own="metadata"),),
        # Identifies the output of `metrics list`, in which the decimal mark is a point even before three digits.
        "synced": (named(api="syncedAt"),),
    },
    signature=frozenset(),
    levels=spellings("id|project id|ad group|ad group id|ad set|ad set id|ad|ad id"),
    advice=Advice(
        day="The file needs one row for each campaign and day",
        campaign="The file needs the campaign's name or id",
        spend="The file needs the cost",
    ),
    own_keys=True,
)


@functools.cache
def as_platform(name: str) -> PlatformFormat:
    """The same, for files of a platform whose own layout is not known, or that do not have it."""
    return replace(PLATFORM, name=name)


# APIs that give money in millionths under plain names. Fivetran's packages for both divide it by a million:
# https://github.com/fivetran/dbt_reddit_ads, https://github.com/fivetran/dbt_snapchat_ads. Yandex Direct does so unless
# the request has `returnMoneyInMicros: false`: https://yandex.com/dev/direct/doc/en/headers
ACCOUNTS_IN_MICROS = re.compile(r"[at]2_[a-z0-9]+")
"""The ids of Reddit's accounts."""
HEADERS_IN_MICROS = spellings("swipes|swipe up percent|screen time millis")
"""Columns of Snapchat's tables."""
PLATFORMS_IN_MICROS = ("reddit", "snapchat", "yandex")
"""How the names of these platforms begin."""
