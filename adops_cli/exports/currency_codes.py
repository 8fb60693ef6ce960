"""The currencies that an amount can be in, by their codes in ISO 4217. Knows neither files nor signs.

The list is text, since every start would pay for a library that reads it from XML. A test compares it with that of the
library `iso4217`, which follows the standard's own agency.
"""

_STANDARD = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL
    HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL
    MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON
    RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH
    UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
_FORMER = "BYR CUC EEK LTL LVL MRO SKK SLL STD VEF ZMK"
WITHDRAWN = frozenset({"ANG", "BGN", "HRK", "ZWL"})
"""No longer in the standard, and still found in headers. Figures of former years are in them."""
CODES = WITHDRAWN.union(_STANDARD.split())
"""What headers and amounts are searched for."""
KNOWN = CODES.union(_FORMER.split())
"""What a currency column, `--currency` and a campaign can say. The last were withdrawn since there are such figures."""
