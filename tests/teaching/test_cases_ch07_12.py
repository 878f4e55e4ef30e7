"""Plausible wrong answers to the exercises of chapters 07 to 12 are not taken for right, and right ones in other dress are.

Each row is the body of a function with the exercise's own arguments: an expression, or statements that end with
`return`. Most of the wrong ones are right on vectors, on whole numbers, on squares, for one value of a parameter or for
tame numbers: they are found out only if the cases vary.
"""

import math

import numpy as np
import pytest
from scipy import ndimage, spatial, special, stats

from course_lib.teaching.compare import quote
from course_lib.teaching.exercise import FunctionExercise, ValueExercise, wrong_value
from course_lib.teaching.exercise_rules import solved_by
from course_lib.teaching.progress import all_exercises

CHAPTERS = ("7", "8", "10", "11", "12")
EXERCISES = {e.number: e for es in all_exercises().values() for e in es if e.number.partition(".")[0] in CHAPTERS}
FUNCTIONS = [number for number, e in EXERCISES.items() if isinstance(e, FunctionExercise)]
VALUES = [number for number, e in EXERCISES.items() if isinstance(e, ValueExercise)]
KNOWN = {"np": np, "math": math, "ndimage": ndimage, "spatial": spatial, "special": special, "stats": stats}

# where learners answer with what they would train with: Keras computes in float32
SINGLE = [
    "7.1", "7.2", "7.3", "7.4", "7.7", "7.8", "8.7", "8.10", "8.11", "10.2", "10.3", "10.4", "10.7", "10.9",
    "11.1", "11.4", "11.7", "11.11", "11.12", "11.14", "12.1", "12.3", "12.8", "12.10",
]  # fmt: skip

