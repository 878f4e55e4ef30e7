"""What the package gives at once, and what that costs."""

import subprocess
import sys

from course_lib import metrics


def test_numpy_is_enough_to_load_everything_but_the_metric_of_fit():
    heavy = "{'tensorflow', 'keras', 'jax', 'scipy'}"
    code = "import sys; from course_lib import metrics; from course_lib.metrics import generation, modes, statistics"
    code += f"; sys.exit(bool({heavy} & {{*sys.modules}}))"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_what_it_gives_is_what_it_says():
    """Every public name of the files of segmentation, and none that is also the name of a file."""
    inside = (
        "confusion", "surface", "instances", "detections", "panoptic", "partitions", "calibration", "temperature",
        "thresholds",
    )  # fmt: skip
    files = [getattr(metrics, name) for name in inside]
    own = {
        name
        for file in files
        for name, value in vars(file).items()
        if getattr(value, "__module__", None) == file.__name__ and not name.startswith("_")
    }
    assert own == set(metrics.__all__)
    assert not own & {*inside, "generation", "modes", "statistics", "streaming"}
