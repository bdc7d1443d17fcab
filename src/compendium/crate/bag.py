"""A BagIt bag (RFC 8493, version 1.0) as files: the payload, and beside it the hashes that tell whether it is whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

PAYLOAD = "data"
MANIFEST, TAGS = "manifest-sha512.txt", "tagmanifest-sha512.txt"
DECLARED, INFO = "bagit.txt", "bag-info.txt"


def bagged(payload: Mapping[str, bytes], info: Mapping[str, str]) -> dict[str, bytes]:
    """The files of a bag. `info`: labels of `bag-info.txt`, each value one line."""
    files = {f"{PAYLOAD}/{name}": data for name, data in payload.items()}
    said = {**info, "Payload-Oxum": f"{sum(map(len, payload.values()))}.{len(payload)}"}
    tags = {
        DECLARED: b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        INFO: "".join(f"{label}: {' '.join(said[label].split())}\n" for label in sorted(said)).encode(),
        MANIFEST: _manifest(files),
    }
    return {**files, **tags, TAGS: _manifest(tags)}


def _manifest(files: Mapping[str, bytes]) -> bytes:
    """A line a file, as `sha512sum -c` reads it. RFC 8493 asks for %-signs instead of line ends in names."""
    escapes = {"%": "%25", "\n": "%0A", "\r": "%0D"}
    lines = []
    for name, data in sorted(files.items()):
        escaped = "".join(escapes.get(sign, sign) for sign in name)
        lines.append(f"{hashlib.sha512(data).hexdigest()}  {escaped}\n")
    return "".join(lines).encode()
