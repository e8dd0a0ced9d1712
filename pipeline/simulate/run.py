"""Make the source files of a synthetic study from its declared process (`make data`)."""

import json
from pathlib import Path

from pydantic import ValidationError

from pipeline.panel.characters import tell
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.simulate.process import Draw, draw
from pipeline.simulate.schema import Simulation
from pipeline.simulate.sources import MARK, long_csv, nbs_export, printed, stata_file, yearbook
from pipeline.study import Study
from pipeline.study.artifact import write_bytes, write_text
from pipeline.study.inside import require_inside
from pipeline.study.toml import read_toml

# Which sheet of the yearbook a variable stands on.
_THEMES = {
    "就业": ("emp_total", "emp_primary", "emp_secondary", "emp_tertiary"),
    "科技与数字": (
        "rd_expenditure",
        "hitech_revenue",
        "software_revenue",
        "ecommerce_sales",
        "broadband_ports",
        "college_students",
    ),
    "人民生活": ("income_urban", "income_rural", "consumption_urban", "consumption_rural"),
    "农业": ("sown_area", "fertilizer"),
}


def read_simulation(specs: Path) -> Simulation:
    """The process declared in simulation.toml. Raises Rejected with every problem in it."""
    problems: list[Finding] = []
    simulation = read_toml(specs / "simulation.toml", Simulation, problems)
    if problems or not isinstance(simulation, Simulation):
        raise Rejected(problems)
    return simulation


def draw_study(study: Study, seed: int | None = None) -> Draw:
    """One draw of a synthetic study's process; `seed` replaces the declared one."""
    simulation = read_simulation(study.paths.specs)
    try:
        return draw(simulation, study.years, study.indices, study.levers, seed)
    except (ValueError, ValidationError) as error:
        where = Where(file=str(study.paths.specs / "simulation.toml"))
        remedy = "change the parameters"
        problem = Finding("simulation", "error", where, str(error), "a possible panel", remedy)
        raise Rejected([problem]) from None


def run(study: Study) -> None:
    """Draw the panel and write its source files and its true effects under the study's data
    folder."""
    require_inside(study)
    panel = draw_study(study)
    numbers = {name: (v, printed(panel.raw, v)) for name, v in study.codebook.items()}
    by_source = {
        s.name: {n: c for n, c in numbers.items() if c[0].source == s.name}
        for s in study.spec.sources
    }
    files = {s.name: study.paths.data / s.file for s in study.spec.sources}
    write_bytes(files["nbs"], nbs_export(by_source["nbs"], study.years))
    sheets = {
        theme: {n: by_source["yearbook"][n] for n in names} for theme, names in _THEMES.items()
    }
    write_bytes(files["yearbook"], yearbook(sheets, study.years))
    write_bytes(files["survey"], stata_file(by_source["survey"], study.years))
    write_bytes(files["levers"], long_csv(by_source["levers"], study.years))
    truth = {
        "note": MARK,
        "units": "URI index per unit of the NQP index, of the mechanism or of the lever",
        # Twelve digits: the others depend on the processor.
        "effects": {name: float(f"{effect:.12g}") for name, effect in panel.truth.items()},
    }
    write_text(study.paths.truth, json.dumps(truth, ensure_ascii=False, indent=1) + "\n")
    tell(f"simulate: {len(numbers)} variables in {len(files)} files under {study.paths.data}")
