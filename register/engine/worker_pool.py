"""Batches through a function on several processes: bounded in memory, results in the order of the batches."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import count, islice
from pathlib import Path

import pyarrow as pa

from minglu.common.interruption import spared_from_interruption
from minglu.register.engine.batch_files import read_batch, write_batch
from minglu.register.engine.boundary import BatchFunction

AHEAD = 2  # batches a worker may have waiting: enough to keep it busy, few enough to bound memory


class Workers:
    """Processes that start when a second batch shows that they are needed, and stay until they are closed.

    Starting one takes a second of processor time (Python, pyarrow, the module of the function): once in a run.
    """

    def __init__(self, most: int, *, folder: Path) -> None:
        """Plan for `most` processes; batches change hands as files in `folder`."""
        self._most = most
        self._folder = folder
        self._names = count()
        self._pool: ProcessPoolExecutor | None = None

    def map(self, function: BatchFunction, batches: Iterable[pa.Table], *, here: bool = False) -> Iterator[pa.Table]:
        """Yield `function(batch)` for every batch, in order; in this process if so asked, or if there is but one batch.

        `function` must be picklable; an error in a worker is raised here as it is.
        Raises MemoryError where a worker was killed: nothing but a lack of memory does that unasked.
        """
        stream = iter(batches)
        head = list(islice(stream, 2))
        if here or self._most == 1 or len(head) == 1:
            yield from map(function, _chain(head, stream))
            return
        try:
            yield from self._map_elsewhere(function, _chain(head, stream))
        except BrokenProcessPool as problem:
            self.close()
            raise MemoryError from problem

    def close(self) -> None:
        """End the processes, what they are at being finished but nothing else begun."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _map_elsewhere(self, function: BatchFunction, batches: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """Keep some batches under way and yield the results in the order of the batches."""
        pool = self._started()
        waiting: deque[Future[Path]] = deque()
        for batch in batches:
            path = self._folder / f"batch-{next(self._names)}.arrow"
            write_batch(batch, path)
            with spared_from_interruption():  # a worker is started when there is work for it
                waiting.append(pool.submit(_work, function, path))
            if len(waiting) >= AHEAD * self._most:
                yield read_batch(waiting.popleft().result())
        while waiting:
            yield read_batch(waiting.popleft().result())

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._most, mp_context=spawn, initializer=follow_parent)
        return self._pool


def _work(function: BatchFunction, path: Path) -> Path:
    """Take a batch, give its result the same place."""
    write_batch(function(read_batch(path)), path)
    return path


def follow_parent() -> None:
    """Let a worker end with the run, and by nothing else.

    One whose parent was killed would wait for work for ever; one that received Ctrl-C itself would print a traceback.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _chain(head: list[pa.Table], rest: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Give back what was looked at, letting go of each batch once it is given."""
    while head:
        yield head.pop(0)
    yield from rest
