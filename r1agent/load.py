"""Wire models, tools and index into an assistant, as the settings say."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.tools import BaseTool

from r1agent.assistant import ResearchAssistant
from r1agent.checks.blind_judge import BlindJudge
from r1agent.checks.judging import Judge
from r1agent.checks.nli import DEFAULT_NLI_MODEL, load_nli
from r1agent.engines import Engine, open_engine
from r1agent.errors import ArgumentError, SettingsError
from r1agent.index_models import embeddings_of, reranker_of
from r1agent.managed import OnProgress
from r1agent.models import ServedChatModel
from r1agent.own_tools import OwnTool
from r1agent.paper_search import PaperSearch
from r1agent.profiles import Profile, profile_for
from r1agent.run import Limits, model_name_of
from r1agent.safety.suite import Safety
from r1agent.settings import SECRETS, Settings, load_settings
from r1agent_indexes import PaperFilter, PaperIndex, PaperIndexError, SentenceEmbeddings
from r1agent_indexes.errors import PaperNotFoundError
from r1agent_tools import (
    Sandbox,
    SandboxUnavailableError,
    open_sandbox,
    python_tool,
    read_page_tool,
    search_papers_tool,
    unit_tests_tool,
)
from r1agent_tools.sandbox.readable import installed

_PRELOADED = ("numpy",)
"""Costs a tenth of a second when Python first runs; sympy would cost three, pandas twenty."""

_LOADING_EMBEDDINGS = "loading the embedding model"

_LET_ENGINE_BEGIN = 1.0
"""Seconds at most, so that a missing engine is told before seconds of loading, not after."""

_PATHS = ("index", "data", "vllm_python")


def load_assistant(
    settings: Settings | None = None,
    *,
    index: PaperIndex | None = None,
    where: PaperFilter | None = None,
    tools: Sequence[OwnTool] = (),
    on_progress: OnProgress | None = None,
) -> ResearchAssistant:
    """Return an assistant; close it, or use it as a context manager, to stop what it started.

    Without an index in the settings it has no papers to search: mathematics and code still work.

    Args:
        settings: What is used; by default what `load_settings` finds.
        index: An open index, which stays open; by default that of the settings is opened.
        where: Search and read the papers that fit this filter only.
        tools: Your own, beside the built-in ones: functions with a docstring, or LangChain tools.
        on_progress: Called while models load.

    Raises:
        R1AgentError: No usable model server, weights or setting; the message says what to do.
        PaperIndexError: The index cannot be used, or no paper fits `where`.
    """
    _require_parts(settings, index)
    settings = settings or load_settings()
    with (
        ExitStack() as started,
        ThreadPoolExecutor(1) as beside,
        _until_left(on_progress or _silent) as report,
    ):
        sandbox = started.enter_context(load_sandbox(settings))  # what is wrong there, is soon told
        opening, begun = _opening(beside, settings, started, report)
        if index is None and (settings.index or where):
            index = load_index(settings, on_progress=report)
            started.callback(index.close)
        if index is not None and where is not None:
            index.papers(where)  # raises where none fits, before a question is asked
        if index is not None:
            _load_weights(index, opening, begun, report)
        engine = opening.result()
        if isinstance(engine.model, ServedChatModel):
            started.callback(engine.model.close)  # cuts requests of other threads
        return ResearchAssistant(
            engine.model,
            [
                *_paper_tools(index, where, settings),
                python_tool(sandbox, data=settings.data),
                unit_tests_tool(sandbox),
                *tools,
            ],
            sandbox=sandbox,
            page_text=_page_text(index) if index else None,
            embeddings=index.embeddings if index else None,
            judge=load_judge(settings),
            profile=_profile(engine.model, settings),
            limits=Limits(settings.max_calls, settings.max_tokens, settings.deadline_seconds),
            safety=Safety(
                settings.screen_question, settings.screen_passages, settings.audit_answer
            ),
            runs_dir=settings.runs_dir,
            notices=[*engine.notices, *_filter_notices(index, where)],
            made_with={"settings": _lasting(settings), "where": where and asdict(where)},
            on_close=started.pop_all().close,
        )


def _require_parts(settings: object, index: object) -> None:
    """Refuse the path of an index where settings or an open index are wanted."""
    for name, given, wanted in (
        ("settings", settings, "settings"),
        ("index", index, "an index that is open"),
    ):
        if isinstance(given, str | Path):
            call = f"load_assistant(load_settings(index={str(given)!r}))"
            problem = f"is {str(given)!r}; wanted {wanted}. For the index in that folder: `{call}`."
            raise ArgumentError(name, problem)


def load_judge(settings: Settings) -> Judge | None:
    """Return what the settings name to judge entailment; None stands for the floors.

    Raises:
        SettingsError: An NLI model is asked for and not on this machine.
    """
    if settings.entailment == "model":
        return BlindJudge()
    if settings.entailment == "floors":
        return None
    judge = load_nli(settings.nli_model)
    if judge is None and (settings.entailment == "nli" or settings.nli_model):
        name = settings.nli_model or DEFAULT_NLI_MODEL
        raise SettingsError(
            f"The NLI model {name!r} is not on this machine, or sentence-transformers is not "
            "installed. Name a folder that holds one with `nli_model`, fetch it into the Hugging "
            "Face cache, or set `entailment` to 'floors'."
        )
    return judge


def _lasting(settings: Settings) -> dict[str, Any]:
    """Return what was set, for a resumed run; secrets and dangers are to be given again."""
    again = {*SECRETS, "unsafe_python", "runs_dir", "cache_dir"}
    lasting = settings.model_dump(mode="json", exclude_unset=True, exclude=again)
    paths = {name: str(Path(lasting[name]).absolute()) for name in _PATHS if lasting.get(name)}
    return lasting | paths


@contextmanager
def _until_left(report: OnProgress) -> Iterator[OnProgress]:
    """Yield `report`; once the block is left it stops the load that calls it.

    Without that, Ctrl-C or an index that is not there would wait minutes for vLLM to start.
    """
    left = threading.Event()

    def checked(text: str, fraction: float | None) -> None:
        if left.is_set():
            raise CancelledError
        report(text, fraction)

    try:
        yield checked
    finally:
        left.set()


def _silent(text: str, fraction: float | None) -> None:
    pass


def load_index(
    settings: Settings, *, create: bool = False, on_progress: OnProgress | None = None
) -> PaperIndex:
    """Open the index that the settings name.

    Raises:
        SettingsError: They name none.
        PaperIndexError: It is not there, of another format, or of another embedding model.
    """
    if settings.index is None:
        raise SettingsError("No index is named. Give one with `--index indexes/NAME`.")
    if on_progress is not None:
        on_progress("opening the index", None)
    return PaperIndex.open(settings.index, embeddings=embeddings_of(settings), create=create)


def _opening(
    beside: ThreadPoolExecutor, settings: Settings, started: ExitStack, report: OnProgress
) -> tuple[Future[Engine], threading.Event]:
    """Open the engine in another thread; the event tells that it is open, missing, or loading."""
    begun = threading.Event()

    def reported(text: str, fraction: float | None) -> None:
        begun.set()
        report(text, fraction)

    opening = beside.submit(open_engine, settings, started, reported)
    opening.add_done_callback(lambda _: begun.set())
    return opening, begun


def _load_weights(
    index: PaperIndex, opening: Future[Engine], begun: threading.Event, report: OnProgress
) -> None:
    """Load the embedding model while the engine opens, so that the first search need not wait.

    In this thread: Ctrl-C stops it here, while a thread beside would hold the prompt for seconds.
    """
    if not isinstance(index.embeddings, SentenceEmbeddings):
        return
    begun.wait(_LET_ENGINE_BEGIN)
    if opening.done():
        opening.result()  # what is wrong with the engine, is told before this takes seconds
    loading = threading.Event()
    loading.set()

    def engine_is_open(_: Future[Engine]) -> None:
        with suppress(CancelledError):
            if loading.is_set():
                report(_LOADING_EMBEDDINGS, None)

    report(_LOADING_EMBEDDINGS, None)
    opening.add_done_callback(engine_is_open)  # else the engine would still be what is told
    try:
        index.embeddings.load()
    finally:
        loading.clear()


def load_sandbox(settings: Settings) -> Sandbox:
    """Return the sandbox that the settings name, and never another one in its place.

    Raises:
        SettingsError: Its settings do not fit together, or the data folder cannot be used.
    """
    if settings.unsafe_python and settings.sandbox != "local":
        raise SettingsError(
            f"`unsafe_python` is set, and `sandbox` is {settings.sandbox!r}. Leave one of them "
            "out: only the local sandbox can run without protection."
        )
    try:
        return open_sandbox(settings.sandbox, **_sandbox_settings(settings))
    except (ValueError, SandboxUnavailableError) as error:
        raise SettingsError(f"The sandbox cannot be used: {error}") from None


def _sandbox_settings(settings: Settings) -> dict[str, Any]:
    if settings.sandbox == "local":
        preload = installed(_PRELOADED)
        return {"unsafe": settings.unsafe_python, "preload": preload, "data": settings.data}
    if settings.sandbox == "docker":
        image, runtime = settings.sandbox_image, settings.sandbox_runtime
        return {"image": image, "runtime": runtime, "data": settings.data}
    if settings.data is not None:
        raise SettingsError(
            f"`data` is {str(settings.data)!r}, and `sandbox` is {settings.sandbox!r}, which "
            "cannot show a folder without letting it be changed or sending it away. Leave `data` "
            "out, or set `sandbox` to 'local' or 'docker'."
        )
    if settings.sandbox == "external":
        return {}
    if settings.sandbox_url is None:
        raise SettingsError("`sandbox` is 'remote', and no service is named. Set `sandbox_url`.")
    token = settings.sandbox_token.get_secret_value() if settings.sandbox_token else None
    return {"url": settings.sandbox_url, "token": token}


def _profile(model: BaseChatModel, settings: Settings) -> Profile:
    """Choose by the model's name; the settings may change passages and steps."""
    profile = profile_for(model_name_of(model))
    return replace(
        profile,
        passages=settings.passages or profile.passages,
        drafts=settings.drafts or profile.drafts,
        max_steps=min(profile.max_steps, settings.max_steps),
    )


def _filter_notices(index: PaperIndex | None, where: PaperFilter | None) -> list[str]:
    """Say what a run was limited to, and how many papers that leaves out for want of a year."""
    if index is None or where is None or where.is_empty:
        return []
    searched = f"Searched only papers with {where}: {len(index.papers(where))} of the index."
    unknown = index.without_year(where)
    return [f"{searched} Left out for want of a known year: {unknown}." if unknown else searched]


def _paper_tools(
    index: PaperIndex | None, where: PaperFilter | None, settings: Settings
) -> list[BaseTool]:
    if index is None:
        return []
    order = reranker_of(settings, index.embeddings)

    def read_page(paper: str, page: int) -> Document:
        found = index.read_page(paper, page)
        fitting = index.store.matching(where)
        if fitting is not None and found.metadata["paper"] not in fitting:
            raise PaperNotFoundError(f"Paper {paper!r} is not among those to search: {where}.")
        return found

    return [
        search_papers_tool(PaperSearch(index, where, order), wrong_request=(PaperNotFoundError,)),
        read_page_tool(read_page, wrong_request=(PaperIndexError,)),
    ]


def _page_text(index: PaperIndex) -> Callable[[str, int], str]:
    return lambda paper, page: index.read_page(paper, page).page_content
