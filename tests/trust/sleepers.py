"""Batch functions that take their time or fail; workers must be able to import them."""

import os
import time
from pathlib import Path


def doze(batch):
    """Write down the process and sleep."""
    Path(os.environ["DOZE_FOLDER"], f"{os.getpid()}.pid").write_text("")
    time.sleep(30)
    return batch


def boom(batch, **_options):
    """Fail with a message that quotes the data, as foreign errors do."""
    raise ZeroDivisionError("金丝雀渥丹化工厂 13987654321")
