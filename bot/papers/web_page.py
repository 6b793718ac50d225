"""A document as one HTML file that needs nothing else: readable by screen readers, on paper, in light and dark."""

from __future__ import annotations

import html
from collections.abc import Iterator

from bot.i18n import locale_of
from bot.papers.blocks import (
    LETTERS,
    Block,
    Bullets,
    Cards,
    Document,
    Facts,
    Heading,
    NewPage,
    Paragraph,
    Quiz,
    Steps,
)
from bot.papers.inline import as_html, bare, paragraphs

# Text on its ground has a contrast of at least 7:1 in both schemes, quiet text and links at least 4.5:1.
STYLE = """
:root{color-scheme:light dark;--ink:#1a1a1a;--quiet:#555;--ground:#fff;--pale:#f0f4f8;--line:#bbb;--accent:#184e77}
@media (prefers-color-scheme:dark){:root{--ink:#ececec;--quiet:#b4b4b4;--ground:#16191d;--pale:#222a32;--line:#56606b;
--accent:#9ecbf0}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1.05rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,
"Noto Sans",sans-serif;overflow-wrap:break-word;hyphens:auto}
main{max-width:44rem;margin:0 auto;padding:1.5rem 1.1rem 4rem}
h1,h2,h3,h4{line-height:1.25;hyphens:manual}
h1,h2,h3{color:var(--accent)}
h1{font-size:2rem;margin:.5rem 0 1rem}
h2{font-size:1.5rem;margin:2.6rem 0 .6rem;border-top:1px solid var(--line);padding-top:1.2rem}
h3{font-size:1.2rem;margin:1.9rem 0 .4rem}
h4{font-size:1.05rem;margin:1.2rem 0 .2rem}
p{margin:.4rem 0 .8rem}
a{color:var(--accent)}
a:focus-visible,summary:focus-visible,input:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.due,.quiet,.minutes{color:var(--quiet);font-size:.92rem}
.due{display:block;font-weight:normal}
nav,.quiz{background:var(--pale);border-radius:.5rem;padding:.8rem 1.1rem;margin:1rem 0}
nav ul,nav p,.quiz p{margin:.2rem 0}
dl{display:grid;grid-template-columns:fit-content(13rem) 1fr;gap:.4rem 1.1rem}
dt{font-weight:bold}
dd{margin:0}
dd.empty{border-bottom:1px solid var(--line);min-height:1.5rem}
li{margin:.3rem 0}
ul.boxes{list-style:none;padding-left:0}
ul.boxes label{display:grid;grid-template-columns:1.6rem 1fr}
ul.boxes input{width:1.1rem;height:1.1rem;margin-top:.25rem;accent-color:var(--accent)}
.hint{display:block;color:var(--quiet)}
.minutes{display:inline-block;min-width:4.5rem}
ul.cards{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(14rem,1fr))}
ul.cards li{border:1px dashed var(--line);padding:.8rem;margin:0}
summary{cursor:pointer;padding:.35rem 0;color:var(--accent)}
footer{color:var(--quiet);font-size:.9rem;border-top:1px solid var(--line);margin-top:3rem;padding-top:1rem}
@page{margin:18mm}
@media print{:root{--ink:#000;--quiet:#444;--ground:#fff;--pale:#fff;--line:#999;--accent:#184e77}
body{font-size:10.5pt}main{max-width:none;padding:0}nav,.quiz{border:1px solid var(--line)}
h2,h3,h4{break-after:avoid}li,dl>*,.quiz{break-inside:avoid}
.page{break-before:page}a{text-decoration:none}details::details-content{content-visibility:visible;display:block}
summary{display:none}}
"""


def web_page(document: Document) -> bytes:
    """The HTML file of a document."""
    page = _Page(document)
    language = html.escape(document.language)
    direction = locale_of(document.language).text_direction
    body = "\n".join(page.parts())
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{html.escape(bare(document.title))}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    ).encode()


class _Page:
    """Turns blocks into HTML; chapters are numbered for the links to them, boxes for their labels."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._chapter = self._box = 0
        self._break = False

    def parts(self) -> Iterator[str]:
        document = self._document
        yield f"<h1>{as_html(document.title)}</h1>"
        if document.contents:
            chapters = [block for block in document.blocks if isinstance(block, Heading) and block.level == 1]
            links = "".join(f'<li><a href="#c{n}">{as_html(c.text)}</a></li>' for n, c in enumerate(chapters, 1))
            words = html.escape(document.contents)
            yield f'<nav aria-label="{words}"><p><strong>{words}</strong></p><ul>{links}</ul></nav>'
        for block in document.blocks:
            yield from self._block(block)
        if document.foot:
            yield f"<footer><p>{as_html(document.foot)}</p></footer>"

    def _block(self, block: Block) -> Iterator[str]:
        match block:
            case NewPage():
                self._break = True
            case Heading():
                yield self._heading(block)
            case Paragraph():
                kind = ' class="quiet"' if block.quiet else ""
                yield from (f"<p{kind}>{as_html(words)}</p>" for words in paragraphs(block.text))
            case Facts():
                yield f"<dl>{''.join(_fact(name, value) for name, value in block.pairs)}</dl>"
            case Steps():
                lines = (f'<li><span class="minutes">{html.escape(m)}</span> {as_html(w)}</li>' for m, w in block.lines)
                yield f"<ol>{''.join(lines)}</ol>"
            case Bullets():
                kind = ' class="boxes"' if block.boxes else ""
                line = self._ticked if block.boxes else _bullet
                yield f"<ul{kind}>{''.join(line(*entry) for entry in block.lines)}</ul>"
            case Cards():
                yield f'<ul class="cards">{"".join(f"<li>{as_html(text)}</li>" for text in block.texts)}</ul>'
            case Quiz():
                yield self._quiz(block)

    def _heading(self, heading: Heading) -> str:
        level, place = heading.level + 1, ""
        if heading.level == 1:
            self._chapter += 1
            place = f' id="c{self._chapter}"'
        kind = ' class="page"' if self._break else ""
        self._break = False
        due = f'<span class="due">{as_html(heading.label)}</span> ' if heading.label else ""
        return f"<h{level}{place}{kind}>{due}{as_html(heading.text)}</h{level}>"

    def _ticked(self, words: str, hint: str) -> str:
        self._box += 1
        box = f'<input type="checkbox" id="b{self._box}">'
        return f'<li><label for="b{self._box}">{box}<span>{as_html(words)}{_hint(hint)}</span></label></li>'

    def _quiz(self, quiz: Quiz) -> str:
        options = "".join(f"<li>{as_html(option)}</li>" for option in quiz.options)
        answer = f"{html.escape(self._document.answer)} {LETTERS[quiz.right]}"
        return (
            f'<div class="quiz"><p><strong>{quiz.number}. {as_html(quiz.prompt)}</strong></p>'
            f'<ol type="A">{options}</ol><details><summary>{html.escape(self._document.answer)}</summary>'
            f"<p><strong>{answer}.</strong> {as_html(quiz.explanation)}</p></details></div>"
        )


def _fact(name: str, value: str) -> str:
    shown = f"<dd>{as_html(value)}</dd>" if value else '<dd class="empty"></dd>'
    return f"<dt>{as_html(name)}</dt>{shown}"


def _bullet(words: str, hint: str) -> str:
    return f"<li>{as_html(words)}{_hint(hint)}</li>"


def _hint(words: str) -> str:
    return f'<span class="hint">{as_html(words)}</span>' if words else ""