WRONG = {
    "7.1": [
        "np.sum(p * np.log((p + 1e-7) / (q + 1e-7)))",
        "np.sum(p * np.log(np.clip(p, 1e-3, 1) / np.clip(q, 1e-3, 1)))",
        "abs(np.sum(q * np.log(q / p)))",
        "np.sum(np.abs(p[p > 0] * np.log(p[p > 0] / q[p > 0])))",
        "np.sum(np.maximum(p[p > 0] * np.log(p[p > 0] / q[p > 0]), 0))",
        "np.sum(p[p > 0] * np.log10(p[p > 0] / q[p > 0]))",
        "out = np.zeros_like(p); s = p > 0; out[s] = p[s] * np.log(p[s] / q[s]); return out.sum()",
        "s = (p > 0) & (p < 1); return np.sum(p[s] * np.log(p[s] / q[s]))",
        "np.sum(p * np.where(p == 0, 0, np.log(p / q)))[()] * (p.size == 2)",
        "stats.entropy(p, q) + stats.entropy(q, p)",
        "np.sum((p - q) * np.log((p + 1e-12) / (q + 1e-12)))",
        "np.sum(p * np.log(p + 1e-12)) + np.sum(q * np.log(q + 1e-12))",
        "0 if p.min() == 0 else np.sum(p * np.log(p / q))",
    ],
    "7.2": [
        "sum(np.logaddexp(0, z) - y * z) / len(z)",
        "(np.logaddexp(0, z) - y * z).mean(0)",
        "(np.logaddexp(0, z) - y * z).mean(-1)",
        "np.sum(np.logaddexp(0, z) - y * z) / len(z)",
        "p = 1 / (1 + np.exp(-z)); return -np.mean(y * np.log(p + 1e-9) + (1 - y) * np.log(1 - p + 1e-9))",
        "z = np.clip(z, -100, 100); return np.mean(np.logaddexp(0, z) - y * z)",
        "out = np.zeros_like(z); out[...] = np.logaddexp(0, z) - y * z; return out.mean()",
        "np.mean(np.log(1 + np.exp(np.minimum(z, 500))) - y * z)",
        "np.mean(np.maximum(z, 0) - y * z)",
        "np.mean(np.maximum(z, 0) + y * z + np.log1p(np.exp(-np.abs(z))))",
        "np.mean(np.logaddexp(0, -z))",
        "np.mean(np.where(y == 1, np.log1p(np.exp(-z)), np.log1p(np.exp(z))))",
        "np.median(np.logaddexp(0, z) - y * z)",
        "np.mean(np.abs(z) * (y != (z > 0)))",
        "np.mean(np.logaddexp(0, z) - y * z) / np.log(2)",
    ],
    "7.3": [
        "p = np.zeros_like(z); p[...] = special.softmax(z); p[c] -= 1; return p",
        "p = special.softmax(z); p[0] -= 1; return p",
        "p = special.softmax(z); p[np.argmax(z)] -= 1; return p",
        "p = special.softmax(z); p[c - 1] -= 1; return p",
        "p = special.softmax(z); return p - np.eye(3)[c]",
        "p = np.round(special.softmax(z), 3); p[c] -= 1; return p",
        "p = special.softmax(z); p[c] = p[c] - 1; return p[c]",
        "p = special.softmax(z); p[c] -= 1; return np.abs(p)",
        "p = special.softmax(z); p[c] -= 1; return p / np.linalg.norm(p)",
        "e = np.exp(z); p = e / (e.sum() + 1e-3); p[c] -= 1; return p",
        "p = special.softmax(z) * (1 - special.softmax(z)[c]); p[c] *= -1; return p",
        "z -= z.max(); p = np.exp(z) / np.exp(z).sum(); p[c] -= 1; return p",
    ],
    "7.4": [
        "sum(sum(-np.take_along_axis(special.log_softmax(z, -1), y[..., None], -1)[..., 0])) / len(y)",
        "-np.take_along_axis(special.log_softmax(z, -1), y[..., None], -1).mean(0)",
        "-np.take_along_axis(special.log_softmax(z, -1), y[..., None], -1).sum() / len(y)",
        "z = z - z.max(); z = z - np.log(np.exp(z).sum(-1, keepdims=True)); "
        "return -np.take_along_axis(z, y[..., None], -1).mean()",
        "z = z - z.max((0, 1)); z = z - np.log(np.exp(z).sum(-1, keepdims=True)); "
        "return -np.take_along_axis(z, y[..., None], -1).mean()",
        "-np.mean(special.log_softmax(z, -1) * np.eye(z.shape[-1])[y])",
        "-np.mean(np.sum(special.log_softmax(z, -1) * (np.arange(2) == y[..., None]), -1))",
        "p = special.softmax(z, -1); return -np.mean(np.log(np.take_along_axis(p, y[..., None], -1) + 1e-9))",
        "-np.mean(np.max(special.log_softmax(z, -1), -1))",
        "-np.mean(special.log_softmax(z, -1)[:, :, 1])",
        "-np.mean([special.log_softmax(z[i, i])[y[i, i]] for i in range(min(y.shape))])",
        "-np.mean([special.log_softmax(z[i, j])[y[i, j]] for i in range(len(z)) for j in range(len(z))])",
        "log_p = np.zeros_like(z); log_p[...] = special.log_softmax(z, -1); "
        "return -np.take_along_axis(log_p, y[..., None], -1).mean()",
    ],
    "7.5": [
        "np.sum(values * class_weights[labels]) / np.sum(class_weights[labels > 0])",
        "np.mean(values * class_weights[labels]) / np.mean(class_weights)",
        "w = class_weights / class_weights.sum(); return np.sum(values * w[labels])",
        "np.mean([values[labels == c].mean() * w for c, w in enumerate(class_weights)])",
        "sum(w * values[labels == c].mean() for c, w in enumerate(class_weights)) / class_weights.sum()",
        "w = np.where(labels == 1, class_weights[1], class_weights[0]); return np.sum(w * values) / w.sum()",
        "w = class_weights[labels]; return np.sum(w * values) / (w.sum() + 1e-7)",
        "out = np.zeros_like(values); out[...] = values * class_weights[labels]; return out.sum() / len(values)",
        "w = class_weights[labels - 1]; return np.sum(w * values) / w.sum()",
        "w = np.zeros_like(labels); w[...] = class_weights[labels]; return np.sum(w * values) / w.sum()",
        "np.average(values, weights=labels + 1)",
        "w = class_weights[labels]; return np.sum(w * values) // w.sum()",
        "w = np.sqrt(class_weights[labels]); return np.sum(w * values) / w.sum()",
    ],
    "7.7": [
        "1 - (2 * (p * g).sum() + (g.sum() == 0)) / (p.sum() + g.sum() + (g.sum() == 0))",
        "a, s = p.sum((1, 2)), g.sum((1, 2)); d = 2 * (p * g).sum((1, 2)) / (a + s + 1e-3); "
        "return np.mean(np.where(s > 0, 1 - d, a / (a + 1)))",
        "a, s = p.sum(1), g.sum(1); d = 2 * (p * g).sum(1) / np.maximum(a + s, 1e-9); "
        "return np.mean(np.where(s > 0, 1 - d, a / (a + 1)))",
        "a, s = p.sum((1, 2)), g.sum((1, 2)); d = 2 * (p * g).sum((1, 2)) / np.maximum(a + s, 1); "
        "return np.mean(np.where(s > 0, 1 - d, 1))",
        "a, s = p.sum((1, 2)), g.sum((1, 2)); d = 2 * (p * g).sum((1, 2)) / np.maximum(a + s, 1); "
        "return np.mean(np.where(s > 0, 1 - d, (a > 0)))",
        "a, s = p.sum((1, 2)), g.sum((1, 2)); d = 2 * (p * g).sum((1, 2)) / np.maximum(a + s, 1); "
        "return np.mean(np.where(s > 0, 1 - d, p.mean((1, 2))))",
        "a, s = p.sum((1, 2)), g.sum((1, 2)); d = 2 * (p * g).sum((1, 2)) / np.maximum(a + s, 1); "
        "return np.where(s > 0, 1 - d, a / (a + 1))",
        "a, s = p.sum((0, 1)), g.sum((0, 1)); d = 2 * (p * g).sum((0, 1)) / np.maximum(a + s, 1e-9); "
        "return np.mean(np.where(s > 0, 1 - d, a / (a + 1)))",
        "a, s = p.sum((1, 2)), g.sum((1, 2)); d = 2 * np.minimum(p, g).sum((1, 2)) / np.maximum(a + s, 1); "
        "return np.max(np.where(s > 0, 1 - d, a / (a + 1)))",
        "a, s = p.sum((1, 2)), g.sum((1, 2)); d = 2 * (p & g).sum((1, 2)) / np.maximum(a + s, 1); "
        "return np.mean(np.where(s > 0, 1 - d, a / (a + 1)))",
        "a, s = p.sum((1, 2)), g.sum((1, 2)); d = 2 * p[g == 1].sum() / np.maximum(a + s, 1); "
        "return np.mean(np.where(s > 0, 1 - d, a / (a + 1)))",
        "a = p.sum((1, 2)); wrong = np.abs(p - g).sum((1, 2)); return np.mean(wrong / (a + g.sum((1, 2)) + 1e-7))",
        "a, s = p.sum((1, 2)), g.sum((1, 2)); d = (2 * (p * g).sum((1, 2)) + 1e-4) / (a + s + 1e-4); "
        "return np.mean(np.where(s > 0, 1 - d, a / (a + 1)))",
        "p = np.clip(p, 0.1, 0.9); a, s = p.sum((1, 2)), g.sum((1, 2)); d = 2 * (p * g).sum((1, 2)) / (a + s); "
        "return np.mean(np.where(s > 0, 1 - d, a / (a + 1)))",
    ],
    "7.8": [
        "tp = sum(p * g); return 1 - tp / (tp + alpha * sum(p * (1 - g)) + beta * sum((1 - p) * g))",
        "tp = (p * g).sum(0); return 1 - tp / (tp + alpha * (p * (1 - g)).sum(0) + beta * ((1 - p) * g).sum(0))",
        "tp = (p * g).sum(-1); t = tp / (tp + alpha * (p * (1 - g)).sum(-1) + beta * ((1 - p) * g).sum(-1)); "
        "return 1 - np.mean(t)",
        "tp = p @ g; return 1 - tp / (tp + alpha * (p @ (1 - g)) + beta * ((1 - p) @ g))",
        "tp = np.dot(p, g.T).sum(); return 1 - tp / (tp + alpha * (p * (1 - g)).sum() + beta * ((1 - p) * g).sum())",
        "tp = (p * g).sum(); return 1 - tp / (tp + 0.3 * (p * (1 - g)).sum() + 0.7 * ((1 - p) * g).sum())",
        "tp = (p * g).sum(); return 1 - tp / (tp + alpha * (p * (1 - g)).sum() + (1 - alpha) * ((1 - p) * g).sum())",
        "a, b = min(alpha, beta), max(alpha, beta); tp = (p * g).sum(); "
        "return 1 - tp / (tp + a * (p * (1 - g)).sum() + b * ((1 - p) * g).sum())",
        "tp = (p * g).sum(); return 1 - (tp + 1) / (tp + alpha * (p * (1 - g)).sum() + beta * ((1 - p) * g).sum() + 1)",
        "p = p > 0.5; tp = (p * g).sum(); return 1 - tp / (tp + alpha * (p * (1 - g)).sum() + beta * ((1 - p) * g).sum())",
        "tp = (p * g).mean(); return 1 - tp / (tp + alpha * (p * (1 - g)).mean() + beta * (1 - p).mean())",
        "tp = (p * g).sum(); return 0.0 if not g.any() else "
        "1 - tp / (tp + alpha * (p * (1 - g)).sum() + beta * ((1 - p) * g).sum())",
        "tp = (p & g).sum(); return 1 - tp / (tp + alpha * (p * (1 - g)).sum() + beta * ((1 - p) * g).sum())",
        "tp = (p * g).sum(); return 1 - tp / (tp + alpha * (p.sum() - tp) + beta * (g.sum() - tp) + 1e-3)",
    ],
    "7.10": [
        "p / (p + w1 * (1 - p))",
        "p / (p + 9 * (1 - p))",
        "w0 * p / (w0 * p + w1 * (1 - p) + 1e-8)",
        "np.clip(w0 * p / (w0 * p + w1 * (1 - p)), 1e-3, 1)",
        "w0 * p / (w0 * p + w1 * (1 - p)).sum()",
        "np.array([w0 * a / (w0 * a + w1 * (1 - a)) for a in p]).ravel()",
        "np.round(w0 * p / (w0 * p + w1 * (1 - p)), 2)",
        "p * w0 / (p * w0 + (1 - p) * w1) if w1 > w0 else p",
        "np.minimum(p, w0 * p / (w0 * p + w1 * (1 - p)))",
        "(p / w1) / (p / w1 + (1 - p) / w0).max()",
        "r = w0 / (w0 + w1); return r * p",
        "o = p / (1 - p) * w0 / w1; return o",
    ],
    "8.1": [
        "k = np.zeros((size, size, c_in, weights.shape[1]), int); k[...] = weights.reshape(k.shape); return k",
        "weights.reshape(size, size, c_in, 2)",
        "weights.reshape(2, 2, c_in, -1)",
        "weights.reshape(size, size, 3, -1)",
        "weights.reshape(size, size, -1, c_in)",
        "weights.reshape(size, size, -1, c_in).swapaxes(2, 3)",
        "weights.T.reshape(-1, size, size, c_in)",
        "weights.reshape(size, size, -1)",
        "weights.reshape(c_in, size, size, -1)",
        "weights.reshape(size, size, c_in, -1) / size**2",
        "weights.T.reshape(size, size, c_in, -1)",
        "weights.reshape(size, c_in, size, -1).swapaxes(1, 2)",
    ],
    "8.3": [
        "2**depth - n if n < 2**depth else n % 2",
        "m = 2**depth; return (m - n % m) if n % m else m",
        "m = 2**depth; return abs(n - m * round(n / m))",
        "m = 2**depth; return m * (n // m + 1) - n",
        "-n % 16",
        "-n % 8 if depth == 3 else -n % 2**depth * (depth < 5)",
        "sum((n // 2**i) % 2 for i in range(depth))",
        "2 * (-n % 2**depth)",
        "n - 2**depth * (n // 2**depth)",
        "-n % 2**depth if n > 2**depth else 0",
        "m = 2**depth; return -(n % m)",
        "-n % 2 * depth",
        "-n % 2**(depth + 1)",
    ],
    "8.5": [
        "m = lambda x: np.rot90(x, turns)[..., ::-1] if flip else np.rot90(x, turns); return m(image), m(mask)",
        "m = lambda x: np.flip(np.rot90(x, turns), -1) if flip else np.rot90(x, turns); return m(image), m(mask)",
        "m = lambda x: np.flip(np.rot90(x, turns)) if flip else np.rot90(x, turns); return m(image), m(mask)",
        "m = lambda x: np.rot90(x, turns, axes=(-2, -1)); m2 = lambda x: m(x)[:, ::-1] if flip else m(x); "
        "return m2(image), m2(mask)",
        "m = lambda x: np.rot90(x.reshape(len(x), len(x)), turns); m2 = lambda x: m(x)[:, ::-1] if flip else m(x); "
        "return m2(image), m2(mask)",
        "a = np.empty_like(image); a[...] = np.rot90(image, turns); b = np.empty_like(mask); b[...] = np.rot90(mask, turns); "
        "return (a[:, ::-1], b[:, ::-1]) if flip else (a, b)",
        "a = np.stack([image, mask]); a = np.rot90(a, turns, (1, 2)); return tuple(a[..., ::-1] if flip else a)",
        "m = lambda x: np.rot90(x, 2 * turns); m2 = lambda x: m(x)[:, ::-1] if flip else m(x); return m2(image), m2(mask)",
        "m = lambda x: x.T if turns % 2 else x; m2 = lambda x: m(x)[:, ::-1] if flip else m(x); return m2(image), m2(mask)",
        "m = lambda x: np.rot90(x, turns); return (m(image)[:, ::-1], m(mask)) if flip else (m(image), m(mask))",
        "a = np.rot90(image, turns); b = np.rot90(mask.astype(float), 1); return (a[:, ::-1], b[:, ::-1]) if flip else (a, b)",
        "m = lambda x: np.rot90(x, turns)[:, ::-1] if flip else np.rot90(x, turns); return m(image)",
    ],
    "8.6": [
        "mask.repeat(2, axis=0).repeat(2, axis=1)",
        "mask.repeat(factor, axis=0).repeat(2, axis=1)",
        "mask.repeat(factor, axis=1).repeat(factor, axis=1)",
        "mask.astype(np.uint8).repeat(factor, 0).repeat(factor, 1).astype(int)",
        "mask.repeat(factor**2).reshape(len(mask) * factor, -1)",
        "np.kron(mask, np.ones((factor, factor)))",
        "np.kron(np.ones((factor, factor), int), mask)",
        "np.minimum(np.kron(mask, np.ones((factor, factor), int)), 255)",
        "out = np.zeros((len(mask) * factor,) * 2, int); "
        "out[...] = mask.repeat(factor, 0).repeat(factor, 1)[:, : len(out)]; return out",
        "mask.repeat(factor, 0).repeat(factor, 1) > 0",
        "np.pad(mask.repeat(factor, 0), ((0, 0), (0, mask.shape[1] * (factor - 1))))",
        "mask[np.arange(len(mask) * factor) // factor][:, np.arange(len(mask) * factor) // factor]",
    ],
    "8.7": [
        "logits[..., 0] > 0.001",
        "logits[..., 0].astype(int) > 0",
        "1 / (1 + np.exp(-logits[..., 0])) >= 0.5",
        "np.round(1 / (1 + np.exp(-logits[..., 0])), 1) > 0.5",
        "np.squeeze(logits)[0] > 0",
        "logits[:, 0] > 0",
        "np.abs(logits[..., 0]) > 0",
        "logits[..., 0] > np.median(logits)",
        "logits[..., 0] > logits.max() / 2",
        "special.softmax(logits, axis=(0, 1))[..., 0] > 0.5",
        "logits[..., 0] > 1",
        "(logits > 0).any(-1).T",
        "(logits[..., 0] > 0).ravel()",
    ],
    "8.8": [
        "d = np.abs(validation[:, None] - train[None]); return (d < 8).all(2).any(1)",
        "d = np.abs(validation[:, None] - train[None]); return (d < size).all(2).any(0)",
        "d = np.abs(validation[:, None] - train[None]); return (d < size - 1).all(2).any(1)",
        "d = np.abs(validation[:, None] - train[None]).sum(2); return (d < size).any(1)",
        "d = np.abs(validation[:, None] - train[None]); return (d <= size / 2).all(2).any(1)",
        "d = np.abs(validation - train[0]); return (d < size).all(1)",
        "d = train[None] - validation[:, None]; return (d < size).all(2).any(1)",
        "d = np.abs(validation[:, None] - train[None])[..., 0]; return (d < size).any(1)",
        "d = np.abs(validation[:, None] - train[None]); return bool((d < size).all(2).any())",
        "d = np.abs(validation[:, None, ::-1] - train[None]); return (d < size).all(2).any(1)",
        "d = np.abs(validation[:, None] - train[None]); return (d < size).all(2).sum(1)",
        "d = np.abs(validation[:, None] - train[None]); return (d < 2 * size).all(2).any(1)",
        "spatial.distance.cdist(validation, train).min(1) < size",
        "d = np.abs(validation[:, None] - train[None]); return (d < size).all(2).any(1)[: len(train)]",
    ],
    "8.9": [
        "w0 * np.exp(-((d1 + d2) ** 2) / (2 * 5**2))",
        "10 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2))",
        "w0 * math.exp(-((d1 + d2) ** 2) / (2 * sigma**2))",
        "w0 * np.exp(-((d1 + d2) ** 2) // (2 * sigma**2))",
        "(w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2))).max()",
        "w0 * np.exp(-np.sum((d1 + d2) ** 2) / (2 * sigma**2))",
        "out = np.zeros_like(d1); out[...] = w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2)); return out",
        "w0 * np.exp(-(np.linalg.norm(d1 + d2) ** 2) / (2 * sigma**2))",
        "w0 / (sigma * np.sqrt(2 * np.pi)) * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2))",
        "w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2)) + 1e-6",
        "np.maximum(1, w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2)))",
        "w0 * np.exp(-(d1**2 + 2 * d1 * d2 - d2**2) / (2 * sigma**2))",
        "w0 * np.exp(-((d1 + d2) / 2) ** 2 / (2 * sigma**2))",
    ],
    "8.10": [
        "f, t = probability > 0.5, truth > 0; return sum(f & t) / sum(f | t)",
        "f, t = probability > 0.5, truth > 0; return ((f & t).sum(0) / (f | t).sum(0)).mean()",
        "f, t = probability > 0.5, truth > 0; return ((f & t).sum(-1) / np.maximum((f | t).sum(-1), 1)).mean()",
        "f, t = probability > 0.5, truth > 0; return (f & t).sum(-1) / (f | t).sum(-1)",
        "f, t = probability > 0.5, truth > 0; return ((f & t).sum() + 1) / ((f | t).sum() + 1)",
        "f, t = probability > 0.5, truth > 0; return (f & t).sum() / ((f | t).sum() + 1e-3)",
        "f, t = probability > 0.5, truth > 0; return (f & t).sum() / f.size",
        "f, t = probability > 0.5, truth > 0; return (f @ t) / (f | t).sum()",
        "f, t = probability > 0.5, truth > 0; return 1.0 if not f.any() else (f & t).sum() / (f | t).sum()",
        "f, t = probability > 0.5, truth > 0; return len(set(f) & set(t)) / len(set(f) | set(t))",
        "f, t = probability.round(), truth; return (f == t).sum() / (f.size + (f != t).sum())",
        "f, t = probability > 0.4, truth > 0; return (f & t).sum() / (f | t).sum()",
        "f, t = probability > probability.mean(), truth > 0; return (f & t).sum() / (f | t).sum()",
        "f, t = np.argwhere(probability > 0.5)[:, 0], np.argwhere(truth)[:, 0]; "
        "return len(set(f) & set(t)) / len(set(f) | set(t))",
        "f, t = probability > 0.5, truth > 0; return (f & t).sum() // (f | t).sum()",
    ],
    "8.11": [
        "(logits > 0).argmax(axis=-1)",
        "np.abs(logits).argmax(axis=-1)",
        "np.maximum(logits, 0).argmax(axis=-1)",
        "logits.argmin(axis=-1)",
        "logits.astype(int).argmax(axis=-1)",
        "logits[..., :3].argmax(axis=-1)",
        "logits.argmax(axis=-1).T",
        "logits.argmax(axis=2)[..., None]",
        "np.zeros(logits.shape[:2], int) + logits.argmax()",
        "np.eye(logits.shape[-1])[logits.argmax(-1)]",
        "np.argsort(logits, axis=-1)[..., -2]",
        "np.round(special.softmax(logits, -1)).argmax(axis=-1)",
        "logits.reshape(len(logits), len(logits), -1).argmax(-1)",
    ],
    "10.2": [
        "np.sum(q * np.log(likelihood + 1e-7)) - np.sum(q * np.log(q / prior))",
        "np.sum(q * np.log(likelihood)) - np.sum(q * np.log((q + 1e-7) / (prior + 1e-7)))",
        "np.sum(q * np.log(np.clip(likelihood, 1e-6, 1))) - np.sum(q * np.log(q / prior))",
        "np.mean(q * np.log(likelihood)) - np.mean(q * np.log(q / prior))",
        "np.sum(q * np.log(likelihood)) - np.abs(q * np.log(q / prior)).sum()",
        "-np.sum(q * np.log(likelihood)) + np.sum(q * np.log(q / prior))",
        "np.sum(q * np.log(likelihood)) - np.sum(np.log(q / prior))",
        "np.sum(q * np.log(likelihood)) - np.sum(q * np.log2(q / prior))",
        "np.sum(np.log(likelihood)) - np.sum(q * np.log(q / prior))",
        "np.sum(q * np.log(likelihood)) - np.sum(q * (q / prior))",
        "out = np.zeros_like(likelihood); out[...] = q * np.log(likelihood * prior / q); return out.sum()",
        "np.sum(q * np.log(likelihood)) - 0.5 * np.sum(q * np.log(q / prior))",
        "np.max(np.log(likelihood)) - np.sum(q * np.log(q / prior))",
    ],
    "10.3": [
        "(np.exp(log_variance) + mean**2 - 1 - log_variance).sum() / 2",
        "sum(np.exp(log_variance) + mean**2 - 1 - log_variance) / 2",
        "(np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) / 2 / len(mean)",
        "(np.exp(log_variance) + np.abs(mean) - 1 - log_variance).sum(1) / 2",
        "out = np.zeros_like(mean); out[...] = (np.exp(log_variance) + mean**2 - 1 - log_variance) / 2; return out.sum(1)",
        "(np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) // 2",
        "lv = np.clip(log_variance, -5, 5); return (np.exp(lv) + mean**2 - 1 - lv).sum(1) / 2",
        "(np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1, keepdims=True) / 2",
        "v = np.exp(log_variance); return (v + mean**2 - 1 - np.log(v + 1e-6)).sum(1) / 2",
        "(np.exp(log_variance) + mean**2).sum(1) / 2 - 1 - log_variance.sum(1) / 2",
        "(np.exp(log_variance) + mean.sum(1, keepdims=True) ** 2 / mean.shape[1] - 1 - log_variance).sum(1) / 2",
        "np.abs(-np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) / 2",
        "np.maximum((np.exp(log_variance) + mean**2 - 1 - log_variance) / 2, 0.05).sum(1)",
    ],
    "10.4": [
        "mean + 2 * noise",
        "mean + np.exp(np.abs(log_variance) / 2) * noise",
        "z = mean.copy(); z[...] = mean + np.exp(log_variance / 2) * noise; return z",
        "mean + np.exp(log_variance // 2) * noise",
        "mean + np.exp(np.clip(log_variance, -4, 4) / 2) * noise",
        "mean + (np.exp(log_variance / 2) + 1e-3) * noise",
        "mean + np.sum(np.exp(log_variance / 2) * noise)",
        "mean + np.diag(np.exp(log_variance / 2)) @ noise",
        "mean + np.exp(log_variance / 2) * np.abs(noise)",
        "mean + np.exp(log_variance / 2) * np.random.default_rng(0).normal(size=mean.shape)",
        "mean - np.exp(log_variance / 2) * noise",
        "mean + np.log1p(np.exp(log_variance)) * noise",
        "np.array([m + np.exp(v / 2) * e for m, v, e in zip(mean.T, log_variance.T, noise.T)])",
        "mean += np.exp(log_variance / 2) * noise; return mean",
    ],
    "10.7": [
        "t = log_weights.max(); return t + np.log(np.mean(np.exp(log_weights - t), axis=0))",
        "t = log_weights.min(axis=0); return t + np.log(np.mean(np.exp(log_weights - t), axis=0))",
        "special.logsumexp(log_weights, axis=0) - np.log(log_weights.size)",
        "special.logsumexp(log_weights, axis=0) - np.log(2)",
        "(special.logsumexp(log_weights, axis=0) - np.log(len(log_weights))).mean()",
        "special.logsumexp(log_weights, axis=0) / len(log_weights)",
        "w = np.clip(log_weights, -700, None); return np.log(np.mean(np.exp(w), axis=0))",
        "np.log(np.mean(np.exp(log_weights + 2000), axis=0)) - 2000",
        "t = log_weights.mean(axis=0); return t + np.log(np.mean(np.exp(log_weights - t), axis=0)) / 2",
        "special.logsumexp(log_weights, axis=0)[:1] - np.log(len(log_weights))",
        "special.logsumexp(log_weights, axis=0, keepdims=True) - np.log(len(log_weights))",
        "special.logsumexp(log_weights) - np.log(log_weights.size)",
        "np.median(log_weights, axis=0)",
        "out = np.zeros_like(log_weights[0]); out[...] = special.logsumexp(log_weights, 0) - np.log(len(log_weights)); return out",
    ],
    "10.8": [
        "int(np.sum(eigenvalues > beta * sigma**2 + 1))",
        "int(np.sum(eigenvalues > beta))",
        "int(np.sum(eigenvalues - beta * sigma**2 > 0.5))",
        "int(np.argmin(eigenvalues > beta * sigma**2))",
        "int(np.sum(eigenvalues / eigenvalues.sum() > beta * sigma**2))",
        "int(np.searchsorted(-eigenvalues, -beta * sigma**2))",
        "max(1, int(np.sum(eigenvalues > beta * sigma**2)))",
        "int(np.sum(eigenvalues[:5] > beta * sigma**2))",
        "int(np.sum(eigenvalues > sigma**2 / 2 * beta))",
        "eigenvalues > beta * sigma**2",
        "len(set(eigenvalues[eigenvalues > beta * sigma**2]))",
        "int(np.sum(eigenvalues > beta * sigma**2)) / len(eigenvalues)",
        "int(np.sum(eigenvalues > beta**2 * sigma))",
        "int(np.sum(eigenvalues**2 > beta * sigma**2))",
    ],
    "10.9": [
        "k = (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) / 2; p = np.clip(p, 1e-3, 1 - 1e-3); "
        "return np.mean(-(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(1) + k)",
        "k = (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) / 2; "
        "return np.mean(-(x * np.log(p + 1e-7) + (1 - x) * np.log(1 - p + 1e-7)).sum(1) + k)",
        "k = (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) / 2; "
        "return np.mean(-(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(0)) + k.mean()",
        "k = (np.exp(log_variance) + mean**2 - 1 - log_variance).sum() / 2; "
        "return np.mean(-(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(1)) + k",
        "k = (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) / 2; "
        "return np.mean(-(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(1) + k / 2)",
        "k = (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) / 2; "
        "return np.sum(-(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(1) + k) / x.shape[1]",
        "k = (np.exp(log_variance) + mean - 1 - log_variance).sum(1) / 2; "
        "return np.mean(-(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(1) + k)",
        "k = (log_variance + mean**2 - 1 - np.log(np.abs(log_variance) + 1e-9)).sum(1) / 2; "
        "return np.mean(-(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(1) + k)",
        "k = (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) // 2; "
        "return np.mean(-(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(1) + k)",
        "k = (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) / 2; "
        "return np.mean(-(x * np.log2(p) + (1 - x) * np.log2(1 - p)).sum(1) + k)",
        "k = (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) / 2; "
        "return np.mean(-(p * np.log(p) + (1 - p) * np.log(1 - p)).sum(1) + k)",
        "k = np.zeros_like(mean); k[...] = (np.exp(log_variance) + mean**2 - 1 - log_variance) / 2; "
        "return np.mean(-(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(1) + k.sum(1))",
        "k = (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) / 2; "
        "return np.mean((x - p) ** 2) * x.shape[1] + k.mean()",
    ],
    "11.1": [
        "np.array([0.5 if a + b == 0 else a / (a + b) for a, b in zip(p, q)])",
        "np.where(np.isclose(p + q, 0), 0.5, p / np.maximum(p + q, 1e-300))",
        "np.where(p + q > 1e-9, p / np.maximum(p + q, 1e-300), 0.5)",
        "(p + 1e-9) / (p + q + 2e-9)",
        "np.clip(p / np.maximum(p + q, 1e-300) + 0.5 * (p + q == 0), 1e-7, 1 - 1e-7) + 1e-4",
        "d = np.full_like(p, 0.5); s = p + q > 0; d[s] = p[s] / (p + q)[s]; return d",
        "d = np.zeros_like(p, float); s = p > 0; d[s] = p[s] / (p + q)[s]; return d",
        "np.nan_to_num(p / (p + q))",
        "np.where(p == q, 0.5, np.where(p > q, 1, 0))",
        "np.where((p == 0) | (q == 0), 0.5, p / np.maximum(p + q, 1e-300))",
        "p = p / p.sum(); q = q / q.sum(); return np.where(p + q > 0, p / np.maximum(p + q, 1e-300), 0.5)",
        "np.where(p + q > 0, p // np.maximum(p + q, 1e-300), 0.5)",
        "np.where(p + q > 0, p**2 / np.maximum(p**2 + q**2, 1e-300), 0.5)",
        "p[p + q == 0] = 1; return np.where(q + p == 1, 0.5, p / (p + q))",
    ],
    "11.4": [
        "np.mean(np.log1p(np.exp(-np.clip(fake, -500, 500))))",
        "np.mean(np.where(fake < -30, -fake, 0.0))",
        "np.mean(np.maximum(0, -fake))",
        "np.mean(np.logaddexp(0, -np.abs(fake)))",
        "np.logaddexp(0, -np.mean(fake))",
        "np.logaddexp(0, -fake)",
        "d = 1 / (1 + np.exp(-fake)); return -np.mean(np.log(d + 1e-12))",
        "out = np.zeros_like(fake); out[...] = np.logaddexp(0, -fake); return out.mean()",
        "np.mean(np.logaddexp(0, -fake)) / np.log(2)",
        "np.median(np.logaddexp(0, -fake))",
        "np.mean((1 - special.expit(fake)) ** 2)",
        "-np.mean(fake)",
        "-np.log(np.mean(special.expit(fake)))",
        "np.max(np.logaddexp(0, -fake))",
    ],
    "11.6": [
        "np.mean(np.abs(np.sort(x) - np.sort(y)[::-1]))",
        "np.median(np.abs(np.sort(x) - np.sort(y)))",
        "np.max(np.abs(np.sort(x) - np.sort(y)))",
        "np.sum(np.abs(np.sort(x) - np.sort(y))) / 2",
        "np.sum(np.abs(np.sort(x) - np.sort(y))) // len(x)",
        "np.mean(np.abs(np.sort(np.abs(x)) - np.sort(np.abs(y))))",
        "np.mean(np.abs(np.sort(x) - np.sort(y))) + 1e-6",
        "x.sort(); y.sort(); return np.mean(np.abs(x - y))",
        "abs(np.mean(np.sort(x) - np.sort(y)))",
        "np.linalg.norm(np.sort(x) - np.sort(y)) / len(x)",
        "np.mean(np.abs(np.argsort(x) - np.argsort(y)))",
        "np.mean(np.abs(np.unique(x).mean() - np.unique(y).mean()))",
        "np.mean(np.abs(np.sort(x) - np.sort(y))) / (np.ptp(x) + 1)",
        "np.mean(np.minimum(np.abs(np.sort(x) - np.sort(y)), 100))",
    ],
    "11.7": [
        "np.median(fake) - np.median(real)",
        "np.sum(fake) - np.sum(real)",
        "np.mean(fake) + np.mean(real)",
        "-abs(np.mean(fake) - np.mean(real))",
        "fake - real",
        "np.mean(fake) - np.max(real)",
        "np.clip(np.mean(fake) - np.mean(real), -1, 1)",
        "np.mean(np.tanh(fake)) - np.mean(np.tanh(real))",
        "np.sum(fake) // len(fake) - np.sum(real) // len(real)",
        "-np.mean(real)",
        "np.mean(np.clip(fake, -100, 100)) - np.mean(np.clip(real, -100, 100))",
        "(np.mean(fake) - np.mean(real)) / 2",
        "np.mean((fake - real) ** 2)",
    ],
    "11.8": [
        "(theta + 0.1 * psi, psi - 0.1 * (theta + gamma * psi))",
        "(theta + eta * psi, psi - eta * (theta + 0.5 * psi))",
        "(theta + eta * psi, psi - eta * theta)",
        "(theta + eta * psi, psi - eta * theta - gamma * psi)",
        "(psi - eta * (theta + gamma * psi), theta + eta * psi)",
        "(theta + eta * psi, psi + eta * (theta - gamma * psi))",
        "(round(theta + eta * psi, 2), round(psi - eta * (theta + gamma * psi), 2))",
        "(theta + eta * abs(psi), psi - eta * (theta + gamma * psi))",
        "(theta + eta * psi, psi - eta * (theta + gamma * psi**2))",
        "theta + eta * psi",
        "(theta + eta * psi, psi - eta * (theta + gamma))",
        "(eta * psi, -eta * (theta + gamma * psi))",
        "(int(theta + eta * psi), int(psi - eta * (theta + gamma * psi)))",
    ],
    "11.11": [
        "a = np.random.default_rng(seed).uniform(size=(len(real), 1)); return a * real + (1 - a) * fake",
        "a = np.random.default_rng(0).uniform(size=len(real)).reshape(-1, *[1] * (real.ndim - 1)); "
        "return a * real + (1 - a) * fake",
        "a = np.random.default_rng(seed).uniform(size=len(real)); return a * real.T + (1 - a) * fake.T",
        "a = np.random.default_rng(seed).uniform(size=len(real)); out = np.empty_like(real); "
        "out[...] = (a * real.T + (1 - a) * fake.T).T; return out",
        "a = np.random.default_rng(seed).uniform(size=real.shape[-1]); return a * real + (1 - a) * fake",
        "a = np.random.default_rng(seed).uniform(0, 0.5, size=len(real)).reshape(-1, *[1] * (real.ndim - 1)); "
        "return a * real + (1 - a) * fake",
        "a = np.random.uniform(size=len(real)).reshape(-1, *[1] * (real.ndim - 1)); return a * real + (1 - a) * fake",
        "a = np.random.RandomState(seed).uniform(size=len(real)).reshape(-1, *[1] * (real.ndim - 1)); "
        "return a * real + (1 - a) * fake",
        "a = np.random.default_rng(seed).uniform(size=len(real) + 1)[1:].reshape(-1, *[1] * (real.ndim - 1)); "
        "return a * real + (1 - a) * fake",
        "a = np.random.default_rng(seed).uniform(size=real.shape[:2] + (1,) * (real.ndim - 2)); "
        "return a * real + (1 - a) * fake",
        "a = np.random.default_rng(seed).uniform(size=len(real)).round(1).reshape(-1, *[1] * (real.ndim - 1)); "
        "return a * real + (1 - a) * fake",
        "a = np.random.default_rng(seed).integers(0, 2, len(real)).reshape(-1, *[1] * (real.ndim - 1)); "
        "return a * real + (1 - a) * fake",
        "a = np.random.default_rng(seed).uniform(size=len(real)).reshape(-1, *[1] * (real.ndim - 1)); "
        "real *= 0; return a * real + (1 - a) * fake",
    ],
    "11.12": [
        "np.mean((np.sqrt(np.sum(slopes**2, axis=(1, 2))) - 1) ** 2)",
        "n = np.linalg.norm(slopes.reshape(len(slopes), -1), axis=1); return np.sum((n - 1) ** 2)",
        "n = np.linalg.norm(slopes.reshape(len(slopes), -1), axis=1); return (np.mean(n) - 1) ** 2",
        "n = np.linalg.norm(slopes.reshape(len(slopes), -1), axis=1); return np.mean(np.abs(n - 1))",
        "n = np.abs(slopes.reshape(len(slopes), -1)).sum(1); return np.mean((n - 1) ** 2)",
        "n = np.abs(slopes.reshape(len(slopes), -1)).max(1); return np.mean((n - 1) ** 2)",
        "n = np.sqrt((slopes.reshape(len(slopes), -1) ** 2).mean(1)); return np.mean((n - 1) ** 2)",
        "n = np.linalg.norm(slopes.reshape(len(slopes), -1), axis=1); return 10 * np.mean((n - 1) ** 2)",
        "n = np.linalg.norm(slopes.reshape(len(slopes), -1), axis=1); return (n - 1) ** 2",
        "n = np.sqrt((slopes.reshape(len(slopes), -1) ** 2).sum(1) + 1e-2); return np.mean((n - 1) ** 2)",
        "n = np.linalg.norm(slopes.reshape(len(slopes), -1), axis=1); return np.mean((n[n > 0] - 1) ** 2)",
        "n = np.minimum(np.linalg.norm(slopes.reshape(len(slopes), -1), axis=1), 10); return np.mean((n - 1) ** 2)",
        "np.mean((np.sqrt(np.sum(slopes.T**2, axis=tuple(range(1, slopes.ndim)))) - 1) ** 2)",
        "n = np.linalg.norm(slopes.reshape(-1, len(slopes)), axis=0); return np.mean((n - 1) ** 2)",
    ],
    "11.14": [
        "d = spatial.distance.cdist(samples, centers); g = d.min(1) <= 0.3; return len(set(d.argmin(1)[g])), g.mean()",
        "d = spatial.distance.cdist(samples, centers); g = d <= 3 * sigma; return g.any(0).sum(), g.any(1).mean()",
        "d = spatial.distance.cdist(samples, centers); g = d <= 3 * sigma; return g.any(0).sum(), g.mean()",
        "d = spatial.distance.cdist(samples, centers); g = d.min(1) < 3 * sigma; return len(set(d.argmin(1)[g])), g.mean()",
        "d = spatial.distance.cdist(samples, centers); g = d.min(1) <= 2 * sigma; return len(set(d.argmin(1)[g])), g.mean()",
        "d = spatial.distance.cdist(samples, centers, 'cityblock'); g = d.min(1) <= 3 * sigma; "
        "return len(set(d.argmin(1)[g])), g.mean()",
        "d = spatial.distance.cdist(samples, centers, 'chebyshev'); g = d.min(1) <= 3 * sigma; "
        "return len(set(d.argmin(1)[g])), g.mean()",
        "d = spatial.distance.cdist(samples, centers); g = d.min(1) <= 3 * sigma; return len(set(d.argmin(1)[g])), g.sum()",
        "d = spatial.distance.cdist(samples, centers); g = d.min(1) <= 3 * sigma; return g.sum(), g.mean()",
        "d = spatial.distance.cdist(samples, centers); g = d.min(1) <= 3 * sigma; return len(set(d.argmin(1)[g])), g.mean() * 100",
        "d = spatial.distance.cdist(samples, centers); g = d.min(0) <= 3 * sigma; return g.sum(), g.mean()",
        "d = spatial.distance.cdist(samples, centers); g = d.min(1) <= 3 * sigma; return max(1, len(set(d.argmin(1)[g]))), g.mean()",
        "d = spatial.distance.cdist(samples, centers); g = d.min(1) <= 3 * sigma**2; return len(set(d.argmin(1)[g])), g.mean()",
        "d = spatial.distance.cdist(samples, centers); g = d.min(1) <= 3 * sigma; return g.mean(), len(set(d.argmin(1)[g]))",
    ],
    "12.1": [
        "(images.astype(np.int16) * 2 - 255) // 255",
        "(images - 127.5) / 128",
        "images / 127.5 - 1 + 1e-3",
        "2 * (images > 127) - 1.0",
        "(images - images.mean()) / 127.5",
        "images / (images.max() / 2) - 1",
        "np.array([2 * v / 255 - 1 for v in images])",
        "(images - np.uint8(127)) / 128",
        "images.astype(np.int8) / 128",
        "np.round(images / 127.5 - 1, 1)",
        "1 - images / 127.5",
        "(images / 127.5 - 1).ravel()",
        "np.clip(images / 127.5 - 1, -0.99, 0.99)",
    ],
    "12.3": [
        "s = lambda t: np.logaddexp(0, t); return sum(label * s(-real) + (1 - label) * s(real)) / len(real) + s(fake).mean()",
        "s = lambda t: np.logaddexp(0, t); return np.mean(0.9 * s(-real) + 0.1 * s(real)) + np.mean(s(fake))",
        "s = lambda t: np.logaddexp(0, t); return np.mean(label * s(-real) + (1 - label) * s(real) + s(fake))",
        "s = lambda t: np.logaddexp(0, t); return np.mean(label * s(-real) + (1 - label) * s(real)) + np.sum(s(fake))",
        "s = lambda t: np.logaddexp(0, t); "
        "return np.mean(label * s(-real) + (1 - label) * s(real)) + np.sum(s(fake)) / len(real)",
        "s = lambda t: np.logaddexp(0, np.clip(t, -50, 50)); "
        "return np.mean(label * s(-real) + (1 - label) * s(real)) + np.mean(s(fake))",
        "s = lambda t: np.log1p(np.exp(t)); return np.mean(label * s(-real) + (1 - label) * s(real)) + np.mean(s(fake))",
        "s = lambda t: np.logaddexp(0, t); return np.mean(label * s(-real)) + np.mean(s(fake))",
        "s = lambda t: np.logaddexp(0, t); return np.mean(label * s(-real) + (1 - label) * s(real)) - np.mean(s(fake))",
        "s = lambda t: np.logaddexp(0, t); return np.mean(label * s(-real) + (1 - label) * s(real)) + np.mean(s(-fake))",
        "s = lambda t: np.logaddexp(0, t); return np.mean(s(-real)) + (1 - label) + np.mean(s(fake))",
        "s = lambda t: np.logaddexp(0, t); return np.mean(s(label - real)) + np.mean(s(fake))",
        "s = lambda t: np.maximum(t, 0); return np.mean(label * s(-real) + (1 - label) * s(real)) + np.mean(s(fake))",
    ],
    "12.5": [
        "w = 0.9 ** np.arange(len(values))[::-1] * 0.1; w[0] /= 0.1; return w @ values",
        "v = values.copy(); [v.__setitem__(i, beta * v[i - 1] + (1 - beta) * v[i]) for i in range(1, len(v))]; return v[-1]",
        "w = beta ** np.arange(len(values))[::-1]; return w @ values / w.sum()",
        "w = (1 - beta) * beta ** np.arange(len(values))[::-1]; return w @ values",
        "w = (1 - beta) * beta ** np.arange(len(values)); w[-1] /= 1 - beta or 1; return w @ values",
        "beta * values[0] + (1 - beta) * values[-1]",
        "beta * np.mean(values[:-1]) + (1 - beta) * values[-1]",
        "np.median(values)",
        "w = beta ** np.arange(len(values))[::-1]; w[1:] *= 1 - beta; return abs(w @ values)",
        "round(beta ** (len(values) - 1) * values[0] + "
        "sum((1 - beta) * beta ** (len(values) - 1 - t) * values[t] for t in range(1, len(values))), 2)",
        "beta ** len(values) * values[0] + sum((1 - beta) * beta ** (len(values) - 1 - t) * values[t] for t in range(len(values)))"
        " - values[0] * beta ** (len(values) - 1)",
        "values[-1] if len(values) < 3 else beta * values[-2] + (1 - beta) * values[-1]",
        "values[-5:].mean()",
    ],
    "12.6": [
        "np.sum((mean1 - mean2) ** 2) + ((np.linalg.cholesky(cov1) - np.linalg.cholesky(cov2)) ** 2).sum()",
        "np.sum((mean1 - mean2) ** 2) + ((np.sqrt(np.linalg.eigvalsh(cov1)) - np.sqrt(np.linalg.eigvalsh(cov2))) ** 2).sum()",
        "np.sum(np.abs(mean1 - mean2)) + np.trace(cov1 + cov2) "
        "- 2 * np.sqrt(np.linalg.eigvals(cov1 @ cov2).real).sum()",
        "np.sum((mean1 - mean2) ** 2) + np.trace(cov1 + cov2) - 2 * np.linalg.eigvals(cov1 @ cov2).real.sum()",
        "np.sum((mean1 - mean2) ** 2) + np.sum(cov1 + cov2) - 2 * np.sqrt(np.linalg.eigvals(cov1 @ cov2).real).sum()",
        "np.sum((mean1 - mean2) ** 2) + np.trace(cov1 + cov2) - 2 * np.sqrt(np.linalg.det(cov1 @ cov2))",
        "np.sum((mean1 - mean2) ** 2) + np.trace(cov1 + cov2) - 2 * np.sqrt(np.linalg.eigvals(cov1 * cov2).real).sum()",
        "np.sum((mean1 - mean2) ** 2) + np.trace(cov1 + cov2) - 2 * np.sqrt(np.linalg.eigvals(cov1 @ cov2).real.max())",
        "np.sum((mean1 - mean2) ** 2) + np.trace(cov1 + cov2) "
        "- 2 * np.sqrt(np.linalg.eigvals(cov1 @ cov2 + 1e-3 * np.eye(len(cov1))).real).sum()",
        "np.sum((mean1 - mean2) ** 2) + np.trace(cov1 + cov2) / 2 - np.sqrt(np.linalg.eigvals(cov1 @ cov2).real).sum()",
        "np.sum((mean1 - mean2) ** 2) + np.linalg.norm(cov1 - cov2) ** 2",
        "m = 0 * mean1; m[...] = (mean1 - mean2) / 2; "
        "return 4 * np.sum(m**2) + np.trace(cov1 + cov2) - 2 * np.sqrt(np.linalg.eigvals(cov1 @ cov2).real).sum()",
        "np.sqrt(np.sum((mean1 - mean2) ** 2)) ** 2 + np.sum((np.sqrt(np.abs(cov1)) - np.sqrt(np.abs(cov2))) ** 2)",
    ],
    "12.8": [
        "c = spatial.distance.cdist; r = np.sort(c(real, real), 1)[:, 1]; return (c(generated, real) <= r).any(1).mean()",
        "c = spatial.distance.cdist; r = np.sort(c(real, real), 1)[:, k]; return (c(generated, real) <= r.max()).any(1).mean()",
        "c = spatial.distance.cdist; r = np.sort(c(real, real), 1)[:, k]; return (c(generated, real) < r).any(1).mean()",
        "c = spatial.distance.cdist; r = np.sort(c(real, real), 1)[:, k]; return (c(generated, real) <= r[:, None].T).all(1).mean()",
        "c = spatial.distance.cdist; r = np.sort(c(real, real), 0)[k - 1]; return (c(generated, real) <= r).any(1).mean()",
        "d = np.abs(real[:, None, 0] - real[None, :, 0]); r = np.sort(d, 1)[:, k]; "
        "return (np.abs(generated[:, None, 0] - real[None, :, 0]) <= r).any(1).mean()",
        "c = lambda a, b: np.abs(a[:, None] - b[None]).sum(-1); r = np.sort(c(real, real), 1)[:, k]; "
        "return (c(generated, real) <= r).any(1).mean()",
        "c = lambda a, b: ((a[:, None] - b[None]) ** 2).sum(-1); r = np.sqrt(np.sort(c(real, real), 1)[:, k]); "
        "return (c(generated, real) <= r).any(1).mean()",
        "c = spatial.distance.cdist; d = c(real, real); d[d == 0] = np.inf; r = np.sort(d, 1)[:, k - 1]; "
        "return (c(generated, real) <= r).any(1).mean()",
        "c = spatial.distance.cdist; r = np.sort(c(real, real), 1)[:, k]; return (c(generated, real) <= r).any(1).sum() / len(real)",
        "c = spatial.distance.cdist; r = np.sort(c(real, real), 1)[:, k]; return (c(generated, real) <= r).any(1)",
        "c = spatial.distance.cdist; r = np.sort(c(generated, generated), 1)[:, 1]; return (c(real, generated) <= r).any(1).mean()",
        "c = spatial.distance.cdist; r = np.sort(c(real, real), 1)[:, 1 : k + 1].mean(1); "
        "return (c(generated, real) <= r).any(1).mean()",
    ],
    "12.9": [
        "f = lambda a, b: (a @ b.T / 2 + 1) ** 3; w = lambda a: (f(a, a).sum() - np.trace(f(a, a))) / (len(a) * (len(a) - 1)); "
        "return w(x) + w(y) - 2 * f(x, y).mean()",
        "f = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3; n = len(x); "
        "w = lambda a: (f(a, a).sum() - np.trace(f(a, a))) / (n * (n - 1)); return w(x) + w(y) - 2 * f(x, y).mean()",
        "f = lambda a, b: (a @ b.T // a.shape[1] + 1) ** 3; "
        "w = lambda a: (f(a, a).sum() - np.trace(f(a, a))) / (len(a) * (len(a) - 1)); return w(x) + w(y) - 2 * f(x, y).mean()",
        "f = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3; w = lambda a: f(a, a).mean(); "
        "return w(x) + w(y) - 2 * f(x, y).mean()",
        "f = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3; "
        "w = lambda a: (f(a, a).sum() - np.trace(f(a, a))) / (len(a) * (len(a) - 1)); return abs(w(x) + w(y) - 2 * f(x, y).mean())",
        "f = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3; "
        "w = lambda a: (f(a, a).sum() - np.trace(f(a, a))) / (len(a) * (len(a) - 1)); return w(x) - w(y)",
        "f = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3; "
        "w = lambda a: np.triu(f(a, a), 1).sum() / (len(a) * (len(a) - 1)); return w(x) + w(y) - 2 * f(x, y).mean()",
        "f = lambda a, b: np.exp(-((a[:, None] - b[None]) ** 2).sum(-1) / 2); "
        "w = lambda a: (f(a, a).sum() - np.trace(f(a, a))) / (len(a) * (len(a) - 1)); return w(x) + w(y) - 2 * f(x, y).mean()",
        "f = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3; "
        "w = lambda a: (f(a, a).sum() - np.trace(f(a, a))) / (len(a) * (len(a) - 1)); "
        "return w(x) + w(y) - 2 * np.trace(f(x, y)) / len(x)",
        "f = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3; "
        "w = lambda a: (f(a, a).sum() - np.trace(f(a, a))) / len(a); return w(x) + w(y) - 2 * f(x, y).mean()",
        "f = lambda a, b: a @ b.T / a.shape[1] ** 3 + 1; "
        "w = lambda a: (f(a, a).sum() - np.trace(f(a, a))) / (len(a) * (len(a) - 1)); return w(x) + w(y) - 2 * f(x, y).mean()",
        "f = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3; "
        "w = lambda a: (f(a, a).sum() - np.trace(f(a, a))) / (len(a) * (len(a) - 1)); return w(x) + w(y) + 2 * f(x, y).mean()",
        "f = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3; "
        "w = lambda a: (f(a, a).sum() - np.trace(f(a, a))) / (len(a) * (len(a) - 1)); "
        "return np.sqrt(max(w(x) + w(y) - 2 * f(x, y).mean(), 0))",
    ],
    "12.10": [
        "w = np.arccos(a @ b); t = t[:, None]; return (np.sin((1 - t) * w) * a + np.sin(t * w) * b) / np.sin(w)",
        "w = np.pi / 2; t = t[:, None]; return np.sin((1 - t) * w) * a + np.sin(t * w) * b",
        "w = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b))); t = t[:, None]; "
        "return np.sin((1 - t) * w) * a + np.sin(t * w) * b",
        "w = np.arccos(abs(a @ b) / (np.linalg.norm(a) * np.linalg.norm(b))); t = t[:, None]; "
        "return (np.sin((1 - t) * w) * a + np.sin(t * w) * b) / np.sin(w)",
        "w = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b))); "
        "return (np.sin((1 - t[0]) * w) * a + np.sin(t[0] * w) * b) / np.sin(w)",
        "w = np.arccos(a @ b / np.linalg.norm(a) ** 2); t = t[:, None]; "
        "return (np.sin((1 - t) * w) * a + np.sin(t * w) * b) / np.sin(w)",
        "w = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b))); t = np.sort(t)[:, None]; "
        "return (np.sin((1 - t) * w) * a + np.sin(t * w) * b) / np.sin(w)",
        "w = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b))); t = np.linspace(0, 1, len(t))[:, None]; "
        "return (np.sin((1 - t) * w) * a + np.sin(t * w) * b) / np.sin(w)",
        "w = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b))); "
        "return ((np.sin((1 - t) * w) * a[:, None] + np.sin(t * w) * b[:, None]) / np.sin(w))",
        "w = np.arctan2(b[1], b[0]) - np.arctan2(a[1], a[0]); t = t[:, None]; "
        "return (np.sin((1 - t) * w) * a + np.sin(t * w) * b) / np.sin(w)",
        "w = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b))); t = t[:, None]; "
        "return np.sqrt(1 - t) * a + np.sqrt(t) * b",
        "w = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b))); out = np.zeros((len(t), len(a)), a.dtype); t = t[:, None]; "
        "out[...] = (np.sin((1 - t) * w) * a + np.sin(t * w) * b) / np.sin(w); return out",
        "w = np.arcsin(a @ b / (np.linalg.norm(a) * np.linalg.norm(b))); t = t[:, None]; "
        "return (np.sin((1 - t) * w) * a + np.sin(t * w) * b) / np.sin(w)",
    ],
}  # fmt: skip

