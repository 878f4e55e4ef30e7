"""Answers to the exercises of chapter 12, Image GANs, as learners write them."""

WRONG = {
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
}

RIGHT = {
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
}
