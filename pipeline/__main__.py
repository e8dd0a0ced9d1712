"""The command line: one subcommand per stage, each importing only what it runs."""

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
    "check": "read the specs of a study and say whether they are whole",
    "simulate": "make the source files of a synthetic study from its declared process",
    "fetch": "download the source files that a study names, and verify them",
    "ingest": "read the source files into a raw panel",
    "validate": "check the raw panel; errors stop here",
    "construct": "build derived variables and indices",
    "estimate": "estimate the regression and descriptive specs that changed",
    "mechanisms": "estimate the mechanism specs that changed",
    "report": "write tables, figures and the reports",
    "manifest": "write the manifest: hashes, versions, seeds, commit",
    "compare": "compare every number of a run with the committed baseline",
    "trace": "follow one number back to its cell and on to the tables that used it",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipeline", description=__doc__)
    stages = parser.add_subparsers(dest="stage", required=True, metavar="stage")
    for name, text in {**_INTAKE, **_STAGES}.items():
        stage = stages.add_parser(name, help=text, description=text)
        stage.add_argument("study", help="name of a folder under specs/")
        stage.add_argument(
            "--data", type=Path, help="folder of the source files (default data/<study>)"
        )
        stage.add_argument(
            "--build", type=Path, default=Path("build"), help="folder for what lies in between"
        )
        stage.add_argument(
            "--reports", type=Path, default=Path("reports"), help="folder for tables and reports"
        )
        if name == "import":
            stage.add_argument(
                "--files",
                type=Path,
                nargs="+",
                required=True,
                help="files, folders or archives to read",
            )
        if name == "fetch":
            stage.add_argument(
                "--mirror", type=Path, help="a folder that takes the network's place"
            )
        if name == "trace":
            stage.add_argument(
                "--cell",
                required=True,
                help="province, year and variable: 'Jilin 2017 income_rural'",
            )
        if name == "compare":
            stage.add_argument(
                "--baseline", type=Path, default=Path("reports"), help="reports to compare with"
            )
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one stage. Exit status 0 when it succeeded, 1 when the input was refused, 2 for a wrong call."""
    # One thread: the products are small, two threads are slower, and sums keep their order.
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    args = _parser().parse_args(argv)

    from pipeline.panel.finding import Rejected
    from pipeline.methods.load import open_study
from pipeline.study import study_paths

    try:
        if args.stage in _INTAKE:
            return _intake(args)
        study = open_study(study_paths(args.study, args.data, args.build, args.reports))
        if args.stage == "check":
            print(
                f"specs/{args.study}: {len(study.tables)} tables, {len(study.figures)} figures, no problem found"
            )
            return 0
        provenance = ("manifest", "compare", "trace")
        room = f"provenance.{args.stage}" if args.stage in provenance else f"{args.stage}.run"
        module = importlib.import_module(f"pipeline.{room}")
        if args.stage == "compare":
            return int(module.run(study, args.baseline))
        if args.stage == "trace":
            module.run(study, args.cell)
        elif args.stage == "fetch":
            module.run(study, args.mirror)
        else:
            module.run(study)
    except Rejected as rejected:
        print(rejected, file=sys.stderr)
        return 1
    except OSError as error:  # a folder where a file should be, no permission, a full disk
        print(
            f"error [file-access] {error.filename}\n    found:    {error.strerror}", file=sys.stderr
        )
        return 1
    return 0


def _intake(args: argparse.Namespace) -> int:
    """The commands that run before a study exists."""
    from pipeline.panel.finding import Finding, Rejected, Where
    from pipeline.study.paths import study_paths

    paths = study_paths(args.study, args.data, args.build, args.reports)
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", args.study):
        raise Rejected(
            [
                Finding(
                    "study-name",
                    "error",
                    Where(),
                    f"the name `{args.study}`",
                    "lower-case letters, digits and _, a letter first",
                    "choose such a name",
                )
            ]
        )
    if args.stage == "import":
        importlib.import_module("pipeline.intake.run").run(paths, args.files, args.data)
    else:
        importlib.import_module("pipeline.intake.scaffold").run(paths)
    return 0


if __name__ == "__main__":
    sys.exit(main())
