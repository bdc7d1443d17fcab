"""From matplotlib's SVG to ours: a title and a description, plain attributes instead of styles, short numbers.

Attributes rather than `style=""` let a page with a strict Content-Security-Policy hold the drawing inline, and let
Typst's SVG reader see the fonts; the one style sheet holds the letters and nothing else, and a page that refuses it
has the same font. Ids carry the drawing's name: two drawings in one page don't collide.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, register_namespace, tostring

from defusedxml.ElementTree import fromstring

from compendium.charts import fonts, theme

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_DECIMAL = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_NO_TURN = re.compile(r"rotate\(-?0(?: [-\d.]+){2}\)")
_REFERENCE = re.compile(r"#([\w.-]+)")
_NUMBERS = ("d", "x", "y", "width", "height", "transform", "cx", "cy", "rx", "ry")
register_namespace("", _SVG)
register_namespace("xlink", _XLINK)


def _short(match: re.Match[str]) -> str:
    number = f"{float(match.group()):.2f}".rstrip("0").rstrip(".")
    return "0" if number == "-0" else number


def _plain(element: Element) -> None:
    """Styles become attributes; numbers keep two decimals, a fiftieth of a screen's pixel."""
    for declaration in filter(None, (part.strip() for part in element.attrib.pop("style", "").split(";"))):
        key, _, value = declaration.partition(":")
        element.set(key.strip(), value.strip())
    if family := element.get("font-family"):
        element.set("font-family", theme.FAMILY if fonts.NAME in family else theme.FALLBACK_FAMILY)
    for name in _NUMBERS:
        if name in element.attrib:
            element.set(name, _DECIMAL.sub(_short, element.attrib[name]))
    if _NO_TURN.fullmatch(element.get("transform", "")):
        del element.attrib["transform"]
    if (element.get("id") or "").startswith("texture"):
        element.set("aria-hidden", "true")


def _name_ids(root: Element, slug: str) -> None:
    """Only ids that something points at stay, each with the drawing's name before it."""
    used = {
        found
        for element in root.iter()
        for name, value in element.attrib.items()
        if name != "id"
        for found in _REFERENCE.findall(value if "url(" in value or name.endswith("href") else "")
    }
    for element in root.iter():
        if "id" in element.attrib:
            old = element.attrib.pop("id")
            if old in used:
                element.set("id", f"{slug}-{old}")
        for name, value in list(element.attrib.items()):
            if "url(#" in value or (name.endswith("href") and value.startswith("#")):
                element.set(name, value.replace("#", f"#{slug}-", 1))


def _unwrap(parent: Element) -> None:
    """Groups that say nothing go; what they hold stays where it was."""
    for child in list(parent):
        _unwrap(child)
        if child.tag == f"{{{_SVG}}}g" and not child.attrib:
            at = list(parent).index(child)
            parent.remove(child)
            for step, grandchild in enumerate(list(child)):
                parent.insert(at + step, grandchild)


def finish(svg: str, *, name: str, title: str, description: str, faces: str) -> bytes:
    """The SVG of `Sheet.svg` as it is published: UTF-8, one root with role `img`, the letters it needs (`faces`)."""
    root = fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"}:
                parent.remove(child)
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "chart"
    for element in root.iter():
        _plain(element)
        element.text = (element.text or "").strip() or None
        element.tail = "\n" if element is not root else None
    _name_ids(root, slug)
    _unwrap(root)
    root.attrib.pop("version", None)
    root.set("stroke-linejoin", "round")
    root.set("role", "img")
    root.set("aria-labelledby", f"{slug}-title {slug}-desc")
    heading, words = Element(f"{{{_SVG}}}title", id=f"{slug}-title"), Element(f"{{{_SVG}}}desc", id=f"{slug}-desc")
    heading.text, words.text = title, description
    heading.tail = words.tail = "\n"
    style = Element(f"{{{_SVG}}}style")
    style.text, style.tail = faces, "\n"
    for at, element in enumerate([heading, words, *([style] if faces else [])]):
        root.insert(at, element)
    return tostring(root, encoding="utf-8") + b"\n"
