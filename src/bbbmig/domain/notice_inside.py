"""What stands inside a notice in an activity: what bbbmig wrote, and what a person has written between it. Pure.

Editors put what is typed at the beginning or the end of a notice into its element, and write its HTML anew: other
white space, other entities, attributes that were cleaned away. So pieces are compared by what readers see (words,
links, pictures), and what is kept is kept to the character. In doubt nothing is ours.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"(?P<comment><!--(?:(?!<!--).)*?-->)"
    r"|<(?P<close>/?)(?P<name>[a-z][a-z0-9:-]*)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s=\"'/]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+)))?")


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BLOCKS = _names(
    "address article aside blockquote center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
_VOID = _names("area br col embed hr img input link meta param source track wbr")
_WRAPPERS = _names("address article aside blockquote center div section")
"""Elements around paragraphs, whose inside may be kept without them."""
_SAME = {"b": "strong", "i": "em", "strike": "s", "del": "s"}
"""Names that editors write for others."""
_LOOKS = _names("align border class contenteditable dir height id lang rel style target width xml:lang")
"""Attributes that say how something looks: editors and Moodle's cleaning add and drop them."""
_EMPTY = _names("br div em p s span strong u")
"""Elements that show nothing where they hold no word."""

Item = tuple[str, ...]


@dataclass(slots=True)
class _Piece:
    """A block, or what stands between two blocks: `items` is what a reader sees, `inner` where a block's inside is."""

    start: int
    end: int = 0
    name: str = ""
    items: list[Item] = field(default_factory=list)
    inner: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a person wrote inside a notice, before and after bbbmig's own text, to the character.

    `ours` is False if there is nothing (more) of bbbmig's own.
    """

    before: str = ""
    after: str = ""
    ours: bool = True


def is_empty(text: str) -> bool:
    """Tell whether a piece of HTML shows nothing: no word, no picture, no link, no comment."""
    return all(item[0] == "tag" and len(item) == 2 and item[1] in _EMPTY for item in _items(text))  # noqa: PLR2004


def persons_part(inside: str, own: str) -> Kept | None:
    """Tell what of a notice's inside is not `own`; None if that cannot be told, for own words were changed."""
    if is_empty(inside):
        return Kept(ours=False)
    found = _apart(inside, own)
    if found is None:
        return Kept(after=_standing_alone(inside), ours=False) if _is_about_something_else(inside, own) else None
    before, after = found
    return Kept(before=_standing_alone(before), after=_standing_alone(after))


def _standing_alone(text: str) -> str:
    """Return what a person wrote so that it can stand between others: words without a paragraph get a `<div>`."""
    if is_empty(text):
        return ""
    bare = any(piece.items and not piece.name for piece in _pieces(text))
    return f"<div>{text.strip()}</div>" if bare else text.strip()


def _apart(inside: str, own: str) -> tuple[str, str] | None:
    """Take the pieces of `own`, all and in order, out of `inside`; return what stood before the first and after."""
    rest = [piece for piece in _pieces(own) if piece.items]
    before, after, begun = "", "", False
    for piece in _pieces(inside):
        raw = inside[piece.start : piece.end]
        wanted = rest[0] if rest else None
        if wanted is not None and piece.items == wanted.items:
            rest.pop(0)
            begun = True
        elif wanted is not None and (within := _within(inside, piece, own, wanted)) is not None:
            rest.pop(0)
            before, after = (before, after + "".join(within)) if begun else (before + within[0], within[1])
            begun = True
        elif begun:
            after += raw
        else:
            before += raw
    return None if rest else (before, after)


def _within(inside: str, piece: _Piece, own: str, wanted: _Piece) -> tuple[str, str] | None:
    """Take the pieces out of a box that bbbmig's own text has around it."""
    if piece.inner is None or wanted.inner is None or piece.name not in _WRAPPERS or piece.items[0] != wanted.items[0]:
        return None
    return _apart(inside[slice(*piece.inner)], own[slice(*wanted.inner)])


def _is_about_something_else(inside: str, own: str) -> bool:
    """Tell whether a person's text has nothing to do with ours: hardly a word in common, and no link."""
    theirs, ours = set(_items(inside)), set(_items(own))
    if any(len(item) > 2 for item in theirs & ours):  # noqa: PLR2004 - a tag with an address
        return False
    words = {item for item in ours if item[0] == "word"}
    return bool(words) and 4 * len(words & theirs) < len(words)


def _pieces(text: str) -> list[_Piece]:
    """Cut a text where its outermost blocks begin and end."""
    pieces: list[_Piece] = []
    opened: list[str] = []
    for start, end, name, closes, items in _tokens(text):
        if closes and name in opened:
            while opened.pop() != name:
                pass
            pieces[-1].items += items
            _end_block(pieces, opened, start, end)
            continue
        if name in _BLOCKS and not closes and opened and opened[-1] == "p":  # HTML ends a paragraph before a block
            opened.pop()
            _end_block(pieces, opened, start, start)
        if not opened and (name in _BLOCKS and not closes):
            pieces.append(_Piece(start, name=name, inner=(end, len(text)), end=len(text)))
        elif not pieces or (not opened and pieces[-1].name):
            pieces.append(_Piece(start))
        if name and not closes and name not in _VOID:
            opened.append(name)
        pieces[-1].items += items
        pieces[-1].end = len(text) if pieces[-1].name and opened else end
    return pieces


def _end_block(pieces: Sequence[_Piece], opened: Sequence[str], start: int, end: int) -> None:
    """Write down where the outermost block ends, if it does."""
    last = pieces[-1]
    if opened:
        return
    last.end = end
    if last.inner is not None:
        last.inner = (last.inner[0], start)


def _items(text: str) -> list[Item]:
    """Return what a reader sees of a text, piece after piece: words, and tags with what they point to."""
    return [item for piece in _pieces(text) for item in piece.items]


def _tokens(text: str) -> Iterator[tuple[int, int, str, bool, list[Item]]]:
    """Cut into tags and what is between: where each begins and ends, its name, whether it closes, what it shows."""
    position, opened = 0, list[str]()
    while (match := _TOKEN.search(text, position)) is not None:
        if match.start() > position:
            yield position, match.start(), "", False, _words(text[position : match.start()])
        position = match.end()
        if match["comment"]:
            yield match.start(), match.end(), "", False, [("comment", match["comment"])]
            continue
        name = match["name"].lower()
        if match["close"]:
            known = name in opened
            if known:
                opened.remove(name)
            strange = known is False or bool(match["attributes"].strip())
            yield match.start(), match.end(), name, True, [("word", match[0])] if strange else []
            continue
        if name not in _VOID:
            opened.append(name)
        shows = [] if name == "br" and not match["attributes"].strip(" /") else [_tag(name, match["attributes"])]
        yield match.start(), match.end(), name, False, shows
    if position < len(text):
        yield position, len(text), "", False, _words(text[position:])


def _words(text: str) -> list[Item]:
    return [("word", word) for word in html.unescape(text).split()]


def _tag(name: str, attributes: str) -> Item:
    """Return a tag with those of its attributes that change what a reader gets."""
    said = []
    for key, *values in _ATTRIBUTE.findall(attributes):
        if key.lower() not in _LOOKS and not key.lower().startswith("data-mce-"):
            value = " ".join(html.unescape("".join(values)).split())
            said.append(f"{key.lower()}={value.rstrip('/')}")
    return ("tag", _SAME.get(name, name), *sorted(said))
