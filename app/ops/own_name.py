"""How the person at this keyboard calls `ici`: what we tell them to type must be found when they type it."""

import os
import re
import shutil
import sys
from pathlib import Path

COMMAND = re.compile(r"(?<![\w./-])ici (?=[a-z])")


def own_name() -> str:
    """`ici` if the shell finds this very one by that name; else its path, from where we are when it is near."""
    script = Path(sys.executable).parent / "ici"
    found = shutil.which("ici")
    if found and Path(found).absolute() == script:
        return "ici"
    near = os.path.relpath(script)
    return str(script) if near.startswith("..") else near


def spell_commands(text: str) -> str:
    """The text with each command in it spelled as this person can type it: `ici up` may be `.venv/bin/ici up`."""
    return COMMAND.sub(f"{own_name()} ", text)
