"""What of a page is the accepted body, leaf by leaf."""

from __future__ import annotations

import numpy as np

from tools.training.pages import site_of, truth_of

BODY = [
    "The harbour's ships had a long day, and nobody complained.",
    "Two",
    "The end of it was a quiet evening at the pier.",
]


def test_leaves_are_true_by_their_words() -> None:
    texts = ["Menu of the site with many words", BODY[0], "Two", BODY[2], "More stories from the harbour today"]
    assert (truth_of(texts, [BODY]) >= 0.5).tolist() == [False, True, True, True, False]


def test_of_leaves_that_say_the_same_those_in_the_article_count() -> None:
    texts = [BODY[0], "Menu", "Menu", "Menu", "Menu", "Menu", BODY[0], BODY[2]]
    assert np.flatnonzero(truth_of(texts, [BODY]) >= 0.5).tolist() == [6, 7]


def test_short_words_count_only_with_the_article_around_them() -> None:
    body = [
        "One long sentence about harbour pilots, sport, and a word",
        "Another sentence about the pilots of the harbour.",
    ]
    texts = ["sport", body[0], "sport", body[1], "sport"]
    assert (truth_of(texts, [body]) >= 0.5).tolist() == [False, True, True, True, False]


def test_the_body_that_fits_best_counts() -> None:
    texts = [BODY[0], "A teaser that another truth has in it, at some length"]
    assert (truth_of(texts, [BODY[:1], [texts[1]]]) >= 0.5).tolist() in ([True, False], [False, True])


def test_a_site_is_known_by_the_end_of_its_host() -> None:
    assert site_of({"url": "https://www.news.example/a", "id": "1"}) == "news.example"
    assert site_of({"url": "", "id": "page"}) == "page"
