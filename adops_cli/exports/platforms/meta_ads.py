"""Meta Ads: Ads Manager downloads in fourteen languages, and rows of the Insights API."""

import re

from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, Words, named, spellings
from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import ReadOptions
from adops_cli.exports.platforms import meta_actions, meta_long, meta_outbound, meta_results, meta_words


def correct(layout: Layout, options: ReadOptions) -> None:
    """Find the one type of action that counts as a conversion in the whole file. Only the cells can show it."""
    if meta_long.watch(layout, options):
        return
    meta_outbound.read(layout, options)
    if not meta_actions.watch(layout, options):
        meta_results.watch(layout, options)


_MORE = Words(meta_words.WORDS, meta_words.GUESSED)
_LINK_CLICKS = named(
    en="Link clicks",
    de="Link-Klicks|Linkklicks",
    fr="Clics sur un lien|Clics sur le lien|Clics sur des liens",
    es="Clics en el enlace|Clics en enlaces",
    pt="Cliques no link|Cliques na ligação",
    api="inline_link_clicks",
    more=_MORE["link_clicks"],
    means="link clicks",
)
_ALL_CLICKS = named(
    en="Clicks (all)|Clicks",
    de="Klicks (alle)",
    fr="Clics (tous)",
    es="Clics (todos)",
    pt="Cliques (todos)",
    api="clicks",
    more=_MORE["all_clicks"],
    means="all clicks",
)
_OUTBOUND_CLICKS = named(
    en="Outbound clicks",
    de="Ausgehende Klicks",
    fr="Clics sortants",
    es="Clics salientes",
    pt="Cliques de saída",
    api="outbound_clicks",
    more=_MORE["outbound_clicks"],
    means="outbound clicks",
)
_SPENT = named(
    en="Amount spent",
    de="Ausgegebener Betrag",
    fr="Montant dépensé|Budget dépensé",
    es="Importe gastado",
    pt="Valor usado|Valor gasto|Montante gasto",
    api="spend",
    more=_MORE["spend"],
    coded=True,
    means="advertiser cost",
)
_STARTS = named(
    en="Reporting starts",
    de="Berichtsbeginn|Berichtsstart|Beginn des Berichts|Beginn der Berichterstattung|Auswertungsbeginn"
    "|Auswertungsstart|Beginn der Auswertung|Start der Auswertung",
    fr="Début des rapports|Début du rapport|Début de la période|Début de la période de rapport",
    es="Inicio del informe|Comienzo del informe|Inicio de los informes|Inicio de la generación de informes",
    pt="Início dos relatórios|Início do relatório",
    api="date_start",
    more=_MORE["starts"],
)
_VALUE = named(
    en="Purchases conversion value|Purchase conversion value",
    de="Conversion-Wert von Käufen|Conversion-Wert für Käufe|Conversion-Wert der Käufe",
    fr="Valeur de conversion des achats|Valeur de conversion d'achats|Valeur de conversion d'achat",
    es="Valor de conversión de compras|Valor de conversión de las compras|Valor de conversión de compra",
    pt="Valor de conversão de compras|Valor de conversão da compra|Valor de conversão das compras"
    "|Valor de conversão de compra",
    more=_MORE["revenue"],
    coded=True,
    means="purchase value",
)

