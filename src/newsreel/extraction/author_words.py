"""The words around names in bylines of many languages: regular expressions, data of ``authors``."""

from __future__ import annotations

# What stands before a name: 'By', 'Story by', 'Von', '文/', '记者'.
LEAD = r"""
(?:(?:written|reported|published|posted|story|text|words|article|reporting|analysis|opinion|photos?)\s+)?by\b[\s:]*
(?:(?:ein(?:e)?\s+)?(?:kommentar|analyse|gastbeitrag|interview|artikel|bericht|text|essay)\s+)?von\b[\s:]+
(?:(?:propos recueillis|article|texte|écrit|publié)\s+)?par\b[\s:]+
(?:por|di|da|door|av|af|autor(?:in|es|a)?|auteurs?|authors?|autore|redacteur|текст|автор|от|oleh|penulis|yazan|haber|tekst|szerző|napisał)\b[\s:]+
(?:文|글)\s*[/\uff0f:\uff1a丨|│\uff5c]\s*
(?:作者|本?报?记者|本?報?記者|特约记者|实习记者|通讯员|责任编辑|責任編輯|责编|责编|编辑|編輯|撰文|撰稿|来源|來源|綜合報導|實習記者)\s*[:\uff1a]?\s*
"""

# A part of a byline that is an occupation, a place of work or a request, and no name.
OCCUPATION = (
    r"\b(?:(?:[a-z-]+\s+)?(?:editor|reporter|correspondent|journalist|columnist|staff|writer|producer|intern|photographer|contributor|"
    r"newsroom|desk|bureau|team|service|professor|lecturer|researcher)s?|redakt(?:ion|eurin|eur|ør|or|ör)\w*|(?:auslands|politik|chef|wirtschafts)?"
    r"(?:korrespondent|reporter|redakteur)(?:in)?|journaliste?|correspondante?|rédact(?:eur|rice|ion)|corresponsal|periodista|redactor[ae]?|"
    r"redacci[oó]n|redazione|giornalista|inviato|inviata|jornalista|repórter|wartawan|jurnalis|muhabiri?|journalista?|profesor(?:ius)?|"
    r"корреспондент|журналист|редактор|редакция|обозреватель)$"
)

# The whole of what some sites write instead of a name.
NOBODY = (
    r"^(?:admin|administrator|administrador|editor(?:ial)?|staff|news ?desk|news|nachrichten|noticias|actualit[ée]s|web ?master|"
    r"redaktion|redacci[oó]n|"
    r"redazione|r[ée]daction|redactie|redaksi|редакция|unknown|none|null|undefined|n/a|anonymous|guest|user|author|by|von|the|team|online|"
    r"about the author|read more|follow|posts?|"
    r"编辑部|編輯部|本站|佚名|未知|匿名|管理员|admin\w*)$"
)
