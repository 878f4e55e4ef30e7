"""Archives of arrays: every number format comes back, half a file never is one, and a message names the file."""

import zipfile

import ml_dtypes
import numpy as np
import pytest

from course_lib.models import archive


@pytest.mark.parametrize("dtype", [np.float16, np.float64, np.uint32, ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn])
def test_every_number_format_comes_back(dtype, tmp_path):
    arrays = {"a/0": np.arange(6).reshape(2, 3).astype(dtype), "b": np.array(1.5).astype(dtype)}
    archive.write(tmp_path / "a.npz", arrays)
    again = archive.read(tmp_path / "a.npz")
    assert again.keys() == arrays.keys()
    for name, array in arrays.items():
        assert again[name].dtype == array.dtype and again[name].shape == array.shape
        assert again[name].tobytes() == array.tobytes()


def test_a_name_with_an_at_sign_stays_itself(tmp_path):
    archive.write(tmp_path / "a.npz", {"me@home/kernel": np.ones(2, ml_dtypes.bfloat16)})
    assert list(archive.read(tmp_path / "a.npz")) == ["me@home/kernel"]


@pytest.mark.parametrize("name", ["a@b/kernel", "a@bfloat16", "a@float32", "a@", "@", "@bfloat16", "a@finfo", "file"])
@pytest.mark.parametrize("dtype", [np.float32, np.uint16, ml_dtypes.bfloat16])
def test_every_name_comes_back(name, dtype, tmp_path):
    archive.write(tmp_path / "a.npz", {name: np.arange(3).astype(dtype)})
    ((again, array),) = archive.read(tmp_path / "a.npz").items()
    assert again == name and array.dtype == dtype
    np.testing.assert_array_equal(array.astype(float), [0, 1, 2])


def test_names_with_an_at_sign_that_others_wrote_are_left_alone(tmp_path):
    np.savez(tmp_path / "a.npz", **{"a@b/kernel": np.ones(2)})
    assert list(archive.read(tmp_path / "a.npz")) == ["a@b/kernel"]


def test_the_bytes_are_those_of_savez(tmp_path):
    arrays = {"a/b": np.arange(6.0).reshape(2, 3), "c": np.array("text")}
    archive.write(tmp_path / "a.npz", arrays)
    np.savez(tmp_path / "b.npz", **arrays)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_what_is_no_array_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as file:
        file.writestr("notes.txt", "not an array")
    with pytest.raises(ValueError, match=r"a\.npz is no whole archive.*it holds 'notes.txt', which is no array"):
        archive.read(tmp_path / "a.npz")
    with pytest.raises(TypeError, match="'x' holds Python objects"):
        archive.write(tmp_path / "b.npz", {"x": np.array([print], dtype=object)})
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


def damaged(content, how):
    middle = len(content) // 2
    return {
        "empty": b"",
        "cut in the middle": content[:middle],
        "cut at the end": content[:-5],
        "altered": content[:100] + bytes([content[100] ^ 255]) + content[101:],
        "text": b"weights of my network",
        "one array": b"\x93NUMPY\x01\x00",
        "no arrays": b"PKnothing of the kind",
    }[how]


@pytest.mark.parametrize(
    "how", ["empty", "cut in the middle", "cut at the end", "altered", "text", "one array", "no arrays"]
)
def test_a_damaged_file_is_named(how, tmp_path):
    path = tmp_path / "mine.npz"
    archive.write(path, {"a": np.arange(50.0)})
    path.write_bytes(damaged(path.read_bytes(), how))
    with pytest.raises(ValueError, match=r"mine\.npz is no whole archive of arrays .* cut short or altered: ."):
        archive.read(path)


def test_a_pickle_is_never_run(tmp_path):
    np.savez(tmp_path / "p.npz", x=np.array([print], dtype=object))
    with pytest.raises(ValueError, match="p.npz.*allow_pickle"):
        archive.read(tmp_path / "p.npz")


def test_a_broken_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.npz"
    archive.write(path, {"x": np.arange(3)})

    def full(number):
        raise OSError("no space left on device")

    monkeypatch.setattr(archive.os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        archive.write(path, {"x": np.arange(5)})
    np.testing.assert_array_equal(archive.read(path)["x"], np.arange(3))
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_to_is_named(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="must end with .npz, got 'a.txt'"):
        archive.write(tmp_path / "a.txt", {})
    with pytest.raises(FileNotFoundError, match="folder that exists, got .*missing.a.npz"):
        archive.write(tmp_path / "missing" / "a.npz", {})
    (tmp_path / "b.npz").mkdir()
    with pytest.raises(IsADirectoryError, match="b.npz' is a folder"):
        archive.write(tmp_path / "b.npz", {})
    with pytest.raises(FileNotFoundError, match="none.npz"):
        archive.read(tmp_path / "none.npz")
    monkeypatch.setattr(archive.os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError, match="may be written to, got .*a.npz"):
        archive.checked(tmp_path / "a.npz")
