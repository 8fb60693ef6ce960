"""The columns that split a campaign's day: whether their rows are parts of it, a fragment of it, or repeat figures.

A *part* splits the day into disjoint rows that are together all of it: ad group, ad, device, network, hour.
A *fragment* splits it into disjoint rows of which some are missing: keywords, search terms, regions.
In an *overlap* a figure occurs in several rows: an impression of an ad counts for each of its assets.

Sources: Google Ads Help 16259414 (asset figures cannot be summed), 2472708 (some search terms are missing), 2375404
(click types repeat impressions); Meta Marketing API, Insights breakdowns (assets, action breakdowns, regions without
off-Meta actions). Reports of The Trade Desk and DV360 have a row for the unknown place.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from adops_cli.exports.columns.header import loose
from adops_cli.measures import FIGURES

_PREFIX = re.compile(r"^(?:segments|dimension|breakdown) ")
_QUALIFIER = re.compile(r"\s*\([^()]*\)$")
"""How Google says whose place it is: `Region (Matched)`, `City (User location)`."""
_SUFFIX = re.compile(r" (?:ids?|names?|key|code)$")
ALL = frozenset(FIGURES)
_DELIVERY = frozenset({"impressions", "clicks", "spend"})
_RESULTS = frozenset({"conversions", "revenue"})
EXTRACTED = frozenset(
    {
        "airbyte extracted at", "airbyte emitted at", "fivetran synced", "sdc batched at", "sdc extracted at",
        "sdc received at", "dlt load id", "synced at", "extracted at", "loaded at", "ingested at", "time extracted",
        "emitted at",
    }
)  # fmt: skip
"""Headers, as compared, of the time at which a connector fetched a row. Tables that only grow hold a day repeatedly."""


def base(name: str) -> str:
    """A compared header without what only says where it is from or that it is an id: `segments device` is `device`."""
    return _SUFFIX.sub("", _PREFIX.sub("", name))


def unqualified(header: str) -> str:
    """The base of a header as written, without what stands in brackets behind it."""
    return base(loose(_QUALIFIER.sub("", header)))


def bases(text: str) -> frozenset[str]:
    """A set of headers, one spelling per bar."""
    return frozenset(base(loose(spelling)) for spelling in text.split("|"))


@dataclass(frozen=True)
class Breakdowns:
    """The breakdown columns that a platform has, by the base of their headers."""

    parts: frozenset[str]
    fragments: frozenset[str]
    overlaps: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Header -> the figures that occur in several of its rows."""
    levels: frozenset[str] = frozenset()
    """Levels below the campaign that some campaigns do not have, as Performance Max has no ad groups."""

    def with_parts(self, text: str) -> "Breakdowns":
        """The same, except that these columns are parts here."""
        more = bases(text)
        return replace(self, parts=self.parts | more, fragments=self.fragments - more)

    def with_fragments(self, text: str) -> "Breakdowns":
        """The same, except that these columns are fragments here, too."""
        return replace(self, fragments=self.fragments | bases(text))

    def in_every_campaign(self) -> "Breakdowns":
        """The same for a platform on which every campaign has all levels."""
        return replace(self, levels=frozenset())


def _repeating(figures: frozenset[str], text: str) -> dict[str, frozenset[str]]:
    return dict.fromkeys(bases(text), figures)


COMMON = Breakdowns(
    parts=bases(
        "Ad group|Adgroup|Ad group ad ad|Ad set|Adset|Insertion order|Line item|Ad|Creative|Deal|Private contract"
        "|Asset group|Ad format|Device|Device type|Impression device|Device platform|Network|Network type"
        "|Ad network type|Network (with search partners)|Publisher platform|Hour|Hour of day"
        "|Hour of the day|Age|Age range|Gender|Browser|Operating system|Environment|Pin|Pin promotion|Site"
        "|hourly_stats_aggregated_by_advertiser_time_zone|hourly_stats_aggregated_by_audience_time_zone"
        "|Anzeigengruppe|Anzeigengruppen|Anzeigengruppenname|Anzeige|Anzeigen|Anzeigenname|Gerät|Werbenetzwerk|Netzwerk"
        "|Groupe d'annonces|Annonce|Appareil|Réseau|Nom de l'ensemble de publicités|Nom de la publicité"
        "|Grupo de anuncios|Anuncio|Dispositivo|Nombre del conjunto de anuncios|Nombre del anuncio"
        "|Identificador del conjunto de anuncios|Identificador del anuncio"
        "|Grupo de anúncios|Anúncio|Nome do conjunto de anúncios|Nome do anúncio"
    ),
    fragments=bases(
        "Keyword|Search keyword|Keyword text|Search term|Search query|Query|Audience|Audience segment|Topic|Placement"
        "|Product group|Landing page|Landing page URL|Expanded landing page|Country|Country/Territory|Region|City|DMA"
        "|DMA region|Metro area|Postal code|Most specific location|Targeted location|Location|Criterion"
        "|ad_group_criterion.keyword.text|search_term_view.search_term"
        "|Suchbegriff|Keyword-Text|Zielgruppe|Land|Land/Gebiet|Stadt|Postleitzahl|Mot clé|Terme de recherche|Pays|Ville"
        "|Palabra clave|Término de búsqueda|País|Ciudad|Palavra-chave|Termo de pesquisa|Cidade"
    ),
    overlaps={
        **_repeating(
            ALL,
            "Asset|Image asset|Video asset|Title asset|Headline|Body asset|Description asset|Text asset|Asset text"
            "|call_to_action_asset|link_url_asset|media_asset|ad_format_asset",
        ),
        **_repeating(frozenset({"impressions"}), "Click type"),
        **_repeating(
            _DELIVERY,
            "Conversion action|Conversion action category|Conversion name|Conversion category|Action type|Event name"
            "|Attribution window|Action attribution window",
        ),
        **_repeating(
            _RESULTS, "Product ID|Carousel card|action_carousel_card_id|action_destination|action_device|Action device"
        ),
    },
    levels=bases(
        "Ad group|Adgroup|Ad|Keyword|Search keyword|Search term|Asset|Anzeigengruppe|Anzeigengruppen|Anzeige"
        "|Suchbegriff|Groupe d'annonces|Annonce|Mot clé|Grupo de anuncios|Anuncio|Palabra clave"
        "|Grupo de anúncios|Anúncio|Palavra-chave"
    ),
)
"""What the platforms have in common. Their declarations state where they differ."""
