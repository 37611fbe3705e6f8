"""Run the tests of the second engine, or any program, with PySpark at hand.  Needs Java 17 or later.

python3 start run python tests/spark.py                            the tests
python3 start run python tests/spark.py python -m bench spark      a program

PySpark is half a gigabyte of Java that most contributors never need, and it comes as sources only, which `start`
does not build: so it is no part of the locked set.  The first time it is fetched into build/spark (a package index
is needed), and the environment's own Python finds it there; minglu and all else stay those of the environment.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WANTED = ROOT / "tests" / "requirements-spark.txt"
PLACE = ROOT / "build" / "spark"
SMALL = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
"""Settings for many queries on few rows: to compile each would take most of the time."""
TESTS = [
    "tests/register/engine/test_engines.py",
    "tests/register/engine/test_spark.py",
    "tests/e2e/test_spark.py",
]


def pyspark() -> Path:
    """Return the folder that holds PySpark, fetched if it is not there whole."""
    done = PLACE / "done.txt"
    if not done.exists() or done.read_text("utf-8") != WANTED.read_text("utf-8"):
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade"]
        subprocess.run([*install, "--target", str(PLACE), "-r", str(WANTED)], check=True)
        done.write_text(WANTED.read_text("utf-8"), "utf-8")
    return PLACE


def settings() -> Path:
    """Write a spark-defaults.conf for tests; return its folder."""
    folder = PLACE / "minglu-conf"
    folder.mkdir(exist_ok=True)
    (folder / "spark-defaults.conf").write_text("".join(f"{key} {value}\n" for key, value in SMALL.items()), "utf-8")
    return folder


def main(arguments: list[str]) -> int:
    """Run a program of the environment; return its exit code."""
    program = arguments or ["python", "-m", "pytest", "-m", "slow or not slow", *TESTS]
    path = Path(sys.executable).parent / program[0]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(pyspark()), str(ROOT)])}
    if "pytest" in program:
        environment["SPARK_CONF_DIR"] = str(settings())
    return subprocess.run([str(path), *program[1:]], cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
