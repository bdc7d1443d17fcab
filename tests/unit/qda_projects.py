"""REFI-QDA projects written by hand in the dialects of several programs, as archives in memory or on disk."""

from __future__ import annotations

import zipfile
from pathlib import Path

NAMESPACE = "urn:QDA-XML:project:1.0"
CANARY = "Zzyzx-canary said that it hurt"


def guid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def coding(code: int, user: int | None = None) -> str:
    by = f' creatingUser="{guid(user)}"' if user else ""
    return f'<Coding guid="{guid(9000 + code)}"{by}><CodeRef targetGUID="{guid(code)}"/></Coding>'


def text_selection(start: int, end: int, *codings: str, user: int | None = None) -> str:
    by = f' creatingUser="{guid(user)}"' if user else ""
    inner = "".join(codings)
    return (
        f'<PlainTextSelection guid="{guid(5000 + start)}" name="{CANARY}" startPosition="{start}" '
        f'endPosition="{end}"{by}><Description>{CANARY}</Description>{inner}</PlainTextSelection>'
    )


def source(number: int, *inside: str) -> str:
    return (
        f'<TextSource guid="{guid(number)}" name="{CANARY}" plainTextPath="internal://{guid(number)}.txt">'
        f"<PlainTextContent>{CANARY}</PlainTextContent>{''.join(inside)}</TextSource>"
    )


def code(number: int, name: str, *inside: str, codable: str = "true") -> str:
    return (
        f'<Code guid="{guid(number)}" name="{name}" isCodable="{codable}"><Description>{CANARY}</Description>'
        f"{''.join(inside)}</Code>"
    )


def project(codes: str, sources: str, users: tuple[int, ...] = (1, 2), rest: str = "") -> str:
    people = "".join(f'<User guid="{guid(user)}" name="{CANARY}"/>' for user in users)
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="{NAMESPACE}" name="{CANARY}">'
        f"<Users>{people}</Users><CodeBook><Codes>{codes}</Codes></CodeBook><Sources>{sources}</Sources>{rest}</Project>"
    )


def archive(folder: Path, xml: str | bytes, name: str = "project.qde", **others: bytes) -> Path:
    path = folder / "workshops.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, xml)
        for part, data in others.items():
            made.writestr(f"Sources/{part}.txt", data)
    return path
