"""The further figures that people add up, beside the five: under which headers platforms have them.

Each is kept in the metadata of a day under its one name in `measures.FURTHER`, whatever the platform calls it. The
first header of a file that means one is kept so; another one keeps its own name.

Sources: Google Ads API fields `metrics.video_views` and `metrics.view_through_conversions`; Meta Insights `actions`
(`lead`, `video_view`, `mobile_app_install`) and `reach`; Microsoft, LinkedIn, TikTok, Snapchat and X as their reporting
APIs and the samples in `fixtures/exports` have them. Other languages of Google and Meta as their samples have them.
"""

from collections.abc import Mapping

from adops_cli.exports.columns.header import loose
from adops_cli.measures import FURTHER

COMMON: Mapping[str, str] = {
    loose(header): name
    for name, headers in {
        "reach": "Reach|Reichweite|Couverture|Alcance|Reached listeners|approximateUniqueImpressions"
        "|approximateMemberReach",
        "video_views": "Video views|TrueView views|metrics.video_views|metrics.video_trueview_views|Videoaufrufe"
        "|3-second video plays|actions:video_view|video_play_actions",
        "leads": "Leads|Leads (form)|oneClickLeads|actions:lead|conversion_leads",
        "installs": "Installs|Installs (Total)|App installs|Mobile app installs|Total app installs|App install"
        "|total_installs|totalInstalls|actions:mobile_app_install|mobile_conversion_installs",
        "view_through_conversions": "View-through conv.|View-through conversions|metrics.view_through_conversions"
        "|viewThroughConversions|Post-View Conversions|externalWebsitePostViewConversions"
        "|cpa_actions_num_from_views|Conversions (views)",
    }.items()
    for header in headers.split("|")
}
"""Header in its compared form -> the figure."""
ACTIONS: Mapping[str, str] = {"lead": "leads", "video_view": "video_views", "mobile_app_install": "installs"}
"""Meta's types of action that are one of these figures."""


def with_own(**texts: str) -> Mapping[str, str]:
    """The same, with headers that mean one of the figures on one platform only."""
    own = {loose(header): name for name, headers in texts.items() for header in headers.split("|")}
    if not {*own.values()} <= {*FURTHER}:
        raise ValueError("not one of the further figures")
    return {**COMMON, **own}
