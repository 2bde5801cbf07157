"""Tags and filters of the pages."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from newsreel.archive.queries import LEAD_LENGTH
from newsreel.archive.shown import FullArticle, Headline, Name
from newsreel.core.text import cut, squeeze
from newsreel.portal import body, health_words, languages, names, outcomes, reasons, statements, topics

register = template.Library()


@register.filter
def named(name: Name) -> str:
    """A proper name in the reader's language."""
    return names.in_language(name)


@register.filter
def direction(language: str) -> str:
    """'rtl', 'ltr' or 'auto'."""
    return languages.direction(language)


@register.filter
def language_name(language: str) -> str:
    """A language's name in the reader's language, '' where it is not known."""
    return languages.name(language)


@register.filter
def web_address(url: str) -> str:
    """An address that a link may lead to: one of the web, else ''."""
    return url if url.lower().startswith(("http://", "https://")) else ""


@register.filter
def topic_name(code: str) -> str:
    """A topic's name."""
    return topics.label(code)


@register.filter
def in_words(outcome: str) -> str:
    """An outcome in words."""
    return outcomes.words(outcome)


@register.filter
def statement_word(name: str) -> str:
    """Who said something of an article, or of what, in words."""
    return statements.word(name)


@register.filter
def reason_word(reason: str) -> str:
    """Why a piece of a page is not the article's, in words."""
    return reasons.words(reason)


@register.filter
def kind_word(kind: str) -> str:
    """A channel's kind in words."""
    return outcomes.kind(kind)


@register.filter
def state_word(state: str) -> str:
    """A source's state in words."""
    return health_words.state(state)


@register.filter
def finding_word(name: str) -> str:
    """A finding in a few words."""
    return health_words.short(name)


@register.filter
def why_word(why: str) -> str:
    """Why something was not read, in words."""
    return health_words.why(why)


@register.filter
def length_words(seconds: float) -> str:
    """A length of time in words."""
    return health_words.length(seconds)


@register.filter
def figure(value: float) -> str:
    """A number as people read it."""
    return health_words.figure(value)


@register.filter
def percentage(share: float) -> str:
    """A share in percent."""
    return health_words.percent(share)


@register.filter
def is_fine(outcome: str) -> bool:
    """Whether an outcome needs nobody's attention."""
    return outcome in outcomes.FINE


@register.filter
def one_line(text: str) -> str:
    """The first words of a body in one line."""
    return cut(squeeze(text), LEAD_LENGTH)


@register.filter
def body_of(article: FullArticle) -> SafeString:
    """An article's body."""
    return body.readable(article.html, article.url, article.text, article.lead_image)


@register.simple_tag
def earlier_body(html: str, text: str, url: str) -> SafeString:
    """An earlier version's body."""
    return body.readable(html, url, text)


@register.simple_tag
def moment(when: datetime, precision: str = "time", form: str = "long") -> SafeString:
    """A <time>: '2025-08-12 10:30' in the reader's zone, or '2025-08-12' of a day, which no zone shifts.

    The short form leaves out the year. newsreel.js writes the same forms.
    """
    if precision == "day":
        text = f"{when:%Y-%m-%d}" if form == "long" else f"{when:%m-%d}"
        return format_html('<time datetime="{}" data-precision="day">{}</time>', f"{when:%Y-%m-%d}", text)
    try:
        local = timezone.localtime(when)
    except OverflowError:  # 0001-01-01, which some software writes for 'no date'
        local = when
    text = f"{local:%Y-%m-%d %H:%M}" if form == "long" else f"{local:%m-%d %H:%M}"
    return format_html(
        '<time datetime="{}" data-precision="time" data-form="{}">{}</time>', when.isoformat(), form, text
    )


@register.simple_tag
def headline_time(headline: Headline, form: str = "long") -> SafeString:
    """A headline's <time>."""
    return moment(headline.when, headline.precision, form)
