"""Columns that probably hold a figure which the file has under no name that is taken. They are told, never counted."""

from collections.abc import Mapping

from adops_cli.exports.cells.cell import words
from adops_cli.exports.columns import header
from adops_cli.exports.columns.layout import Layout

_WORDS = {
    "revenue": words(
        """revenue value sales turnover umsatz wert valeur valor ingresos receita valore waarde conversiewaarde wartość
        värde konverteringsvärde değeri ценность"""
    ),
    "conversions": words(
        """conversion conversions conv purchase purchases order orders results checkouts transactions payment payments
        leads installs signups registrations käufe bestellungen achats commandes compras pedidos conversiones
        conversões acquisti conversioni aankopen conversies zakupy konwersje köp konverteringar alışverişler dönüşümler
        покупки конверсии"""  # noqa: RUF001 - Russian
    ),
    "clicks": words(
        "click clicks taps swipes swipe klicks clics cliques clic klikken kliknięcia klick tıklamalar клики"  # noqa: RUF001 - Turkish
    ),
    "impressions": words(
        """impressions displays impressionen impresiones impressões impressioni vertoningen wyświetlenia visningar
        gösterimler показы"""
    ),
}
"""The first figure that one of a header's words belongs to is meant: the value of purchases is revenue."""


_RESULTS = ("conversions", "revenue")


def columns(layout: Layout) -> Mapping[int, str]:
    """Such columns in their order, each with the figure.

    In a platform's own layout, only what can be a result: its other columns are known. A table of several platforms
    may have a figure of one of them in another column than that of the others.
    """
    figures = _WORDS.keys() if layout.platform.own_keys else _RESULTS
    taken = frozenset[str]() if "platform" in layout.columns else layout.figures.keys()
    found = {}
    for column, key in layout.extras.items():
        figure = _figure(layout.header.cells[column])
        if layout.header.names[column].split()[0] in layout.platform.never_results:
            continue
        if figure and figure in figures and figure not in taken and key not in layout.not_additive:
            found[column] = figure
    return found


def _figure(text: str) -> str | None:
    in_it = header.words(text)
    return next((figure for figure, names in _WORDS.items() if in_it & names), None)
