"""Every story of examples/ runs as its README says."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
STORIES = sorted(path.parent.name for path in EXAMPLES.glob("*/story.sql"))


@pytest.mark.parametrize("story", STORIES)
def test_a_story_runs(story: str) -> None:
    readme = (EXAMPLES / story / "README.md").read_text()
    assert f"python examples/run.py {story}" in readme
    run = subprocess.run([sys.executable, str(EXAMPLES / "run.py"), story], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "Traceback" not in run.stderr
    assert "predicted" in run.stdout or "expected" in run.stdout
