"""What spend, clicks, conversions and revenue can mean: one closed vocabulary for every language and source of a file.

A declaration says which word its columns have. Figures of two meanings are two figures, so the ledger keeps the words
of each import. Not in the vocabulary, and never the same as anything else: the name of an action, an event or a pixel
slot that `--conversions` names or that is the file's only one.
"""

from collections.abc import Mapping

from adops_cli.exports.columns.header import loose

VOCABULARY: Mapping[str, Mapping[str, str]] = {
    "spend": {
        "advertiser cost": "what the advertiser pays",
        "total media cost": "media, data and third-party fees, without the agency's own",
        "media cost": "the price of the impressions alone",
    },
    "clicks": {
        "clicks": "the platform's only kind",
        "link clicks": "clicks that lead to where the ad points",
        "all clicks": "link clicks and everything else that was clicked, such as likes",
        "outbound clicks": "clicks that leave the platform",
        "pin clicks": "clicks on the pin, which first open it",
    },
    "conversions": {
        "conversions": "the actions that the account counts as conversions",
        "purchase": "purchases, in whatever place the platform sees them",
        "checkout": "checkouts",
        "7-day purchases": "orders within 7 days of the click",
        "14-day purchases": "orders within 14 days of the click",
        "30-day purchases": "orders within 30 days of the click",
        "installs": "downloads of the app, new ones and others",
        "all events": "every event that the tag reports",
        "total conversions": "after a click or a view",
        "post-click conversions": "after a click only",
        "post-view conversions": "after a view only",
    },
    "revenue": {
        "conversions value": "of the actions that the account counts as conversions",
        "purchase value": "of purchases",
        "checkout value": "of checkouts",
        "7-day purchases value": "of orders within 7 days of the click",
        "14-day purchases value": "of orders within 14 days of the click",
        "30-day purchases value": "of orders within 30 days of the click",
        "total conversions value": "after a click or a view",
        "post-click conversions value": "after a click only",
        "post-view conversions value": "after a view only",
    },
}
"""Figure -> its words -> what each of them is."""


def of_name(name: str) -> str:
    """The meaning of conversions that have a name of their own."""
    return loose(name)


def of_value(name: str) -> str:
    """The meaning of the revenue of such conversions."""
    return f"{loose(name)} value"
