"""Synthetic services: invented organisations, what they cover, where they are and to whom they refer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.dictionary.twin_draw import Draw
from compendium.dictionary.twin_parameters import Parameters

AGES = {"0-9": (0, 9), "10-13": (10, 13), "14-15": (14, 15), "16-17": (16, 17)}
STALE_AFTER = 183  # days: the six months after which a record counts as stale
SERVICES_AN_ORGANISATION = 2
Row = dict[str, Any]


def make_services(parameters: Parameters, areas: Sequence[str], last: dt.date, draw: Draw) -> dict[str, pd.DataFrame]:
    """The tables of the service map. `areas` are the counted areas, `last` the last day of the period."""
    profiles = [profile for profile in parameters["services.profiles"].values() for _ in range(profile["number"])]
    organisations = _organisations([profile["organisation"] for profile in profiles])
    states = _states(parameters, profiles, draw)
    services, coverage = [], []
    for number, (profile, organisation, status) in enumerate(zip(profiles, organisations, states, strict=True), 1):
        code = f"S{number:02d}"
        services.append(_service(code, organisation, profile, status, _checked(parameters, last, draw)))
        coverage += [
            {"service_id": code, "form_group": form, "prevention_level": level, "age_band": band}
            for form in profile["forms"]
            for level in profile["levels"]
            for band in profile["ages"]
        ]
    locations, places = _locations(services, areas, draw)
    return {
        "organizations": _organisation_table(organisations),
        "services": pd.DataFrame(services).astype({"age_min": "Int64", "age_max": "Int64"}),
        "service_coverage": pd.DataFrame(coverage),
        "locations": pd.DataFrame(locations),
        "service_at_location": pd.DataFrame(places),
        "referrals": _referrals(services, int(parameters["services.referrals"]), draw),
    }


def _organisations(kinds: Sequence[str]) -> list[tuple[str, str]]:
    """Code and kind of the organisation of each service: two services of a kind share one."""
    codes: dict[tuple[str, int], str] = {}
    found, seen = [], dict.fromkeys(kinds, 0)
    for kind in kinds:
        share = (kind, seen[kind] // SERVICES_AN_ORGANISATION)
        seen[kind] += 1
        found.append((codes.setdefault(share, f"O{len(codes) + 1:02d}"), kind))
    return found


def _organisation_table(organisations: Sequence[tuple[str, str]]) -> pd.DataFrame:
    kinds = dict(organisations)
    return pd.DataFrame(
        [{"id": code, "name": f"Organisation {code} (invented)", "kind": kinds[code]} for code in sorted(kinds)]
    )


def _states(parameters: Parameters, profiles: Sequence[Mapping[str, Any]], draw: Draw) -> list[str]:
    """A status for each service. Kinds with a single service keep running, so that gaps are those declared."""
    states = ["active"] * len(profiles)
    several = [index for index, profile in enumerate(profiles) if profile["number"] > 2]
    ended = [status for status, number in parameters["services.status"].items() for _ in range(number)]
    for index, status in zip(draw.shuffled(several), ended, strict=False):
        states[index] = status
    return states


def _checked(parameters: Parameters, last: dt.date, draw: Draw) -> dt.date | None:
    when = draw.choose(parameters["services.checked"])
    if when == "never":
        return None
    low, high = (1, STALE_AFTER - 10) if when == "under six months" else (STALE_AFTER + 10, 900)
    return last - dt.timedelta(days=draw.whole(low, high))


def _service(
    code: str, organisation: tuple[str, str], profile: Mapping[str, Any], status: str, checked: dt.date | None
) -> Row:
    ages = [AGES[band] for band in profile["ages"]]
    return {
        "id": code,
        "organization_id": organisation[0],
        "name": f"Service {code} (invented)",
        "status": status,
        "setting": profile["setting"],
        "confidential": "yes" if profile.get("confidential") else "no",
        "assured_date": checked,
        "age_min": min(low for low, _ in ages),
        "age_max": max(high for _, high in ages),
        "description": "Invented for this synthetic service map.",
    }


def _locations(services: Sequence[Row], areas: Sequence[str], draw: Draw) -> tuple[list[Row], list[Row]]:
    """One or two places a service; none for a confidential one, a virtual one without area for one online."""
    locations: list[Row] = []
    places: list[Row] = []
    for service in services:
        if service["confidential"] == "yes":
            continue
        online = service["setting"] == "online"
        for area in [""] if online else draw.shuffled(areas)[: draw.whole(1, 2)]:
            code = f"L{len(locations) + 1:02d}"
            locations.append({"id": code, "location_type": "virtual" if online else "physical", "area_id": area})
            places.append({"id": f"SL{len(places) + 1:02d}", "service_id": service["id"], "location_id": code})
    return locations, places


def _referrals(services: Sequence[Row], each: int, draw: Draw) -> pd.DataFrame:
    """Routes between running services, drawn evenly, but for the last school service that runs: it has none."""
    running = [service["id"] for service in services if service["status"] == "active"]
    alone = [service["id"] for service in services if service["status"] == "active" and service["setting"] == "school"]
    linked = [code for code in running if code not in alone[-1:]]
    pairs = draw.shuffled([(one, other) for one in linked for other in linked if one != other])
    routes: list[tuple[str, str]] = []
    for code in linked:  # everybody else has at least one route
        if not any(code in route for route in routes):
            routes.append(next(pair for pair in pairs if code in pair))
    routes += [pair for pair in pairs if pair not in routes][: max(0, each * len(running) - len(routes))]
    return pd.DataFrame(sorted(routes), columns=["from_service_id", "to_service_id"])
