"""Answers to the exercises of chapter 07, Loss functions, as learners write them."""

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
        "np.sum(np.where(p > 0, p * np.log(p / q), q))",
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
}

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
}
