"""Names as people typed them, whatever servers made of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.recording import unescape_once


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("You &amp; Me", "You & Me"),
        ("L&#39;&eacute;t&eacute; &#x2014; &quot;TD&quot;", 'L\'été — "TD"'),
        ("You &amp;amp; Me", "You &amp; Me"),
        ("Q&A", "Q&A"),
        ("cause &notre", "cause &notre"),
        ("a &lt;b&gt;bold&lt;/b&gt;", "a &lt;b&gt;bold&lt;/b&gt;"),
        ("1 &lt; 2 &amp; 3", "1 &lt; 2 &amp; 3"),
        ("1 < 2 &amp; 3 &lt; 4", "1 < 2 & 3 < 4"),
        ("5 &gt; 4 &amp; 3", "5 > 4 & 3"),
    ],
)
def test_one_level_of_escaping_is_undone_and_no_tag_appears(said: str, typed: str) -> None:
    assert unescape_once(said) == typed


@given(st.text(alphabet="&lt;gamp#39x<>b/", max_size=30))
def test_no_text_becomes_a_tag(text: str) -> None:
    assert "<" in text or "<" not in unescape_once(text)
