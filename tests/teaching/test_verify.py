"""verify must catch every kind of disagreement, and never report what was not compared."""

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from course_lib.teaching import VerificationError, verify


def test_agreement_is_reported_once(capsys):
    verify("2.3", [1.0, 2.0], np.array([1.0, 2.0 + 1e-13]))
    assert capsys.readouterr().out == "✓ (2.3) holds to 1e-12\n"
    verify("2.3", [1, 2], np.array([1, 2], dtype=np.uint8))
    assert capsys.readouterr().out == "✓ (2.3) holds exactly\n"
    verify("2.3", 1e-16, 0.0, atol=1e-15)
    assert capsys.readouterr().out == "✓ (2.3) holds to 1e-12 relative or 1e-15 absolute\n"
    verify("2.3", 1e-16, 0.0, rtol=0, atol=1e-15)
    assert capsys.readouterr().out == "✓ (2.3) holds to 1e-15 absolute\n"
    verify("2.3", np.inf, np.inf)
    verify("2.3", 1j * np.ones(3), [1j] * 3)


@pytest.mark.parametrize(
    ("computed", "oracle", "words"),
    [
        ([1.0, 2.0, 3.5], [1.0, 2.0, 3.0], ["largest difference 0.5", "at [2]", "3.5", "3.0", "1 of 3 entries"]),
        ([[1, 2], [3, 4]], [[1, 2], [4, 3]], ["largest difference 1", "at [1, 0]", "2 of 4"]),
        ([1.0, np.nan], [1.0, np.nan], ["computed is NaN at [1]"]),
        ([1.0, 2.0], [1.0, np.nan], ["oracle is NaN at [1]"]),
        ([1.0, np.inf], [1.0, 2.0], ["largest difference inf at [1]"]),
        (np.inf, -np.inf, ["largest difference inf"]),
        ([1.0, 2.0], [[1.0, 2.0]], ["shape (2,)", "(1, 2)"]),
        ([1.0, 1.0], 1.0, ["shape (2,)"]),
        ([], [], ["nothing was compared"]),
        (1 + 2e-12, 1.0, ["largest difference 2e-12"]),
        ([0.0, 1e-17], [0.0, 0.0], ["atol"]),
        (2**60 + 1, 2**60, ["largest difference 1"]),
        (np.uint8(3), np.uint8(250), ["largest difference 247"]),
        (True, False, ["computed is True"]),
    ],
)
def test_disagreement_names_values_and_place(computed, oracle, words, capsys):
    with pytest.raises(VerificationError) as caught:
        verify("2.3", computed, oracle)
    assert str(caught.value).startswith("(2.3) does not hold")
    for word in words:
        assert word in str(caught.value)
    assert "✓" not in capsys.readouterr().out


def test_tolerance_is_relative_to_each_entry_of_the_oracle():
    with pytest.raises(VerificationError):
        verify("1.1", [1e15, 1.0], [1e15, 2.0])
    verify("1.1", [1e15 + 0.125, 1.0], [1e15, 1.0])


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="number"):
        verify("two", 1, 1)
    with pytest.raises(ValueError, match="number"):
        verify(2.3, 1, 1)
    with pytest.raises(ValueError, match="rtol"):
        verify("2.3", 1, 1, rtol=np.inf)
    with pytest.raises(ValueError, match="atol"):
        verify("2.3", 1, 1, atol=-1)
    with pytest.raises(TypeError, match="computed"):
        verify("2.3", "one", 1)
    with pytest.raises(TypeError, match="oracle"):
        verify("2.3", [1], [[1], [1, 2]])
    array = np.ones(3)
    with pytest.raises(ValueError, match="itself"):
        verify("2.3", array, array)


CELLS = [
    "import numpy as np\nfrom course_lib.teaching import verify",
    "for n in range(1, 21):\n    verify('2.1', np.ones(n), [1.0] * n)\nverify('2.2', 3, 3)\nprint('last line')",
    "for n in []:\n    verify('2.3', n, n + 0)",
    "verify('2.4', 1, 1)\nverify('2.5', [1.0, 2.0], [1.0, 2.5])",
    "print('the next cell')",
    "try:\n    verify('2.6', 1, 2)\nexcept AssertionError:\n    print('caught')\nverify('2.6', 1, 1)",
    "def later(n):\n    verify('2.7', n, 1 + n - 1)",
    "later(5)\nlater(6)",
    "%matplotlib inline\nverify('2.8', 5.0, 5.0)",
    "verify('2.9', 1.0, 1.0, rtol=1e-6)\nverify('2.9', 1.0, 1.0, rtol=1e-9)",
]


@pytest.fixture(scope="module")
def executed():
    """The cells above, run in one kernel; what each printed, and the error's text where it raised."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(notebook, timeout=60, kernel_name="python3", allow_errors=True, coalesce_streams=True).execute()
    printed = []
    for cell in notebook.cells:
        texts = [o.text if o.output_type == "stream" else f"{o.ename}: {o.evalue}" for o in cell.outputs]
        printed.append("\n".join(texts))
    return printed


def test_one_line_for_each_equation_lands_in_its_own_cell(executed):
    assert executed[1] == "last line\n✓ (2.1) holds to 1e-12 on 20 cases\n✓ (2.2) holds exactly\n"
    assert executed[0] == ""
    assert executed[4] == "the next cell\n"


def test_a_verify_that_compared_nothing_is_no_success(executed):
    assert executed[2] == "✗ (2.3) was not checked: this cell never reached its verify\n"


def test_a_failing_cell_raises_with_both_values_and_the_place(executed):
    error = executed[3]
    assert "VerificationError: (2.5) does not hold" in error
    for word in ("largest difference 0.5", "at [1]", "computed = [1. 2.]", "oracle   = [1.  2.5]"):
        assert word in error
    assert "✓ (2.5)" not in error


def test_an_equation_that_failed_once_in_a_cell_does_not_hold(executed):
    assert executed[5] == "caught\n"


def test_a_verify_inside_a_function_counts_where_it_is_called(executed):
    assert executed[6] == ""
    assert executed[7] == "✓ (2.7) holds exactly on 2 cases\n"


def test_magics_do_not_disturb_and_the_loosest_tolerance_is_told(executed):
    assert executed[8] == "✓ (2.8) holds to 1e-12\n"
    assert executed[9] == "✓ (2.9) holds to 1e-06 on 2 cases\n"
