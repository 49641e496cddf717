"""`tui-trainer lessons`: the course and how far one has come, and grading without a screen."""

from __future__ import annotations

import argparse

from tui_trainer.cli.arguments import add_settings
from tui_trainer.cli.command import Command, Parser, UsageError


def _add_arguments(parser: Parser) -> None:
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--reset", nargs="*", action="extend", metavar="NAME", help="forget what was done, in these lessons or in all"
    )
    form.add_argument("--skip", nargs="+", action="extend", metavar="NAME", help="mark a lesson as known")
    graded = form.add_argument("--grade", metavar="FILE|NAME", help="judge the tasks of a lesson, without a screen")
    run = parser.add_argument(
        "--run",
        nargs="*",
        action="extend",
        metavar="NAME|FILE.toml",
        help="with --grade: recordings (without a name all of this lesson), or files of the student; a task is met if "
        "one of them meets it",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each lesson or task")
    add_settings(parser)
    parser.offers |= {graded: "preset files", run: "preset files"}


def _carry_out(arguments: argparse.Namespace) -> int:
    if arguments.grade is None and (arguments.run is not None or arguments.set or arguments.seed is not None):
        raise UsageError("--run, --set and --seed go with --grade")
    if arguments.grade is not None:
        from tui_trainer.cli.grading import grade_lesson

        return grade_lesson(arguments)
    from tui_trainer.cli.course import keep_or_list

    return keep_or_list(arguments)


LESSONS = Command(
    summary="list the course and how far you have come, or grade a lesson",
    description="The course, how far you have come, and grading without a screen.",
    add_arguments=_add_arguments,
    carry_out=_carry_out,
    epilog="exit status: 0 done, 2 wrong usage or bad input, 5 a task was not met",
)
