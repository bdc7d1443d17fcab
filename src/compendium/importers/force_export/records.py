"""Rows of an export become records of tables: one row may hold a case, a crime, a victim and a suspect at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from compendium.dictionary import Dictionaries, Dictionary
from compendium.errors import InputRefused, Problem
from compendium.importers.force_export.agreement import EVENTS, written_tables
from compendium.importers.force_export.mapping import ExportMapping, Target, as_text
from compendium.importers.force_export.pseudonyms import Key
from compendium.importers.force_export.sheet import Export
from compendium.importers.force_export.telling import rows_named
from compendium.importers.force_export.values import converted

PERSON, CASES = "person", "cases"
Known = tuple[str, ...]  # by what a record is known in the export


@dataclass(repr=False)
class Record:
    """One row of a table, and the rows of the export that it came from. Its repr shows nothing of it."""

    values: dict[str, str]
    row: int
    case: Known
    said: dict[str, int] = field(default_factory=dict)  # field -> row of the export that said it


@dataclass(frozen=True, repr=False)
class Made:
    """Records by table and by their own number, and the columns that their fields came from."""

    tables: Mapping[str, Mapping[str, Record]]
    columns: Mapping[tuple[str, str], str]
    rows_left_out: Mapping[str, int]  # reason -> rows
    chosen: Mapping[str, int]  # "Date recorded: the earliest" -> records in which rows disagreed
    cases_outside: int = 0


@dataclass(repr=False)
class _Maker:
    export: Export
    mapping: ExportMapping
    dictionaries: Dictionaries
    key: Key
    problems: list[Problem] = field(default_factory=list)
    chosen: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def known(self) -> dict[str, list[Known | None]]:
        """For each table, by what each row's record is known; None where the row holds none."""
        return {table: self._known_in(table, columns) for table, columns in self.mapping.records.items()}

    def _known_in(self, table: str, columns: Sequence[str]) -> list[Known | None]:
        person = self.mapping.persons.get(table, "")
        own = [
            name for name, target in self.mapping.targets() if target.table == table and name not in self.mapping.keys
        ]
        found: list[Known | None] = []
        nameless: dict[Known, int] = defaultdict(int)
        for row in self.export.rows:
            parts = tuple(row[name] for name in columns)
            others = tuple(row[name] for name in columns if name != person)
            if all(parts):
                found.append(parts)
            elif (
                table in self.mapping.unnumbered and all(others) and not row[person] and any(row[name] for name in own)
            ):
                nameless[others] += 1
                found.append((*others, "", str(nameless[others])))
            else:
                found.append(None)
        return found

    def accounted(self, known: Mapping[str, list[Known | None]]) -> None:
        """Every row belongs to a case, and no cell is passed over because its row names no record for it."""
        without = [n for n, case in zip(self.export.numbers, known[CASES], strict=True) if case is None]
        if without:
            column = self.mapping.records[CASES][0]
            message = f"Empty in {rows_named(without)}, and every row belongs to a case."
            self._refuse(without[0], column, message, "Complete them, or name such rows under leave_out.")
        tables: dict[str, list[str]] = defaultdict(list)
        for name, target in self.mapping.targets():
            tables[name].append(CASES if target.event else target.table)
        for name, fed in tables.items():
            lost = [
                number
                for place, (row, number) in enumerate(zip(self.export.rows, self.export.numbers, strict=True))
                if row[name] and known[CASES][place] is not None and all(known[table][place] is None for table in fed)
            ]
            if lost:
                what = " or ".join(dict.fromkeys(table.rstrip("s") for table in fed))
                message = f"Filled in {rows_named(lost)}, and no {what} is named there that it could be said of."
                self._refuse(lost[0], name, message, f"Complete the number of the {what}, or correct records.")

    def records(self, table: str, known: Mapping[str, list[Known | None]]) -> dict[Known, Record]:
        described = self.dictionaries[table]
        present = [own is not None for own in known[table]]
        made: dict[Known, Record] = {}
        for own, case, number in zip(known[table], known[CASES], self.export.numbers, strict=True):
            if own is None or case is None:
                continue
            record = made.setdefault(own, Record({}, number, case))
            if record.case != case:
                self._refuse(
                    number,
                    self.mapping.records[table][0],
                    f"This record of {table} stands in another case in row {record.row}.",
                    "Name the case's column in its records too.",
                )
        for column, target in self.mapping.targets():
            if target.table == table and not target.event:
                values, problems = converted(self.export, column, target, described, self.mapping.dates, present)
                self.problems += problems
                self._fill(made, known[table], column, target, values)
        for name, value in self.mapping.values.items():
            if name.partition(".")[0] == table:
                for record in made.values():
                    record.values[name.partition(".")[2]] = as_text(value)
        self._required(made, described)
        return made

    def _fill(
        self,
        made: Mapping[Known, Record],
        known: Sequence[Known | None],
        column: str,
        target: Target,
        values: Sequence[str],
    ) -> None:
        """Put a column's values into records; rows that disagree are settled as the mapping says, or told."""
        disagreeing: dict[Known, tuple[int, int]] = {}
        for own, row, number, value in zip(known, self.export.rows, self.export.numbers, values, strict=True):
            record, name = made.get(own) if own is not None else None, target.field
            if record is None:
                continue
            first = record.said.get(name)
            if first is None or not row[column]:  # an empty cell of a further row contradicts nothing
                record.values.setdefault(name, value)
                if row[column]:
                    record.values[name], record.said[name] = value, number
            elif record.values[name] != value:
                disagreeing.setdefault(own or (), (first, number))
                if target.several in ("earliest", "latest"):
                    pick = min if target.several == "earliest" else max
                    record.values[name] = pick(record.values[name], value)
        if disagreeing and target.several:
            self.chosen[f"{column}: the {target.several} of those that disagree"] += len(disagreeing)
        elif disagreeing:
            rows = [later for _, later in disagreeing.values()]
            what = target.table.rstrip("s")
            message = f"Differs in {rows_named(rows)} from an earlier row of the same {what}."
            self._refuse(rows[0], column, message, "Say under several which counts: first, earliest or latest.")

    def _required(self, made: Mapping[Known, Record], described: Dictionary) -> None:
        columns = {target.field: column for column, target in self.mapping.targets() if target.table == described.name}
        for name in described.names:
            if described.field(name).constraints.required and name in columns:
                empty = sorted(record.row for record in made.values() if not record.values.get(name))
                told = {problem.column for problem in self.problems}
                if empty and columns[name] not in told:
                    message = f"Empty in {rows_named(empty)}, and every row needs {described.name}.{name}."
                    missing = described.field(name).missing_codes
                    remedy = (
                        f"Say in the mapping what it means, such as blank: {missing[0]}."
                        if missing
                        else "Fill in, or name such rows under leave_out."
                    )
                    self._refuse(empty[0], columns[name], message, remedy)

    def events(self, known: Mapping[str, list[Known | None]]) -> dict[Known, Record]:
        made: dict[Known, Record] = {}
        described = self.dictionaries[EVENTS]
        present = [case is not None for case in known[CASES]]
        for column, target in self.mapping.targets():
            if not target.event:
                continue
            values, problems = converted(self.export, column, target, described, self.mapping.dates, present)
            self.problems += problems
            dated: list[Known | None] = []
            for case, value, number in zip(known[CASES], values, self.export.numbers, strict=True):
                own = (*case, target.event) if case is not None and value else None
                dated.append(own)
                if own is not None and case is not None:
                    made.setdefault(own, Record({"event": target.event}, number, case))
            self._fill(made, dated, column, target, values)
        return made

    def numbered(self, table: str, made: Mapping[Known, Record]) -> dict[str, Record]:
        """Records by their own number, with their links and persons filled in."""
        described = self.dictionaries[table]
        own_field = described.primary_key[0]
        found: dict[str, Record] = {}
        for known, record in made.items():
            record.values[own_field] = self._number(described, own_field, table, known)
            if table != CASES:
                record.values["case_id"] = self._number(self.dictionaries[CASES], "case_id", CASES, record.case)
            if table in self.mapping.persons:
                record.values["person_id"] = self._number(described, "person_id", *self._person(table, known))
            if record.values[own_field] in found:
                raise InputRefused(
                    "Two numbers of the force became the same number here.",
                    "Make a new key, and import all exports again.",
                )
            found[record.values[own_field]] = record
        return found

    def _person(self, table: str, known: Known) -> tuple[str, Known]:
        columns = self.mapping.records[table]
        person = self.mapping.persons[table]
        if len(known) == len(columns):
            return PERSON, (known[columns.index(person)],)
        return f"unnumbered {table}", known  # the force does not know who this is: a number for this row alone

    def _number(self, described: Dictionary, name: str, kind: str, known: Known) -> str:
        sign = described.field(name).constraints.pattern.partition("-")[0]
        return f"{sign}-{self.key.number(kind, known)}"

    def _refuse(self, row: int, column: str, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.export.file, row, column, message, remedy))


