"""A Spark session that fits: PySpark, Java and the user's settings are looked at before anything starts."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from minglu.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PYSPARK_MAJOR = 4
OLDEST_JAVA = 17
BATCH_ROWS = 50_000
"""Rows that change hands at once between Java and Python; what is made of them must fit several times into memory."""
LOCAL_MASTER = "local[{}]"
LOCAL_THREADS = 2
# Needed for the same bytes as any other engine.
ALWAYS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH_ROWS),
    "spark.sql.execution.arrow.useLargeVarTypes": "false",
    "spark.sql.parquet.compression.codec": "zstd",
}
# For a session on this machine, where the user has not set it.
LOCALLY = {
    "spark.app.name": "minglu",
    "spark.driver.host": "localhost",
    "spark.driver.memory": "2g",
    "spark.driver.maxResultSize": "0",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def open_session(*, master: str | None, threads: int | None, folder: Path) -> SparkSession:
    """Open a session on `master`, else on the one of the user's spark-defaults, else on this machine.

    Raises UsageError where PySpark or Java is missing or does not fit, or the session can't be opened.
    """
    # No table here ever is a data frame of pandas, whatever its version.
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
    _require_pyspark()
    _require_java()
    defaults = _defaults()
    master = master or defaults.get("spark.master") or LOCAL_MASTER.format(threads or LOCAL_THREADS)
    if master.startswith("sc://"):
        raise UsageError(
            en=f"--spark-master {master}: Spark Connect can't be used. Expected local[n], spark://, yarn or k8s://.",
            zh=f"--spark-master {master}：不支持 Spark Connect。应为 local[n]、spark://、yarn 或 k8s://。",
        )
    local = master.startswith("local")
    own = {**LOCALLY, "spark.local.dir": str(folder), "spark.sql.warehouse.dir": str(folder)} if local else {}
    session = _start({**own, **defaults, "spark.master": master, **ALWAYS}, this_python=local)
    _require_same_version(session)
    return session


def _start(settings: Mapping[str, str], *, this_python: bool) -> SparkSession:
    """Start Java, quiet unless MINGLU_DEBUG is set, and a session in it."""
    from py4j.protocol import Py4JError  # noqa: PLC0415
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415
    from pyspark.errors import PySparkException  # noqa: PLC0415
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    python = {"PYSPARK_PYTHON": sys.executable} if this_python and "PYSPARK_PYTHON" not in os.environ else {}
    quiet = {} if os.environ.get("MINGLU_DEBUG") else {"stderr": subprocess.DEVNULL}
    conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
    try:
        with _environment(python):
            gateway = None if SparkContext._gateway else launch_gateway(conf, quiet)  # noqa: SLF001
            return SparkSession(SparkContext(conf=conf, gateway=gateway))
    except (PySparkException, Py4JError, OSError) as error:
        raise UsageError(
            en=f"--engine spark: no session could be opened on {settings['spark.master']}. Expected a master that "
            "answers and settings that Spark understands. MINGLU_DEBUG=1 shows what Spark says.",
            zh=f"--engine spark：无法在 {settings['spark.master']} 上建立会话。请检查该地址与 Spark 配置；"
            "设 MINGLU_DEBUG=1 可看 Spark 的原话。",
        ) from error


def _require_pyspark() -> None:
    """Raise UsageError where PySpark is not installed, or is of another major version."""
    if importlib.util.find_spec("pyspark") is None:
        raise UsageError(
            en="--engine spark: PySpark is not installed. Install it with pip install 'minglu[spark]', or leave the "
            "option out: the embedded engine needs nothing more and makes the same bytes.",
            zh="--engine spark：未安装 PySpark。请执行 pip install 'minglu[spark]'；或不写该选项，"
            "内置引擎无需安装，结果逐字节相同。",
        )
    import pyspark  # noqa: PLC0415

    if int(pyspark.__version__.partition(".")[0]) != PYSPARK_MAJOR:
        raise _other_version("PySpark", pyspark.__version__, f"{PYSPARK_MAJOR}.x")
    home = os.environ.get("SPARK_HOME")
    found = [re.search(r"-(\d[\d.]*)\.jar$", path.name) for path in Path(home or ".").glob("jars/spark-core_*.jar")]
    versions = {one[1] for one in found if one} if home else set()
    if versions and pyspark.__version__ not in versions:
        raise _other_version("SPARK_HOME", "/".join(sorted(versions)), pyspark.__version__)


def _require_java() -> None:
    """Raise UsageError where the Java that Spark would start is missing or too old."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home, "bin", "java")) if home else shutil.which("java")
    try:
        printed = subprocess.run(  # noqa: S603 - the program that Spark itself would start
            [program or "java", "-version"], capture_output=True, check=False, timeout=60
        ).stderr
    except (OSError, subprocess.TimeoutExpired):
        printed = b""
    found = re.search(rb'version "(?:1\.)?(\d+)', printed)
    if found and int(found[1]) >= OLDEST_JAVA:
        return
    version = found[1].decode() if found else ""
    raise UsageError(
        en=f"--engine spark: found {'Java ' + version if found else 'no Java'} ({program or 'not on PATH'}), expected "
        f"Java {OLDEST_JAVA} or later. Install one and set JAVA_HOME, or leave the option out.",
        zh=f"--engine spark：{'找到 Java ' + version if found else '找不到 Java'}（{program or 'PATH 中没有'}），"
        f"需要 Java {OLDEST_JAVA} 或更高版本。请安装并设置 JAVA_HOME，或不写该选项。",
    )


def _require_same_version(session: SparkSession) -> None:
    import pyspark  # noqa: PLC0415

    if session.version != pyspark.__version__:
        found = session.version
        session.stop()
        raise _other_version("Spark", found, pyspark.__version__)


def _other_version(what: str, found: str, wanted: str) -> UsageError:
    return UsageError(
        en=f"--engine spark: found {what} {found}, expected {wanted}. Install the PySpark of your cluster's version "
        "(pip install 'pyspark==VERSION'), or unset SPARK_HOME.",
        zh=f"--engine spark：{what} 为 {found}，应为 {wanted}。"
        "请安装与集群版本一致的 PySpark（pip install 'pyspark==版本'），或取消 SPARK_HOME。",
    )


def _defaults() -> dict[str, str]:
    """Return the settings of the user's own spark-defaults.conf, where Spark looks for it."""
    home = os.environ.get("SPARK_HOME")
    folder = os.environ.get("SPARK_CONF_DIR") or (Path(home, "conf") if home else None)
    path = Path(folder, "spark-defaults.conf") if folder else None
    if path is None or not path.is_file():
        return {}
    lines = [line.strip() for line in path.read_text("utf-8", errors="replace").splitlines()]
    pairs = [re.split(r"[\s=:]+", line, maxsplit=1) for line in lines if line and not line.startswith("#")]
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2 and pair[0].startswith("spark.")}


@contextmanager
def _environment(more: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for what starts inside; other values of them come back afterwards."""
    before = {name: os.environ.get(name) for name in more}
    os.environ.update(more)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
