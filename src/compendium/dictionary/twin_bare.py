"""The least that a locality can have: one row a table where the table allows it, every optional cell empty."""

from __future__ import annotations

import datetime as dt
from typing import Any

from compendium.declared import fingerprint

Row = dict[str, Any]
_ASKED = ("safeguarding_lead", "support_after", "consent_recorded", "assent_recorded", "payment_offered")
_MADE = (
    "plain_materials",
    "access_asked",
    "trained",
    "lundy_space",
    "lundy_voice",
    "lundy_audience",
    "lundy_influence",
)
PLAN = dict.fromkeys((*_ASKED, *_MADE), "no")  # a workshop of which nothing is settled yet


def bare_tables(area_level: str, day: dt.date) -> dict[str, list[Row]]:
    """Rows by table. Two services, because a service does not refer to itself; everything else stands alone."""
    return {
        "areas": [{"area_id": "A", "name": "Zone", "level": area_level, "invented": "yes"}],
        "area_population": [{"area_id": "A", "age_band": "10-13", "persons": 1}],
        "area_groups": [{"area_id": "A", "deprivation_group": "1", "edition": "invented"}],
        **_case_files(day),
        **_services(),
        **_workshops(day),
        **_pilot(day),
    }


def _case_files(day: dt.date) -> dict[str, list[Row]]:
    lost = "not_recorded"
    case = {
        "case_id": "C-00001",
        "recorded_on": day,
        "form": lost,
        "responsible": "not_known",
        "route": lost,
        "zone": "A",
    }
    case |= {"suspect_identified": lost, "safeguarding": lost, "stage": "open", "non_recent": lost}
    crime = {"crime_id": "R-00001", "case_id": "C-00001", "principal": True, "offence_code": "8R", "online": "yes"}
    victim = {"victim_row": "V-00001", "person_id": "P-00001", "case_id": "C-00001", "age_band": lost, "sex": lost}
    victim |= {"relationship": lost, "identified": "no", "flag_send": lost, "flag_care": lost, "flag_missing": lost}
    suspect = {"suspect_row": "S-00001", "person_id": "P-00002", "case_id": "C-00001", "age_band": lost, "sex": lost}
    return {
        "cases": [case],
        "crimes": [{**crime, "recorded_on": day, "platform": lost}],
        "victims": [victim],
        "suspects": [{**suspect, "from_force_area": "not_known"}],
        "case_events": [{"event_id": "E-00001", "case_id": "C-00001", "event": "recorded", "on": day}],
    }


def _services() -> dict[str, list[Row]]:
    service = {"organization_id": "O01", "status": "active", "setting": "school", "confidential": "no"}
    cover = {"form_group": "image", "prevention_level": "primary", "age_band": "10-13"}
    return {
        "organizations": [{"id": "O01", "name": "Organisation O01 (invented)", "kind": "charity"}],
        "services": [{"id": code, "name": f"Service {code} (invented)", **service} for code in ("S01", "S02")],
        "service_coverage": [{"service_id": "S01", **cover}],
        "locations": [{"id": "L01", "location_type": "physical"}],
        "service_at_location": [{"id": "SL01", "service_id": "S01", "location_id": "L01"}],
        "referrals": [{"from_service_id": "S01", "to_service_id": "S02"}],
    }


def _workshops(day: dt.date) -> dict[str, list[Row]]:
    person = {"stakeholder_group": "children", "item_id": "P01"}
    said = {"topic": "waiting", "decision": "accepted", "reason_code": "in_standard"}
    return {
        "workshops": [{"workshop_id": "W01", "kind": "joint", "held_on": day}],
        "workshop_plans": [{"workshop_id": "W01", "kind": "joint", "planned_for": day, "aim": "hear", **PLAN}],
        "workshop_groups": [{"workshop_id": "W01", "stakeholder_group": "children", "attended": 1}],
        "workshop_absences": [{"absent_group": "in_care", "reason": "not_invited", "done": "nothing"}],
        "priorities": [{"priority_id": "P01", "title": "A priority", "workshop_id": "W01"}],
        "ratings": [{"rater_id": "T-001", **person, "round": 1, "unable": "yes"}],
        "votes": [{"voter_id": "T-001", **person, "points": 5}],
        "codes": [{"code_id": "K01", "label": "A code", "coder": "A", "segments": 0}],
        "code_links": [{"code_id": "K01", "priority_id": "P01"}],
        "coding_agreement": [{"unit_id": "U-0001", "coder": "A"}],
        "suggestions": [{"suggestion_id": "G-001", "stakeholder_group": "children", **said}],
        "fieldwork_sources": [{"source_id": "F-001", "source": "observation"}],
        "fieldwork_codes": [{"source_id": "F-001", "aim": "nature", "code": "peers", "segments": 1}],
    }


def _pilot(day: dt.date) -> dict[str, list[Row]]:
    service = {"service_code": "A01", "pilot_area": "Pilot area 1", "kind": "school", "joined": "yes", "consent": "yes"}
    rated = {"service_code": "A01", "criterion_id": "1.1", "wave": "before", "rater": "self", "raters": 1, "level": 0}
    limits = {"measure": "services_completed", "green": 1.0, "amber": 0.0, "declared_on": day, "due_on": day}
    criterion = {"criterion": "A criterion", **limits, "owner": "Nobody", "remedy": "None"}
    began = day + dt.timedelta(days=1)
    changed: Row = {"service_code": "A01", "criterion_id": "1.1", "kind": "wording", "reason_code": "time"}
    changed |= {"adapted_on": began, "decided_by": "manager", "part": "core", "planned": "no"}
    asked = {"service_code": "A01", "respondent": "Q-001"}
    return {
        "pilot_services": [{**service, "dropped_out": "no"}],
        "pilot_waves": [{"pilot_area": "Pilot area 1", "wave": "before", "began_on": began, "ended_on": began}],
        "assessments": [{**rated, "form_version": "1.0"}],
        "acceptability": [{**asked, "measure": "AIM", "item": 1}],
        "nomad": [{**asked, "item": "G1", "not_relevant": "no"}],
        "costs": [{"service_code": "A01", "wave": "before", "staff_role": "manager", "staff_hours": 0.0, "cost": 0.0}],
        "balancing": [{"service_code": "A01", "wave": "before", "measure": "more_worried", "events": 0, "out_of": 0}],
        "adaptations": [changed],
        "pilot_barriers": [{"service_code": "A01", "domain": "process", "direction": "barrier", "segments": 1}],
        "pilot_people": [{"pilot_area": "Pilot area 1", "who": "practitioners", "asked": 0, "took_part": 0}],
        "young_evaluators": [{"evaluator_id": "Y-001", "pilot_area": "Pilot area 1", "uses_service": "no"}],
        "evaluator_codes": [{"evaluator_id": "Y-001", "code": "felt_safe"}],
        "progression_criteria": [criterion],
        "pilot_protocol": [{"criterion": "A criterion", "declared_on": day, "fingerprint": fingerprint(criterion)}],
    }
