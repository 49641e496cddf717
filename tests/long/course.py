"""Walk every stop of the course at 60×20, 80×24 and 120×40, answered right and answered wrong, and find every text on
the screen in full: python tests/long/course.py"""

from __future__ import annotations

import sys
from pathlib import Path

from tui_trainer.presets import course


def main() -> None:
    tests = Path(__file__).parents[1]
    sys.path[:0] = [str(tests), str(tests / "reference"), str(tests / "lessons")]
    from test_course import walk_through

    for lesson in course():
        for size in ((60, 20), (80, 24), (120, 40)):
            walk_through(lesson, *size)
        print(f"{lesson.title}: walked", flush=True)


if __name__ == "__main__":
    main()