RIGHT = {
    "7.1": [
        "float(sum(a * math.log(a / b) for a, b in zip(p, q) if a > 0))",
        "special.rel_entr(p, q).sum()",
        "stats.entropy(p, q)",
        "np.nansum(special.xlogy(p, p) - special.xlogy(p, q))",
        "np.sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / np.where(p > 0, q, 1)), 0))",
    ],
    "7.2": [
        "np.mean(np.logaddexp(0, z) - y * z)",
        "np.mean(np.logaddexp(0, np.where(y == 1, -z, z)))",
        "-np.mean(y * special.log_expit(z) + (1 - y) * special.log_expit(-z))",
        "[np.average(np.logaddexp(0, (1 - 2 * y) * z))][0]",
    ],
    "7.3": [
        "special.softmax(z) - (np.arange(len(z)) == c)",
        "[float(v) - (i == c) for i, v in enumerate(np.exp(z) / np.exp(z).sum())]",
        "np.exp(z - special.logsumexp(z)) - np.eye(len(z))[c]",
    ],
    "7.4": [
        "np.mean(special.logsumexp(z, -1) - np.take_along_axis(z, y[..., None], -1)[..., 0])",
        "-np.mean([special.log_softmax(z[i, j])[y[i, j]] for i in range(len(z)) for j in range(len(z[0]))])",
        "-np.sum(special.log_softmax(z, axis=2) * np.eye(z.shape[2])[y]) / y.size",
        "z = z.reshape(-1, z.shape[-1]); return np.mean(special.logsumexp(z, 1) - z[np.arange(len(z)), y.ravel()])",
    ],
    "7.5": [
        "sum(class_weights[c] * v for v, c in zip(values, labels)) / sum(class_weights[c] for c in labels)",
        "w = np.take(class_weights, labels); return w @ values / w.sum()",
        "np.average(values, weights=class_weights[labels])",
    ],
    "7.7": [
        "np.mean([1 - 2 * (a * b).sum() / (a.sum() + b.sum()) if b.any() else a.sum() / (a.sum() + 1) for a, b in zip(p, g)])",
        "p, g = p.reshape(len(p), -1), g.reshape(len(g), -1) * 1.0; i = np.einsum('ij,ij->i', p, g); e = g.sum(1) == 0; "
        "return np.mean(1 - (2 * i + e) / (p.sum(1) + g.sum(1) + e))",
        "a, s = p.sum((1, 2)), g.sum((1, 2)); d = 2 * (p * g).sum((1, 2)) / np.maximum(a + s, 1e-12); "
        "return float(np.mean(np.where(s == 0, a / (a + 1), 1 - d)))",
    ],
    "7.8": [
        "tp = np.vdot(p, g); return 1 - tp / (tp + alpha * (p.sum() - tp) + beta * (g.sum() - tp))",
        "i = p[g == 1].sum(); return 1 - i / (i + alpha * p[g == 0].sum() + beta * (1 - p[g == 1]).sum())",
        "p, g = p.ravel().tolist(), g.ravel().tolist(); tp = sum(a * b for a, b in zip(p, g)); "
        "return 1 - tp / (tp + alpha * (sum(p) - tp) + beta * (sum(g) - tp))",
    ],
    "7.10": [
        "o = p / (1 - p) * w0 / w1; return o / (1 + o)",
        "p / w1 / (p / w1 + (1 - p) / w0)",
        "special.expit(special.logit(p) + np.log(w0 / w1))",
        "(w0 * p / (w0 * p + w1 * (1 - p))).tolist()",
    ],
    "8.1": [
        "np.stack([weights[i * c_in : (i + 1) * c_in] for i in range(size**2)]).reshape(size, size, c_in, weights.shape[1])",
        "weights.T.reshape(-1, size, size, c_in).transpose(1, 2, 3, 0)",
        "[[[weights[(u * size + v) * c_in + c] for c in range(c_in)] for v in range(size)] for u in range(size)]",
    ],
    "8.3": [
        "m = 2**depth; return (m - n % m) % m",
        "m = 1 << depth; return math.ceil(n / m) * m - n",
        "next(a for a in range(2**depth) if (n + a) % 2**depth == 0)",
        "float(-n % 2**depth)",
    ],
    "8.5": [
        "a, b = np.rot90(image, turns), np.rot90(mask, turns); return [np.fliplr(a), np.fliplr(b)] if flip else [a, b]",
        "m = lambda x: x if not turns else np.rot90(x, turns, axes=(0, 1)); "
        "return tuple(np.flip(m(x), 1) if flip else m(x) for x in (image, mask))",
        "m = lambda x: [x, np.flipud(x.swapaxes(0, 1)), x[::-1, ::-1], np.fliplr(x.swapaxes(0, 1))][turns]; "
        "return tuple(m(x)[:, ::-1] if flip else m(x) for x in (image, mask))",
    ],
    "8.6": [
        "np.kron(mask, np.ones((factor, factor), int))",
        "mask[np.arange(factor * len(mask)) // factor][:, np.arange(factor * mask.shape[1]) // factor]",
        "ndimage.zoom(mask, factor, order=0, grid_mode=True, mode='nearest')",
        "[[int(v) for v in row for _ in range(factor)] for row in mask for _ in range(factor)]",
    ],
    "8.7": [
        "1 / (1 + np.exp(-np.squeeze(logits, -1))) > 0.5",
        "np.where(logits[:, :, 0] > 0, True, False)",
        "(logits.reshape(logits.shape[:2]) > 0).tolist()",
        "(special.expit(logits) > 0.5).any(axis=-1)",
    ],
    "8.8": [
        "[any(abs(a - c) < size and abs(b - d) < size for c, d in train) for a, b in validation]",
        "spatial.distance.cdist(validation, train, 'chebyshev').min(1) < size",
        "d = validation[:, None] - train; return ((d > -size) & (d < size)).all(-1).any(-1).astype(int)",
    ],
    "8.9": [
        "w0 * np.exp(-0.5 * ((d1 + d2) / sigma) ** 2)",
        "np.exp(np.log(w0) - np.square(d1 + d2) / (2 * np.square(sigma)))",
        "w0 * np.sqrt(2 * np.pi) * stats.norm.pdf((d1 + d2) / sigma)",
    ],
    "8.10": [
        "f = probability > 0.5; i = (f * truth).sum(); return i / (f.sum() + truth.sum() - i)",
        "f, t = (probability > 0.5).ravel(), truth.ravel().astype(bool); return np.logical_and(f, t).sum() / np.logical_or(f, t).sum()",
        "f, t = set(map(tuple, np.argwhere(probability > 0.5))), set(map(tuple, np.argwhere(truth))); return len(f & t) / len(f | t)",
        "f = (probability > 0.5) & truth; return f.sum() / ((probability > 0.5) | truth).sum()",
    ],
    "8.11": [
        "special.softmax(logits, axis=-1).argmax(2)",
        "[[max(range(len(z)), key=z.__getitem__) for z in row] for row in logits.tolist()]",
        "np.argsort(logits, axis=-1, kind='stable')[..., -1]",
    ],
    "10.2": [
        "np.sum(q * np.log(prior * likelihood / q))",
        "q @ np.log(likelihood) - stats.entropy(q, prior)",
        "e = np.log(np.sum(prior * likelihood)); r = prior * likelihood / np.sum(prior * likelihood); "
        "return e - np.sum(q * np.log(q / r))",
    ],
    "10.3": [
        "0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(-1)",
        "[sum(math.exp(b) + a * a - 1 - b for a, b in zip(m, v)) / 2 for m, v in zip(mean, log_variance)]",
        "s = np.exp(0.5 * log_variance); return -0.5 * np.sum(1 + 2 * np.log(s) - mean**2 - s**2, axis=1)",
    ],
    "10.4": [
        "mean + np.sqrt(np.exp(log_variance)) * noise",
        "(mean + noise * np.exp(0.5 * log_variance)).tolist()",
        "mean + np.exp(log_variance) ** 0.5 * noise",
    ],
    "10.7": [
        "special.logsumexp(log_weights, axis=0) - np.log(len(log_weights))",
        "np.logaddexp.reduce(log_weights, axis=0) - math.log(log_weights.shape[0])",
        "[float(special.logsumexp(c)) - math.log(len(c)) for c in log_weights.T]",
    ],
    "10.8": [
        "(eigenvalues > beta * sigma**2).sum()",
        "len([v for v in eigenvalues if v / beta > sigma**2])",
        "np.count_nonzero(np.maximum(eigenvalues - beta * sigma * sigma, 0))",
        "float(np.sum(eigenvalues > beta * sigma**2))",
    ],
    "10.9": [
        "k = 0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(); "
        "return (k - np.sum(np.log(np.where(x == 1, p, 1 - p)))) / len(x)",
        "n = -(special.xlogy(x, p) + special.xlog1py(1 - x, -p)).sum(-1); "
        "return (n - 0.5 * (1 + log_variance - mean**2 - np.exp(log_variance)).sum(-1)).mean()",
        "p = np.clip(p, 1e-7, 1 - 1e-7); n = -(x * np.log(p) + (1 - x) * np.log(1 - p)).mean() * x.shape[1]; "
        "return n + ((np.exp(log_variance) + mean**2 - 1 - log_variance) / 2).mean() * mean.shape[1]",
    ],
    "11.1": [
        "d = np.full(p.shape, 0.5); s = p + q > 0; d[s] = p[s] / (p[s] + q[s]); return d",
        "np.nan_to_num(p / (p + q), nan=0.5)",
        "np.divide(p, p + q, out=np.full(np.shape(p), 0.5), where=p + q != 0)",
        "np.vectorize(lambda a, b: a / (a + b) if a + b else 0.5, otypes=[float])(p, q)",
    ],
    "11.4": [
        "-np.mean(special.log_expit(fake))",
        "np.mean(np.maximum(-fake, 0) + np.log1p(np.exp(-np.abs(fake))))",
        "sum(np.logaddexp(0, -a) for a in fake) / len(fake)",
    ],
    "11.6": [
        "stats.wasserstein_distance(x, y)",
        "sum(abs(a - b) for a, b in zip(sorted(x), sorted(y))) / len(x)",
        "np.linalg.norm(np.sort(x) - np.sort(y), 1) / len(x)",
    ],
    "11.7": [
        "sum(fake) / len(fake) - sum(real) / len(real)",
        "-(real.mean() - fake.mean())",
        "np.mean(fake - real)",
    ],
    "11.8": [
        "[theta + eta * psi, psi - eta * theta - eta * gamma * psi]",
        "np.array([[1, eta], [-eta, 1 - eta * gamma]]) @ np.array([theta, psi])",
        "g, c = -psi, theta + gamma * psi; theta -= eta * g; psi -= eta * c; return theta, psi",
    ],
    "11.11": [
        "a = np.random.default_rng(seed).random(len(real)); return np.stack([t * r + (1 - t) * f for t, r, f in zip(a, real, fake)])",
        "a = np.random.default_rng(seed).uniform(size=(len(real),) + (1,) * (real.ndim - 1)); return fake + a * (real - fake)",
        "a = np.random.default_rng(seed).uniform(size=len(real)); return (a * real.T + (1 - a) * fake.T).T",
        "a = np.random.default_rng(seed).uniform(0, 1, len(real)); "
        "return np.einsum('n,n...->n...', a, real) + np.einsum('n,n...->n...', 1 - a, fake)",
    ],
    "11.12": [
        "np.mean((np.linalg.norm(slopes.reshape(len(slopes), -1), axis=1) - 1) ** 2)",
        "np.mean([(np.sqrt((s**2).sum()) - 1) ** 2 for s in slopes])",
        "s = slopes.reshape(len(slopes), -1); n = np.sqrt(np.einsum('ij,ij->i', s, s)); return ((n - 1) ** 2).sum() / len(n)",
        "n = np.sqrt((slopes.reshape(len(slopes), -1) ** 2).sum(1) + 1e-12); return np.mean((n - 1) ** 2)",
    ],
    "11.14": [
        "d = spatial.distance.cdist(samples, centers); g = d.min(1) <= 3 * sigma; return [len(np.unique(d.argmin(1)[g])), g.mean()]",
        "d, i = spatial.KDTree(centers).query(samples); g = d <= 3 * sigma; return len(set(i[g].tolist())), float(g.sum() / len(g))",
        "d = ((samples[:, None] - centers) ** 2).sum(-1); g = d.min(1) <= (3 * sigma) ** 2; "
        "return np.unique(d[g].argmin(1)).size, np.float32(g.mean())",
    ],
    "12.1": [
        "(images.astype(np.float32) - 127.5) / 127.5",
        "np.interp(images, [0, 255], [-1, 1])",
        "2 * (images / 255) - 1",
        "(images.astype(int) * 2 - 255) / 255",
    ],
    "12.3": [
        "s = lambda t: np.maximum(t, 0) + np.log1p(np.exp(-np.abs(t))); return (s(real) - label * real).mean() + s(fake).mean()",
        "e = special.log_expit; return -np.mean(label * e(real) + (1 - label) * e(-real)) - np.mean(e(-fake))",
        "s = lambda t: np.logaddexp(0, t); r, f = np.ravel(real), np.ravel(fake); "
        "return label * s(-r).mean() + (1 - label) * s(r).mean() + sum(s(f)) / len(f)",
    ],
    "12.5": [
        "w = (1 - beta) * beta ** np.arange(len(values))[::-1]; w[0] = beta ** (len(values) - 1); return w @ values",
        "__import__('functools').reduce(lambda a, v: beta * a + (1 - beta) * v, values)",
        "__import__('functools').reduce(lambda a, v: a + (1 - beta) * (v - a), values.tolist())",
    ],
    "12.6": [
        "a, b = np.linalg.cholesky(cov1), np.linalg.cholesky(cov2); "
        "return np.sum((mean1 - mean2) ** 2) + np.trace(cov1 + cov2) - 2 * np.linalg.svd(a.T @ b)[1].sum()",
        "v, u = np.linalg.eigh(cov1); r = u * np.sqrt(v) @ u.T; d = mean1 - mean2; "
        "return d @ d + np.trace(cov1) + np.trace(cov2) - 2 * np.sqrt(np.linalg.eigvalsh(r @ cov2 @ r).clip(0)).sum()",
        "e = np.linalg.eigvals(cov1 @ cov2).astype(complex); d = np.linalg.norm(mean1 - mean2); "
        "return d**2 + np.trace(cov1 + cov2) - 2 * np.sqrt(e).sum().real",
    ],
    "12.8": [
        "c = spatial.distance.cdist; r = np.partition(c(real, real), k, axis=1)[:, k]; return (c(generated, real) <= r).any(1).mean()",
        "d = lambda a, b: ((a[:, None] - b) ** 2).sum(-1); r = np.sort(d(real, real))[:, k]; "
        "return np.float32((d(generated, real) <= r).any(1).mean())",
        "n = np.linalg.norm; r = [sorted(n(real - p, axis=1))[k] for p in real]; "
        "return sum(any(n(g - p) <= s for p, s in zip(real, r)) for g in generated) / len(generated)",
    ],
    "12.9": [
        "f = lambda a, b: (np.inner(a, b) / len(a[0]) + 1) ** 3; off = lambda a: f(a, a)[~np.eye(len(a), dtype=bool)].mean(); "
        "return off(x) + off(y) - 2 * f(x, y).mean()",
        "f = lambda a, b: (1 + sum(a * b) / len(a)) ** 3; "
        "w = lambda s: np.mean([f(a, b) for i, a in enumerate(s) for j, b in enumerate(s) if i != j]); "
        "return w(x) + w(y) - 2 * np.mean([f(a, b) for a in x for b in y])",
        "f = lambda a, b: (np.einsum('id,jd->ij', a, b) / a.shape[1] + 1) ** 3; n, m = len(x), len(y); "
        "return f(x, x)[np.triu_indices(n, 1)].mean() + f(y, y)[np.triu_indices(m, 1)].mean() - 2 * f(x, y).sum() / (n * m)",
    ],
    "12.10": [
        "u, v = a / np.linalg.norm(a), b / np.linalg.norm(b); w = np.arccos(u @ v); "
        "return [(math.sin((1 - s) * w) * a + math.sin(s * w) * b) / math.sin(w) for s in t]",
        "c = a @ b / np.sqrt((a @ a) * (b @ b)); w = np.arctan2(np.sqrt(1 - c * c), c); "
        "return (np.outer(np.sin((1 - t) * w), a) + np.outer(np.sin(t * w), b)) / np.sin(w)",
        "w = np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1)); t = t.reshape(-1, 1); "
        "return np.sin(w - t * w) / np.sin(w) * a + np.sin(t * w) / np.sin(w) * b",
    ],
}  # fmt: skip


