"""Say everything on every terminal: a sign that it cannot show is written with letters, not answered with an error.

The course prints ✓, →, ∞ and the like. A terminal or a file in an older encoding (cp1252 on Windows, ASCII under some
servers) has no such signs, and Python then ends the program. Here each gets letters that say the same.
"""

import codecs
import sys
import unicodedata

NAME = "course_lib.letters"
LETTERS = {
    "✓": "+", "✗": "x", "✎": "-", "→": "->", "←": "<-", "×": "x", "·": "*", "∞": "inf", "…": "...", "√": "sqrt",
    "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "±": "+-", "−": "-", "–": "-", "—": "-", "Σ": "sum", "∂": "d",
    "’": "'", "‘": "'", "“": '"', "”": '"', "⁄": "/", "░": ".", "█": "#",
}  # fmt: skip


def install():
    """Let standard output and standard error write what their encoding lacks with letters; UTF-8 lacks nothing."""
    codecs.register_error(NAME, letters)
    for stream in (sys.stdout, sys.stderr):
        # a notebook's streams, and those of test runners, are no text files and take everything
        if hasattr(stream, "reconfigure") and not (stream.encoding or "").lower().startswith("utf"):
            stream.reconfigure(errors=NAME)


def letters(error):
    """The error handler: (what to write in place of the signs that cannot be encoded, where to go on)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_letters, error.object[error.start : error.end])), error.end


def _letters(sign):
    if sign in LETTERS:
        return LETTERS[sign]
    script, case, *name = unicodedata.name(sign, "? ? ?").split()
    if script == "GREEK" and name[:1] == ["LETTER"]:
        return name[1].lower() if case == "SMALL" else name[1].title()
    parts = unicodedata.normalize("NFKD", sign)  # é is e with an accent, and ½ is 1⁄2
    return "".join(p if p.isascii() else LETTERS.get(p, "") for p in parts) or f"\\u{ord(sign):04x}"
