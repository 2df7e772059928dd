"""XML that servers and recordings hold, read in one guarded way.

    document = Document(path_or_bytes)            # mended if need be: `document.mended`
    for event, element in document.elements():    # ("end", element), one after another; clear what you have read
    root = document.root()                        # or the whole tree at once

    reader = XmlReader(("end",))                  # the same from pieces that come one by one, strictly, unmended
    for event, element in reader.feed(chunk): …
    for event, element in reader.close(): …

Guarded: no entity is ever defined by a file, nothing outside of it is read, and elements lie at most `DEEPEST` within
one another; a document type as such is allowed, since every shapes.svg names that of SVG 1.1. Namespaces are not looked
up: tags come without their prefix ("image"), attributes with it ("xlink:href", see `attribute`), so a prefix that
nobody declared does no harm.

Mended, where a file is not well-formed as it is: characters that XML 1.0 forbids and bytes that are no UTF-8 become
U+FFFD; names of HTML's entities become their characters; a bare "&" and a "<" that begins no tag stand for themselves.
What is well-formed is never changed. https://www.w3.org/TR/xml/#charsets, https://www.w3.org/TR/xml/#sec-well-formed
"""

from bbbmig.xml.document import Document
from bbbmig.xml.encoding import as_utf8
from bbbmig.xml.reader import DEEPEST, Event, XmlError, XmlReader, attribute

__all__ = ["DEEPEST", "Document", "Event", "XmlError", "XmlReader", "as_utf8", "attribute"]
