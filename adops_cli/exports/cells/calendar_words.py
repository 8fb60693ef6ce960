"""The names of months and of days of the week in eleven languages, as days are written with them."""
# ruff: noqa: RUF001 - Russian, Turkish

from adops_cli.exports.cells.cell import words

_MONTHS = """
january jan januar jänner janvier janv enero ene janeiro gennaio gen januari styczeń stycznia sty ocak oca январь \
января янв
february feb februar febr février fevrier févr fevr fév febrero fevereiro fev febbraio februari luty lutego lut \
şubat şub февраль февраля фев февр
march mar märz mrz mär mars marzo março marco maart mrt marzec marca mart март марта мар
april apr avril avr abril abr aprile kwiecień kwietnia kwi nisan nis апрель апреля апр
may mai mayo maio maggio mag mei maj maja mayıs май мая
june jun juni juin junio junho giugno giu czerwiec czerwca cze haziran haz июнь июня июн
july jul juli juillet juil julio julho luglio lug lipiec lipca lip temmuz tem июль июля июл
august aug août aout agosto ago augustus augusti sierpień sierpnia sie ağustos ağu август августа авг
september sept sep septembre septiembre setiembre set setembro settembre sett wrzesień września wrz eylül eyl \
сентябрь сентября сен сент
october oct oktober okt octobre octubre outubro out ottobre ott październik października paź ekim eki октябрь \
октября окт
november nov novembre noviembre novembro listopad listopada lis kasım kas ноябрь ноября ноя нояб
december dec dezember dez décembre decembre déc diciembre dic dezembro dicembre grudzień grudnia gru aralık ara \
декабрь декабря дек
"""
"""A month in each line."""
MONTH = {name: number for number, names in enumerate(_MONTHS.split("\n")) for name in names.split()}
OF_ONE_LANGUAGE = {"lip": "pl", "lis": "pl", "listopad": "pl", "listopada": "pl"}
"""Months that are others elsewhere: to a Croatian, `lip` is June and `listopad` October."""
FILLERS = words(
    # words for "of" and "the", ordinals, then the days of the week
    """de del of the le el st nd rd th er º ª
    monday mon tuesday tue tues wednesday wed thursday thu thurs friday fri saturday sat sunday sun
    montag mo dienstag di mittwoch mi donnerstag do freitag fr samstag sa sonntag so
    lundi lun mardi mercredi mer jeudi jeu vendredi ven samedi sam dimanche dim
    lunes martes miércoles mié jueves jue viernes vie sábado sáb domingo dom
    segunda seg terça ter quarta qua quinta qui sexta sex feira
    lunedì lun martedì mercoledì mer giovedì gio venerdì ven sabato domenica den r г
    maandag ma dinsdag woensdag wo donderdag vrijdag vr zaterdag za zondag zo
    poniedziałek pon wtorek wt środa śr czwartek czw piątek pt sobota sob niedziela niedz ndz
    måndag mån tisdag tis onsdag ons torsdag tors fredag fre lördag lör söndag sön
    pazartesi pzt salı sal çarşamba çar perşembe per cuma cum cumartesi cmt pazar paz
    понедельник пн вторник вт среда ср четверг чт пятница пт суббота сб воскресенье вс"""
)
