"""The child process of `EmbeddedServer`: llama.cpp's own server, until its standard input ends.

Run as a file, not as a module of the package, so that it starts without importing r1agent. It
reads one JSON line of settings (the key is among them, so it is in no argument list), prints one
JSON line with its address when the model is loaded, and writes llama.cpp's log to standard error.
"""

import json
import os
import sys
import threading
from typing import Any


def main() -> None:
    """Serve until the parent closes the pipe, by wish or by dying."""
    settings = json.loads(sys.stdin.readline())
    _die_when_input_ends()
    watcher = threading.Thread(target=_exit_when_input_ends, name="parent-watch", daemon=True)
    watcher.start()
    server = _serve(settings)
    sys.stdout.write(json.dumps({"address": server.listening_address}) + "\n")
    sys.stdout.flush()
    watcher.join()


def _die_when_input_ends() -> None:
    """Have the kernel end this process with the pipe, where it can.

    Loading a model holds the interpreter's lock for seconds, in which no thread of ours runs.
    """
    if not hasattr(os, "O_ASYNC"):
        return
    import fcntl
    import signal

    signal.signal(signal.SIGIO, signal.SIG_DFL)  # its default is to end the process
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def _exit_when_input_ends() -> None:
    while os.read(0, 4096):  # not `sys.stdin`: its lock would disturb an exit on an error
        continue
    os._exit(0)  # no clean-up can hang here: the log is flushed, nothing else is on disk


def _serve(settings: dict[str, Any]) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = settings["model_path"]
    params.model_alias = {settings["model_name"]}
    params.n_ctx = settings["context"] * settings["parallel"]  # llama.cpp shares it out
    params.n_parallel = settings["parallel"]
    params.n_batch = 512
    params.n_ubatch = 512
    params.cpuparams.n_threads = settings["threads"]
    params.cpuparams_batch.n_threads = settings["threads"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [settings["api_key"]]
    params.cors_origins = "http://127.0.0.1"  # no page a browser shows comes from there
    params.cors_credentials = False
    params.cache_ram_mib = 512
    params.endpoint_slots = False
    params.ui = False
    params.use_jinja = True
    params.offline = True
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
