"""``python -m course_lib COMMAND``: each command is a module with ``main(arguments)``, loaded when asked for."""

import importlib
import sys

COMMANDS = {
    "lab": ("course_lib.lab", "", "open JupyterLab on the first chapter"),
    "doctor": ("course_lib.doctor", "", "say whether this machine is ready, and what to do if not"),
    "check": (
        "course_lib.teaching.notebooks.check",
        "[NN ...]",
        "list each numbered equation with the cell that verifies it",
    ),
    "refresh": (
        "course_lib.teaching.notebooks.refresh",
        "NN|all",
        "run a chapter anew and store what it prints and draws",
    ),
    "own": ("course_lib.teaching.notebooks.own", "IMAGES MASKS", "write a notebook for your own images and masks"),
    "segment": (
        "course_lib.inference.segmenter",
        "MODEL IMAGES TO",
        "write masks of your images by a network that you saved",
    ),
    "serve": ("course_lib.inference.server", "FOLDER", "answer over HTTP with masks, by a network that you saved"),
    "progress": ("course_lib.exercises.overview", "", "list the exercises that you have solved"),
}
USAGE = "\n".join(
    [
        "usage: python -m course_lib COMMAND ...",
        "",
        *(f"  {command:8} {options:15} {purpose}" for command, (_, options, purpose) in COMMANDS.items()),
    ]
)


def main(arguments):
    """Run the command that ``arguments[0]`` names; return its exit status, or 2 when it cannot be run."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(USAGE)
        return 0 if arguments else 2
    command, *rest = arguments
    if command not in COMMANDS:
        print(f"There is no command {command!r}.\n\n{USAGE}", file=sys.stderr)
        return 2
    try:
        module = importlib.import_module(COMMANDS[command][0])
    except ImportError as error:
        print(f"{error}. `python -m course_lib doctor` says what is missing and what to do.", file=sys.stderr)
        return 2
    return module.main(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
