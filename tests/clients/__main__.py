"""`make clients`: make both clients of the document that a fresh server gives, check their programs' types, run them.

What was made stays in `var/clients`. Prints how large it is and how long it takes; fails on any error, and above the
sizes that `MOST` names.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.demo.doors import MEMBER_EMAIL
from app.http.document import operations_of
from tests.serving import free_port

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
MADE = ROOT / "var" / "clients"
TOOLS = Path(sys.executable).parent
PATIENCE_S = 180
"""A server that makes its database and loads the demo on a busy machine takes its time."""
MOST = {"document_kb": 830, "python_files": 1220}

IMPORT = """
import importlib, pkgutil, time
def seconds(act):
    began = time.process_time()
    act()
    return time.process_time() - began
def plain():
    import http.client, json
def client():
    import ici_client
    for module in pkgutil.walk_packages(ici_client.__path__, "ici_client."):
        importlib.import_module(module.name)
print(seconds(plain), seconds(lambda: __import__("httpx")), seconds(client))
"""
"""What importing takes: two modules of Python itself, what the client rests on, then all of the client."""


def main() -> None:
    """All of it, on a server of its own."""
    shutil.rmtree(MADE, ignore_errors=True)
    MADE.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder, served_demo(Path(folder)) as url:
        document = urllib.request.urlopen(f"{url}/openapi.json", timeout=PATIENCE_S).read()
        (MADE / "openapi.json").write_bytes(document)
        sizes = {"document_kb": round(len(document) / 1000), **tell_refusals(document)}
        said = [url, "demo", MEMBER_EMAIL, str(Path(folder) / "mailbox.jsonl")]
        sizes |= try_python(said) | try_typescript(said)
    too_large = {name: size for name, size in sizes.items() if size > MOST.get(name, size)}
    if too_large:
        sys.exit(f"Larger than they may be: {too_large}, at most {MOST}.")


def try_python(said: list[str]) -> dict[str, float]:
    """The client of openapi-python-client: its size, what importing it takes; its program checked and run."""
    folder = MADE / "python"
    print("== Python: openapi-python-client", flush=True)
    command = [TOOLS / "openapi-python-client", "generate", "--path", MADE / "openapi.json", "--output-path", folder]
    took = run_tool(command, log="python.log")
    files = len(list(folder.rglob("*.py")))
    environment = {"PYTHONPATH": str(folder), "MYPYPATH": str(folder)}
    measured = subprocess.check_output([sys.executable, "-c", IMPORT], env=os.environ | environment, text=True)
    plain, below, client = map(float, measured.split())
    print(f"made in {took:.1f} s: {files} files; importing all of it {client:.2f} s of processor time,")
    print(f"  {client / plain:.0f} times http.client and json, {client / below:.1f} times httpx on which it rests")
    checked = run_tool([TOOLS / "mypy", "--strict", HERE / "near.py"], log="mypy.log", environment=environment)
    print(f"near.py has the right types ({checked:.1f} s); it says:", flush=True)
    run_tool([sys.executable, HERE / "near.py", *said], environment=environment)
    return {"python_files": files, "python_import_s": client}


def try_typescript(said: list[str]) -> dict[str, float]:
    """The types of openapi-typescript with openapi-fetch: their size; their program checked and run."""
    folder, tools = MADE / "typescript", HERE / "node_modules" / ".bin"
    print("== TypeScript: openapi-typescript with openapi-fetch", flush=True)
    folder.mkdir()
    for name in ("near.ts", "package.json", "tsconfig.json"):
        shutil.copy(HERE / name, folder)
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    types = folder / "ici.ts"
    took = run_tool([tools / "openapi-typescript", MADE / "openapi.json", "-o", types], log="typescript.log")
    print(f"made in {took:.1f} s: one file of {types.stat().st_size / 1000:.0f} kB")
    checked = run_tool([tools / "tsc", "--project", folder], log="tsc.log")
    print(f"near.ts has the right types ({checked:.1f} s); it says:", flush=True)
    run_tool(["node", folder / "near.js", *said])
    return {"typescript_kb": types.stat().st_size / 1000}


def tell_refusals(document: bytes) -> dict[str, float]:
    """How often the document speaks of refusals, and how many sets of them there are."""
    told = json.loads(document)
    answers = [answer for _, _, operation in operations_of(told) for answer in operation["responses"].values()]
    sets = {answer["$ref"] for answer in answers if "$ref" in answer}
    print(f"document: {len(document) / 1000:.0f} kB, {len(list(operations_of(told)))} operations,")
    print(f"  {len(told['components']['schemas'])} shapes, {len(sets)} sets of refusals", flush=True)
    return {"refusal_sets": len(sets)}


def run_tool(command: list[object], *, log: str = "", environment: dict[str, str] | None = None) -> float:
    """Run a program; its output goes to this file of `var/clients`, or to ours. Returns how many seconds it took."""
    began = time.monotonic()
    words = [str(word) for word in command]
    with (MADE / log).open("w") if log else os.fdopen(os.dup(1), "w") as output:
        # The programs that generators start (ruff) stand beside them.
        path = {"PATH": f"{TOOLS}:{os.environ['PATH']}"}
        done = subprocess.run(
            words, env=os.environ | path | (environment or {}), stdout=output, stderr=output, cwd=MADE
        )
    if done.returncode:
        sys.exit(f"{' '.join(words)} ended with {done.returncode}.\n{(MADE / log).read_text() if log else ''}")
    return time.monotonic() - began


@contextmanager
def served_demo(var: Path) -> Iterator[str]:
    """`ici run` with a database of its own in this folder, as somebody who tries it: the address once it is ready."""
    url = f"http://127.0.0.1:{free_port()}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ICI_")}
    command = [TOOLS / "ici", "run", "--port", url.rpartition(":")[2]]
    with (MADE / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment | {"ICI_VAR": str(var)}, stdout=log, stderr=log)
    try:
        wait_until_ready(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    """Ask until it says so; ends with its log if it never does."""
    until = time.monotonic() + PATIENCE_S
    while server.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=PATIENCE_S)
        except OSError:
            time.sleep(0.1)  # another process starts: we can only ask again
        else:
            return
    sys.exit(f"The server does not become ready:\n{(MADE / 'server.log').read_text()[-3000:]}")


main()
