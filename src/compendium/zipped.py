"""Zip archives, written so that their bytes depend on names and contents alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # an archive tells no time of day
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16  # whatever it was made on


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip with these files, in the order of their paths: the same files give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            member = zipfile.ZipInfo(name, _FIRST_DAY)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = _UNIX
            member.external_attr = _PLAIN_FILE
            archive.writestr(member, data)
    return stream.getvalue()
