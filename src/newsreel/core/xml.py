"""What XML may hold and what is refused of it: for all who read foreign XML, and who write their own."""

from __future__ import annotations

import re

ENTITIES = "It declares a document type with entities, which could grow without bound or read other files: refused."
# Characters that no XML document may have, not even escaped (XML 1.0, 2.2).
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
# An ampersand that begins none of XML's own references: publishers write it as it is.
AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
