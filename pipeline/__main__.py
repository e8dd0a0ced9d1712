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
    call, 130 when it was interrupted.
    """
    for variable in _THREADS:
        os.environ.setdefault(variable, "1")
    args = _parser().parse_args(argv)
    try:
        status = _stages(args) if args.stage in _STAGES else _run(args)
        sys.stdout.flush()  # what cannot be said is told here, not while Python ends
        return status
    except KeyboardInterrupt:
        from pipeline.panel.characters import tell

        tell("interrupted: what was finished is kept, the next run goes on", error=True)
        return 130
    except Exception as error:
        if not _refused(error):
            raise
        return 1


def _refused(error: Exception) -> bool:
    """Whether an error is one of the input or of the disk, which is told here."""
    from pipeline.panel.characters import tell
    from pipeline.panel.finding import Rejected
    from pipeline.study.artifact import no_access

    if isinstance(error, OSError):  # a folder where a file should be, no permission, a full disk
        error = Rejected([no_access(error)])
    if isinstance(error, Rejected):
        tell(*str(error).splitlines(), error=True)
    return isinstance(error, Rejected)


def _stages(args: argparse.Namespace) -> int:
    """Run the stages up to one, under the lock of their folders."""
    from pipeline.quick import inputs, up_to_date

    specs, data = Path("specs") / args.study, args.data or Path("data") / args.study
    build, reports = args.build / args.study, args.reports / args.study
    # Taken before anything is read, code too: what changes from here on is seen by the next run.
    began = inputs(specs, data, (build, reports))
    whole = args.stage == "all"
    if not (whole and up_to_date(began, build, reports)):
        from pipeline.methods.load import open_study
        from pipeline.stages import run
        from pipeline.study.paths import study_paths

        study = open_study(study_paths(args.study, args.data, args.build, args.reports))
        run(study, "manifest" if whole else args.stage, began)
    if whole:
        from pipeline.panel.characters import tell

        tell(f"{reports / 'report.pdf'} is up to date")
    return 0


def _run(args: argparse.Namespace) -> int:
    """Run a command that is no stage."""
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


def _spell_every_name() -> None:
    """Start anew in UTF-8 mode where the locale cannot spell the names of files, and never fail at
    a character that a terminal lacks.
    """
    try:
        os.fsencode("城乡")
    except UnicodeEncodeError:
        command = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
        os.execv(sys.executable, command)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _drop_what_cannot_be_said() -> None:
    """A full disk or closed pipe behind standard output was told; Python would tell it again."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    _spell_every_name()
    status = main()
    _drop_what_cannot_be_said()
    sys.exit(status)