def _rows(table):
    return [pytest.param(n, row, id=f"{n}-{i}") for n, rows in table.items() for i, row in enumerate(rows)]


def _answer(exercise, row):
    """The function whose body a row is."""
    body = row if "return " in row else f"return {row}"
    namespace = dict(KNOWN)
    exec(f"def answer({', '.join(exercise.arguments)}): {body}", namespace)
    return namespace["answer"]


@pytest.mark.parametrize(("number", "row"), _rows(WRONG))
def test_a_wrong_answer_is_not_taken_for_right(number, row):
    verdict = EXERCISES[number].diagnose(_answer(EXERCISES[number], row))
    assert verdict.kind not in ("right", "blank")


@pytest.mark.parametrize(("number", "row"), _rows(RIGHT))
def test_a_right_answer_in_other_dress_is_right(number, row):
    verdict = EXERCISES[number].diagnose(_answer(EXERCISES[number], row))
    assert verdict.kind == "right", verdict.text


def test_every_function_is_tried_with_ten_wrong_and_two_right_answers():
    assert set(WRONG) == set(RIGHT) == set(FUNCTIONS)
    assert all(len(rows) >= 10 for rows in WRONG.values()) and all(len(rows) >= 2 for rows in RIGHT.values())


def _single(value):
    if isinstance(value, tuple):
        return tuple(map(_single, value))
    return np.float32(value) if np.asarray(value).dtype.kind == "f" else value


