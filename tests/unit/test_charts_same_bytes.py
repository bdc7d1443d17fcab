"""The same release gives the same bytes, wherever and however it is drawn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from compendium.charts.fonts import FOLDER

CHECKOUT = Path(__file__).resolve().parents[2]
DRAW_ALL = """
import hashlib, json, sys
sys.path.insert(0, sys.argv[1])
from compendium.charts import draw
from tests.unit.charts_samples import SAMPLES
names = sorted(SAMPLES) if sys.argv[2] == "forwards" else sorted(SAMPLES, reverse=True)
found = {}
for name in names:
    drawing = draw(SAMPLES[name])
    parts = (drawing.svg, drawing.narrow, drawing.png, drawing.alt.encode())
    found[name] = [hashlib.sha256(part).hexdigest() for part in parts]
print(json.dumps(found, sort_keys=True))
"""


def start(folder: Path, order: str, **environment: str) -> subprocess.Popen[str]:
    folder.mkdir()
    arguments = [sys.executable, "-c", DRAW_ALL, str(CHECKOUT), order]
    return subprocess.Popen(
        arguments,
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def result(process: subprocess.Popen[str]) -> dict[str, list[str]]:
    said, complaint = process.communicate(timeout=300)
    assert process.returncode == 0, complaint
    found: dict[str, list[str]] = json.loads(said)
    return found


def test_hash_seed_time_zone_language_folder_and_settings_change_no_byte(tmp_path: Path) -> None:
    fonts = tmp_path / "fonts"  # what Typst would find beside ours
    fonts.mkdir()
    copied = fonts / "SourceSans3-Regular.otf"
    copied.write_bytes(next(FOLDER.glob("SourceSans3-It*.otf")).read_bytes())
    one = start(tmp_path / "plain", "forwards", PYTHONHASHSEED="1", TZ="UTC", LANG="C.UTF-8")
    elsewhere = {"TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8", "SOURCE_DATE_EPOCH": "0", "TYPST_FONT_PATHS": str(fonts)}
    two = start(tmp_path / "other folder", "backwards", PYTHONHASHSEED="77", **elsewhere)
    assert result(one) == result(two)


def test_listing_the_kinds_loads_no_drawing_library() -> None:
    code = (
        "import sys; from compendium.charts import KINDS; print(*{'typst', 'fontTools'} & {*sys.modules}, len(KINDS))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert len(said) == 1 and int(said[0]) >= 15


def test_drawing_needs_no_plotting_library() -> None:
    """matplotlib brings a font; importing it costs more than most drawings."""
    code = """
import sys
sys.path.insert(0, sys.argv[1])
from compendium.charts import draw
from tests.unit.charts_samples import SAMPLES
print(len(draw(SAMPLES["bars"]).png) > 1000, "matplotlib" in sys.modules)
"""
    ran = subprocess.run([sys.executable, "-c", code, str(CHECKOUT)], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "False"]


def test_a_command_typed_in_a_folder_that_is_gone_draws_all_the_same(tmp_path: Path) -> None:
    code = """
import os, sys
sys.path.insert(0, sys.argv[1])
from compendium.charts import draw
from tests.unit.charts_samples import SAMPLES
os.rmdir(os.getcwd())
print(len(draw(SAMPLES["bars"]).png) > 1000)
"""
    folder = tmp_path / "gone"
    folder.mkdir()
    command = [sys.executable, "-c", code, str(CHECKOUT)]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "True"
