"""A network that was saved is loaded in a process that knows nothing of it, from any folder."""

import ast

import keras
import numpy as np
import pytest

from course_lib.losses import DiceCrossEntropy
from course_lib.metrics.streaming import MeanIoU
from course_lib.models import saving, weights
from course_lib.models.classifier import classifier
from course_lib.models.denoiser import denoiser
from course_lib.models.fcn import fcn
from course_lib.models.gan import dcgan_discriminator, dcgan_generator, toy_discriminator, toy_generator
from course_lib.models.layers import RandomAffine
from course_lib.models.modulation import SpatialModulation
from course_lib.models.partial import PartialConv2D
from course_lib.models.superresolution import espcn
from course_lib.models.unet import unet
from course_lib.models.vae import conv_vae, dense_vae
from course_lib.training.diffusion import FlowBatches, FlowMatching, adam
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


def modulated():
    image = keras.Input((8, 8, 2))
    known = keras.layers.MaxPooling2D(3, 1, "same")(image[..., :1])
    features, known = PartialConv2D(3)(image, known)
    return keras.Model(image, SpatialModulation(4)(features, known))


MODELS = {
    "unet, compiled": compiled,
    "fcn": lambda: fcn(2, stride=2, width=2, depth=2),
    "classifier": everything,
    "toy_generator": toy_generator,
    "toy_discriminator": lambda: toy_discriminator(4, 1, spectral=True),
    "dcgan_generator": lambda: dcgan_generator((8, 8, 1), 3, 2),
    "dcgan_discriminator": lambda: dcgan_discriminator((8, 8, 1), 2, spectral=True, normalization="layer"),
    "nested": in_a_model,
    "espcn": lambda: espcn(2, 3),
    "two inputs a layer": modulated,
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
    """Every class of the course that has a Keras class above it, and its module: found without importing."""
    bases = {"Layer", "Loss", "Metric", "Model", "Initializer", "Dense", "Conv2D", "_Weighted", "_Loss", "_Spectral"}
    bases |= {"LearningRateSchedule", "Optimizer"}
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
    return {
        name: ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for name, path in found.items()
        if not name.startswith("_") and name not in parents
    }


def known_after(*modules):
    code = (
        f"import keras, {', '.join(modules)}\n"
        "print(*(n.partition('>')[2] for n in keras.saving.get_custom_objects() if n.startswith('course_lib>')))"
    )
    return set(printed(code, cwd=ROOT).split())


def test_every_class_is_known_to_keras_after_one_import():
    modules = classes_for_keras()
    assert {"PadToMultiple", "SpectralConv2D", "VAE", "BilinearKernel", "DiceCrossEntropy", "MeanIoU"} <= set(modules)
    assert {"SubPixel", "PartialConv2D", "SpatialModulation", "Waves"} <= set(modules)
    ways = {name for name, module in modules.items() if module.startswith("course_lib.training.")}
    assert {"FlowMatching", "WarmUpThenFall"} <= ways  # loaded when a file names them: the next test
    assert set(modules) - ways <= known_after("course_lib.models.saving")
    assert ways <= known_after(*(modules[name] for name in ways))


LOAD_FLOW = """
import sys, numpy as np
from course_lib.models import saving
model = saving.load(sys.argv[1])
assert type(model).__module__ == "course_lib.training.diffusion"
np.savez(sys.argv[2], *model.get_weights(), *(np.asarray(v) for v in model.optimizer.variables))
print(int(model.steps), float(model.optimizer.learning_rate))
"""


def test_a_way_of_training_comes_back_in_a_fresh_process(tmp_path):
    model = FlowMatching(denoiser((8, 8, 1), 3, width=4), average=0.9)
    model.compile(adam(steps=10, warmup=4), jit_compile=False)
    images, labels = np.random.default_rng(0).random((6, 8, 8, 1)).astype("float32"), np.arange(6) % 3
    model.fit(FlowBatches(images, labels, 4, classes=3), steps_per_epoch=2, verbose=0)
    saving.save(model, tmp_path / "flow.keras")
    steps, rate = printed(LOAD_FLOW, tmp_path / "flow.keras", tmp_path / "again.npz", cwd=tmp_path).split()
    assert int(steps) == 2
    assert float(rate) == pytest.approx(2e-3 * 3 / 4 * (1 - 2 / 10), rel=1e-5)
    expected = [*model.get_weights(), *(keras.ops.convert_to_numpy(v) for v in model.optimizer.variables)]
    with np.load(tmp_path / "again.npz") as again:
        assert len(again.files) == len(expected)
        for name, value in zip(again.files, expected, strict=True):
            np.testing.assert_array_equal(again[name], value)


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
