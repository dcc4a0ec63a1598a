"""What is slow is independent: it computes nothing with the help of what it is compared with."""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SLOW = ("rows.py", "slow_days.py", "slow_report.py", "slow_outcomes.py")
MAY_IMPORT = {"clinic.models", "patients.models", "programs.models", "django.db.models"}


@pytest.mark.parametrize("name", SLOW)
def test_it_imports_models_and_the_standard_library_alone(name: str):
    found = set()
    for node in ast.walk(ast.parse((HERE / name).read_text())):
        if isinstance(node, ast.ImportFrom):
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    ours = {
        module for module in found if module.split(".")[0] in {"clinic", "patients", "programs", "django"}
    }
    assert ours <= MAY_IMPORT
    own = {f"tests.year.{Path(other).stem}" for other in SLOW}
    assert {module for module in found if module.startswith("tests")} <= own