def made_from(
    export: Export, mapping: ExportMapping, dictionaries: Dictionaries, key: Key, period: tuple[str, str]
) -> Made:
    """The records of every table. Raises `InputRefused` with everything in the export that has no place in them."""
    mapping = mapping.within(export.header)
    export, left_out = _without(export, mapping)
    maker = _Maker(export, mapping, dictionaries, key, list(export.problems))
    known = maker.known()
    maker.accounted(known)
    made = {table: maker.records(table, known) for table in mapping.records}
    if EVENTS in written_tables(mapping):
        made[EVENTS] = maker.events(known)
    outside = _outside(made[CASES], period)
    if outside and mapping.outside_period == "refuse":
        column = next(name for name, target in mapping.targets() if target.to == "cases.recorded_on")
        rows = sorted(made[CASES][case].row for case in outside)
        message = f"Outside the period of the study ({period[0]} to {period[1]}) in {rows_named(rows)}."
        maker.problems.append(
            Problem(export.file, rows[0], column, message, "Export the period, or set outside_period: leave_out.")
        )
    if maker.problems:
        raise InputRefused(sorted(maker.problems))
    kept = {
        table: {own: record for own, record in rows.items() if record.case not in outside}
        for table, rows in made.items()
    }
    tables = {table: maker.numbered(table, rows) for table, rows in kept.items()}
    if "crimes.principal" in mapping.derived:
        _first_of_case(tables["crimes"].values())
    columns = {(target.table, target.field): column for column, target in mapping.targets()}
    return Made(tables, columns, left_out, dict(maker.chosen), len(outside))


