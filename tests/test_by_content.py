"""The code that runs is that of the text that stands there."""

import os
import shutil
import subprocess
import sys

from tests.conftest import ROOT

SAYS = "import pipeline.said; print(pipeline.said.WORD)"


def test_an_edit_that_keeps_date_and_length_is_run(tmp_path):
    """Python alone would run what it compiled before the edit."""
    (tmp_path / "pipeline").mkdir()
    for name in ("__init__.py", "by_content.py"):
        shutil.copy(ROOT / "pipeline" / name, tmp_path / "pipeline" / name)
    module = tmp_path / "pipeline/said.py"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    for word in ("one", "two", "two"):
        module.write_text(f'WORD = "{word}"\n')
        os.utime(module, (10**9, 10**9))
        command = [sys.executable, "-c", SAYS]
        run = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
        )
        assert run.stdout.split()[:1] == [word], run.stderr
    assert list((tmp_path / "pipeline/__pycache__").glob("said.*.pyc"))
