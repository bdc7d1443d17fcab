"""What a `locality.yml` may say: its keys, each with its type and its default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, StrictBool, StrictInt, StrictStr
from pydantic import Field as Key
from pydantic.dataclasses import dataclass

from compendium.locality.publication import Publication

Provenance = Literal["real", "synthetic", "illustrative"]
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=_STRICT)
class Place:
    """A code of an official list and its name."""

    code: StrictStr = ""
    name: StrictStr = ""


@dataclass(frozen=True, config=_STRICT)
class Area:
    """The whole locality as official tables know it."""

    code: StrictStr = ""
    level: StrictStr = ""
    vintage: StrictInt | None = None


@dataclass(frozen=True, config=_STRICT)
class Period:
    """Whole months, the last one included."""

    first: StrictStr = Key(alias="from")
    last: StrictStr = Key(alias="to")

    @property
    def months(self) -> tuple[str, ...]:
        """Every month of the period, as `2022-05`."""
        start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (self.first, self.last))
        return tuple(f"{month // 12:04}-{month % 12 + 1:02}" for month in range(start, end + 1))


@dataclass(frozen=True, config=_STRICT)
class Source:
    """The file of one table."""

    file: StrictStr
    provenance: Provenance


@dataclass(frozen=True, config=_STRICT)
class NamedFile:
    """A file below the locality's folder."""

    file: StrictStr


@dataclass(frozen=True, config=_STRICT)
class Disclosure:
    """A policy for the whole locality; a dictionary's floor is never made looser by it."""

    policy: StrictStr = ""


@dataclass(frozen=True, config=_STRICT)
class Standards:
    """Where the quality standards of the locality come from: one of the three, or the newest illustrative ones."""

    adopt: StrictStr = ""  # a version in framework/, such as illustrative@1.0, as it stands
    adapt: StrictStr = ""  # a file below the locality's folder that says what differs from such a version
    write: StrictStr = ""  # a folder below the locality's folder with standards of its own


@dataclass(frozen=True, config=_STRICT)
class HelpLine:
    name: StrictStr
    phone: StrictStr = ""
    url: StrictStr = ""
    checked: StrictStr = ""  # the day when somebody last made sure that it is right
    note: StrictStr = ""


@dataclass(frozen=True, config=_STRICT)
class Help:
    """What pages say about help in another country than that of the lines of the whole site."""

    emergency: StrictStr = ""  # the number to call in danger; empty: the one of the whole site
    only_own: StrictBool = False  # the locality's own lines in the place of those of the whole site


@dataclass(frozen=True, config=_STRICT)
class Limits:
    """What the kernel of a notebook may hold, and how long one of its cells may take."""

    memory_mb: StrictInt = Key(default=2048, ge=64)  # of each of its processes
    seconds: StrictInt = Key(default=300, ge=1)  # of one cell, by the clock
    cpu_seconds: StrictInt = Key(default=3600, ge=1)  # of each of its processes
    processes: StrictInt = Key(default=64, ge=0)  # that it may start; 0: as many as it likes
    file_mb: StrictInt = Key(default=1024, ge=1)  # of each file that it writes


@dataclass(frozen=True, config=_STRICT)
class Runs:
    """How the team keeps what runs leave: the lock file committed or not, results on real records shared or not."""

    lock_file: Literal["private", "committed"] = "private"
    share_real: StrictBool = False  # whether results on records of real persons may lie in the team's cache


@dataclass(frozen=True, config=_STRICT)
class Written:
    """The keys of `locality.yml`."""

    id: StrictStr
    name: StrictStr
    period: Period
    synthetic_note: StrictStr = ""
    force_area: Place = Key(default_factory=Place)
    area: Area = Key(default_factory=Area)
    area_level: StrictStr = "zone"
    sources: Mapping[str, Source] = Key(default_factory=dict)
    data_root: StrictStr = ""
    outside_knowledge: NamedFile | None = None  # what others know beside the releases: replies to requests, the press
    dictionaries: Mapping[str, NamedFile] = Key(default_factory=dict)  # table -> what it says differently here
    framework: Standards = Key(default_factory=Standards)
    disclosure: Disclosure = Key(default_factory=Disclosure)
    help_lines: tuple[HelpLine, ...] = ()
    help: Help = Key(default_factory=Help)
    notebooks: Mapping[str, Mapping[str, Any]] = Key(default_factory=dict)
    limits: Limits = Key(default_factory=Limits)
    runs: Runs = Key(default_factory=Runs)
    publication: Publication = Key(default_factory=Publication)  # licence, publisher, people of what is released
