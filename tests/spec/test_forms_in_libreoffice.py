"""The form as LibreOffice saves it: filled in, saved in its own format and back, and still read."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from compendium.self_assessment import bring_in
from tests import assessment_samples as samples
from tests.spec.test_templates_in_libreoffice import OFFICE, converted

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed here"),
]


def test_a_filled_in_form_comes_back_from_another_program_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    root = samples.compendium(tmp_path / "root")
    form = samples.forms(root)["self"]
    data = samples.filled(form)
    for answer, level in zip(data["answers"], [0, 1, 2, 3, "cannot_say", None], strict=False):
        answer["level"] = level
    path = samples.as_workbook(tmp_path, form, data)
    again = converted(converted(path, "ods", tmp_path), "xlsx", tmp_path)
    found = bring_in(root, samples.PLACE, [again])
    assert [(one.criterion_id, one.level) for one in found.added][:4] == [
        ("1.1", 0),
        ("1.2", 1),
        ("2.1", 2),
        ("2.2", 3),
    ]
    assert (len(found.added), found.cannot_say) == (10, 1)
    ours, theirs = openpyxl.load_workbook(path), openpyxl.load_workbook(again)
    for name in ("service", "answers"):
        assert theirs[name].protection.sheet
        kept = {str(one.sqref): one.type for one in theirs[name].data_validations.dataValidation}
        assert kept == {str(one.sqref): one.type for one in ours[name].data_validations.dataValidation}
    assert not theirs["answers"]["D2"].protection.locked
    assert theirs["answers"]["C2"].protection.locked
