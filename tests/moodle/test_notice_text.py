"""The notice as HTML: made, recognised and taken out of whatever people and editors make of the text around it."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.notice import Change
from bbbmig.domain.notice_inside import persons_part
from bbbmig.domain.notice_text import Notice, notices_in
from bbbmig.errors import ConfigError
from bbbmig.moodle.notice_edit import ActivityText, Edit, adding, removing

NOTICE = Notice.of('<p lang="fr">Vos enregistrements : <a href="{pod}">Pod</a></p>', {"pod": "https://pod.univ.fr"})
ELEMENT = NOTICE.element()
KNOWN = {NOTICE.fingerprint: NOTICE.html}
OLD = ELEMENT.removesuffix("<p><br></p>").replace(" bbbmig-tail", "")
"""As 0.1.0 wrote it."""

PIECES = [
    "<div>",
    "</div>",
    '<div class="',
    "<!--",
    "-->",
    "<textarea>",
    "'",
    '"',
    "\\",
    "%s",
    "é",
    "😀",
    "\n",
    " ",
    "<p>a",
]
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.lists(st.sampled_from(PIECES)).map("".join)


def in_text(intro: str | None, introformat: int = 1) -> ActivityText:
    return ActivityText(activity=30, course=20, intro=intro, introformat=introformat)


def applied(intro: str | None, edit: Edit) -> str | None:
    """Do what the server does."""
    text = intro or ""
    for old, new in edit.cuts:
        text = text.replace(old, new)
    return None if edit.empty else text + edit.append


def added(intro: str | None, notice: Notice = NOTICE) -> str:
    return applied(intro, adding(in_text(intro), notice, own_texts=KNOWN)) or ""


def removed(intro: str, known: Mapping[str, str] | None = None) -> str | None:
    return applied(intro, removing(in_text(intro), own_texts=KNOWN if known is None else known))


@given(st.none() | TEXTS, st.lists(st.sampled_from(["<div>x</div>", "<p>é</p>", "</p>", "b", "<!--"]), min_size=1))
def test_every_text_is_restored_to_the_character(intro: str | None, html: list[str]) -> None:
    notice = Notice.of("".join(html), {})
    text = added(intro, notice)
    assert text == (intro or "") + notice.element(was_null=intro is None)
    assert removed(text) == intro
    assert adding(in_text(text), notice).noticed.change is Change.PRESENT


@given(TEXTS, TEXTS)
def test_what_a_teacher_writes_around_the_notice_stays(before: str, after: str) -> None:
    assert removed(before + ELEMENT + after) == before + after


@pytest.mark.parametrize(
    "edited",
    [
        ELEMENT.replace("<p", "\n  <p").replace("</p>", "</p>\n", 1),
        OLD,
        OLD.replace("<p", "\n  <p").replace("</p>", "</p>\n"),
        OLD.replace("é", "&eacute;").replace(" :", "&nbsp;:").replace("Pod</a>", "Pod</a><br>"),
        ELEMENT.replace("<p><br></p>", "\n<p>&nbsp;</p>"),
        ELEMENT.replace(' lang="fr"', ""),
        ELEMENT.replace('<div class="', "<div  dir='ltr' class = '").replace('">', "'>", 1),
        ELEMENT.replace('<div class="', '<DIV id="x" class="alert ').replace("</div>", "</DIV >"),
        ELEMENT.replace("</p></div>", "</p>&nbsp;</div>"),
        f'<div class="bbbmig-notice">{NOTICE.html}</div>',
        f"<div class=bbbmig-notice>{NOTICE.html}</div>",
        '<div class="bbbmig-notice bbbmig-12345678"><p>&nbsp;</p></div>',
    ],
)
def test_a_notice_that_an_editor_wrote_anew_is_still_taken_out_whole(edited: str) -> None:
    assert removed(f"<div><p>a</p>{edited}</div><div>b</div>") == "<div><p>a</p></div><div>b</div>"


@pytest.mark.parametrize(
    "text", ["", "see bbbmig-notice", '<div class="my-bbbmig-notice">x</div>', "<div>bbbmig-notice</div>"]
)
def test_what_only_looks_like_a_notice_is_left_alone(text: str) -> None:
    assert removing(in_text(text)).noticed.change is Change.ABSENT
    assert adding(in_text(text), NOTICE).noticed.change is Change.ADDED


def test_a_notice_without_an_end_is_left_to_a_person() -> None:
    text = f"<p>a</p>{OLD.removesuffix('</div>')} b"
    assert removing(in_text(text)).noticed.change is Change.DAMAGED
    assert adding(in_text(text), NOTICE).noticed.change is Change.DAMAGED


def test_a_notice_that_was_copied_within_the_text_goes_with_its_copies() -> None:
    reflowed = ELEMENT.replace("Vos ", "Vos\n")
    assert removed(f"a{ELEMENT}b{reflowed}c{ELEMENT}") == "abc"
    assert removed(f"a{ELEMENT.replace('</div>', f'{OLD}</div>')}b") == "ab"


def test_where_there_was_no_text_there_is_none_again_unless_somebody_wrote_one() -> None:
    text = added(None)
    assert removed(text) is None
    assert removed(f"{text}<p>new</p>") == "<p>new</p>"


def test_a_changed_notice_replaces_the_old_one_in_its_place() -> None:
    other = Notice.of("<p>Le 1er juillet</p>", {})
    edit = adding(in_text(f"{added(None)}<p>b</p>"), other)
    assert edit.noticed.change is Change.REPLACED
    text = added(f"{added(None)}<p>b</p>", other)
    assert text == f"{other.element(was_null=True)}<p>b</p>"
    assert removed(text.removesuffix("<p>b</p>")) is None


def test_a_notice_that_somebody_took_out_is_not_forced_upon_them() -> None:
    assert adding(in_text("<p>a</p>"), NOTICE, again=True).noticed.change is Change.REMOVED_SINCE
    assert adding(in_text(f"a{ELEMENT}"), NOTICE, again=True).noticed.change is Change.PRESENT


@pytest.mark.parametrize("introformat", [0, 2, 4])
def test_texts_that_are_no_html_get_none_but_lose_one(introformat: int) -> None:
    assert adding(in_text("a", introformat), NOTICE).noticed.change is Change.OTHER_FORMAT
    assert removing(in_text(f"a{ELEMENT}", introformat)).noticed.change is Change.REMOVED


def test_values_become_html_and_other_braces_stay() -> None:
    notice = Notice.of(" {pod} { x } {Up} {}\n", {"pod": 'https://pod.fr/?a=1&b="<i>"'})
    assert notice.html == "https://pod.fr/?a=1&amp;b=&quot;&lt;i&gt;&quot; { x } {Up} {}"


def test_emoji_are_written_so_that_every_database_holds_them() -> None:
    assert Notice.of("été 😀", {}).html == "été &#128512;"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{pud}", "{pud}"),
        ("{closes}", "{closes}"),
        (" ", "empty"),
        ("<div>", "match"),
        ("</div><div>", "match"),
        ('<p class="bbbmig-notice">', "match"),
    ],
)
def test_a_text_that_could_not_be_taken_out_or_filled_is_refused(template: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Notice.of(template, {"pod": "x", "closes": ""})
    assert words in caught.value.message
    assert caught.value.hint


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    for one in notices_in(text):
        one.kept(KNOWN)
    persons_part(text, NOTICE.html)
    persons_part(text, text)
