"""A notebook as people write them, of twelve cells: pandas, matplotlib, 2,000 rows, two figures, one table.

It holds nothing of this project, so that what is measured with it is the way a notebook is run and nothing else.
"""

from __future__ import annotations

import io
from pathlib import Path

import nbformat

CELLS = (
    "seed: int = 1",
    "import numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt",
    "dice = np.random.default_rng(seed)\nrows = 2_000",
    'table = pd.DataFrame({"place": dice.integers(0, 20, rows), "month": dice.integers(1, 13, rows)})',
    'table["value"] = dice.gamma(2.0, 3.0, rows)\ntable["kind"] = dice.choice(["a", "b", "c"], rows)',
    'print(len(table), "rows")',
    'by_place = table.groupby("place")["value"].agg(["count", "mean", "median", "std"])',
    'by_month = table.pivot_table(index="month", columns="kind", values="value", aggfunc="sum")',
    'fig, ax = plt.subplots()\nax.bar(by_place.index, by_place["mean"])\nax.set_title("By place")\nplt.show()',
    'fig, ax = plt.subplots()\nby_month.plot(ax=ax)\nax.set_title("By month")\nplt.show()',
    "by_place.round(2)",
    'top = by_place["mean"].nlargest(3)\nprint(top.to_dict())',
)
OWN_MEMORY = """\
private = {}
for line in open("/proc/self/smaps_rollup"):
    name, _, rest = line.partition(":")
    if name.startswith("Private_"):
        private[name] = int(rest.split()[0])
print("own", sum(private.values()) / 1024)"""


def write(path: Path, *more: str) -> Path:
    """The notebook as a file, with further cells at its end."""
    new = nbformat.v4
    cells = [new.new_code_cell(source, id=f"c{at}") for at, source in enumerate((*CELLS, *more))]
    cells[0].metadata["tags"] = ["parameters"]
    notebook = new.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.write_text(nbformat.writes(notebook), "utf-8")
    return path


def as_plain_code(seed: int) -> list[bytes]:
    """The same cells as functions of one process: no kernel, no messages; the figures as the PNGs that a reader gets.

    What stands alone at the end of a cell is turned into the HTML that JupyterLab shows, as a kernel does.
    """
    import ast
    import contextlib

    import matplotlib.pyplot as plt
    from IPython.core.pylabtools import print_figure

    plt.switch_backend("agg")
    names: dict[str, object] = {}
    made: list[bytes] = []
    for source in CELLS:
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(tree, "cell", "exec"), names)
            if isinstance(last, ast.Expr):
                shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
                if hasattr(shown, "_repr_html_"):
                    made.append(f"{shown!r}{shown._repr_html_()}".encode())
        names["seed"] = seed
        for number in plt.get_fignums():
            made.append(print_figure(plt.figure(number), base64=False))
        plt.close("all")
    return made
