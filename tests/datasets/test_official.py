"""The official formats, on small files made byte by byte in the same formats."""

import gzip
import pickle
import struct

import numpy as np
import pytest
from PIL import Image

from course_lib.datasets import official
from course_lib.datasets.files import DataFileError

RNG = np.random.default_rng(0)


# --- idx ---------------------------------------------------------------------------------------------------------


def idx_bytes(array):
    """The format's definition: 0, 0, type, number of axes, big-endian lengths, values."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture(params=["", ".gz"])
def mnist(request, tmp_path):
    arrays = {
        "train-images-idx3-ubyte": RNG.integers(0, 256, (7, 28, 28), dtype=np.uint8),
        "train-labels-idx1-ubyte": RNG.integers(0, 10, 7, dtype=np.uint8),
        "t10k-images-idx3-ubyte": RNG.integers(0, 256, (3, 28, 28), dtype=np.uint8),
        "t10k-labels-idx1-ubyte": RNG.integers(0, 10, 3, dtype=np.uint8),
    }
    for name, array in arrays.items():
        content = idx_bytes(array)
        (tmp_path / (name + request.param)).write_bytes(gzip.compress(content) if request.param else content)
    return tmp_path, arrays, request.param


def test_idx_folder(mnist):
    folder, arrays, _ = mnist
    (x_train, y_train), (x_test, y_test) = official.load_idx_folder(str(folder))
    for found, expected in zip((x_train, y_train, x_test, y_test), arrays.values(), strict=True):
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == np.uint8
        assert found.flags.writeable


def test_idx_missing_and_unpaired(mnist):
    folder, arrays, ending = mnist
    labels = folder / f"t10k-labels-idx1-ubyte{ending}"
    short = idx_bytes(arrays["t10k-labels-idx1-ubyte"][:2])
    labels.write_bytes(gzip.compress(short) if ending else short)
    with pytest.raises(DataFileError, match="t10k-images.* has 3 images but .*t10k-labels.* 2 labels"):
        official.load_idx_folder(folder)
    labels.unlink()
    with pytest.raises(DataFileError, match=r"t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz is missing in"):
        official.load_idx_folder(folder)
    with pytest.raises(DataFileError, match="folder must be a folder that exists"):
        official.load_idx_folder(folder / "nowhere")


def test_idx_cut_short(mnist):
    folder, _, ending = mnist
    path = folder / f"train-images-idx3-ubyte{ending}"
    whole = path.read_bytes()
    for length in (0, 3, 9, 15, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(DataFileError, match="train-images"):
            official.load_idx_folder(folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda b: b + b"x", "is too long"),
        (lambda b: b[:-1], "is cut short"),
        (lambda b: b"\0\0\x0d\3" + b[4:], "is not an idx file of bytes with 3 axes"),
        (lambda b: b"\0\0\x08\1" + b[4:], "is not an idx file of bytes with 3 axes"),
        (lambda b: b[:4] + b"\xff\xff\xff\xff" + b[8:], "is cut short"),
        (lambda b: b"", "is not an idx file"),
    ],
)
def test_idx_wrong_content(tmp_path, change, words):
    path = tmp_path / "images"
    path.write_bytes(change(idx_bytes(np.zeros((2, 4, 4), np.uint8))))
    with pytest.raises(DataFileError, match=words):
        official.read_idx(path, ndim=3)


def test_gz_checksum_is_checked(tmp_path):
    path = tmp_path / "labels.gz"
    content = bytearray(gzip.compress(idx_bytes(RNG.integers(0, 10, 500, dtype=np.uint8))))
    content[-6] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataFileError, match="is damaged or cut short"):
        official.read_idx(path, ndim=1)


# --- CIFAR-10 ----------------------------------------------------------------------------------------------------


def old_string(content):
    """A byte string as Python 2 pickled it, which is how the official batches were written."""
    return b"T" + struct.pack("<i", len(content)) + content


def number(value):
    return b"J" + struct.pack("<i", value)


def batch_bytes(data, labels, module=b"numpy.core.multiarray"):
    """A pickle of protocol 2 in the words of Python 2, opcode by opcode."""
    dtype = b"cnumpy\ndtype\n" + old_string(b"u1") + number(0) + number(1) + b"\x87R"
    dtype += b"(" + number(3) + old_string(b"|") + b"NNN" + number(-1) + number(-1) + number(0) + b"tb"
    array = b"c" + module + b"\n_reconstruct\n" + b"cnumpy\nndarray\n" + number(0) + b"\x85" + old_string(b"b")
    array += b"\x87R" + b"(" + number(1) + number(data.shape[0]) + number(data.shape[1]) + b"\x86" + dtype + b"\x89"
    array += old_string(data.tobytes()) + b"tb"
    pairs = old_string(b"batch_label") + old_string(b"testing batch 1 of 1")
    pairs += old_string(b"labels") + b"](" + b"".join(number(label) for label in labels) + b"e"
    pairs += old_string(b"data") + array
    pairs += old_string(b"filenames") + b"](" + b"".join(old_string(b"cat_%d.png" % i) for i in labels) + b"e"
    return b"\x80\x02}(" + pairs + b"u."


@pytest.fixture
def cifar(tmp_path):
    images = RNG.integers(0, 256, (6, 4, 32, 32, 3), dtype=np.uint8)
    labels = RNG.integers(0, 10, (6, 4))
    for name, x, y in zip([*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"], images, labels, strict=True):
        # a row is 1,024 red values, then green, then blue
        rows = np.stack([np.concatenate([image[..., c].ravel() for c in range(3)]) for image in x])
        (tmp_path / name).write_bytes(batch_bytes(rows, y))
    return tmp_path, images, labels


def test_the_imitated_batch_is_what_python_reads(cifar):
    folder, _, labels = cifar
    batch = pickle.loads((folder / "test_batch").read_bytes(), encoding="bytes")
    assert set(batch) == {b"batch_label", b"labels", b"data", b"filenames"}
    assert batch[b"data"].shape == (4, 3072)
    assert batch[b"labels"] == labels[5].tolist()


def test_cifar10_folder(cifar):
    folder, images, labels = cifar
    (x_train, y_train), (x_test, y_test) = official.load_cifar10_folder(folder)
    np.testing.assert_array_equal(x_train, images[:5].reshape(20, 32, 32, 3))
    np.testing.assert_array_equal(y_train, labels[:5].ravel())
    np.testing.assert_array_equal(x_test, images[5])
    np.testing.assert_array_equal(y_test, labels[5])
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}


def test_cifar10_missing_batch(cifar):
    folder, _, _ = cifar
    (folder / "data_batch_4").unlink()
    with pytest.raises(DataFileError, match="data_batch_4 is missing in"):
        official.load_cifar10_folder(folder)


class Bomb:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_cifar10_pickle_that_would_run_a_program_is_not_opened(cifar):
    folder, _, _ = cifar
    target = folder / "was_here"
    (folder / "data_batch_2").write_bytes(pickle.dumps({b"data": Bomb(target), b"labels": []}))
    with pytest.raises(DataFileError, match=r"data_batch_2 wants to use (io|_io).open, which image data never needs"):
        official.load_cifar10_folder(folder)
    assert not target.exists()


def test_cifar10_damaged_batches_never_load_by_halves(cifar):
    folder, _, _ = cifar
    path = folder / "data_batch_3"
    whole = path.read_bytes()
    for length in [0, 1, 5, *range(10, len(whole), len(whole) // 40)]:
        path.write_bytes(whole[:length])
        with pytest.raises(DataFileError, match="data_batch_3"):
            official.load_cifar10_folder(folder)


def test_cifar10_random_damage_raises_nothing_but_the_named_error(cifar):
    folder, _, _ = cifar
    path = folder / "data_batch_1"
    whole = path.read_bytes()
    header = whole.index(b"cnumpy")
    for _ in range(300):
        content = bytearray(whole)
        content[RNG.integers(0, header + 200)] = RNG.integers(0, 256)
        path.write_bytes(content)
        try:
            official.load_cifar10_folder(folder)
        except DataFileError as error:
            assert "data_batch_1" in str(error)


@pytest.mark.parametrize(
    ("data", "labels", "words"),
    [
        (np.zeros((4, 3000), np.uint8), [0, 1, 2, 3], r"uint8 of shape \(n, 3072\), not .*\(4, 3000\)"),
        (np.zeros((4, 3072), np.uint8), [0, 1, 2], "one label 0 ... 9 for each of its 4 images"),
        (np.zeros((4, 3072), np.uint8), [0, 1, 2, 10], "one label 0 ... 9"),
    ],
)
def test_cifar10_wrong_content(cifar, data, labels, words):
    folder, _, _ = cifar
    (folder / "test_batch").write_bytes(batch_bytes(data, labels))
    with pytest.raises(DataFileError, match=words):
        official.load_cifar10_folder(folder)


# --- Oxford-IIIT Pet ---------------------------------------------------------------------------------------------


@pytest.fixture
def pets(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "annotations" / "trimaps").mkdir(parents=True)
    names = ["Abyssinian_1", "Abyssinian_2", "beagle_7", "pug_12", "pug_13"]
    for i, name in enumerate(names):
        height, width = 40 + 3 * i, 60 - 2 * i
        trimap = np.full((height, width), 2, np.uint8)
        trimap[:, : width // 2] = 1
        trimap[:, width // 2 - 2 : width // 2 + 2] = 3
        picture = np.zeros((height, width, 3), np.uint8)
        picture[:, : width // 2, 0] = 250
        Image.fromarray(picture).save(tmp_path / "images" / f"{name}.jpg", quality=95)
        Image.fromarray(trimap).save(tmp_path / "annotations" / "trimaps" / f"{name}.png")
    (tmp_path / "annotations" / "trimaps" / "._pug_12.png").write_bytes(b"left over by another system")
    lines = [f"{name} 1 1 1\n" for name in names]
    (tmp_path / "annotations" / "trainval.txt").write_text("#Image CLASS-ID SPECIES BREED ID\n" + "".join(lines[:3]))
    (tmp_path / "annotations" / "test.txt").write_text("".join(lines[3:]))
    return tmp_path


def test_pets_folder(pets):
    (x_train, m_train), (x_test, m_test) = official.load_pets_folder(pets, size=32)
    assert x_train.shape == (3, 32, 32, 3)
    assert m_train.shape == (3, 32, 32)
    assert x_test.shape == (2, 32, 32, 3)
    assert {a.dtype for a in (x_train, m_train, x_test, m_test)} == {np.dtype(np.uint8)}
    for x, m in ((x_train, m_train), (x_test, m_test)):
        assert set(np.unique(m)) == {0, 1, 2}
        assert x[..., 0][m == 1].mean() > 200
        assert x[..., 0][m == 0].mean() < 50
        assert (m[:, :, 0] == 1).all()
        assert (m[:, :, -1] == 0).all()


def test_pets_limit_and_gray_pictures(pets):
    Image.fromarray(np.full((40, 60), 128, np.uint8)).save(pets / "images" / "Abyssinian_1.jpg")
    (x_train, m_train), (x_test, _) = official.load_pets_folder(pets, size=16, limit=1)
    assert len(x_train) == len(m_train) == len(x_test) == 1
    assert np.abs(x_train[0].astype(int) - 128).max() <= 2


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda f: (f / "images/pug_13.jpg").unlink(), "images/pug_13.jpg is missing in"),
        (lambda f: (f / "annotations/trimaps/pug_13.png").unlink(), "annotations/trimaps/pug_13.png is missing in"),
        (lambda f: (f / "annotations/test.txt").unlink(), "annotations/test.txt is missing in"),
        (lambda f: (f / "annotations/test.txt").write_text("# nothing\n"), "test.txt lists no pictures"),
        (lambda f: cut(f / "images/beagle_7.jpg"), "beagle_7.jpg is damaged or cut short"),
        (lambda f: cut(f / "annotations/trimaps/beagle_7.png"), "beagle_7.png is damaged or cut short"),
        (lambda f: (f / "images/pug_12.jpg").write_bytes(b"<html>"), "pug_12.jpg is damaged or cut short"),
        (lambda f: save_trimap(f, np.ones((5, 5), np.uint8)), r"pug_12.jpg is .* but .*pug_12.png \(5, 5\)"),
        (lambda f: save_trimap(f, np.zeros((49, 54), np.uint8)), "pug_12.png must hold only 1 .pet., 2 "),
        (lambda f: save_trimap(f, np.ones((49, 54, 3), np.uint8)), "pug_12.png must hold only 1 .pet., 2 "),
    ],
)
def test_pets_damage_is_named(pets, damage, words):
    damage(pets)
    with pytest.raises(DataFileError, match=words):
        official.load_pets_folder(pets, size=16)


def cut(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def save_trimap(folder, values):
    Image.fromarray(values).save(folder / "annotations" / "trimaps" / "pug_12.png")


def test_pets_bad_arguments(pets):
    with pytest.raises(ValueError, match="size must be at least 1, got 0"):
        official.load_pets_folder(pets, size=0)