PLATFORM = PlatformFormat(
    name="meta-ads",
    title="Meta Ads",
    columns={
        "day": (
            named(en="Day|Date", de="Tag|Datum", fr="Jour|Date", es="Día|Fecha", pt="Dia|Data", more=_MORE["day"]),
        ),
        "starts": (_STARTS,),
        "ends": (
            named(
                en="Reporting ends",
                de="Berichtsende|Ende des Berichts|Ende der Berichterstattung|Auswertungsende|Ende der Auswertung",
                fr="Fin des rapports|Fin du rapport|Fin de la période|Fin de la période de rapport",
                es="Fin del informe|Finalización del informe|Fin de los informes|Fin de la generación de informes",
                pt="Término dos relatórios|Encerramento dos relatórios|Fim dos relatórios|Término do relatório",
                api="date_stop",
                more=_MORE["ends"],
            ),
        ),
        "period": (
            named(
                en="Week|Month",
                de="Woche|Monat",
                fr="Semaine|Mois",
                es="Semana|Mes",
                pt="Semana|Mês",
                more=_MORE["period"],
            ),
        ),
        "campaign": (
            named(
                en="Campaign name|Campaign",
                de="Kampagnenname|Name der Kampagne",
                fr="Nom de la campagne|Nom de campagne",
                es="Nombre de la campaña|Nombre de campaña",
                pt="Nome da campanha",
                api="campaign_name",
                more=_MORE["campaign"],
            ),
        ),
        "campaign_id": (
            named(
                en="Campaign ID",
                de="Kampagnen-ID|Kampagnen-Nr.",
                fr="ID de campagne|ID de la campagne|Identifiant de la campagne|Identifiant de campagne",
                es="Identificador de la campaña|Identificador de campaña|ID de la campaña|ID de campaña",
                pt="Identificação da campanha|ID da campanha",
                api="campaign_id",
                more=_MORE["campaign_id"],
            ),
        ),
        "account_id": (
            named(
                en="Account ID",
                de="Konto-ID|Account-ID|Werbekonto-ID",
                fr="ID du compte|ID de compte|Identifiant du compte",
                es="Identificador de la cuenta|ID de la cuenta",
                pt="Identificação da conta|ID da conta",
                api="account_id",
                more=_MORE["account_id"],
            ),
        ),
        "account": (
            named(
                en="Account name",
                de="Kontoname|Account-Name",
                fr="Nom du compte",
                es="Nombre de la cuenta",
                pt="Nome da conta",
                api="account_name",
                more=_MORE["account"],
            ),
        ),
        "currency": (
            named(
                en="Currency|Account currency",
                de="Währung",
                fr="Devise",
                es="Divisa|Moneda",
                pt="Moeda",
                api="account_currency",
                more=_MORE["currency"],
            ),
        ),
        "attribution": (
            named(
                en="Attribution setting",
                de="Attributionseinstellung|Attribution-Einstellung",
                fr="Paramètre d'attribution|Paramètres d'attribution",
                es="Configuración de atribución|Ajuste de atribución",
                pt="Configuração de atribuição|Definição de atribuição",
                api="attribution_setting",
                more=_MORE["attribution"],
            ),
        ),
        "impressions": (
            named(
                en="Impressions",
                de="Impressionen|Impressions",
                fr="Impressions",
                es="Impresiones",
                pt="Impressões",
                api="impressions",
                more=_MORE["impressions"],
            ),
        ),
        "clicks": (_LINK_CLICKS, _ALL_CLICKS),
        "conversions": (
            named(
                en="Purchases",
                de="Käufe",
                fr="Achats",
                es="Compras",
                pt="Compras",
                more=_MORE["conversions"],
                means="purchase",
            ),
        ),
        "spend": (_SPENT, named(en="Cost")),
        "revenue": (_VALUE,),
    },
    # `Amount spent`, `Link clicks` and `Clicks (all)` are on other platforms, too; a currency behind the first is not.
    signature=frozenset({*_STARTS.headers, *_VALUE.headers})
    | spellings(
        "inline_link_clicks|Campaign delivery|Result indicator|Attribution setting|action_values|purchase_roas"
    ),
    signature_coded=frozenset(_SPENT.headers) - {"spend"},
    signature_together=((frozenset(_SPENT.headers) - {"spend"}, frozenset(_ALL_CLICKS.headers) - {"clicks"}),),
    never_results=meta_results.RESULTS,  # `meta_results` speaks of them
    levels=spellings(
        "Ad set name|Ad set ID|Ad name|Ad ID|Platform|adset_id|adset_name|Anzeigengruppenname|Anzeigengruppen-ID"
        "|Anzeigenname|Anzeigen-ID|Nom de l'ensemble de publicités|Nom de la publicité|Nombre del conjunto de anuncios"
        "|Nombre del anuncio|Identificador del conjunto de anuncios|Identificador del anuncio"
        "|Nome do conjunto de anúncios|Nome do anúncio"
    ),
    breakdowns=COMMON.in_every_campaign().with_parts(
        "Platform|Placement|Platform position|Impression device|Frequency value"
    ),
    advice=Advice(
        day="In Meta Ads Manager, choose Breakdown > By time > Day and export the table again "
        "(Insights API: time_increment=1)",
        campaign="In Meta Ads Manager, add the column Campaign name (Insights API: campaign_id, campaign_name)",
        spend="In Meta Ads Manager, add the column Amount spent (Insights API: spend)",
        export="Ads Manager > Campaigns > Breakdown > By time > Day, then Reports > Export table data, as CSV or XLSX",
    ),
    clicks={"link": (_LINK_CLICKS,), "all": (_ALL_CLICKS,), "outbound": (_OUTBOUND_CLICKS,)},
    no_data=re.compile(
        r"No data available\.?|Keine Daten (?:verfügbar|vorhanden)\.?|Aucune donnée disponible\.?"
        r"|No hay datos disponibles\.?|(?:Nenhum dado disponível|Não há dados disponíveis)\.?",
        re.IGNORECASE,
    ),
    unconfirmed=Words(meta_words.GUESSED).every() - Words(meta_words.WORDS).every(),
)
