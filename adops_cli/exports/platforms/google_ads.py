"""Google Ads: report downloads in fourteen languages, rows of the API, and files of the legacy AdWords API."""

import re
from dataclasses import replace

from adops_cli.exports.columns import further
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, Words, named, spellings
from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import ReadOptions
from adops_cli.exports.platforms import google_words

_LEGACY_TITLE = re.compile(r"\S.* \([A-Z][a-z]{2} \d{1,2}, \d{4}-[A-Z][a-z]{2} \d{1,2}, \d{4}\)")


def correct(layout: Layout, _options: ReadOptions) -> None:
    """Read the rows of an AdWords API file in micros. Its title is `NAME (Mon D, YYYY-Mon D, YYYY)`.

    In Fivetran's table of campaigns `id` is the campaign; in that of ads, it is the ad, and stands beside its group.
    """
    names = layout.header.names
    if "campaign_id" not in layout.columns and {"id", "base campaign"} <= {*names} and not {*names} & _BELOW:
        layout.columns["campaign_id"] = names.index("id")
    spend = layout.figures.get("spend")
    if spend and any(_LEGACY_TITLE.fullmatch(title.strip(" ,")) for title in layout.preamble):
        # The Total row of such a file is in currency units.
        layout.figures["spend"] = replace(spend, micros=True, micros_in_totals=False)


_BELOW = spellings("base_ad_group|ad_group_id|ad_group_name|ad_id|keyword_id")
_MORE = Words(google_words.WORDS, google_words.GUESSED)
_DAY = named(
    en="Day|Date",
    de="Tag|Datum",
    fr="Jour|Date",
    es="Día|Fecha",
    pt="Dia|Data",
    api="segments.date|segments_date",
    more=_MORE["day"],
)
_COST = named(
    en="Cost",
    de="Kosten",
    fr="Coût|Coûts",
    es="Coste|Costo|Costes|Costos",
    pt="Custo|Custos",
    more=_MORE["spend"],
    coded=True,
    means="advertiser cost",
)
_COST_MICROS = named(api="metrics.cost_micros|cost_micros|metrics_cost_micros", micros=True, means="advertiser cost")
_CURRENCY = named(
    en="Currency code|Currency",
    de="Währungscode|Währung|Währungs-Code",
    fr="Code de la devise|Code de devise|Code devise|Devise",
    es="Código de moneda|Código de la moneda|Código de divisa|Moneda|Divisa",
    pt="Código da moeda|Código de moeda|Moeda",
    api="customer.currency_code|customer_currency_code",
    more=_MORE["currency"],
)

