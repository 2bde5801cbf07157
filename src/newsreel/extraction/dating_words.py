"""What dates are called on the web: names of meta elements, words beside dates in many languages. Data of ``dating``."""

from __future__ import annotations

import re

PUBLISHED_META = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "article:published",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "publish-date", "publish_date", "publishdate", "pubdate",
    "publication_date", "published_time", "published_at", "published-date", "article_date_original", "firstpublishdate",
    "iso-8601-publish-date", "originalpublicationdate", "ptime", "publishtime", "publishedtime", "creation_date",
    "date_published", "created", "rnews:datepublished", "vr:published_time", "bt:pubdate", "article.published",
    "weibo: article:create_at", "published", "w-published-date", "dcterms.available", "datecreated",
    "og:release_date", "release_date", "displaydate", "dc.date", "dcterms.date", "dc.terms.date", "date",
)  # fmt: skip
MODIFIED_META = (
    "article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "article:updated", "lastmod",
    "last-modified", "lastmodified", "dc.date.modified", "dcterms.modified", "dc.modified", "modified_time",
    "revision_date", "updated_time", "bt:moddate", "rnews:datemodified", "article.updated", "utime",
)  # fmt: skip
# What elements are called that hold a date.
DATED = re.compile(
    r"date|time|publish|posted|dateline|timestamp|byline|meta|info|source|datum|fecha|zeit", re.IGNORECASE
)
# What a change is called, in texts and in elements' names.
CHANGED = re.compile(
    r"updat|modif|edited|revised|reviewed|actuali[sz]|mis à jour|aktuali|geändert|aggiornat|atualiz|обновл|изменен|оновлен|"
    r"更新|修改|업데이트|수정|bijgewerkt|последн|uppdat|oppdat|opdat|päivit|güncelle|cập nhật|diperbarui|zaktual|frissít",
    re.IGNORECASE,
)
# What tells the date of publication apart in a line that begins with the other: 'Updated 3 May 2025, published 1 May 2025'.
FIRST = re.compile(
    r"publi[sc]|veröffentlicht|erstellt|erschienen|posted|pubblicat|gepubliceerd|publicerad|publisert|opublik|"
    r"опублик|发布|發布|公開|입력|등록",
    re.IGNORECASE,
)
# What a line needs to be worth reading: a year, in the digits of several scripts, or two-digit years with their days.
_ONE, _NINE = "1\u0661\u06f1\u0967\uff11", "9\u0669\u06f9\u096f\uff19"
_TWO, _ZERO = "2\u0662\u06f2\u0968\uff12", "0\u0660\u06f0\u0966\uff10"
YEAR = re.compile(rf"(?<!\d)(?:[{_ONE}][{_NINE}]|[{_TWO}][{_ZERO}])\d\d(?!\d)")
SHORT_YEAR = re.compile(r"\d\d?(?:[./]\d\d?[./]|[.\s-]{1,2}[^\W\d_]{3,9}[.\s'\u2019-]{1,3})\d\d(?!\d)|\u4ee4\u548c")
