"""Whatever a person writes inside the notice, or makes of it, their words stay: after add, another text, and remove."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bbbmig.domain.notice import Change
from bbbmig.domain.notice_text import Notice, texts_written
from bbbmig.moodle.notice_edit import ActivityText, Edit, adding, removing

PARAGRAPH = Notice.of('<p lang="fr">Vos enregistrements : <a href="https://pod.univ.fr">Pod</a></p>', {})
OTHERS = [
    Notice.of('Vos enregistrements sont dans <a href="https://pod.univ.fr">Pod</a>.', {}),
    Notice.of("<p>Vos enregistrements sont dans Pod.</p>\n<p>Your recordings are in Pod.</p>", {}),
    Notice.of('<div class="alert"><p>Vos enregistrements</p><p>sont dans <b>Pod</b></p></div>', {}),
    Notice.of("<ul><li>Vos enregistrements<li>sont dans Pod</ul>", {}),
    Notice.of("Pod", {}),
]
NOTICES = [PARAGRAPH, *OTHERS]
KNOWN = {one.fingerprint: one.html for one in NOTICES}
NEXT = Notice.of("<p>Le serveur a fermé.</p>", {})
TYPED = "Examen le 3 mai, salle B12"
OLD = f'<div class="bbbmig-notice bbbmig-{PARAGRAPH.fingerprint} bbbmig-was-null">'
"""How a notice of 0.1.0 begins."""


def applied(intro: str | None, edit: Edit) -> str | None:
    text = intro or ""
    for old, new in edit.cuts:
        text = text.replace(old, new)
    return None if edit.empty else text + edit.append


def add(intro: str | None, notice: Notice, **how: bool) -> tuple[Change, str]:
    edit = adding(ActivityText(30, 20, intro, 1), notice, own_texts=KNOWN, **how)
    return edit.noticed.change, applied(intro, edit) or ""


def remove(intro: str | None) -> tuple[Change, str | None]:
    edit = removing(ActivityText(30, 20, intro, 1), own_texts=KNOWN)
    return edit.noticed.change, applied(intro, edit)


# What TinyMCE 7 made of a description with caret at its end or start, Enter, and words typed (docs/tried.md).
AT_END = f'{OLD}\n{PARAGRAPH.html}\n<p lang="fr">{TYPED}</p>\n</div>'
AT_START = f'{OLD}\n<p lang="fr">{TYPED}</p>\n{PARAGRAPH.html.replace(" : ", " :&nbsp;")}\n</div>'


@pytest.mark.parametrize("text", [AT_END, AT_START])
@pytest.mark.parametrize("before", ["", "<p>Avant</p>\n"])
def test_a_paragraph_that_an_editor_put_inside_the_notice_stays(text: str, before: str) -> None:
    typed = f'<p lang="fr">{TYPED}</p>'
    assert remove(before + text) == (Change.REMOVED, before + typed)
    assert add(before + text, PARAGRAPH)[0] is Change.PRESENT
    change, replaced = add(before + text, NEXT)
    assert change is Change.REPLACED
    assert sorted((typed, NEXT.element(was_null=True)), key=replaced.index) == (
        [typed, NEXT.element(was_null=True)] if text == AT_START else [NEXT.element(was_null=True), typed]
    )
    assert remove(replaced) == (Change.REMOVED, before + typed)


def test_an_editor_that_splits_a_notice_without_paragraphs_loses_nothing() -> None:
    plain = OTHERS[0]
    begin = f'<div class="bbbmig-notice bbbmig-{plain.fingerprint}">'
    for text in (
        f"{begin}{plain.html}</div>\n{begin}{TYPED}</div>",
        f"{begin}{TYPED}</div>\n{begin}{plain.html}</div>",
    ):
        change, left = remove(text)
        assert (change, (left or "").strip()) == (Change.REMOVED, f"<div>{TYPED}</div>")


def test_what_is_typed_in_a_box_of_the_notice_comes_out_of_it() -> None:
    box = OTHERS[2]
    text = box.element().replace("<p>sont", f"<p>{TYPED}</p><p>sont")
    assert remove(text) == (Change.REMOVED, f"<p>{TYPED}</p>")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Vos", "Tous vos"),
        ("</a>", f"</a> {TYPED}"),
        ("pod.univ.fr", "video.univ.fr"),
        ("</a>", '</a><img src="plan.png">'),
        ("<p lang", '<p title="salle B12" lang'),
        ("<div class", '<div title="salle B12" class'),
        ("Pod<", "Pod<!-- salle B12 --><"),
    ],
)
def test_a_notice_whose_own_words_were_changed_waits_for_a_person(old: str, new: str) -> None:
    text = f"<p>a</p>{PARAGRAPH.element()}".replace(old, new)
    assert remove(text) == (Change.EDITED, text)
    assert add(text, NEXT) == (Change.EDITED, text)
    assert add(text, PARAGRAPH) == (Change.EDITED, text)


def test_without_knowing_what_was_written_only_the_exact_text_goes() -> None:
    text = f"<p>a</p>{PARAGRAPH.element()}"
    assert removing(ActivityText(30, 20, text, 1)).noticed.change is Change.REMOVED
    assert removing(ActivityText(30, 20, AT_END, 1)).noticed.change is Change.EDITED


def test_words_written_over_the_notice_are_a_persons_and_the_notice_counts_as_taken_out() -> None:
    text = f"{OLD}<p>{TYPED}</p></div>"
    assert add(text, PARAGRAPH, again=True) == (Change.REMOVED_SINCE, text)
    assert add(text, PARAGRAPH)[1] == f"<p>{TYPED}</p>{PARAGRAPH.element()}"
    assert remove(text) == (Change.REMOVED, f"<p>{TYPED}</p>")


def test_what_was_taken_out_is_told_for_the_ledger() -> None:
    assert removing(ActivityText(30, 20, AT_END, 1), own_texts=KNOWN).noticed.replaced == (AT_END,)
    assert removing(ActivityText(30, 20, AT_END, 1), own_texts=KNOWN).noticed.mixed
    assert removing(ActivityText(30, 20, PARAGRAPH.element(), 1)).noticed.replaced == ()
    assert adding(ActivityText(30, 20, PARAGRAPH.element(), 1), NEXT).noticed.replaced == (PARAGRAPH.element(),)


def test_the_texts_that_bbbmig_wrote_are_read_from_the_ledger_and_edited_ones_are_not() -> None:
    assert texts_written([PARAGRAPH.element(), AT_END, "", OTHERS[0].element(was_null=True)]) == {
        one.fingerprint: one.html for one in (PARAGRAPH, OTHERS[0])
    }


WORD = "XQZ17"
PIECES = [
    f"<p>{WORD}</p>",
    f"\n<p lang='fr'>{WORD}</p>\n",
    WORD,
    f" {WORD} ",
    f"<br>{WORD}",
    f"<img src='{WORD}.png'>",
    f"<a href='{WORD}'></a>",
    f"<ul><li>a<ul><li>{WORD}</li></ul></li></ul>",
    f"<div>{WORD}</div>",
    f"</div>{WORD}<div>",
    f"<div>{WORD}",
    f"{WORD}</div>",
    f"</p><p>{WORD}",
    f"<!-- {WORD} -->",
    f"<!-- {WORD}",
    f"<{WORD}",
    f'<{WORD}">',
    f"</{WORD}>",
    f"<textarea>{WORD}</textarea>",
    f'<div class="bbbmig-notice">{WORD}</div>',
    f'<div class="bbbmig-notice bbbmig-{PARAGRAPH.fingerprint}">{PARAGRAPH.html}{WORD}</div>',
    f"{PARAGRAPH.element()}{WORD}",
    f"{PARAGRAPH.html}{WORD}",
]
REWRITES: list[Callable[[str], str]] = [
    lambda text: text,
    lambda text: text.replace("<p", "\n<p").replace("</p>", "</p>\n"),
    lambda text: text.replace("<p><br></p>", "<p>&nbsp;</p>"),
    lambda text: text.replace(" bbbmig-tail", "").replace("<p><br></p>", ""),
    lambda text: re.sub(r" bbbmig-[0-9a-f]{8}", "", text),
    lambda text: re.sub(r' (?:lang|href)="[^"]*"', "", text),
    lambda text: text.replace("é", "&eacute;").replace("'", "&#39;"),
    lambda text: text + text,
]


def between_tags(text: str) -> list[int]:
    """Return the places where a caret can stand."""
    inside = {place for tag in re.finditer(r"<[^<>]*>", text) for place in range(tag.start() + 1, tag.end())}
    return [place for place in range(len(text) + 1) if place not in inside]


@example(PARAGRAPH, None, REWRITES[0], [("<p>XQZ17</p>", 0)], [0, 1, 2])
@given(
    st.sampled_from(NOTICES),
    st.sampled_from([None, "", "<p>Avant</p>", "Avant", "<div>", "<p>a</p><div class='b'>c</div>"]),
    st.sampled_from(REWRITES),
    st.lists(st.tuples(st.sampled_from(PIECES), st.integers(0, 10_000)), min_size=1, max_size=3),
    st.lists(st.integers(0, 3), min_size=1, max_size=4),
)
def test_no_word_of_a_person_is_ever_lost(
    notice: Notice,
    intro: str | None,
    rewrite: Callable[[str], str],
    inserted: list[tuple[str, int]],
    work: list[int],
) -> None:
    text: str | None = rewrite(add(intro, notice)[1])
    for number, (piece, where) in enumerate(inserted):
        places = between_tags(text or "")
        place = places[where % len(places)]
        text = (text or "")[:place] + piece.replace(WORD, f"{WORD}{number}") + (text or "")[place:]
    words = [f"{WORD}{number}" for number in range(len(inserted)) if f"{WORD}{number}" in (text or "")]
    for step in work:
        before = text
        match step:
            case 0:
                _, text = add(text, notice)
            case 1:
                _, text = add(text, NEXT)
            case 2:
                _, text = remove(text)
            case _:
                _, text = add(text, notice, again=True)
        assert [word for word in words if word not in (text or "")] == [], (before, step)
