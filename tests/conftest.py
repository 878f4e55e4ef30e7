"""How hypothesis searches here: without a clock, since a busy machine is not a bug; always the same cases under CI."""

import os

from hypothesis import settings

settings.register_profile("course", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("course")
