"""The start-up notes of TensorFlow are filtered; everything else on standard error still arrives."""

import signal

import pytest

from tests.helpers import python


@pytest.fixture
def loud_tensorflow(tmp_path):
    """A package named tensorflow that writes to file descriptor 2 while it is loaded, as the real one does."""

    def build(*lines, then=""):
        package = tmp_path / "tensorflow"
        package.mkdir()
        source = f"import os\nfor line in {lines!r}:\n    os.write(2, line.encode())\n{then}\n"
        (package / "__init__.py").write_text(source)
        return str(tmp_path)

    return build


NOTES = (
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n",
    "I0000 00:00:1 1 port.cc:153] oneDNN custom operations are on.\n",
)


def test_notes_vanish_and_other_lines_arrive(loud_tensorflow):
    path = loud_tensorflow(NOTES[0], "E0000 real trouble\n", NOTES[1], "plain words\n")
    done = python("-c", "import course_lib, tensorflow", PYTHONPATH=path)
    assert done.returncode == 0
    assert done.stderr == "E0000 real trouble\nplain words\n"


def test_without_the_filter_the_notes_are_there(loud_tensorflow):
    assert "oneDNN" in python("-c", "import tensorflow", PYTHONPATH=loud_tensorflow(*NOTES)).stderr


def test_a_broken_tensorflow_still_says_why_and_standard_error_comes_back(loud_tensorflow):
    path = loud_tensorflow(NOTES[1], "last words\n", then="raise ImportError('no such library')")
    code = "import course_lib, sys\ntry:\n    import tensorflow\n"
    code += "except ImportError as e:\n    print('after:', e, file=sys.stderr)"
    done = python("-c", code, PYTHONPATH=path)
    assert done.stderr == "last words\nafter: no such library\n"


def test_the_last_words_of_a_tensorflow_that_aborts_arrive(loud_tensorflow):
    """As where the processor has no AVX: a note, the reason, and the process is gone before Python hears of it."""
    path = loud_tensorflow(NOTES[1], "F0000 cpu.cc:1] compiled to use AVX instructions\n", then="os.abort()")
    done = python("-c", "import course_lib, tensorflow", PYTHONPATH=path)
    assert done.returncode == -signal.SIGABRT
    assert done.stderr == "F0000 cpu.cc:1] compiled to use AVX instructions\n"


def test_without_a_process_for_the_filter_everything_arrives(loud_tensorflow):
    code = "import course_lib, sys; sys.executable = '/no/such/python'; import tensorflow; print('loaded')"
    done = python("-c", code, PYTHONPATH=loud_tensorflow(*NOTES))
    assert (done.stdout, done.stderr) == ("loaded\n", "".join(NOTES))


def test_a_missing_tensorflow_is_reported_as_missing():
    code = "import course_lib, sys\nsys.path = []\nimport tensorflow"
    assert "No module named 'tensorflow'" in python("-c", code).stderr


def test_the_loaded_module_looks_as_if_nothing_had_happened(loud_tensorflow):
    code = "import course_lib, tensorflow as t; print(type(t.__loader__).__name__, t.__spec__.loader is t.__loader__)"
    assert python("-c", code, PYTHONPATH=loud_tensorflow()).stdout.split() == ["SourceFileLoader", "True"]


def test_the_real_tensorflow_is_silent():
    done = python("-c", "import course_lib, keras; print(keras.ops.ones(2).shape)", KERAS_BACKEND="tensorflow")
    assert (done.returncode, done.stderr) == (0, "")


SEVERAL_MODELS = """
import course_lib, keras, numpy as np
for n in range(1, 8):
    model = keras.Sequential([keras.Input((n,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    model.predict(np.zeros((2, n)), verbose=0)
    model.evaluate(np.zeros((2, n)), np.zeros(2), verbose=0)
"""
ONE_FUNCTION = """
import course_lib, keras
import tensorflow as tf
double = tf.function(lambda x: 2 * x)
for n in range(8):
    double(n)  # a Python number: a new trace each time
"""


@pytest.mark.parametrize(("code", "warned"), [(SEVERAL_MODELS, False), (ONE_FUNCTION, True)])
def test_only_a_function_that_is_traced_again_is_warned_of(code, warned):
    done = python("-c", code, KERAS_BACKEND="tensorflow")
    assert done.returncode == 0, done.stderr
    assert ("retracing" in done.stderr) == warned
