"""The command line: one subcommand a stage, each importing only what it runs."""

import argparse
import importlib
import os
import re
import sys
from pathlib import Path

_INTAKE = {
    "import": "read files and propose a codebook for a study",
    "new-study": "make a spec folder from the files in a folder",
}
_STAGES = {
    "ingest": "read the source files into a raw panel",
    "validate": "check the raw panel; errors stop here",
    "construct": "build derived variables and indices",
    "estimate": "estimate every spec whose inputs changed",
    "report": "write tables, figures and the reports",
    "all": "everything, and the manifest: hashes, versions, seeds, commit",
}
_BESIDE = {
    "check": "read the specs of a study and say whether they are whole",
    "simulate": "make the source files of a synthetic study from its declared process",
    "fetch": "download the source files that a study names, and verify them",
    "baseline": "write the numbers of a run as the baseline to compare with",
    "compare": "compare every number of a run with the committed baseline",
    "trace": "follow one number back to its cell and on to the tables that used it",
}
# One thread: the products are small, two threads are slower, and sums keep their order.
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipeline", description=__doc__)
    stages = parser.add_subparsers(dest="stage", required=True, metavar="stage")
    for name, text in {**_INTAKE, **_STAGES, **_BESIDE}.items():
        stage = stages.add_parser(name, help=text, description=text)
        stage.add_argument("study", help="name of a folder under specs/")
        _folder(stage, "--data", None, "folder of the source files (default data/<study>)")
        _folder(stage, "--build", Path("build"), "folder for what lies in between")
        _folder(stage, "--reports", Path("reports"), "folder for tables and reports")
        _own_arguments(stage, name)
    return parser


def _folder(stage: argparse.ArgumentParser, name: str, default: Path | None, text: str) -> None:
    stage.add_argument(name, type=Path, default=default, help=text)


def _own_arguments(stage: argparse.ArgumentParser, name: str) -> None:
    """What a command takes besides the folders."""
    match name:
        case "import":
            text = "files, folders or archives to read"
            stage.add_argument("--files", type=Path, nargs="+", required=True, help=text)
        case "fetch":
            _folder(stage, "--mirror", None, "a folder that takes the network's place")
        case "trace":
            text = "province, year and variable: 'Jilin 2017 income_rural'"
            stage.add_argument("--cell", required=True, help=text)
        case "compare" | "baseline":
            _folder(stage, "--baseline", Path("reports/baseline"), "where the baselines are")


def main(argv: list[str] | None = None) -> int:
    """Run one command. Exit status 0 when it succeeded, 1 when the input was refused, 2 for a wrong
    call.
    """
    for variable in _THREADS:
        os.environ.setdefault(variable, "1")
    args = _parser().parse_args(argv)
    data = args.data or Path("data") / args.study
    specs, build = Path("specs") / args.study, args.build / args.study
    if args.stage == "all":
        from pipeline.quick import up_to_date

        if up_to_date(specs, data, build, args.reports / args.study):
            return _told(args)
    from pipeline.panel.characters import tell
    from pipeline.panel.finding import Rejected

    try:
        return _run(args)
    except Rejected as rejected:
        tell(*str(rejected).splitlines(), error=True)
        return 1
    except OSError as error:  # a folder where a file should be, no permission, a full disk
        where = f" {error.filename}" if error.filename else ""
        found = str(error.strerror or error)
        tell(f"error [file-access]{where}", f"    found:    {found}", error=True)
        return 1


def _told(args: argparse.Namespace) -> int:
    from pipeline.panel.characters import tell

    tell(f"{args.reports / args.study / 'report.pdf'} is up to date")
    return 0


def _run(args: argparse.Namespace) -> int:
    from pipeline.study.paths import study_paths

    paths = study_paths(args.study, args.data, args.build, args.reports)
    if args.stage in _INTAKE:
        return _intake(args)
    from pipeline.methods.load import open_study

    study = open_study(paths)
    match args.stage:
        case "check":
            return int(importlib.import_module("pipeline.methods.check").run(study))
        case "compare" | "baseline":
            module = importlib.import_module("pipeline.provenance.baseline")
            return int(getattr(module, args.stage)(study, args.baseline))
        case "trace":
            importlib.import_module("pipeline.provenance.trace").run(study, args.cell)
        case "fetch":
            importlib.import_module("pipeline.fetch.run").run(study, args.mirror)
        case "simulate":
            importlib.import_module("pipeline.simulate.run").run(study)
        case "all":
            importlib.import_module("pipeline.stages").run(study, "manifest")
            return _told(args)
        case stage:
            importlib.import_module("pipeline.stages").run(study, stage)
    return 0


def _intake(args: argparse.Namespace) -> int:
    """The commands that run before a study exists."""
    from pipeline.panel.finding import Finding, Rejected, Where
    from pipeline.study.paths import study_paths

    paths = study_paths(args.study, args.data, args.build, args.reports)
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", args.study):
        found, expected = (
            f"the name `{args.study}`",
            "lower-case letters, digits and _, a letter first",
        )
        refused = Finding("study-name", "error", Where(), found, expected, "choose such a name")
        raise Rejected([refused])
    if args.stage == "import":
        importlib.import_module("pipeline.intake.run").run(paths, args.files, args.data)
    else:
        importlib.import_module("pipeline.intake.scaffold").run(paths)
    return 0


if __name__ == "__main__":
    sys.exit(main())
