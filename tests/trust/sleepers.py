"""A batch function that tells which process runs it and takes its time; workers must be able to import it."""

import os
import time
from pathlib import Path


def doze(batch):
    """Write down the process and sleep."""
    Path(os.environ["DOZE_FOLDER"], f"{os.getpid()}.pid").write_text("")
    time.sleep(30)
    return batch
