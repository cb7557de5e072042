"""Wire models, tools and index into an assistant, as the settings say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
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
from r1agent.errors import ModelServerError, SettingsError, WeightsError
from r1agent.models import (
    EmbeddedServer,
    LoadProgress,
    chat_model,
    find_model,
    list_models,
    model_path,
    probe,
)
from r1agent.models.request_cache import FILE_NAME, RequestCache
from r1agent.own_tools import OwnTool
from r1agent.paper_search import PaperSearch
from r1agent.profiles import Profile, profile_for
from r1agent.run import Limits, model_name_of
from r1agent.safety.suite import Safety
from r1agent.settings import Settings, load_settings
from r1agent_indexes import PaperFilter, PaperIndex, PaperIndexError, load_embeddings, load_reranker
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

OnProgress = Callable[[str, float | None], None]
"""Called with what is being loaded and the fraction done, or None where that is not known."""

_PRELOADED = ("numpy",)
"""Costs a tenth of a second when Python first runs; sympy would cost three, pandas twenty."""

_FOLDERS = ("index", "data")

DEFAULT_MODEL = "qwen2.5-coder-1.5b"
"""The embedded model, unless the settings name one."""


def load_assistant(
    settings: Settings | None = None,
    *,
    where: PaperFilter | None = None,
    tools: Sequence[OwnTool] = (),
    on_progress: OnProgress | None = None,
) -> ResearchAssistant:
    """Return an assistant; close it, or use it as a context manager, to stop what it started.

    Without an index in the settings it has no papers to search: mathematics and code still work.

    Args:
        settings: What is used; by default what `load_settings` finds.
        where: Search and read the papers that fit this filter only.
        tools: Your own, beside the built-in ones: functions with a docstring, or LangChain tools.
        on_progress: Called while models load.

    Raises:
        R1AgentError: No usable model server, weights or setting; the message says what to do.
        PaperIndexError: The index cannot be used, or no paper fits `where`.
    """
    settings = settings or load_settings()
    report = on_progress or _silent
    with ExitStack() as started, ThreadPoolExecutor(1) as beside:
        sandbox = started.enter_context(load_sandbox(settings))  # what is wrong there, is soon told
        serving = beside.submit(_load_model, settings, started, report)
        wanted = settings.index or where
        index = load_index(settings, on_progress=report) if wanted else None
        if index is not None:
            started.callback(index.close)
            if where is not None:
                index.papers(where)  # raises where none fits, before a question is asked
        model = serving.result()
        return ResearchAssistant(
            model,
            [
                *_paper_tools(index, where, settings.reranker),
                python_tool(sandbox, data=settings.data),
                unit_tests_tool(sandbox),
                *tools,
            ],
            sandbox=sandbox,
            page_text=_page_text(index) if index else None,
            embeddings=index.embeddings if index else None,
            judge=load_judge(settings),
            profile=_profile(model, settings),
            limits=Limits(settings.max_calls, settings.max_tokens, settings.deadline_seconds),
            safety=Safety(
                settings.screen_question, settings.screen_passages, settings.audit_answer
            ),
            runs_dir=settings.runs_dir,
            notices=[*_notices(settings), *_filter_notices(index, where)],
            made_with={"settings": _lasting(settings), "where": where and asdict(where)},
            on_close=started.pop_all().close,
        )


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
    again = {"api_key", "openalex_key", "sandbox_token", "unsafe_python", "runs_dir", "cache_dir"}
    lasting = settings.model_dump(mode="json", exclude_unset=True, exclude=again)
    folders = {name: str(Path(lasting[name]).absolute()) for name in _FOLDERS if lasting.get(name)}
    return lasting | folders


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
        on_progress("loading the index and its embedding model", None)
    embeddings = load_embeddings(settings.embedding_model)
    return PaperIndex.open(settings.index, embeddings=embeddings, create=create)


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


def _load_model(settings: Settings, started: ExitStack, report: OnProgress) -> BaseChatModel:
    key = settings.api_key.get_secret_value() if settings.api_key else None
    if settings.base_url:
        return _client(settings, settings.base_url, _served_model(settings, key), key)
    weights = _weights(settings)

    def loading(progress: LoadProgress) -> None:
        report(f"loading {progress.model_name}", None)

    server = started.enter_context(
        EmbeddedServer(
            weights, context=settings.context, threads=settings.threads, on_progress=loading
        )
    )
    about = weights.stat()
    identity = f"embedded {weights.name} {about.st_size} {about.st_mtime_ns}"
    return _client(settings, server.base_url, server.model_name, server.api_key, identity)


def _client(
    settings: Settings, base_url: str, model: str, key: str | None, identity: str = ""
) -> BaseChatModel:
    return chat_model(
        base_url,
        model,
        api_key=key,
        temperature=settings.temperature,
        top_p=settings.top_p,
        timeout=settings.request_timeout_seconds,
        max_retries=settings.max_retries,
        cache=RequestCache(settings.cache_dir / FILE_NAME) if settings.cache_requests else None,
        cache_identity=identity,
    )


def _served_model(settings: Settings, key: str | None) -> str:
    """Return the model that is asked for, or the first one that the server names."""
    if settings.model:
        return settings.model
    status = probe(str(settings.base_url), key)
    if status.models:
        return status.models[0]
    raise ModelServerError(
        f"The server at {status.base_url!r} does not say which models it serves "
        f"({status.problem or 'its list is empty'}). Check the address, or name a model with "
        "`--model`."
    )


def _weights(settings: Settings) -> Path:
    """Return a GGUF file: a path, a name from the registry, or the default one."""
    if settings.model and Path(settings.model).suffix == ".gguf":
        return Path(settings.model).expanduser()
    name = find_model(settings.model or DEFAULT_MODEL).name
    path = model_path(name, cache=settings.cache_dir)
    if path is None and settings.model is None:
        held = (model_path(entry.name, cache=settings.cache_dir) for entry in list_models())
        path = next((one for one in held if one is not None and one.is_file()), None)
    if path is None:
        raise WeightsError(
            f"The weights of {name!r} are not on this machine. Fetch them with "
            f"`r1agent models pull {name}`, or name a model server with `--base-url`."
        )
    return path


def _profile(model: BaseChatModel, settings: Settings) -> Profile:
    """Choose by the model's name; the settings may change passages and steps."""
    profile = profile_for(model_name_of(model))
    return replace(
        profile,
        passages=settings.passages or profile.passages,
        drafts=settings.drafts or profile.drafts,
        max_steps=min(profile.max_steps, settings.max_steps),
    )


def _notices(settings: Settings) -> list[str]:
    """Say so where other weights than the default stand in for it."""
    named = settings.base_url or settings.model
    if named or model_path(DEFAULT_MODEL, cache=settings.cache_dir) is not None:
        return []
    return [
        f"The weights of {DEFAULT_MODEL!r} are not on this machine, so smaller ones answered. "
        f"Fetch them with `r1agent models pull {DEFAULT_MODEL}`."
    ]


def _filter_notices(index: PaperIndex | None, where: PaperFilter | None) -> list[str]:
    """Say what a run was limited to, and how many papers that leaves out for want of a year."""
    if index is None or where is None or where.is_empty:
        return []
    searched = f"Searched only papers with {where}: {len(index.papers(where))} of the index."
    unknown = index.without_year(where)
    return [f"{searched} Left out for want of a known year: {unknown}." if unknown else searched]


def _paper_tools(
    index: PaperIndex | None, where: PaperFilter | None, reranker: str | None
) -> list[BaseTool]:
    if index is None:
        return []
    order = load_reranker(reranker, index.embeddings) if reranker else None

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