def _without(export: Export, mapping: ExportMapping) -> tuple[Export, dict[str, int]]:
    """The export without the rows that the mapping leaves out, and how many for which reason."""
    rows, numbers, left_out = [], [], defaultdict[str, int](int)
    for row, number in zip(export.rows, export.numbers, strict=True):
        reason = next(
            (
                rule.reason
                for rule in mapping.leave_out
                if row[rule.column] in [as_text(value) for value in rule.equals]
            ),
            "",
        )
        if reason:
            left_out[reason] += 1
        else:
            rows.append(row)
            numbers.append(number)
    return replace(export, rows=rows, numbers=numbers), dict(left_out)


def _outside(cases: Mapping[Known, Record], period: tuple[str, str]) -> frozenset[Known]:
    def inside(day: str) -> bool:
        return not day or period[0] <= day[:7] <= period[1]

    return frozenset(known for known, record in cases.items() if not inside(record.values.get("recorded_on", "")))


def _first_of_case(crimes: Iterable[Record]) -> None:
    """The principal crime of a case is the one recorded first; of those of one day the one with the lowest number."""
    first: dict[Known, Record] = {}
    for record in sorted(crimes, key=lambda crime: (crime.values.get("recorded_on", ""), crime.values["crime_id"])):
        record.values["principal"] = "false" if record.case in first else "true"
        first.setdefault(record.case, record)