PLATFORM = PlatformFormat(
    name="google-ads",
    title="Google Ads",
    columns={
        "day": (_DAY,),
        "period": (
            named(
                en="Week|Month|Quarter|Year|Week (Mon to Sun)|Month of Year",
                de="Woche|Kalenderwoche|Monat|Quartal|Jahr",
                fr="Semaine|Mois|Trimestre|Année",
                es="Semana|Mes|Trimestre|Año",
                pt="Semana|Mês|Trimestre|Ano",
                api="segments.week|segments.month|segments.quarter|segments.year",
                more=_MORE["period"],
            ),
        ),
        "campaign": (
            named(
                en="Campaign|Campaign name",
                de="Kampagne|Kampagnenname",
                fr="Campagne|Nom de la campagne",
                es="Campaña|Nombre de la campaña",
                pt="Campanha|Nome da campanha",
                api="campaign.name|campaign_name",
                more=_MORE["campaign"],
            ),
        ),
        "campaign_id": (
            named(
                en="Campaign ID",
                de="Kampagnen-ID",
                fr="ID de la campagne|ID de campagne|ID campagne|Identifiant de la campagne|Code campagne"
                "|N° de campagne",
                es="ID de la campaña|ID de campaña|Identificador de la campaña|Código de campaña",
                pt="ID da campanha|Código da campanha|Código de campanha|Identificação da campanha",
                api="campaign.id|campaign_id",
                more=_MORE["campaign_id"],
            ),
        ),
        "account_id": (
            named(
                en="Customer ID|Account ID|External customer ID",
                de="Kundennummer|Kunden-ID|Konto-ID",
                fr="Numéro client|ID client|N° client|ID du compte",
                es="ID de cliente|ID del cliente|N.º de cliente|Número de cliente|ID de la cuenta|ID de cuenta",
                pt="ID do cliente|Código do cliente|N.º de cliente|ID da conta",
                api="customer.id|customer_id",
                more=_MORE["account_id"],
            ),
        ),
        "account": (
            named(
                en="Account name|Account",
                de="Kontoname|Konto",
                fr="Nom du compte|Compte",
                es="Nombre de la cuenta|Nombre de cuenta|Cuenta",
                pt="Nome da conta|Conta",
                api="customer.descriptive_name",
                more=_MORE["account"],
            ),
        ),
        "currency": (_CURRENCY,),
        "impressions": (
            named(
                en="Impr.|Impressions",
                de="Impr.|Impressionen",
                fr="Impr.|Impressions",
                es="Impr.|Impresiones",
                pt="Impr.|Impressões",
                api="metrics.impressions|metrics_impressions",
                more=_MORE["impressions"],
            ),
        ),
        "clicks": (
            named(
                en="Clicks",
                de="Klicks",
                fr="Clics",
                es="Clics|Clicks",
                pt="Cliques",
                api="metrics.clicks|metrics_clicks",
                more=_MORE["clicks"],
                means="clicks",
            ),
        ),
        "conversions": (
            named(
                en="Conversions",
                de="Conversions|Conversion|Conv.",
                fr="Conversions|Conv.",
                es="Conversiones|Conv.",
                pt="Conversões|Conv.",
                api="metrics.conversions|metrics_conversions",
                more=_MORE["conversions"],
                means="conversions",
            ),
        ),
        "spend": (_COST, _COST_MICROS),
        "revenue": (
            named(
                en="Conv. value|Total conv. value|Conversion value|Conversions value",
                de="Conv.-Wert|Conversion-Wert|Conversionwert|Wert der Conv.|Gesamtwert der Conv.|Gesamter Conv.-Wert",
                fr="Valeur de conv.|Valeur conv.|Valeur de conversion|Valeur de la conv.|Valeur des conv.|Val. conv."
                "|Val. de conv.",
                es="Valor de conv.|Valor conv.|Valor de la conv.|Valor de las conv.|Valor de conversión",
                pt="Valor conv.|Valor de conv.|Valor da conv.|Valor da conversão|Valor de conversão",
                api="metrics.conversions_value|metrics_conversions_value",
                more=_MORE["revenue"],
                means="conversions value",
            ),
        ),
    },
    further=further.with_own(video_views="Views"),
    # `Day`, `Campaign`, `Clicks`, `Cost` and `Conversions` occur everywhere, in every language. What Google shortens,
    # it alone shortens so, but for Microsoft, which calls its cost `Spend`.
    signature=frozenset(_COST_MICROS.headers)
    | spellings(
        "Impr.|Conv. value|Total conv. value|Cost / conv.|Conv. value / cost|Interaction rate"
        "|Conv.-Wert|Kosten/Conv.|Interaktionsrate|Valeur de conv.|Valeur conv.|Coût/conv.|Taux de conv."
        "|Valor de conv.|Valor conv.|Coste/conv.|Costo/conv.|Custo / conv.|Tasa de conv.|Taxa de conv."
        "|segments.date|metrics.impressions|metrics.clicks|metrics.conversions|metrics.conversions_value"
        "|customer.currency_code|customer.descriptive_name|base_campaign"
    )
    | _MORE.every("marks"),
    signature_together=(
        (
            spellings("Day|Tag|Jour|Día|Dia") | _MORE.every("day"),
            frozenset(_COST.headers),
            frozenset(_CURRENCY.headers) - spellings("Currency|Währung|Devise|Moneda|Divisa|Moeda"),
        ),
        (spellings("Day"), spellings("Cost"), spellings("Customer ID")),
        (spellings("Conv. rate|Conv.-Rate"), spellings("Cost|Kosten")),  # Microsoft has the rate, too
    ),
    signature_title=re.compile(
        rf"{_LEGACY_TITLE.pattern}|(?:Campaign|Ad group|Ad|Account|Search keyword|Search terms|Asset group) report"
        "|Kampagnenbericht|Rapport sur les campagnes|Informe de campañas|Relatório de campanhas|"
        + "|".join(_MORE["title"].values())
    ),
    never=spellings("Spend|Spent|Total spent|Amount spent|Gregorian date|Time period") | _MORE.every("never"),
    levels=spellings(
        "Ad group|Ad group ID|Ad|Ad ID|Ad name|Keyword|Search keyword|Search term|Asset group|Product group"
        "|Anzeigengruppe|Anzeigengruppen-ID|Suchbegriff|Groupe d'annonces|Mot clé|Grupo de anuncios|Palabra clave"
        "|Grupo de anúncios|Palavra-chave|ad_group.id|ad_group.name|ad_group_ad.ad.id"
    ),
    advice=Advice(
        day="In Google Ads, open the report, add the segment Time > Day and download it again",
        campaign="In Google Ads, download the Campaigns report, or add the column Campaign",
        spend="In Google Ads, add the column Cost under Columns > Performance and download again",
        export="Campaigns > Segment > Time > Day, then the download icon > Download > .csv, .tsv or .xlsx",
        is_from_memory=False,  # Google Ads Help 2404176
    ),
    unconfirmed=Words(google_words.GUESSED).every() - Words(google_words.WORDS).every(),
)
