"""`python -m tests.cases [--folder ../shared/cases]`"""

import argparse
import io
import sys
from pathlib import Path

from app import logs
from tests.cases import case, rooms, stage


def main() -> int:
    """Try every input; 0 when what came is right everywhere."""
    parser = argparse.ArgumentParser(prog="python -m tests.cases", description="Inputs from public bug reports.")
    where = case.cases_folder()
    parser.add_argument("--folder", type=Path, default=where, help="where they lie (default: %(default)s)")
    folder: Path = parser.parse_args().folder
    if not folder.is_dir():
        print(f"There is no folder {folder}. Name it: make cases CASES=…")
        return 2
    wrong = tried = 0
    with stage.opened_stage() as anyone:
        logs.configure(stream=io.BytesIO())
        for one in rooms.try_all(folder, anyone):
            tried += 1
            wrong += not one.is_right
            print(f"{'right' if one.is_right else 'WRONG'}  {one.name}\n       right  {one.right}")
            if not one.is_right:
                print(f"       came   {one.came}")
    print(f"\n{tried} inputs, {tried - wrong} right, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
