from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.extraction import extract
from newsreel.extraction.appeals import strength

URL = "https://news.example/a"
TEXT = [
    f"The council of the town met on day {day} of the talks, and its speaker said that the bridge would stay closed for repairs."
    for day in range(1, 9)
]


def page(before: list[str] = (), middle: list[str] = (), after: list[str] = ()) -> str:  # type: ignore[assignment]
    parts = [
        *before,
        *(f"<p>{text}</p>" for text in TEXT[:4]),
        *middle,
        *(f"<p>{text}</p>" for text in TEXT[4:]),
        *after,
    ]
    return f"<html><body><h1>Bridge stays closed</h1><div>{''.join(parts)}</div></body></html>"


BODY = "\n\n".join(TEXT)


def test_an_appeal_of_bare_paragraphs_goes_with_its_company() -> None:
    appeal = [
        "<p>Your contribution helps us report</p>",
        "<p>From the harbour to the town hall, this paper is there when things develop. We know how much facts matter.</p>",
        "<p>At this moment we need people on the ground. Your contribution lets us send journalists to hear both sides.</p>",
        "<p>Others hide behind paywalls. We believe that good journalism should be open to all, and we never lock a reader out.</p>",
        "<p>Your support means a great deal.</p>",
    ]
    assert extract(page(before=appeal), URL).text == BODY
    assert extract(page(middle=appeal), URL).text == BODY


@pytest.mark.parametrize(
    "text",
    [
        "If you value our work, please subscribe: your money pays for independent journalism.",
        "Unterstützen Sie unabhängigen Journalismus: Mit Ihrem Abo helfen Sie unserer Redaktion.",
        "Votre soutien nous permet de financer un journalisme indépendant.",
        "Tu apoyo nos permite hacer periodismo.",
        "Sostieni il giornalismo libero: il tuo abbonamento è la nostra forza.",
        "Поддержите нашу редакцию: ваша подписка помогает независимым журналистам.",
        "您的支持让我们能够继续独立报道。",
    ],
)
def test_appeals_in_many_languages(text: str) -> None:
    assert strength(text) == 2
    assert extract(page(after=[f"<p>{text}</p>"]), URL).text == BODY


@pytest.mark.parametrize(
    "text",
    [
        "The minister said that donations to the party had been reported late, and that journalists had asked about them for weeks.",
        "“We need your support, and we ask you to subscribe to a journalism that is free,” the editor told the meeting on Monday.",
        "Newspapers that put up a paywall lost a third of their readers within the first year, the study found.",
        "Advertising revenue fell by a fifth, and the sponsored posts of the company were taken off the site by the regulator.",
        "广告收入去年下降了两成，多家媒体因此裁减了记者的人数。",
        "扫描显示，大桥的三处桥墩出现了裂缝，专家建议立即停止通行。",
        "The price of a subscription rises in May, the company said, and readers will be told by letter.",
    ],
)
def test_text_about_the_same_things_stays(text: str) -> None:
    for place in ({"before": [f"<p>{text}</p>"]}, {"middle": [f"<p>{text}</p>"]}):
        assert text in extract(page(**place), URL).text


@pytest.mark.parametrize(
    "markup",
    [
        "<p>2025-03-04 08:15 \u3000来源\uff1a某某日报 作者\uff1a王小明 【字体\uff1a大 中 小】 打印</p>",
        "<p>\uff08责编\uff1a李四、王五\uff09</p>",
        "<p>微信扫一扫关注本报公众号</p>",
        "<p>特别声明\uff1a以上内容由用户上传，不代表本平台立场。</p>",
        "<div><font>广告</font><br><a href=/ad>夏日特惠 全场五折</a></div>",
        "<p>請繼續往下閱讀</p>",
        "<p>看新聞領好禮　<a href=/app>立即下載APP</a></p>",
        "<p>La lettre du matin, chaque jour à 7 heures. <a href=/l>Abonnez-vous</a></p>",
        "<p>The Tide, our weekly talk about ships. <a href=/p>Listen here</a></p>",
        "<p>Der Morgen, unser Überblick. <a href=/n>Jetzt kostenlos anmelden</a></p>",
        "<p><a href=/x>Ten beds that doctors sleep in</a> Dream Co | Sponsored</p>",
        "<p>Weiter nach der Anzeige</p>",
        "<p>Our shop may receive a small commission if you buy by these links.</p>",
    ],
)
def test_what_is_no_text_by_its_words_and_its_links(markup: str) -> None:
    assert extract(page(before=[markup]), URL).text == BODY
    if "来源" not in markup:
        assert extract(page(middle=[markup]), URL).text == BODY


def test_a_text_that_is_an_appeal_as_a_whole_stays() -> None:
    text = "We ask you, our readers, to support independent journalism and to subscribe to this paper for a year."
    assert text in extract(f"<h1>A letter</h1><p>{text}</p><p>{text} Again.</p>", URL).text


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_text_has_a_strength(text: str) -> None:
    assert strength(text) in (0, 1, 2)


@pytest.mark.parametrize("times", [1_400, 20_000])
def test_many_appeals_are_bounded(times: int) -> None:
    html = "<h1>T</h1>" + "<p>We need your donation, our journalism is free.</p><p>We report.</p>" * times
    start = time.process_time()
    extract(html, URL)
    assert time.process_time() - start < 3
