"""The words that dates are written with: months in the press's languages, zones by their short names.

Facts from CLDR (months) and the IANA time zone database (zones). Names are folded as ``dates.fold`` does: no accents.
"""

from __future__ import annotations

# A line a month: full names (nominative and genitive) and the short forms in use.
_MONTHS: tuple[str, ...] = (
    "january jan januar janner janvier janv enero ene gennaio gen janeiro januari января январь янв січня "
    "січень stycznia styczen leden ledna tammikuuta tammikuu ocak oca ianuarie januaries januarie január "
    "ιανουαριου ιαν يناير جانفي ینایر ژانویه ינואר जनवरी januára",
    "february feb februar feber fevrier fevr fev febrero febbraio febb fevereiro februari februarie "
    "февраля февраль фев февр лютого лютий lutego luty unor unora helmikuuta helmikuu subat sub februara "
    "φεβρουαριου φεβ فبراير فيفري شباط فوریه פברואר फरवरी",
    "march mar marz maerz mrz mars marzo março marco maart mrt марта март мар березня березень marca "
    "marzec brezen brezna maaliskuuta maaliskuu mart martie marcius μαρτιου μαρ maret mac مارس اذار مارچ "
    "מרץ मार्च",
    "april apr avril avr abril abr aprile aprilie апреля апрель апр квітня квітень kwietnia kwiecien "
    "duben dubna huhtikuuta huhtikuu nisan nis aprilis április απριλιου απρ ابريل افريل نيسان آوریل אפריל "
    "अप्रैल",
    "may mai mayo maggio mag maio mei мая май травня травень maja maj kveten kvetna toukokuuta toukokuu "
    "mayis majus μαιου μαι مايو ماي ايار مه מאי मई",
    "june jun juni juin junio giugno giu junho июня июнь июн червня червень czerwca czerwiec cerven "
    "cervna kesakuuta kesakuu haziran haz iunie iun junius ιουνιου ιουν يونيو جوان حزيران ژوئن יוני जून",
    "july jul juli juillet juil julio luglio lug julho июля июль июл липня липень lipca lipiec cervenec "
    "cervence heinakuuta heinakuu temmuz tem iulie iul julius ιουλιου ιουλ يوليو جويلية تموز ژوئیه יולי "
    "जुलाई",
    "august aug aout agosto ago augustus августа август авг серпня серпень sierpnia sierpien srpen srpna "
    "augusti elokuuta elokuu agustos agu augusztus αυγουστου αυγ agustus ogos اغسطس اوت اب اگوست אוגוסט "
    "अगस्त",
    "september sep sept septembre septiembre set settembre sett setembro сентября сентябрь сен сент "
    "вересня вересень wrzesnia wrzesien zari syyskuuta syyskuu eylul eyl septembrie szeptember "
    "σεπτεμβριου σεπ سبتمبر ايلول سپتامبر ספטמבר सितंबर सितम्बर",
    "october oct oktober okt octobre octubre ottobre ott outubro out октября октябрь окт жовтня жовтень "
    "pazdziernika pazdziernik rijen rijna lokakuuta lokakuu ekim eki octombrie οκτωβριου οκτ اكتوبر اکتبر "
    "אוקטובר अक्टूबर",
    "november nov novembre noviembre novembro ноября ноябрь ноя нояб листопада листопад listopada "
    "listopad marraskuuta marraskuu kasim kas noiembrie νοεμβριου νοε نوفمبر نوامبر נובמבר नवंबर नवम्बर",
    "december dec dezember dez decembre diciembre dic dicembre dezembro декабря декабрь дек грудня "
    "грудень grudnia grudzien prosinec prosince joulukuuta joulukuu aralik ara decembrie δεκεμβριου δεκ "
    "desember des disember ديسمبر دسامبر דצמבר दिसंबर दिसम्बर",
)
# Two words in the Levant and Iraq.
_TWO_WORDS = {
    "كانون الثاني": 1,
    "تشرين الاول": 10,
    "تشرين الثاني": 11,
    "كانون الاول": 12,
}
# 'sierpnia' and 'listopad' mean other months in Croatian and Czech; Polish and Czech, with more press, win.


def month_words() -> dict[str, int]:
    """Every month's names as written (before folding) -> 1 to 12."""
    words = dict(_TWO_WORDS)
    for number, line in enumerate(_MONTHS, start=1):
        for word in line.split():
            words.setdefault(word, number)
    return words


# Minutes east of UTC. Where a short name has several meanings, the one with the most press: CST is America's, IST
# India's, BST Britain's, AST the Atlantic's, GST the Gulf's.
ZONE_MINUTES: dict[str, int] = {
    **dict.fromkeys(("Z", "UT", "UTC", "GMT", "WET"), 0),
    **dict.fromkeys(("BST", "WEST", "CET", "MEZ", "WAT"), 60),
    **dict.fromkeys(("CEST", "MESZ", "EET", "SAST", "CAT", "OEZ"), 120),
    **dict.fromkeys(("EEST", "MSK", "МСК", "EAT", "TRT", "IDT", "OESZ"), 180),
    **dict.fromkeys(("GST", "SAMT"), 240),
    "IRST": 210,
    "AFT": 270,
    **dict.fromkeys(("PKT", "YEKT"), 300),
    "IST": 330,
    "NPT": 345,
    "OMST": 360,
    "MMT": 390,
    **dict.fromkeys(("WIB", "ICT", "KRAT"), 420),
    **dict.fromkeys(("HKT", "SGT", "PHT", "MYT", "AWST", "WITA", "BJT", "IRKT"), 480),
    **dict.fromkeys(("JST", "KST", "WIT", "YAKT"), 540),
    "ACST": 570,
    **dict.fromkeys(("AEST", "VLAT"), 600),
    "ACDT": 630,
    "AEDT": 660,
    "NZST": 720,
    "NZDT": 780,
    "NDT": -150,
    "NST": -210,
    **dict.fromkeys(("BRT", "ART", "ADT", "CLST", "UYT"), -180),
    **dict.fromkeys(("AST", "EDT", "CLT", "VET", "BOT"), -240),
    **dict.fromkeys(("EST", "CDT", "COT", "PET", "ECT"), -300),
    **dict.fromkeys(("CST", "MDT"), -360),
    **dict.fromkeys(("MST", "PDT"), -420),
    **dict.fromkeys(("PST", "AKDT"), -480),
    "AKST": -540,
    "HST": -600,
}

# Names that leave open whether it is summer time: the place knows.
ZONE_PLACES: dict[str, str] = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "AET": "Australia/Sydney",
    "北京时间": "Asia/Shanghai",
    "北京時間": "Asia/Shanghai",
    "日本時間": "Asia/Tokyo",
}
