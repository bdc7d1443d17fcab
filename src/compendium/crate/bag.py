"""A BagIt bag (RFC 8493, version 1.0) as files: the payload, and beside it the hashes that tell whether it is whole."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

PAYLOAD = "data"
MANIFEST, TAGS = "manifest-sha512.txt", "tagmanifest-sha512.txt"
DECLARED, INFO = "bagit.txt", "bag-info.txt"
BESIDE = (INFO, DECLARED, MANIFEST, TAGS)  # all that a bag of a release has beside its payload
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_LINE = re.compile(r"([0-9A-Fa-f]{128}) [ *](.+)")
_ESCAPES = {"%": "%25", "\n": "%0A", "\r": "%0D"}


def bagged(payload: Mapping[str, bytes], info: Mapping[str, str]) -> dict[str, bytes]:
    """The files of a bag. `info`: labels of `bag-info.txt`, each value one line."""
    files = {f"{PAYLOAD}/{name}": data for name, data in payload.items()}
    said = {**info, "Payload-Oxum": f"{sum(map(len, payload.values()))}.{len(payload)}"}
    tags = {
        DECLARED: _DECLARATION,
        INFO: "".join(f"{label}: {' '.join(said[label].split())}\n" for label in sorted(said)).encode(),
        MANIFEST: _manifest(files),
    }
    return {**files, **tags, TAGS: _manifest(tags)}


def _manifest(files: Mapping[str, bytes]) -> bytes:
    """A line a file, as `sha512sum -c` reads it. RFC 8493 asks for %-signs instead of line ends in names."""
    lines = []
    for name, data in sorted(files.items()):
        escaped = "".join(_ESCAPES.get(sign, sign) for sign in name)
        lines.append(f"{hashlib.sha512(data).hexdigest()}  {escaped}\n")
    return "".join(lines).encode()


def payload(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What lies in a bag, by its path there."""
    within = f"{PAYLOAD}/"
    return {name.removeprefix(within): data for name, data in files.items() if name.startswith(within)}


def read_declared(data: bytes) -> None:
    """Raises `ValueError` when a file doesn't declare a bag such as those that are made here."""
    if data.replace(b"\r\n", b"\n").rstrip(b"\n") != _DECLARATION.rstrip(b"\n"):
        raise ValueError("it declares another version or encoding than a release has")


def listed(manifest: bytes) -> dict[str, str]:
    """The hash of each file that a manifest names. Raises `ValueError` for what is no manifest."""
    try:
        lines = manifest.decode("utf-8").replace("\r\n", "\n").rstrip("\n").split("\n")
    except UnicodeDecodeError:
        raise ValueError("a manifest is no UTF-8") from None
    found = dict[str, str]()
    for line in lines:
        match = _LINE.fullmatch(line)
        name = re.sub("%(25|0[AaDd])", lambda sign: chr(int(sign[1], 16)), match[2]) if match else ""
        if not match or name in found:
            raise ValueError("a manifest has a line that is none, or names a file twice")
        found[name] = match[1].lower()
    return found