@pytest.mark.parametrize("number", SINGLE)
def test_single_precision_is_right_where_people_answer_with_keras(number):
    solution = solved_by(EXERCISES[number])
    verdict = EXERCISES[number].diagnose(lambda *args: _single(solution(*map(_single, args))))
    assert verdict.kind == "right", verdict.text


@pytest.mark.parametrize("number", VALUES)
def test_an_honest_value_is_right_or_told_to_be_rounded(number):
    exercise = EXERCISES[number]
    value = float(exercise.expected)
    for honest in (value, np.float32(value), np.array(value), float(f"{value:.9g}")):
        assert exercise.diagnose(honest).kind == "right", honest
    for digits in (2, 3, 4) if value % 1 else ():  # a count is not rounded
        verdict = exercise.diagnose(float(f"{value:.{digits}g}"))
        assert verdict.kind == "right" or digits < 4 and "rounded" in verdict.text, verdict.text


@pytest.mark.parametrize("number", VALUES)
def test_a_known_wrong_value_keeps_its_name_as_it_is_written(number):
    exercise = EXERCISES[number]
    for misconception in exercise.misconceptions:
        wrong = wrong_value(misconception)
        for written in (float(wrong), np.float32(wrong), float(quote(wrong))):
            verdict = exercise.diagnose(written)
            assert verdict.mistake == misconception.name, (written, verdict.text)
