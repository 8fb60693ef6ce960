"""The headers of Google Ads in further languages.

Each language says where its words are from: other people's readers and generators of Google's downloads in public
repositories, and their copies of the interface's tables. `GUESSED` has what follows from these, but was not seen.
"""
# ruff: noqa: RUF001, RUF003 - Japanese, Chinese, Russian

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "it": {  # readers of `Nome campagna, Costo, Impressioni, Clic`, of `Valore conv.`, and of `Totale: account`
        "day": "Giorno|Data",
        "campaign": "Campagna|Nome campagna",
        "impressions": "Impr.|Impressioni",
        "clicks": "Clic|Click",
        "conversions": "Conversioni",
        "spend": "Costo",
        "revenue": "Valore conv.",
        "marks": "Valore conv.|Costo / conv.",
    },
    "nl": {  # notes on the interface (`Klant-ID`, `Totaal: account`), and readers of `Conversies`, `Conv.waarde`
        "day": "Dag|Datum",
        "campaign": "Campagne|Campagnenaam",
        "account_id": "Klant-ID",
        "impressions": "Vertoningen",
        "clicks": "Klikken",
        "conversions": "Conversies",
        "spend": "Kosten",
        "revenue": "Conv.waarde|Conversiewaarde",
        "marks": "Conv.waarde|Conv.waarde/kosten|Kosten/conversie|Kosten/conv.",
    },
    "ja": {  # readers of downloads by day with `通貨コード`, and of keyword reports that end in `合計: アカウント`
        "day": "日",
        "campaign": "キャンペーン|キャンペーン名",
        "currency": "通貨コード",
        "impressions": "表示回数",
        "clicks": "クリック数",
        "conversions": "コンバージョン|コンバージョン数",
        "spend": "費用",
        "revenue": "コンバージョンの価値|コンバージョン値",
        "marks": "コンバージョンの価値",
        "never": "インプレッション|インプレッション数|コスト|ご利用金額",
        "title": "キャンペーン レポート",
    },
    "pl": {  # a generator of daily campaign reports, and tests of their reader, with `Razem: konto`
        "day": "Dzień|Data",
        "campaign": "Kampania",
        "currency": "Kod waluty",
        "impressions": "Wyświetlenia|Wyświetl.|Wyśw.",
        "clicks": "Kliknięcia",
        "conversions": "Konwersje|Konw.",
        "spend": "Koszt",
        "revenue": "Wartość konw.|Wart. konw.",
        "marks": "Wartość konw.|Wart. konw.|Koszt/konw.|Wyświetl.",
        "title": "Raport kampanii",
    },
    "sv": {  # dashboards that show `Kampanj, Kostnad, Visn., Klick, Konv.` and `Konv.värde`
        "campaign": "Kampanj",
        "impressions": "Visn.",
        "clicks": "Klick",
        "conversions": "Konv.",
        "spend": "Kostnad",
        "revenue": "Konv.värde",
        "marks": "Visn.|Konv.värde|Kostnad/konv.",
    },
    "tr": {  # a guide to exports with `Tarih, Maliyet, Dönüşümler`, and a reader of `Dönüşüm değeri` and `Toplam`
        "day": "Gün|Tarih",
        "campaign": "Kampanya",
        "impressions": "Gösterimler|Gösterim",
        "clicks": "Tıklamalar",
        "conversions": "Dönüşümler",
        "spend": "Maliyet",
        "revenue": "Dönüşüm değeri",
        "marks": "Dön. oranı|Maliyet/dönüşüm",
    },
    "zh": {  # readers of the interface's table and of its `总计：账号`, and of downloads with `转化价值/费用`
        "campaign": "广告系列",
        "impressions": "展示次数",
        "clicks": "点击次数",
        "conversions": "转化次数",
        "spend": "费用",
        "revenue": "转化价值",
        "marks": "平均每次点击费用|每次转化费用|转化价值/费用",
    },
    "zh_tw": {  # a reader of downloads by `日期` with `貨幣代碼`, and one that knows `總計：帳戶`
        "day": "日期|日",
        "campaign": "廣告活動",
        "currency": "貨幣代碼",
        "impressions": "曝光|曝光次數",
        "clicks": "點擊|點擊次數",
        "conversions": "轉換|轉換次數",
        "spend": "費用",
        "revenue": "轉換價值",
        "marks": "平均單次點擊出價|單次轉換費用|轉換價值/費用",
        "title": "廣告活動報表",
    },
    "ru": {  # readers of product and campaign reports, one of which found a Latin K in `Kлики`; `Итого: аккаунт`
        "day": "День",
        "campaign": "Кампания",
        "currency": "Код валюты",
        "impressions": "Показы",
        "clicks": "Клики|Kлики",
        "conversions": "Конверсии",
        "spend": "Стоимость|Расходы",
        "revenue": "Ценность конв.|Ценность конверсии",
        "marks": "Ценность конв.|Стоимость/конв.|Цена/конв.|Сред. цена за клик|Ср. цена за клик|Kлики",
    },
}

GUESSED: Mapping[str, Mapping[str, str]] = {
    "it": {
        "campaign_id": "ID campagna", "account_id": "ID cliente", "account": "Nome account",
        "currency": "Codice valuta", "period": "Settimana|Mese|Trimestre|Anno",
    },
    "nl": {
        "campaign_id": "Campagne-ID", "account": "Accountnaam", "currency": "Valutacode",
        "period": "Week|Maand|Kwartaal|Jaar",
    },
    "ja": {
        "campaign_id": "キャンペーン ID|キャンペーンID", "account_id": "お客様 ID|お客様ID",
        "account": "アカウント名|アカウント", "period": "週|月|四半期|年",
    },
    "pl": {
        "campaign_id": "ID kampanii|Identyfikator kampanii", "account_id": "Identyfikator klienta",
        "account": "Nazwa konta", "period": "Tydzień|Miesiąc|Kwartał|Rok",
    },
    "sv": {
        "day": "Dag|Datum", "campaign_id": "Kampanj-id", "account_id": "Kund-id", "account": "Kontonamn",
        "currency": "Valutakod", "conversions": "Konverteringar", "revenue": "Konverteringsvärde",
        "period": "Vecka|Månad|Kvartal|År",
    },
    "tr": {
        "campaign_id": "Kampanya kimliği", "account_id": "Müşteri kimliği", "account": "Hesap adı",
        "currency": "Para birimi kodu", "period": "Hafta|Ay|Çeyrek|Yıl",
    },
    "zh": {
        "day": "天|日期|日", "campaign_id": "广告系列 ID|广告系列ID", "account_id": "客户 ID",
        "account": "账号名称|帐号名称", "currency": "货币代码", "period": "周|月|季度|年",
    },
    "zh_tw": {
        "campaign_id": "廣告活動 ID|廣告活動ID", "account_id": "客戶 ID", "account": "帳戶名稱",
        "period": "週|月|季|年",
    },
    "ru": {
        "spend": "Цена", "campaign_id": "Идентификатор кампании|ID кампании", "account_id": "Идентификатор клиента",
        "account": "Название аккаунта", "period": "Неделя|Месяц|Квартал|Год",
    },
}  # fmt: skip
