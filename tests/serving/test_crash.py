"""The line of vLLM's log that matters is found, wherever it stands, with what to do about it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.serving.crash import explain_crash

PREFIX = "(EngineCore_DP0 pid=17374) ERROR 09-28 15:47:24 [core.py:718] "
BANNER = """\
(APIServer pid=7) INFO 11-22 11:57:53 [api_utils.py:347]  ▄▄ ▄█ █     █     █ ▀▄▀ █  version 0.32.0
(APIServer pid=7) WARNING 11-22 11:57:53 [system_utils.py:255] Found ulimit of 20000 and failed to \
automatically increase. This can cause fd limit errors like `OSError: Too many open files`.
"""
NOISE = """\
(APIServer pid=17001) Traceback (most recent call last):
(APIServer pid=17001)   File "/venv/lib/vllm/v1/engine/utils.py", line 785, in launch
(APIServer pid=17001)     raise RuntimeError("Engine core initialization failed. "
(APIServer pid=17001) RuntimeError: Engine core initialization failed. See root cause above. \
Failed core proc(s): {'EngineCore_DP0': 1}
"""


def log_of(message: str, *, prefix: str = PREFIX) -> str:
    """Return a log as vLLM writes it, where an engine process fails with `message`."""
    stack = (
        "EngineCore failed to start.",
        "Traceback (most recent call last):",
        '  File "/venv/lib/vllm/v1/engine/core.py", line 699, in run_engine_core',
        "    engine_core = EngineCoreProc(*args, **kwargs)",
        "                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        *message.splitlines(),
    )
    return BANNER + "".join(f"{prefix}{line}\n" for line in stack) + NOISE


CRASHES = [
    (
        "memory",
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 224.00 MiB. GPU 0 has a "
        "total capacity of 11.53 GiB of which 187.75 MiB is free.",
        "The card ran out of memory",
    ),
    (
        "memory",
        "RuntimeError: NCCL error: Cuda failure 'out of memory'",
        "The card ran out of memory",
    ),
    (
        "busy card",
        "ValueError: Free memory on device cuda:0 (31.44/47.38 GiB) on startup is less than "
        "desired GPU memory utilization (0.95, 45.01 GiB). Decrease GPU memory utilization or "
        "reduce GPU memory used by other processes.",
        "Only 31.44 of the card's 47.38 GiB are free",
    ),
    (
        "cache",
        "ValueError: To serve at least one request with the models's max seq len (262144), (24.0 "
        "GiB KV cache is needed, which is larger than the available KV cache memory (3.18 GiB). "
        "Based on the available memory, the estimated maximum model length is 34736. Try "
        "increasing `gpu_memory_utilization` or decreasing `max_model_len`.",
        "no room for one question of 262144 tokens, but for one of 34736",
    ),
    (
        "cache",
        "ValueError: To serve at least one request with the model's max seq len (8192), (0.18 GiB "
        "KV cache is needed, which is larger than the available KV cache memory (0.05 GiB). Based "
        "on the available memory, the estimated maximum model length is 2048. Try increasing "
        "`gpu_memory_utilization` (which also controls CPU memory on the CPU backend).",
        "no room for one question of 8192 tokens, but for one of 2048",
    ),
    (
        "cache",
        "ValueError: The model's max seq len (4096) is larger than the maximum number of tokens "
        "that can be stored in KV cache (3664). Try increasing `gpu_memory_utilization`.",
        "no room for one question of 4096 tokens",
    ),
    (
        "cache",
        "ValueError: No available memory for the cache blocks. Try increasing "
        "`gpu_memory_utilization` when initializing the engine.",
        "The weights leave no memory",
    ),
    (
        "cache",
        "ValueError: Available memory on node 0 (6.1/23.4 GiB) on kv cache allocation is less than "
        "requested memory for kv (40.0 GiB). Decrease --kv-cache-memory-bytes, "
        "VLLM_CPU_KVCACHE_SPACE, or reduce CPU memory used by other processes.",
        "less memory free (6.1 GiB)",
    ),
    (
        "driver",
        "RuntimeError: The NVIDIA driver on your system is too old (found version 12080). Please "
        "update your GPU driver by downloading and installing a new version.",
        "driver is older",
    ),
    ("no card", "RuntimeError: Found no NVIDIA driver on your system.", "sees no NVIDIA card"),
    (
        "no card",
        "RuntimeError: Failed to infer device type, please set the environment variable "
        "`VLLM_LOGGING_LEVEL=DEBUG` to turn on verbose logging to help debug the issue.",
        "sees no NVIDIA card",
    ),
    (
        "capability",
        "ValueError: The quantization method fp8 is not supported for the current GPU. Minimum "
        "capability: 90. Current capability: 86.",
        "wants compute capability 90, the card has 86",
    ),
    (
        "capability",
        "RuntimeError: ('Quantization scheme is not supported for ', 'the current GPU. Min "
        "capability: 80. ', 'Current capability: 75.')",
        "wants compute capability 80, the card has 75",
    ),
    (
        "capability",
        "ValueError: Bfloat16 is only supported on GPUs with compute capability of at least 8.0. "
        "Your Tesla T4 GPU has compute capability 7.5.",
        "too old, or too new",
    ),
    (
        "capability",
        "torch.AcceleratorError: CUDA error: no kernel image is available for execution on the "
        "device",
        "too old, or too new",
    ),
    (
        "gated",
        "OSError: You are trying to access a gated repo.\nMake sure to have access to it at the "
        "hub.\n401 Client Error. (Request ID: Root=1-6)",
        "does not hand out",
    ),
    (
        "network",
        "huggingface_hub.errors.LocalEntryNotFoundError: An error happened while trying to locate "
        "the file on the Hub and we cannot find the requested files in the local cache.",
        "the hub cannot be reached",
    ),
    (
        "network",
        "OSError: We couldn't connect to the hub to load the files, and couldn't find them in the "
        "cached files.",
        "the hub cannot be reached",
    ),
    (
        "broken weights",
        "safetensors_rust.SafetensorError: Error while deserializing header: MetadataIncomplete"
        "Buffer",
        "not whole",
    ),
    ("disk", "OSError: [Errno 28] No space left on device", "disk is full"),
    (
        "architecture",
        "ValueError: Model architectures ['FooForCausalLM'] are not supported for now. Supported "
        "architectures: dict_keys(['LlamaForCausalLM'])",
        "cannot run a model of this architecture",
    ),
    (
        "quantization",
        "ValueError: Unknown quantization method: foo. Must be one of ['awq', 'fp8'].",
        "in this quantization",
    ),
    (
        "cards",
        "ValueError: World size (4) is larger than the number of available GPUs (2) in this node.",
        "fewer cards",
    ),
    (
        "heads",
        "ValueError: Total number of attention heads (28) must be divisible by tensor parallel "
        "size (8).",
        "cannot be spread",
    ),
    (
        "compiler",
        "RuntimeError: Failed to find C compiler. Please specify via CC environment variable.",
        "a compiler or its files are missing",
    ),
    (
        "compiler",
        "torch._inductor.exc.InductorError: InvalidCxxCompiler: No working C++ compiler found in "
        "torch._inductor.config.cpp.cxx: (None, 'g++')",
        "a compiler or its files are missing",
    ),
    (
        "too long",
        "pydantic_core._pydantic_core.ValidationError: 1 validation error for ModelConfig\n"
        "  Value error, User-specified max_model_len (100000) is greater than the derived "
        "max_model_len (max_position_embeddings=8192.0 or model_max_length=None in model's "
        "config.json). To allow overriding this maximum, set the env var "
        "VLLM_ALLOW_LONG_MAX_MODEL_LEN=1.",
        "made for at most 8192 tokens, and 100000 were asked for",
    ),
    (
        "no weights",
        "huggingface_hub.errors.HFValidationError: Repo id must be in the form 'repo_name' or "
        "'namespace/repo_name': '/weights/nowhere'. Use `repo_type` argument if needed.",
        "holds no model that vLLM can read",
    ),
    ("build", "ModuleNotFoundError: No module named 'flashinfer'", "not whole"),
    (
        "build",
        "ImportError: /venv/vllm/_C.abi3.so: undefined symbol: _ZN3c104cuda9SetDeviceEi",
        "do not fit together",
    ),
]


@pytest.mark.parametrize(("kind", "message", "cause"), CRASHES)
@pytest.mark.parametrize("prefix", [PREFIX, "ERROR 04-09 05:39:54 [core.py:390] ", "", "[rank0]: "])
def test_the_root_cause_is_found_above_what_follows_from_it(
    kind: str, message: str, cause: str, prefix: str
) -> None:
    report = explain_crash(log_of(message, prefix=prefix), 1)
    assert report.kind == kind
    assert cause in report.cause
    assert report.line in message
    assert report.do.endswith(".")


# As vllm-cpu 0.32 wrote it, shortened.
PORT_TAKEN = """\
Traceback (most recent call last):
  File "<frozen runpy>", line 198, in _run_module_as_main
  File "uvloop/cbhandles.pyx", line 64, in uvloop.loop.Handle._run
  File "/venv/vllm/entrypoints/launchers/launcher.py", line 348, in create_server_socket
    sock.bind(addr)
OSError: [Errno 98] Address already in use
"""
OPTION_UNKNOWN = """\
usage: api_server.py [-h] [--headless] [--api-server-count API_SERVER_COUNT]
                     [--config CONFIG] [--grpc]
api_server.py: error: unrecognized arguments: --nonsense-option
"""


@pytest.mark.parametrize(
    ("log", "exit_code", "kind", "line"),
    [
        (PORT_TAKEN, 1, "port", "OSError: [Errno 98] Address already in use"),
        (
            OPTION_UNKNOWN,
            2,
            "options",
            "api_server.py: error: unrecognized arguments: --nonsense-option",
        ),
    ],
)
def test_what_fails_before_there_is_an_engine_is_found(
    log: str, exit_code: int, kind: str, line: str
) -> None:
    report = explain_crash(BANNER + log, exit_code)
    assert (report.kind, report.line) == (kind, line)


def test_the_report_is_one_text() -> None:
    report = explain_crash(log_of("RuntimeError: Found no NVIDIA driver on your system."), 1)
    assert str(report).startswith(
        "vLLM sees no NVIDIA card (RuntimeError: Found no NVIDIA driver on your system.). Check "
    )


def test_a_warning_that_names_an_error_is_no_cause() -> None:
    warning = "(APIServer pid=7) WARNING 11-22 11:57:53 [a.py:1] No space left on device soon\n"
    retry = "'(ConnectionError: Network is unreachable)' thrown. Retrying in 1s [Retry 1/5].\n"
    log = warning + retry + log_of("torch.OutOfMemoryError: CUDA out of memory.")
    assert explain_crash(log, 1).kind == "memory"


def test_the_source_line_of_a_stack_frame_is_no_cause() -> None:
    message = (
        '  File "/venv/torch/cuda/__init__.py", line 1, in _lazy_init\n'
        '    raise AssertionError("Torch not compiled with CUDA enabled")\n'
        "ZeroDivisionError: division by zero"
    )
    assert explain_crash(log_of(message), 1).line == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize("exit_code", [-9, 137])
def test_a_killed_server_is_told(exit_code: int) -> None:
    report = explain_crash(BANNER, exit_code)
    assert (report.kind, report.line) == ("killed", "")
    assert "`dmesg`" in report.do


@pytest.mark.parametrize(
    ("number", "kind"),
    [(9, "killed"), (4, "processor"), (7, "shared memory"), (11, "segmentation fault")],
)
def test_a_signal_to_a_process_below_the_server_is_told(number: int, kind: str) -> None:
    log = BANNER + NOISE.replace("'EngineCore_DP0': 1", f"'EngineCore_DP0': -{number}")
    assert explain_crash(log, 1).kind == kind


def test_an_unknown_crash_shows_the_first_error_that_says_something() -> None:
    report = explain_crash(log_of("KeyError: 'layers.0.strange'"), 1)
    assert (report.kind, report.line) == ("unknown", "KeyError: 'layers.0.strange'")
    assert report.cause == "vLLM ended with exit code 1"


def test_the_error_of_a_worker_is_found_above_those_of_engine_and_server() -> None:
    worker = "(Worker pid=32673) ERROR 11-22 12:39:47 [multiproc_executor.py:953] "
    report = explain_crash(
        BANNER
        + f"{worker}WorkerProc failed to start.\n"
        + f"{worker}Traceback (most recent call last):\n"
        + f'{worker}  File "/venv/vllm/v1/executor/multiproc_executor.py", line 920, in main\n'
        + f"{worker}ValueError: invalid literal for int() with base 10: ''\n"
        + log_of(
            "Exception: WorkerProc initialization failed due to an exception in a background "
            "process. See stack trace for root cause."
        ),
        1,
    )
    assert report.line == "ValueError: invalid literal for int() with base 10: ''"


def test_an_unknown_crash_without_an_error_shows_the_last_line() -> None:
    assert explain_crash("one\ntwo\n\n", 3).line == "two"


def test_an_empty_log_is_no_error() -> None:
    report = explain_crash("", None)
    assert (report.kind, report.line, report.cause) == ("unknown", "", "vLLM ended")


def test_control_characters_of_a_log_reach_no_terminal() -> None:
    report = explain_crash(
        "\x1b[31mTraceback (most recent call last):\nFooError: \x1b]0;x\x07 a", 1
    )
    assert report.line == "FooError:  ]0;x  a"


def test_a_line_without_end_is_cut() -> None:
    assert len(explain_crash("ValueError: " + "x" * 100_000, 1).line) < 500


@given(st.text(), st.one_of(st.none(), st.integers(-64, 255)))
def test_any_log_has_a_report(log: str, exit_code: int | None) -> None:
    report = explain_crash(log, exit_code)
    assert report.cause
    assert report.do
    assert report.line.isprintable()


@given(
    st.lists(st.text(alphabet="abc ()[]:=\n", max_size=40), max_size=5), st.sampled_from(CRASHES)
)
def test_what_stands_around_a_cause_does_not_hide_it(
    around: list[str], crash: tuple[str, str, str]
) -> None:
    log = "\n".join((*around, "", log_of(crash[1]), *around))
    assert explain_crash(log, 1).kind == crash[0]
