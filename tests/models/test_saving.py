"""A network that was saved is loaded in a process that knows nothing of it, from any folder."""

import ast

import keras
import numpy as np
import pytest

from course_lib.losses import DiceCrossEntropy
from course_lib.metrics.streaming import MeanIoU
from course_lib.models import saving, weights
from course_lib.models.classifier import classifier
from course_lib.models.fcn import fcn
from course_lib.models.gan import dcgan_discriminator, dcgan_generator, toy_discriminator, toy_generator
from course_lib.models.layers import RandomAffine
from course_lib.models.unet import unet
from course_lib.models.vae import conv_vae, dense_vae
from tests.helpers import ROOT, printed


def compiled():
    model = unet(3, 2, 1, upsampling="bilinear", normalization="group", channels=2)
    model.compile("adam", DiceCrossEntropy(), metrics=[MeanIoU(3)])
    x = np.random.default_rng(0).random((2, 8, 8, 2)).astype("float32")
    model.train_on_batch(x, np.zeros((2, 8, 8), "int32"))
    return model


def in_a_model():
    inputs = keras.Input((8, 8, 1))
    return keras.Model(inputs, dcgan_discriminator((8, 8, 1), 2, spectral=True)(inputs), name="outer")


def everything():
    options = {"pooling": "stride", "residual": True, "normalization": "batch", "convs_per_stage": 2, "dropout": 0.3}
    return classifier((12, 12, 1), filters=(3, 4), embedding=5, augmentation=RandomAffine(), **options)


MODELS = {
    "unet, compiled": compiled,
    "fcn": lambda: fcn(2, stride=2, width=2, depth=2),
    "classifier": everything,
    "toy_generator": toy_generator,
    "toy_discriminator": lambda: toy_discriminator(4, 1, spectral=True),
    "dcgan_generator": lambda: dcgan_generator((8, 8, 1), 3, 2),
    "dcgan_discriminator": lambda: dcgan_discriminator((8, 8, 1), 2, spectral=True, normalization="layer"),
    "nested": in_a_model,
    "dense_vae": lambda: dense_vae((4, 4, 1), 2, (3,), "gaussian", sigma=0.3, beta=2.0),
    "conv_vae": lambda: conv_vae((8, 8, 1), 2, 2),
}
LOAD = """
import sys, numpy as np
from course_lib.models import saving
import keras
folder = sys.argv[1]
for i in range(int(sys.argv[2])):
    x = np.load(f"{folder}/{i}.x.npy")
    models = saving.load(f"{i}.keras"), keras.models.load_model(f"{folder}/{i}.keras")
    ys = [keras.ops.convert_to_numpy(model(x, training=False)) for model in models]
    assert np.array_equal(*ys)
    np.save(f"{folder}/{i}.y.npy", ys[0])
    if models[0].compiled:
        models[0].evaluate(x, np.zeros(x.shape[:3], "int32"), verbose=0)
"""


def test_every_model_comes_back_in_a_fresh_process(tmp_path):
    rng, expected = np.random.default_rng(0), []
    for i, build in enumerate(MODELS.values()):
        model = build()
        for weight in model.weights:
            weight.assign(np.abs(rng.normal(size=weight.shape)) * 0.5 + 0.1)
        saving.save(model, tmp_path / f"{i}.keras")
        shape = getattr(model, "encoder", model).input_shape
        x = rng.random((2, *(side or 8 for side in shape[1:]))).astype("float32")
        np.save(tmp_path / f"{i}.x.npy", x)
        expected.append(keras.ops.convert_to_numpy(model(x, training=False)))
    printed(LOAD, tmp_path, len(MODELS), cwd=tmp_path)
    for i, (name, y) in enumerate(zip(MODELS, expected, strict=True)):
        np.testing.assert_allclose(np.load(tmp_path / f"{i}.y.npy"), y, rtol=1e-5, atol=1e-6, err_msg=name)
    assert not list(tmp_path.glob("*.part.keras"))


def test_weights_alone_come_back_in_a_fresh_process_from_any_folder(tmp_path):
    model = unet(1, 2, 1)
    for weight in model.weights:
        weight.assign(np.random.default_rng(0).random(weight.shape))
    weights.store(model, tmp_path / "mine.npz")
    code = (
        "import numpy as np, sys\nfrom course_lib.models.unet import unet\nfrom course_lib.models.weights import fill\n"
        "model = fill(unet(1, 2, 1), sys.argv[1])\n"
        "print(float(sum(np.asarray(w, 'float64').sum() for w in model.weights)))"
    )
    expected = sum(np.asarray(w, "float64").sum() for w in model.weights)
    for path, cwd in (("mine.npz", tmp_path), (tmp_path / "mine.npz", ROOT)):
        assert float(printed(code, path, cwd=cwd)) == pytest.approx(expected, rel=1e-12)


def classes_for_keras():
    """Every class of the course that has a Keras class above it, by name: found in the text, not by importing."""
    bases = {"Layer", "Loss", "Metric", "Model", "Initializer", "Dense", "Conv2D", "_Weighted", "_Loss", "_Spectral"}
    found, grown, parents = {}, True, set()
    trees = {
        p: ast.parse(p.read_text("utf-8"))
        for p in (ROOT / "course_lib").rglob("*.py")
        if not {"teaching", "experiments"} & set(p.parts)
    }
    while grown:
        grown = False
        for path, tree in trees.items():
            for node in ast.walk(tree):
                if not isinstance(node, ast.ClassDef) or node.name in found:
                    continue
                above = {b.attr if isinstance(b, ast.Attribute) else getattr(b, "id", "") for b in node.bases}
                if above & (bases | set(found)):
                    found[node.name], grown = path, True
                    parents |= above
    return {name for name in found if not name.startswith("_")} - parents


def test_every_class_is_known_to_keras_after_one_import():
    names = classes_for_keras()
    assert {"PadToMultiple", "SpectralConv2D", "VAE", "BilinearKernel", "DiceCrossEntropy", "MeanIoU"} <= names
    code = (
        "import keras\nfrom course_lib.models import saving\n"
        "print(*(n.partition('>')[2] for n in keras.saving.get_custom_objects() if n.startswith('course_lib>')))"
    )
    assert names <= set(printed(code, cwd=ROOT).split())


@pytest.mark.parametrize("how", ["empty", "cut", "text"])
def test_a_damaged_file_is_named(how, tmp_path):
    path = tmp_path / "mine.keras"
    saving.save(toy_generator(2, 3, 1), path)
    path.write_bytes({"empty": b"", "cut": path.read_bytes()[:-200], "text": b"hello"}[how])
    with pytest.raises(ValueError, match="mine.keras is no whole model file"):
        saving.load(path)


def test_places_are_named_before_anything_is_written(tmp_path):
    model = toy_generator(2, 3, 1)
    with pytest.raises(ValueError, match="must end with .keras, got 'a.h5'"):
        saving.save(model, tmp_path / "a.h5")
    with pytest.raises(FileNotFoundError, match="folder that exists, got .*missing"):
        saving.save(model, tmp_path / "missing" / "a.keras")
    with pytest.raises(FileNotFoundError, match="no file .*none.keras"):
        saving.load(tmp_path / "none.keras")


def test_a_failed_save_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "mine.keras"
    saving.save(toy_generator(2, 3, 1), path)
    before = path.read_bytes()
    model = toy_generator(2, 4, 1)

    def full(self, place):
        place.write_bytes(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr(type(model), "save", full)
    with pytest.raises(OSError, match="no space left"):
        saving.save(model, path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.keras"] and path.read_bytes() == before
