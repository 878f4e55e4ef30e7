"""How fast are the segmentation losses and metrics? Beside those of Keras, MONAI, torchmetrics and others, in one run.

Run it from the root of the repository, on a machine that does nothing else:

    python benchmarks/segmentation.py

It takes some minutes and prints the tables of benchmarks/README.md. Keras is always there; MONAI,
segmentation-models-pytorch and torchmetrics come with ``pip install -e ".[benchmark]"``, and a line says which of them
are missing.

All get the same 8 images of 256 x 256 pixels with 4 classes, as logits or class ids in float32 and int32, and must give
the same result before they are timed. In each row everybody takes turns, call by call. Times are medians; the columns
of the others are ratios to ours: above 1, ours is faster.
"""

import argparse
import datetime
import functools
import importlib
import importlib.metadata
import os
import platform

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # or PyTorch's threads go on spinning in the next one's time

import keras
import numpy as np
from keras import ops

from course_lib import backend, losses, metrics
from course_lib.metrics.streaming import MeanIoU
from course_lib.teaching.timing import time_methods

IMAGES, CLASSES, SEED = 8, 4, 0
PACKAGES = {
    "monai": "monai",
    "segmentation-models-pytorch": "segmentation_models_pytorch.losses",
    "torchmetrics": "torchmetrics",
}
VERSIONS = ("numpy", "scipy", "keras", "tensorflow-cpu", "tensorflow", "jax", "torch", *PACKAGES)


@functools.cache
def images(side):
    """Class ids (8, side, side) int32 and logits (8, side, side, 4) float32: clouds, and somewhat other clouds."""
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(SEED)
    clouds, others = (
        side * gaussian_filter(rng.normal(size=(IMAGES, side, side, CLASSES)), (0, side / 20, side / 20, 0))
        for _ in range(2)
    )
    return clouds.argmax(axis=-1).astype("int32"), (clouds + 0.5 * others).astype("float32")


# --- the losses -------------------------------------------------------------------------------------------------------


def one_hot(y):
    return ops.one_hot(y, CLASSES, dtype="float32")


def keras_tversky(y, z):
    """With alpha and beta in each other's place, because Keras has them so."""
    return keras.losses.Tversky(alpha=0.7, beta=0.3, axis=(1, 2))(one_hot(y), ops.softmax(z))


def keras_dice(y, z):
    return keras.losses.Dice(axis=(1, 2))(one_hot(y), ops.softmax(z))


def keras_cross_entropy(y, z):
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, z)


def keras_focal(y, z):
    return keras.losses.CategoricalFocalCrossentropy(alpha=1, gamma=2, from_logits=True)(one_hot(y), z)


# name -> (ours, Keras's, a package and what makes its loss of channels-first tensors); None where there is none
LOSSES = {
    "cross_entropy": (
        losses.cross_entropy,
        keras_cross_entropy,
        ("torch", lambda: lambda y, z: importlib.import_module("torch.nn.functional").cross_entropy(z, y[:, 0])),
    ),
    "focal": (
        losses.focal,
        keras_focal,  # MONAI averages over the classes, too
        ("monai", lambda: scaled(CLASSES, monai("FocalLoss", gamma=2, use_softmax=True, to_onehot_y=True))),
    ),
    "dice": (losses.dice, keras_dice, ("monai", lambda: monai("DiceLoss", softmax=True, to_onehot_y=True))),
    "jaccard": (
        losses.jaccard,
        None,
        ("monai", lambda: monai("DiceLoss", softmax=True, to_onehot_y=True, jaccard=True)),
    ),
    "tversky": (
        lambda y, z: losses.tversky(y, z, alpha=0.3, beta=0.7),
        keras_tversky,
        ("monai", lambda: monai("TverskyLoss", softmax=True, to_onehot_y=True, alpha=0.3, beta=0.7)),
    ),
    "focal_tversky": (losses.focal_tversky, None, None),
    "generalized_dice": (
        losses.generalized_dice,
        None,
        ("monai", lambda: monai("GeneralizedDiceLoss", softmax=True, to_onehot_y=True, smooth_nr=0, smooth_dr=0)),
    ),
    "lovasz": (
        lambda y, z: losses.lovasz(y, z, empty="skip"),
        None,
        ("segmentation-models-pytorch", lambda: smp("LovaszLoss", mode="multiclass", per_image=True)),
    ),
    "boundary": (losses.boundary, None, None),
    "dice_cross_entropy": (
        losses.dice_cross_entropy,
        lambda y, z: keras_dice(y, z) + keras_cross_entropy(y, z),
        ("monai", lambda: monai("DiceCELoss", softmax=True, to_onehot_y=True)),
    ),
}


