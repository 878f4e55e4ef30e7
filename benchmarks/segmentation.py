"""How fast are the segmentation losses and metrics? Beside those of Keras, MONAI, torchmetrics and others, in one run.

Run it from the root of the repository, on a machine that does nothing else:

    python benchmarks/segmentation.py

It takes some minutes and prints the tables of benchmarks/README.md. Keras is always there; MONAI,
segmentation-models-pytorch and torchmetrics come with ``pip install -e ".[benchmark]"``, and a line says which of them
are missing.

Where none of them has the metric, it is raced with scikit-image or SciPy, or with what people write themselves in plain
NumPy: a mask for each class, bin, threshold or object.

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
VERSIONS = ("numpy", "scipy", "scikit-image", "keras", "tensorflow-cpu", "tensorflow", "jax", "torch", *PACKAGES)


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


# --- the metrics as scikit-image and SciPy give them, or as people write them in plain NumPy -------------------------


@functools.cache
def labelled(side):
    """For each image the objects of class 1, true and predicted: pixels that hang together, numbered."""
    from scipy.ndimage import label

    y, z = images(side)
    return [(label(a == 1)[0], label(b == 1)[0]) for a, b in zip(y, z.argmax(axis=-1), strict=True)]


def of_objects(function):
    """Of a list of true and predicted label images."""

    def prepare(side):
        pairs = labelled(side)
        return lambda: function(pairs)

    return prepare


def mean_over(function):
    return of_objects(lambda pairs: np.mean([function(a, b) for a, b in pairs]))


def of_probabilities(function):
    def prepare(side):
        y, p = probabilities(side)
        return lambda: function(y, p)

    return prepare


def by_class(function):
    """A score of (TP, FP, FN, TN), class by class, each counted from two masks."""

    def scores(y, p):
        result = []
        for c in range(CLASSES):
            a, b = y == c, p == c
            result.append(function((a & b).sum(), (~a & b).sum(), (a & ~b).sum(), (~a & ~b).sum()))
        return np.array(result)

    return decided(scores)


def rim(mask):
    """The outermost pixels of a mask, by an erosion."""
    from scipy.ndimage import binary_erosion

    return mask & ~binary_erosion(mask)


def plain_surface_dice(a, b, tolerance=2.0):
    from scipy.ndimage import distance_transform_edt

    a, b = rim(a), rim(b)
    near = (distance_transform_edt(~b)[a] <= tolerance).sum() + (distance_transform_edt(~a)[b] <= tolerance).sum()
    return near / (a.sum() + b.sum())


def plain_boundary_iou(a, b, width=2.0):
    from scipy.ndimage import distance_transform_edt

    seams = [m & (distance_transform_edt(np.pad(m, 1))[1:-1, 1:-1] <= width) for m in (a, b)]
    return (seams[0] & seams[1]).sum() / (seams[0] | seams[1]).sum()


def skimage_rand(a, b):
    from skimage.metrics import adapted_rand_error

    return adapted_rand_error(a, b, ignore_labels=(0,))[0]


def skimage_information(a, b):
    from skimage.metrics import variation_of_information

    return variation_of_information(a, b, ignore_labels=(0,)).sum()


def overlap_table(a, b):
    """Intersections over unions of all true objects with all predicted ones, from a histogram of both labels."""
    n, m = a.max() + 1, b.max() + 1
    shared = np.histogram2d(a.ravel(), b.ravel(), bins=(np.arange(n + 1), np.arange(m + 1)))[0]
    union = shared.sum(1, keepdims=True) + shared.sum(0, keepdims=True) - shared
    return shared[1:, 1:] / np.maximum(union[1:, 1:], 1)


def plain_average_precision(pairs):
    tables = [overlap_table(a, b) for a, b in pairs]
    result = []
    for limit in np.arange(50, 100, 5) / 100:
        right = sum((table > limit).sum() for table in tables)
        result.append(right / (sum(table.shape[0] + table.shape[1] for table in tables) - right))
    return np.array(result)


def areas(labels):
    """As scores of objects: the larger the surer."""
    return np.bincount(labels.ravel()).astype(float)


def plain_coco(pairs):
    """Objects one by one, the surest first, and the best precision at 101 recalls."""
    tables = [overlap_table(a, b) for a, b in pairs]
    objects = sorted(
        ((-areas(b)[j], i, j) for i, (_, b) in enumerate(pairs) for j in range(1, b.max() + 1)),
    )
    true, result = sum(len(table) for table in tables), []
    for limit in np.arange(50, 100, 5) / 100:
        right = np.cumsum([(tables[i][:, j - 1] > limit).any() for _, i, j in objects])
        recall, precision = right / true, right / np.arange(1, len(right) + 1)
        best = [precision[recall >= r].max(initial=0) for r in np.arange(101) / 100]
        result.append(np.mean(best))
    return np.array(result)


@functools.cache
def segments(side):
    """For each image category and number of every pixel, true and predicted: class 0 is stuff, the others things."""
    from scipy.ndimage import label

    def named(ids):
        numbers = sum(label(ids == c)[0] for c in range(1, CLASSES))
        return np.stack([ids, numbers], axis=-1)

    y, z = images(side)
    return [(named(a), named(b)) for a, b in zip(y, z.argmax(axis=-1), strict=True)]


def of_segments(function):
    def prepare(side):
        pairs = segments(side)
        return lambda: function(pairs)

    return prepare


def our_panoptic(pairs):
    return metrics.PanopticScores.pooled(metrics.panoptic_quality(a, b, CLASSES, stuff=[0]) for a, b in pairs).mean


def plain_panoptic(pairs):
    """Every segment a mask, every pair of one category compared."""
    total, right, errors = (np.zeros(CLASSES) for _ in range(3))
    for images in pairs:
        masks = [[((c, n), (x == (c, n)).all(-1)) for c, n in np.unique(x.reshape(-1, 2), axis=0)] for x in images]
        matched = 0 * right
        for (c, _), a in masks[0]:
            for (other, _), b in masks[1]:
                if c == other:
                    iou = (a & b).sum() / (a | b).sum()
                    if iou > 0.5:
                        total[c], matched[c] = total[c] + iou, matched[c] + 1
        right += matched
        errors += sum(np.bincount([c for (c, _), _ in side], minlength=CLASSES) - matched for side in masks)
    return np.mean(total / (right + errors / 2))


def plain_bins(came_true, p, n_bins=15):
    """Pixel masks of the bins that are not empty, with share and gap of each."""
    index = np.minimum((p.astype(float) * n_bins).astype(int), n_bins - 1)
    for b in range(n_bins):
        inside = index == b
        if inside.any():
            yield inside, inside.mean(), came_true[inside].mean() - p[inside].mean(dtype=float)


def plain_classwise(y, p):
    y, p = y.ravel(), p.reshape(-1, CLASSES)
    return np.array(
        [sum(share * abs(gap) for _, share, gap in plain_bins(y == c, p[:, c])) for c in range(CLASSES)],
    )


def plain_debiased(y, p):
    y, p = y.ravel(), p.reshape(-1, CLASSES)
    sure, right = p.max(-1), p.argmax(-1) == y
    square = sum(
        share * (gap**2 - np.var(right[inside] - sure[inside].astype(float), ddof=1) / inside.sum())
        for inside, share, gap in plain_bins(right, sure)
    )
    return np.sqrt(square)


def our_threshold(y, p):
    return metrics.choose_threshold(y == 1, p[..., 1]).scores


def plain_threshold(y, p):
    result = []
    for limit in np.arange(1, 20) / 20:
        found = p[..., 1] > np.float32(limit)
        result.append(np.mean([2 * (a & b).sum() / (a.sum() + b.sum()) for a, b in zip(y == 1, found, strict=True)]))
    return np.array(result)


def scipy_temperature(y, z):
    from scipy.optimize import minimize_scalar
    from scipy.special import logsumexp

    y, z = y.ravel(), z.reshape(-1, CLASSES).astype(float)

    def cross_entropy(log_temperature):
        scaled = z / np.exp(log_temperature)
        return np.mean(logsumexp(scaled, axis=1) - scaled[np.arange(len(y)), y])

    return np.exp(minimize_scalar(cross_entropy, bounds=(-5, 5), method="bounded").x)


def of_logits(function):
    def prepare(side):
        y, z = images(side)
        return lambda: function(y, z)

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
    "precision": (counted(metrics.precision), {"plain": by_class(lambda tp, fp, fn, tn: tp / (tp + fp))}),
    "sensitivity": (counted(metrics.sensitivity), {"plain": by_class(lambda tp, fp, fn, tn: tp / (tp + fn))}),
    "specificity": (counted(metrics.specificity), {"plain": by_class(lambda tp, fp, fn, tn: tn / (tn + fp))}),
    "f_beta": (
        counted(lambda matrix: metrics.f_beta(matrix, beta=2)),
        {"plain": by_class(lambda tp, fp, fn, tn: 5 * tp / (5 * tp + 4 * fn + fp))},
    ),
    "surface_dice": (of_masks(metrics.surface_dice), {"SciPy": of_masks(plain_surface_dice)}),
    "boundary_iou": (of_masks(metrics.boundary_iou), {"SciPy": of_masks(plain_boundary_iou)}),
    "adapted_rand": (
        mean_over(lambda a, b: metrics.adapted_rand(a, b).error),
        {"scikit-image": mean_over(skimage_rand)},
    ),
    "variation_of_information": (
        mean_over(lambda a, b: metrics.variation_of_information(a, b).total),
        {"scikit-image": mean_over(skimage_information)},
    ),
    "average_precision": (
        of_objects(
            lambda pairs: metrics.average_precision(
                metrics.Matching.pooled(metrics.match_instances(a, b) for a, b in pairs)
            )
        ),
        {"plain": of_objects(plain_average_precision)},
    ),
    "coco_average_precision": (
        of_objects(
            lambda pairs: metrics.coco_average_precision(
                [metrics.match_instances(a, b) for a, b in pairs], [areas(b) for _, b in pairs]
            )
        ),
        {"plain": of_objects(plain_coco)},
    ),
    "panoptic_quality": (of_segments(our_panoptic), {"plain": of_segments(plain_panoptic)}),
    "brier_score": (
        of_probabilities(metrics.brier_score),
        {"plain": of_probabilities(lambda y, p: ((p - np.eye(CLASSES)[y]) ** 2).sum(axis=-1).mean())},
    ),
    "classwise_calibration_error": (
        of_probabilities(metrics.classwise_calibration_error),
        {"plain": of_probabilities(plain_classwise)},
    ),
    "debiased_calibration_error": (
        of_probabilities(metrics.debiased_calibration_error),
        {"plain": of_probabilities(plain_debiased)},
    ),
    "fit_temperature": (of_logits(metrics.fit_temperature), {"SciPy": of_logits(scipy_temperature)}),
    "choose_threshold": (of_probabilities(our_threshold), {"plain": of_probabilities(plain_threshold)}),
}
HERE = ("Keras", "scikit-image", "SciPy", "plain")  # what needs no extra


def metric_methods(name, available):
    ours, others = METRICS[name]
    return {("ours", "forward"): ours} | {
        (who, "forward"): prepare for who, prepare in others.items() if who in HERE or who in available
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
    print(head("Metrics", ["metric", "ours, ms", "Keras", "PyTorch's", "scikit-image, SciPy or plain NumPy"]))
    for name in (name for name in METRICS if name in options.names):
        times = race(name, metric_methods(name, available), options.side, options.repeats)
        print(row(name, times, ("forward",), [["Keras"], list(PACKAGES), list(HERE[1:])]), flush=True)


def versions():
    """Name and version of the packages that are installed among those that matter here."""
    for package in VERSIONS:
        try:
            yield f"{package} {importlib.metadata.version(package)}"
        except importlib.metadata.PackageNotFoundError:
            continue


if __name__ == "__main__":
    main()
