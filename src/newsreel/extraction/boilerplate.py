"""What stands in an article's page and is not the article, and how it is known.

Rules name what publishers of all the web call such things (tags, roles, words in class and id, the words that readers
see), never one site. Each gives its reason, which goes into ``Article.removed``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from newsreel.extraction.page import Node

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_TAGS = {
    "nav": "navigation", "footer": "footer", "form": "form", "button": "control", "input": "control", "select": "control",
    "dialog": "dialog", "aside": "aside", "menu": "navigation", "object": "embedded", "embed": "embedded", "audio": "player",
    "video": "player", "canvas": "embedded", "label": "control", "map": "embedded", "datalist": "control",
}  # fmt: skip
_ROLES = {
    "navigation": "navigation", "banner": "navigation", "contentinfo": "footer", "complementary": "aside", "dialog": "dialog",
    "alertdialog": "dialog", "search": "form", "menu": "navigation", "menubar": "navigation", "toolbar": "share bar",
    "tablist": "control", "button": "control", "form": "form",
}  # fmt: skip


def _named(reason: str, words: str) -> tuple[str, re.Pattern[str]]:
    return reason, re.compile(rf"(?:^|[\s_-])(?:{words})(?:$|[\s_-])")


# Words of class and id, after camelCase is split and all is lower case.
_NAMES = (
    _named("advert", "ads?|advert\\w*|adslot|ad-?(?:slot|unit|box|container|wrapper|banner|block|label)|dfp|gpt|sponsor\\w*|promo\\w*|taboola|outbrain|"
           "anzeige|werbung|publicidad|publicite|pubblicita|reklama|banner|affiliate|commercial|native-ad|paid|partner-?content"),
    _named("share bar", "shar(?:e|ing|ebar)\\w*|social\\w*|addthis|sharedaddy|follow(?:-us)?|like-?button|bookmark\\w*|toolbar|"
           "print-?button|whatsapp|telegram-?button|copy-?link|sns"),
    _named("related links", "related\\w*|recommend\\w*|recirc\\w*|read-?(?:more|next|also)|more-?(?:stories|news|from|on|articles|like)|most-?(?:read|popular|viewed)|popular|"
           "trending|teasers?|see-?also|also-?(?:read|like)|you-?may|next-?(?:article|story|post)|prev(?:ious)?-?(?:article|post)|pagination|pager|"
           "latest-?(?:news|stories)|similar|further-?reading|mehr-?zum-?thema|zum-?thema|weiterlesen|lesetipp\\w*|ver-?tambien|relacionad\\w*|"
           "a-?lire|lire-?aussi|correlati|ontopic|onward|suggested|crosslink\\w*|linkbox|link-?list|up-?next|rank(?:ing)?|jp-relatedposts|post-?navigation|nav-?links"),
    _named("newsletter box", "news-?letter\\w*|subscri\\w*|sign-?up|signup\\w*|opt-?in|mailing-?list|mailchimp|abo-?box|suscri\\w*|iscriviti|donat\\w*|"
           "contribution|contribute|support-?us|membership|paywall\\w*|piano|premium-?box|regwall|register|login|cta|call-?to-?action|app-?download|download-?app"),
    _named("cookie notice", "cookies?|cookie-?(?:bar|banner|notice|consent)|consent|gdpr|onetrust|didomi"),
    _named("comments", "comments?|comment-?(?:list|section|form|count|area)|disqus|livefyre|kommentare?|comentarios?|commentaires?|respond|discussion|replies|reactions|coral"),
    _named("navigation", "nav(?:igation|bar)?|menu|breadcrumbs?|breadcrumb\\w*|sidebar|side-?bar|site-?(?:header|footer)|masthead|footer|topbar|skip-?link\\w*|toc|table-of-contents|"
           "jump-?links?|back-?to-?top"),
    _named("tags", "tags|tag-?(?:list|cloud|links)|topics?-?(?:list|links)|keywords|post-?tags|article-?tags|categories|category-?links|cat-?links|entry-?(?:footer|tags|categories)|post-?meta|post-?info"),
    _named("byline", "by-?lines?|author\\w*|about-?author|bio|biography|contributors?|entry-?meta|article-?meta|meta-?data|metadata|dateline|date|pub-?date|publish-?date|timestamp|"
           "time-?stamp|posted-?on|last-?updated|read(?:ing)?-?time|article-?info|article-?date|post-?date|entry-?date|autor\\w*|auteur|writer|reporter"),
    _named("caption", "captions?|\\w*-?caption|wp-caption-text|photo-?credit|image-?credit|credits?|copyright|img-?desc|legend|bildunterschrift|image-?source|media-?caption|"
           "photo-?caption|gallery\\w*|slideshow|carousel|slider|lightbox|image-?description"),
    _named("player", "player|video-?(?:player|wrapper|container|embed|js)|audio-?player|podcast-?player|jwplayer|brightcove|listen|text-?to-?speech|speech"),
    _named("hidden", "visually-?hidden|sr-?only|screen-?reader(?:-?text)?|offscreen|print-?only|noprint|no-print|skip-?link"),
    _named("dialog", "modal|popup|pop-?up|overlay|tooltip|lightbox|toast|drawer|offcanvas|flyout"),
    _named("embedded", "embed-?(?:card|fallback)|twitter-?tweet|instagram-?media|fb-?post|tiktok-?embed|poll|quiz|survey|rating\\w*|vote|calculator|weather|ticker|stock\\w*"),
)  # fmt: skip
_STYLE_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def junk_element(node: Node, *, by_name: bool = True) -> str:
    """Why an element is not part of an article, by its tag, role and (``by_name``) the words of its class and id;
    '' where nothing says so.
    """
    attributes = node.attributes
    if node.tag in _TAGS:
        return _TAGS[node.tag]
    if not attributes:
        return ""
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or _STYLE_HIDDEN.search(node.get("style")):
        return "hidden"
    if role := _ROLES.get(node.get("role").lower()):
        return role
    if node.tag in ("html", "body", "main", "h1"):
        return ""
    if not by_name:
        return ""
    names = f"{node.get('class')} {node.get('id')} {node.get('data-testid')} {node.get('data-component')}"
    return _junk_names(names) if names.strip() else ""


@lru_cache(maxsize=8192)
def _junk_names(names: str) -> str:
    if len(names) > 600:
        names = names[:600]
    lowered = _CAMEL.sub("-", names).lower()
    return next((reason for reason, pattern in _NAMES if pattern.search(lowered)), "")


# What readers see. Each must be the whole of a short text, or its start where the rest cannot be the article's.
_LABELS = re.compile(
    r"^(?:recommended|related(?: (?:articles?|stor(?:y|ies)|posts?|topics?|content|news|links?|coverage))?|read (?:more|next|also|on)|more (?:stories|news|on this(?: story)?|from .{2,40})|most (?:read|popular)|"
    r"see also|you (?:may|might) also (?:like|be interested in)|also read|trending(?: now)?|up next|don't miss|editor'?s'? (?:picks?|choice)|latest (?:news|stories)|"
    r"undo|sponsored|advert(?:isement|ising|isment)?|ad|promoted|powered by .{2,30}|open image in gallery|view (?:image|gallery)|image (?:source|caption|credit).{0,80}|"
    r"share(?: (?:this|on|via|article|full article|story).{0,40})?|tweet|email|print|copy link|save|comments?(?: \(?\d+\)?)?|\d+ comments?|leave a (?:comment|reply)|view comments|"
    r"sign up|log ?in|subscribe(?: now| today)?|support now|donate(?: now)?|follow us.{0,60}|skip (?:to|past).{0,40}|continue reading|story continues(?: below(?: advertisement)?)?|article continues below|"
    r"scroll to continue.{0,40}|loading\W*|listen(?: to (?:this )?(?:article|story))?|watch(?: (?:now|live|more|video))?|video|photos?|gallery|tags?:?|topics?:?|keywords?:?|back to top|"
    r"(?:lesen|sehen|hören) sie auch.{0,80}|mehr (?:zum thema|dazu|lesen|zu).{0,60}|zum thema|das könnte sie auch interessieren|anzeige|werbung|weiterlesen|newsletter|kommentare?|teilen|"
    r"lire (?:aussi|la suite|plus|également).{0,80}|à lire (?:aussi|également).{0,80}|sur le même (?:sujet|thème)|publicité|partager|lea también.{0,80}|leer (?:más|también).{0,80}|te puede interesar.{0,60}|"
    r"publicidade?|compartir|compartilhar|leia (?:também|mais).{0,80}|veja também.{0,80}|leggi anche.{0,80}|pubblicità|condividi|lees (?:ook|meer|verder).{0,80}|advertentie|читайте также.{0,80}|реклама|"
    r"поделиться|اقرأ أيضا.{0,80}|إعلان|相关(?:新闻|阅读|推荐|文章|链接|报道)|推荐阅读|延伸阅读|相關(?:新聞|閱讀|文章)|延伸閱讀|分享到?|广告|廣告|打印|責任編輯.{0,20}|责任编辑.{0,30}|編輯推薦|関連(?:記事|ニュース|リンク)|"
    r"おすすめ(?:記事)?|続きを読む|広告|あわせて読みたい.{0,60}|관련 ?(?:기사|뉴스)|추천 ?(?:기사|뉴스)|광고|공유하기|benzer haberler|ilgili haberler|reklam)\W*$",
    re.IGNORECASE,
)
_STARTS = re.compile(
    r"^(?:read more:|read also:|also read:|related:|see also:|more:|watch:|listen:|recommended:|sign up (?:for|to) (?:our|the|get)|subscribe to (?:our|the)|get (?:the|our) .{0,40}newsletter|"
    r"join (?:our|us on) (?:whatsapp|telegram)|follow (?:us|our|@)|download (?:our|the) app|click here to|this article (?:was )?(?:originally|first) (?:appeared|published)|©|\(c\) ?\d{4}|copyright|all rights reserved|"
    r"lesen sie (?:auch|hier|mehr|dazu)|mehr zum thema|lire aussi|à lire|lea también|lea además|leia (?:também|mais)|leggi anche|lees ook|czytaj (?:też|także|również)|читайте также|читайте:|더보기|"
    r"(?:photo|image|foto|photograph|bild|picture|fotos|credit|photo credit|image credit|quelle|source|crédit)s?\s*(?::|©)|"
    r"本文来源|原标题|责任编辑|編輯:|编辑:|版权声明|ⓒ|<저작권|저작권자|무단 ?전재|we use cookies|this site uses cookies|your support (?:helps|makes))",
    re.IGNORECASE,
)  # fmt: skip
LABEL_LENGTH = 140


def junk_text(text: str) -> str:
    """Why a short text is not part of an article, by its words; '' where nothing says so."""
    if len(text) > 300:
        return ""
    if len(text) <= LABEL_LENGTH and _LABELS.match(text):
        return "label"
    if _STARTS.match(text):
        return "pointer elsewhere"
    return ""
