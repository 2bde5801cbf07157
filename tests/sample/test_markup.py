from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.types import Block
from newsreel.sample.markup import inline, parse, plain, text_of

BODY = """
First line
goes on.

## A heading

> Said somebody.

- one
- two

1. first
2. second

| a | b |
| c | d |

![A pier | A. Person](pier-dawn)

```json
{"a": 1}

{"b": 2}
```
"""


def test_every_kind_of_block_in_order() -> None:
    assert parse(BODY) == (
        Block("paragraph", text="First line goes on."),
        Block("heading", text="A heading", level=2),
        Block("quote", text="Said somebody."),
        Block("list", items=("one", "two")),
        Block("list", items=("first", "second"), ordered=True),
        Block("table", items=("a\tb", "c\td")),
        Block("image", text="A pier", credit="A. Person", src="pier-dawn"),
        Block("code", text='{"a": 1}\n\n{"b": 2}'),
    )


def test_text_leaves_captions_out_and_parts_the_rest_by_blank_lines() -> None:
    told = text_of(parse(BODY)).split("\n\n")
    assert told[:3] == ["First line goes on.", "A heading", "Said somebody."]
    assert told[3:9] == ["one", "two", "first", "second", "a\tb", "c\td"]
    assert "pier" not in " ".join(told)


@pytest.mark.parametrize(
    ("written", "html", "text"),
    [
        ("The *Tide* won", "The <em>Tide</em> won", "The Tide won"),
        ("see [the list](/a?b=1&c=2)", 'see <a href="/a?b=1&amp;c=2">the list</a>', "see the list"),
        ("2 < 3 & more", "2 &lt; 3 &amp; more", "2 < 3 & more"),
        ("a * b", "a * b", "a * b"),
    ],
)
def test_inline_marks(written: str, html: str, text: str) -> None:
    assert inline(written) == html
    assert plain(written) == text


@given(st.text(alphabet="ab \n#>-|*[]()!1.字", max_size=200))
def test_whatever_is_written_nothing_of_it_is_lost(body: str) -> None:
    parts = [part for block in parse(body) for part in (block.text, block.credit, block.src, *block.items)]
    for letter in "ab字":
        assert sum(part.count(letter) for part in parts) == body.count(letter)


@given(st.text(alphabet="a `\n", max_size=60))
def test_a_fence_that_is_never_closed_ends_with_the_body(body: str) -> None:
    assert all(block.kind in ("paragraph", "code") for block in parse(body))