def monai(name, **options):
    return getattr(importlib.import_module("monai.losses"), name)(**options)


def smp(name, **options):
    loss = getattr(importlib.import_module("segmentation_models_pytorch.losses"), name)(**options)
    return lambda y, z: loss(z, y[:, 0])


def scaled(factor, loss):
    return lambda y, z: factor * loss(z, y)


def keras_call(loss, *, gradient, compiled, distances=False):
    """Prepare a loss in keras.ops; with ``distances`` the targets are signed distances, which are made beforehand."""

    def compute(y, z):
        return backend.value_and_grad(lambda t: loss(y, t))(z) if gradient else loss(y, z)

    def prepare(side):
        y, z = images(side)
        y, z = map(ops.convert_to_tensor, (losses.signed_distance(y, CLASSES) if distances else y, z))
        run = backend.jit(compute) if compiled else compute
        return lambda: keras.tree.map_structure(ops.convert_to_numpy, run(y, z))

    return prepare


def torch_call(make, *, gradient):
    """Prepare a loss of PyTorch: classes come before rows and columns, and a gradient must be asked for beforehand."""

    def prepare(side):
        import torch

        y, z = images(side)
        y = torch.from_numpy(y).long()[:, None]
        z = torch.from_numpy(np.moveaxis(z, -1, 1).copy()).requires_grad_(gradient)
        loss = make()
        swapped = type(loss).__module__.startswith("monai")

        def run():
            value = loss(z, y) if swapped else loss(y, z)
            if not gradient:
                return value.numpy()
            (slope,) = torch.autograd.grad(value, z)
            return value.detach().numpy(), np.moveaxis(slope.numpy(), 1, -1)

        return run

    return prepare


def loss_methods(name, *, compiled, available):
    """Everyone's way to one loss, forward and with the gradient: {(who, "forward" or "gradient"): prepare}."""
    ours, of_keras, of_torch = LOSSES[name]
    found = {}
    for kind in ("forward", "gradient"):
        options = {"gradient": kind == "gradient", "compiled": compiled}
        found["ours", kind] = keras_call(ours, **options, distances=name == "boundary")
        if of_keras:
            found["Keras", kind] = keras_call(of_keras, **options)
        if of_torch and not compiled and (of_torch[0] in available or of_torch[0] == "torch" and available):
            found[of_torch[0], kind] = torch_call(of_torch[1], gradient=kind == "gradient")
    return found


# --- the metrics ------------------------------------------------------------------------------------------------------


def decided(function):
    """Ours, in NumPy: of true and predicted class ids."""

    def prepare(side):
        y, z = images(side)
        predicted = z.argmax(axis=-1)
        return lambda: function(y, predicted)

    return prepare


def counted(function):
    return decided(lambda y, p: function(metrics.confusion_matrix(y, p, CLASSES)))


def of_masks(function):
    """The mean over all images and classes."""

    def average(y, p):
        return np.mean([function(a == c, b == c) for a, b in zip(y, p, strict=True) for c in range(CLASSES)])

    return decided(average)


def objects(y, p):
    """Pixels of one class that hang together are an object here."""
    from scipy.ndimage import label

    return metrics.Matching.pooled(
        metrics.match_instances(label(a == 1)[0], label(b == 1)[0]) for a, b in zip(y, p, strict=True)
    ).panoptic_quality


