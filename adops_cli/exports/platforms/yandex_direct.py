"""Yandex Direct: TSV of the Reports service, and the Russian reports of the interface."""
# ruff: noqa: RUF001 - Russian

import re

from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings

PLATFORM = PlatformFormat(
    name="yandex-direct",
    title="Yandex Direct",
    columns={
        "day": (named(en="Date", ru="Дата|День"),),
        "period": (named(en="Week|Month|Quarter|Year", ru="Неделя|Месяц|Квартал|Год"),),
        "campaign": (named(en="Campaign name|Campaign", ru="Название кампании|Кампания"),),
        "campaign_id": (named(en="Campaign ID", ru="ID кампании|№ Кампании"),),
        "account": (named(api="ClientLogin", ru="Логин"),),
        "currency": (named(en="Currency", ru="Валюта"),),
        "impressions": (named(en="Impressions", ru="Показы"),),
        "clicks": (named(en="Clicks", ru="Клики", means="clicks"),),
        "conversions": (named(en="Conversions", ru="Конверсии", means="conversions"),),
        "spend": (named(en="Cost", ru="Расход", coded=True, means="advertiser cost"),),
        "revenue": (named(en="Revenue", ru="Доход", coded=True, means="conversions value"),),
    },
    # `Показы` and `Клики` are what any Russian network writes, and `CriterionId` is Google's as well.
    signature=spellings(
        "AvgImpressionPosition|AvgClickPosition|WeightedImpressions|WeightedCtr|Расход (руб.)|№ Кампании|№ Группы"
        "|№ Объявления|ID условия показа|№ Условия показа"
    ),
    levels=spellings(
        "AdGroupId|AdGroupName|AdId|CriterionId|Criterion|Группа|№ Группы|Название группы|ID группы|№ Объявления"
        "|ID объявления|Условие показа|ID условия показа|№ Условия показа"
    ),
    breakdowns=COMMON.in_every_campaign().with_parts(
        "CriterionId|Criterion|Условие показа|ID условия показа|№ Условия показа|Группа|№ Группы|№ Объявления"
        "|ID объявления|Тип площадки"
    ),
    advice=Advice(
        day="In the Report Wizard of Yandex Direct, group the report by days; of the API, add the field Date",
        campaign="In the Report Wizard of Yandex Direct, add the campaign; of the API, add CampaignId and CampaignName",
        spend="In the Report Wizard of Yandex Direct, add the cost; of the API, add the field Cost",
        export="Report Wizard, grouped by days, as CSV",
    ),
    footer=re.compile(r"Total rows:\s*\d+$"),
    unconfirmed=spellings("Конверсии|Доход|Доход (руб.)|Расход|Логин"),
)
