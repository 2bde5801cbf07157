"""Where a page's clock stands, when it names a time of day without a zone.

A newspaper without a zone in its dates writes for readers who share its own: the country of its address says which, else its
language where that is the language of one zone. Zones are those of the country's capital, or of most of its press.
"""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo

from newsreel.core.urls import host_of

_BY_COUNTRY = """
ae Asia/Dubai|ar America/Argentina/Buenos_Aires|at Europe/Vienna|au Australia/Sydney|az Asia/Baku|ba Europe/Sarajevo
bd Asia/Dhaka|be Europe/Brussels|bg Europe/Sofia|bo America/La_Paz|br America/Sao_Paulo|by Europe/Minsk|ch Europe/Zurich
cl America/Santiago|cn Asia/Shanghai|co America/Bogota|cr America/Costa_Rica|cu America/Havana|cy Asia/Nicosia|cz Europe/Prague
de Europe/Berlin|dk Europe/Copenhagen|do America/Santo_Domingo|dz Africa/Algiers|ec America/Guayaquil|ee Europe/Tallinn
eg Africa/Cairo|es Europe/Madrid|et Africa/Addis_Ababa|fi Europe/Helsinki|fr Europe/Paris|ge Asia/Tbilisi|gh Africa/Accra
gr Europe/Athens|hk Asia/Hong_Kong|hr Europe/Zagreb|hu Europe/Budapest|id Asia/Jakarta|ie Europe/Dublin|il Asia/Jerusalem
in Asia/Kolkata|iq Asia/Baghdad|ir Asia/Tehran|is Atlantic/Reykjavik|it Europe/Rome|jo Asia/Amman|jp Asia/Tokyo
ke Africa/Nairobi|kg Asia/Bishkek|kh Asia/Phnom_Penh|kr Asia/Seoul|kw Asia/Kuwait|kz Asia/Almaty|lb Asia/Beirut
li Europe/Vaduz|lk Asia/Colombo|lt Europe/Vilnius|lu Europe/Luxembourg|lv Europe/Riga|ly Africa/Tripoli|ma Africa/Casablanca
md Europe/Chisinau|mk Europe/Skopje|mm Asia/Yangon|mo Asia/Macau|mt Europe/Malta|mx America/Mexico_City|my Asia/Kuala_Lumpur
na Africa/Windhoek|ng Africa/Lagos|nl Europe/Amsterdam|no Europe/Oslo|np Asia/Kathmandu|nz Pacific/Auckland|om Asia/Muscat
pe America/Lima|ph Asia/Manila|pk Asia/Karachi|pl Europe/Warsaw|pt Europe/Lisbon|py America/Asuncion|qa Asia/Qatar
ro Europe/Bucharest|rs Europe/Belgrade|ru Europe/Moscow|rw Africa/Kigali|sa Asia/Riyadh|se Europe/Stockholm|sg Asia/Singapore
si Europe/Ljubljana|sk Europe/Bratislava|sn Africa/Dakar|su Europe/Moscow|sy Asia/Damascus|th Asia/Bangkok|tn Africa/Tunis
tr Europe/Istanbul|tw Asia/Taipei|tz Africa/Dar_es_Salaam|ua Europe/Kyiv|ug Africa/Kampala|uk Europe/London|uy America/Montevideo
uz Asia/Tashkent|ve America/Caracas|vn Asia/Ho_Chi_Minh|za Africa/Johannesburg|zm Africa/Lusaka|zw Africa/Harare
"""
# English, Spanish, Portuguese and Arabic are written in too many zones to say.
_BY_LANGUAGE = """
bg Europe/Sofia|bn Asia/Dhaka|cs Europe/Prague|da Europe/Copenhagen|de Europe/Berlin|el Europe/Athens|et Europe/Tallinn
fa Asia/Tehran|fi Europe/Helsinki|fr Europe/Paris|he Asia/Jerusalem|hi Asia/Kolkata|hr Europe/Zagreb|hu Europe/Budapest
id Asia/Jakarta|is Atlantic/Reykjavik|it Europe/Rome|ja Asia/Tokyo|ka Asia/Tbilisi|ko Asia/Seoul|lt Europe/Vilnius|lv Europe/Riga
nb Europe/Oslo|nl Europe/Amsterdam|nn Europe/Oslo|no Europe/Oslo|pl Europe/Warsaw|ro Europe/Bucharest|ru Europe/Moscow
sk Europe/Bratislava|sl Europe/Ljubljana|sr Europe/Belgrade|sv Europe/Stockholm|th Asia/Bangkok|tr Europe/Istanbul
uk Europe/Kyiv|vi Asia/Ho_Chi_Minh|zh Asia/Shanghai
"""


def likely_zone(url: str, language: str = "") -> ZoneInfo | None:
    """The zone of a page's clock by its address and language (BCP 47), or None where neither tells."""
    country = host_of(url).partition(":")[0].rpartition(".")[2]
    name = _table(_BY_COUNTRY).get(country) or _table(_BY_LANGUAGE).get(language.lower().partition("-")[0])
    return ZoneInfo(name) if name else None


@lru_cache(maxsize=2)
def _table(text: str) -> dict[str, str]:
    entries = (entry for line in text.split("\n") if line for entry in line.split("|"))
    return {country: zone for country, _, zone in (entry.partition(" ") for entry in entries)}