def probabilities(side):
    y, z = images(side)
    p = np.exp(z - z.max(axis=-1, keepdims=True))
    return y, p / p.sum(axis=-1, keepdims=True)


def calibration(side):
    y, p = probabilities(side)
    return lambda: metrics.expected_calibration_error(y, p)


def keras_metric(make, *, decide, compiled=False):
    """A metric of Keras, or ours; ``decide``: it takes class ids; ``compiled``: as in `fit`."""

    def prepare(side):
        metric, (y, z) = make(), map(ops.convert_to_tensor, images(side))

        def update(y, z):
            metric.update_state(y, ops.argmax(z, axis=-1) if decide else z)

        step = backend.jit(update, state=list(metric.variables)) if compiled else update

        def run():
            metric.reset_state()
            step(y, z)
            return float(metric.result())

        return run

    return prepare


def torchmetrics(name, **options):
    def prepare(side):
        import torch

        y, p = probabilities(side)
        y, p = torch.from_numpy(y).long(), torch.from_numpy(np.moveaxis(p, -1, 1).copy())
        if name != "multiclass_calibration_error":
            p = p.argmax(dim=1)
        function = getattr(importlib.import_module("torchmetrics.functional.classification"), name)
        return lambda: function(p, y, num_classes=CLASSES, **options).numpy()

    return prepare


def monai_metric(name, **options):
    def prepare(side):
        import torch

        y, z = images(side)
        hot = [torch.from_numpy(np.moveaxis(np.eye(CLASSES, dtype="float32")[a], -1, 1)) for a in (z.argmax(-1), y)]
        function = getattr(importlib.import_module("monai.metrics"), name)
        return lambda: float(function(*hot, include_background=True, **options).mean())

    return prepare


# name -> (ours, the others' by package)
METRICS = {
    "confusion_matrix": (
        decided(lambda y, p: metrics.confusion_matrix(y, p, CLASSES)),
        {"torchmetrics": torchmetrics("multiclass_confusion_matrix")},
    ),
    "pixel_accuracy": (
        counted(metrics.pixel_accuracy),
        {
            "Keras": keras_metric(keras.metrics.SparseCategoricalAccuracy, decide=False),
            "torchmetrics": torchmetrics("multiclass_accuracy", average="micro"),
        },
    ),
    "iou": (counted(metrics.iou), {"torchmetrics": torchmetrics("multiclass_jaccard_index", average="none")}),
    "dice": (counted(metrics.dice), {"torchmetrics": torchmetrics("multiclass_f1_score", average="none")}),
    "mean_iou": (
        counted(metrics.mean_iou),
        {
            "Keras": keras_metric(functools.partial(keras.metrics.MeanIoU, CLASSES), decide=True),
            "torchmetrics": torchmetrics("multiclass_jaccard_index"),
        },
    ),
    "MeanIoU, for fit": (
        keras_metric(functools.partial(MeanIoU, CLASSES), decide=False, compiled=True),
        {"Keras": keras_metric(functools.partial(keras.metrics.MeanIoU, CLASSES), decide=True, compiled=True)},
    ),
    "hausdorff": (of_masks(metrics.hausdorff), {"monai": monai_metric("compute_hausdorff_distance")}),
    "hd95": (of_masks(metrics.hd95), {"monai": monai_metric("compute_hausdorff_distance", percentile=95)}),
    "assd": (of_masks(metrics.assd), {"monai": monai_metric("compute_average_surface_distance", symmetric=True)}),
    "boundary_f1": (of_masks(metrics.boundary_f1), {}),
    "match_instances": (decided(objects), {}),
    "expected_calibration_error": (
        calibration,
        {"torchmetrics": torchmetrics("multiclass_calibration_error", n_bins=15)},
    ),
}


def metric_methods(name, available):
    ours, others = METRICS[name]
    return {("ours", "forward"): ours} | {
        (who, "forward"): prepare for who, prepare in others.items() if who == "Keras" or who in available
    }


# --- the race ---------------------------------------------------------------------------------------------------------


def check_agreement(name, methods, side):
    """Raise if two give different results: a race between unequal results means nothing.

    The tolerance is that of torchmetrics' calibration error, which sums half a million probabilities in float32.
    """
    results = {key: keras.tree.flatten(prepare(side)()) for key, prepare in methods.items()}
    for (who, kind), result in results.items():
        for a, b in zip(results["ours", kind], result, strict=True):
            np.testing.assert_allclose(b, a, rtol=5e-3, atol=1e-7, err_msg=f"{name}, {kind}: {who}")


def race(name, methods, side, repeats):
    """Medians in milliseconds, {(who, kind): ms}."""
    check_agreement(name, methods, side)
    timings = time_methods(methods, [side], repeats, limit=60.0, budget=20.0)
    return {key: 1e3 * by_size[side].median for key, by_size in timings.items()}


def row(name, times, kinds, columns):
    """One line of a table: for each kind our time, then how many times as long the others take."""
    cells = [f"`{name}`"]
    for kind in kinds:
        ours = times["ours", kind]
        cells.append(f"{ours:.1f}")
        for column in columns:
            ratios = [f"{times[who, kind] / ours:.2f}" for who in column if (who, kind) in times]
            cells.append(" ".join(ratios) or "–")
    return f"| {' | '.join(cells)} |"


def head(title, cells):
    return f"\n{title}\n\n| {' | '.join(cells)} |\n|{'---|' * len(cells)}"


def main(argv=None):
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--side", type=int, default=256, help="rows and columns of an image")
    parser.add_argument("--repeats", type=int, default=7, help="rounds, at least 3")
    parser.add_argument("--names", nargs="+", default=list({**LOSSES, **METRICS}), help="which losses and metrics")
    options = parser.parse_args(argv)
    if unknown := set(options.names) - {*LOSSES, *METRICS}:
        parser.error(f"nothing is called {', '.join(sorted(unknown))}; there are {', '.join({**LOSSES, **METRICS})}")
    available = []
    for package, module in PACKAGES.items():
        try:
            importlib.import_module(module)
            available.append(package)
        except Exception as error:  # also one that is there but broken
            print(f"{package} is left out: {type(error).__name__}: {error}")
    print(f"{IMAGES} x {options.side} x {options.side} x {CLASSES}, {os.cpu_count()} cores, {platform.machine()}, "
          f"{datetime.datetime.now(tz=datetime.UTC).date().isoformat()}, on {keras.backend.backend()}.")  # fmt: skip
    print(f"Python {platform.python_version()}, {', '.join(versions())}.")
    for compiled in (False, True):
        rest = ["Keras"] if compiled else ["Keras", "PyTorch's"]
        cells = ["loss", "forward: ours, ms", *rest, "with gradient: ours, ms", *rest]
        print(head("Compiled with XLA, as in `fit`" if compiled else "Called directly", cells))
        for name in (name for name in LOSSES if name in options.names):
            methods = loss_methods(name, compiled=compiled, available=available)
            times = race(name, methods, options.side, options.repeats)
            columns = [["Keras"]] + ([] if compiled else [["torch", *PACKAGES]])
            print(row(name, times, ("forward", "gradient"), columns), flush=True)
    print(head("Metrics", ["metric", "ours, ms", "Keras", "PyTorch's"]))
    for name in (name for name in METRICS if name in options.names):
        times = race(name, metric_methods(name, available), options.side, options.repeats)
        print(row(name, times, ("forward",), [["Keras"], list(PACKAGES)]), flush=True)


def versions():
    """Name and version of the packages that are installed among those that matter here."""
    for package in VERSIONS:
        try:
            yield f"{package} {importlib.metadata.version(package)}"
        except importlib.metadata.PackageNotFoundError:
            continue


if __name__ == "__main__":
    main()
