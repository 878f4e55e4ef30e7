"""Answers to the exercises of chapter 15, Applications, as learners write them."""

WRONG = {
    "15.1": [
        "out = stored - min(values); out[stored == void] = 255; return out",
        "out = stored.copy(); return np.where(out == void, 255, (out > 0).astype(np.uint8))",
        "out = np.zeros(stored.shape, np.uint8)\nfor k, v in enumerate(values):\n    out[stored == v] = k\nreturn out",
        "d = dict(enumerate(values)); return np.vectorize(lambda s: d.get(s, 255))(stored)",
        "out = stored.copy()\nfor k, v in enumerate(sorted(values)):\n    out[stored == v] = k\n"
        "if void is not None:\n    out[stored == void] = 255\nreturn out",
        "out = np.full(stored.shape, 255)\nfor k, v in enumerate(values[:2]):\n    out[stored == v] = k\nreturn out",
        "out = stored.astype(np.int8)\nfor k, v in enumerate(values):\n    out[stored == v] = k\n"
        "out[stored == void] = -1\nreturn out",
        "return np.argmax([stored == v for v in values], axis=0)",
        "stored = stored.astype(np.uint8); out = np.full(stored.shape, 255, np.uint8)\n"
        "for k, v in enumerate(values):\n    out[stored == v] = k\nreturn out",
        "out = np.full(stored.shape, 255, np.uint8)\nfor k, v in enumerate(values):\n    out[stored >= v] = k\n"
        "out[stored == void] = 255\nreturn out",
        "for k, v in enumerate(values):\n    stored[stored == v] = k\nif void is not None:\n    stored[stored == void] = 255\n"
        "return stored",
        "return np.array([[values.index(v) if v in values else 255 for v in row] for row in stored]).T",
        "out = np.full(stored.shape, 255, np.uint8)\nfor k, v in enumerate(values):\n    out[stored == v] = k\n    return out",
        "out = np.searchsorted(values, stored); out[stored == void] = 255; return out",
        "out = (stored == values[1]).astype(int)\nif void is not None:\n    out[stored == void] = 255\nreturn out",
        "m = stored.astype(np.uint8); out = np.zeros(m.shape, int)\nfor k, v in enumerate(values):\n    out[m == v] = k\nif void is not None:\n    out[m == void] = 255\nreturn out",
    ],
    "15.2": [
        "return [group == groups[-1] for group in groups]",
        "last = sorted(set(groups), reverse=True)[:n]; return [g in last for g in groups]",
        "return np.isin(groups, np.unique(groups)[-n:])",
        "_, first = np.unique(groups, return_index=True); return np.isin(np.arange(len(groups)), np.sort(first)[-n:])",
        "order = list(dict.fromkeys(groups)); return [g in order[n:] for g in groups]",
        "order = list(dict.fromkeys(groups)); return [g in order[-n - 1:] for g in groups]",
        "order = list(dict.fromkeys(groups)); return [order.index(g) for g in groups]",
        "order = list(dict.fromkeys(groups[::-1])); return [g in order[:n] for g in groups]",
        "order = list(dict.fromkeys(groups)); held = order[-n:]; return [g not in held for g in groups]",
        "order = list(dict.fromkeys(groups)); return [i for i, g in enumerate(groups) if g in order[-n:]]",
        "return [i >= len(groups) - n for i in range(len(groups))]",
        "order = list(dict.fromkeys(groups)); held = order[-n:]; return [g for g in groups if g in held]",
        "rng = np.random.default_rng(); held = rng.permutation(list(dict.fromkeys(groups)))[-n:]; "
        "return [str(g) in map(str, held) for g in groups]",
        "return [list(groups[i:]).count(g) <= n for i, g in enumerate(groups)]",
        "return [list(groups[: i + 1]).count(g) <= n for i, g in enumerate(groups)]",
    ],
    "15.4": [
        "return np.mean(test[:, np.argmax(np.mean(valid, axis=0))])",
        "return np.nanmax(np.nanmean(test, axis=0))",
        "best = np.nanargmax(valid); return np.nanmean(test.ravel()[best % test.size])",
        "best = np.argmax(np.nanmean(valid, axis=1)); return np.nanmean(test[:, best % test.shape[1]])",
        "best = np.argmax(np.nanmax(valid, axis=0)); return np.nanmean(test[:, best])",
        "best = np.argmax(np.nanmin(valid, axis=0)); return np.nanmean(test[:, best])",
        "best = np.argmax(np.nanmean(valid, axis=0)); return np.nanmax(test[:, best])",
        "best = np.argmax(np.nanmean(valid, axis=0)); return np.nanmean(test[best])",
        "best = np.argmax(np.nansum(valid, axis=0)); return np.nansum(test[:, best]) / len(test)",
        "best = np.nanargmax(valid, axis=1); return np.nanmean([test[i % len(test), b] for i, b in enumerate(best)])",
        "v = np.where(np.isnan(valid), 0.5, valid); return np.nanmean(test[:, np.argmax(v.mean(axis=0))])",
        "best = np.argmax(np.nanmean(valid, axis=0)); return round(np.nanmean(test[:, best]), 2)",
        "best = np.argmax(np.nanmean(valid, axis=0)); return np.nanmean(valid[:, best]) - np.nanmean(test[:, best])",
        "best = np.argmax(np.nanmean(valid, axis=0)); return test[0, best]",
    ],
    "15.5": [
        "s = np.std(scores); return np.mean(scores), np.mean(scores) - t * s, np.mean(scores) + t * s",
        "m = np.array([np.mean([s for s, h in zip(scores, groups) if h == g]) for g in set(groups)]); "
        "h = t * m.std() / len(m) ** 0.5; return m.mean(), m.mean() - h, m.mean() + h",
        "m = np.array([np.mean([s for s, h in zip(scores, groups) if h == g]) for g in set(groups)]); "
        "h = t * m.std(ddof=1) / len(m); return m.mean(), m.mean() - h, m.mean() + h",
        "m = np.array([np.mean([s for s, h in zip(scores, groups) if h == g]) for g in set(groups)]); "
        "h = 1.96 * m.std(ddof=1) / len(m) ** 0.5; return m.mean(), m.mean() - h, m.mean() + h",
        "m = np.array([np.mean([s for s, h in zip(scores, groups) if h == g]) for g in set(groups)]); "
        "h = t * m.std(ddof=1) / len(m) ** 0.5; return m.mean(), h",
        "m = np.array([np.mean([s for s, h in zip(scores, groups) if h == g]) for g in set(groups)]); "
        "h = t * m.std(ddof=1) / len(m) ** 0.5; return m.mean(), m.mean() + h, m.mean() - h",
        "m = np.array([np.mean([s for s, h in zip(scores, groups) if h == g]) for g in set(groups)]); "
        "h = t * m.var(ddof=1) / len(m) ** 0.5; return m.mean(), m.mean() - h, m.mean() + h",
        "m = np.array([np.mean([s for s, h in zip(scores, groups) if h == g]) for g in set(groups)]); "
        "return m.mean(), np.quantile(m, 0.025), np.quantile(m, 0.975)",
        "m = np.array([np.mean([s for s, h in zip(scores, groups) if h == g]) for g in set(groups)]); "
        "h = t * stats.sem(m); return np.median(m), np.median(m) - h, np.median(m) + h",
        "m = np.array([np.mean([s for s, h in zip(scores, groups) if h == g]) for g in groups]); "
        "h = t * stats.sem(m); return m.mean(), m.mean() - h, m.mean() + h",
        "h = t * stats.sem(scores); return np.mean(scores), np.mean(scores) - h, np.mean(scores) + h",
        "m = np.array([np.mean([s for s, h in zip(scores, groups) if h == g]) for g in set(groups)]); "
        "h = t * stats.sem(m); return m.mean(), max(m.mean() - h, 0), min(m.mean() + h, 1)",
        "m = np.array([np.max([s for s, h in zip(scores, groups) if h == g]) for g in set(groups)]); "
        "h = t * stats.sem(m); return m.mean(), m.mean() - h, m.mean() + h",
    ],
    "15.6": [
        "return image[:rows, :columns]",
        "out = np.zeros((rows, columns, *image.shape[2:]), image.dtype)\nfor r in range(rows):\n"
        "    for c in range(columns):\n        x, y, w = np.array(H) @ [c, r, 1]\n        out[r, c] = image[int(y / w), int(x / w)]\n"
        "return out",
        "out = np.zeros((rows, columns, *image.shape[2:]), image.dtype)\nfor r in range(rows):\n"
        "    for c in range(columns):\n        x, y, w = np.array(H) @ [r, c, 1]\n"
        "        out[r, c] = image[int(y / w + 0.5), int(x / w + 0.5)]\nreturn out",
        "out = np.zeros((rows, columns, *image.shape[2:]), image.dtype)\nfor r in range(rows):\n"
        "    for c in range(columns):\n        x, y, w = np.array(H) @ [c, r, 1]\n"
        "        out[r, c] = image[int(x / w + 0.5), int(y / w + 0.5)]\nreturn out",
        "out = np.zeros((rows, columns, *image.shape[2:]), image.dtype)\nfor r in range(rows):\n"
        "    for c in range(columns):\n        x, y, w = np.array(H) @ [c, r, 1]\n"
        "        out[r, c] = image[int(y + 0.5), int(x + 0.5)]\nreturn out",
        "out = np.zeros((rows, columns, *image.shape[2:]), image.dtype)\nfor r in range(rows):\n"
        "    for c in range(columns):\n        x, y, w = np.linalg.inv(H) @ [c, r, 1]\n"
        "        out[r, c] = image[int(np.floor(y / w + 0.5)), int(np.floor(x / w + 0.5))]\nreturn out",
        "out = np.zeros((columns, rows, *image.shape[2:]), image.dtype)\nfor r in range(rows):\n"
        "    for c in range(columns):\n        x, y, w = np.array(H) @ [c, r, 1]\n"
        "        out[c, r] = image[int(y / w + 0.5), int(x / w + 0.5)]\nreturn out",
        "out = np.zeros((rows, columns), image.dtype)\nfor r in range(rows):\n"
        "    for c in range(columns):\n        x, y, w = np.array(H) @ [c, r, 1]\n"
        "        out[r, c] = image[int(y / w + 0.5), int(x / w + 0.5)]\nreturn out",
        "out = np.zeros((rows, columns, *image.shape[2:]), int)\nfor r in range(rows):\n"
        "    for c in range(columns):\n        x, y, w = np.array(H) @ [c, r, 1]\n"
        "        out[r, c] = image[int(y / w + 0.5), int(x / w + 0.5)]\nreturn out",
        "out = np.zeros((rows, columns, *image.shape[2:]), image.dtype)\nfor r in range(rows):\n"
        "    for c in range(columns):\n        x, y, w = [c, r, 1] @ np.array(H)\n"
        "        out[r, c] = image[int(y / w + 0.5), int(x / w + 0.5)]\nreturn out",
        "out = np.zeros((rows, columns, *image.shape[2:]), image.dtype)\nfor r in range(rows):\n"
        "    for c in range(columns):\n        x, y, w = np.array(H) @ [c, r, 1]\n"
        "        out[r, c] = image[int(y / w + 0.5), int(x + 0.5)]\nreturn out",
        "out = np.zeros((rows, columns, *image.shape[2:]), image.dtype)\nfor r in range(rows):\n"
        "    for c in range(columns):\n        x, y, w = np.array(H) @ [c + 1, r + 1, 1]\n"
        "        out[r, c] = image[int(y / w + 0.5), int(x / w + 0.5)]\nreturn out",
        "r, c = np.mgrid[:rows, :columns]; x, y, w = np.tensordot(H, np.stack([r, c, np.ones_like(r)]), 1)\ni, j = np.floor(y / w + 0.5).astype(int), np.floor(x / w + 0.5).astype(int)\ni = np.clip(i, 0, image.shape[0] - 1); j = np.clip(j, 0, image.shape[1] - 1); return image[i, j]",
        "r, c = np.mgrid[:rows, :columns]; x, y, w = np.tensordot(H, np.stack([c, r, np.ones_like(r)]), 1)\ni, j = np.floor(x / w + 0.5).astype(int), np.floor(y / w + 0.5).astype(int)\ni = np.clip(i, 0, image.shape[0] - 1); j = np.clip(j, 0, image.shape[1] - 1); return image[i, j]",
    ],
    "15.7": [
        "p = np.mean([a == b for t, r in zip(truth, read) for a, b in zip(t, r)]); return p, p ** len(truth[0])",
        "c = [a == b for t, r in zip(truth, read) for a, b in zip(t, r)]; "
        "return sum(c) / len(c), np.mean([t == r for t, r in zip(truth, read)])",
        "c = [np.mean([a == b for a, b in zip(t, r)]) if r else 0 for t, r in zip(truth, read)]; "
        "return np.mean(c), np.mean(np.array(c) == 1)",
        "n = sum(map(len, truth)); c = sum(a == b for t, r in zip(truth, read) for a, b in zip(t, r)); "
        "return c / n, c / n",
        "n = sum(map(len, truth)); c = sum(a == b for t, r in zip(truth, read) for a, b in zip(t, r)); "
        "return c / n, sum(set(t) == set(r) for t, r in zip(truth, read)) / len(truth)",
        "n = sum(map(len, truth)); c = sum(a in r for t, r in zip(truth, read) for a in t); "
        "return c / n, sum(t == r for t, r in zip(truth, read)) / len(truth)",
        "c = sum(a == b for t, r in zip(truth, read) for a, b in zip(t, r)); "
        "return c / len(truth), sum(t == r for t, r in zip(truth, read)) / len(truth)",
        "return sum(t == r for t, r in zip(truth, read)) / len(truth)",
        "n = sum(map(len, truth)); c = sum(a == b for t, r in zip(truth, read) for a, b in zip(t, r)); "
        "return c / n, sum(t == r for t, r in zip(truth, read)) / max(1, sum(map(bool, read)))",
        "n = sum(map(len, truth)); c = sum(a != b for t, r in zip(truth, read) for a, b in zip(t, r)); "
        "return 1 - c / n, sum(t == r for t, r in zip(truth, read)) / len(truth)",
        "n = sum(map(len, truth)); c = sum(a == b for t, r in zip(truth, read) for a, b in zip(t, r)); "
        "return 100 * c / n, 100 * sum(t == r for t, r in zip(truth, read)) / len(truth)",
        "n = sum(map(len, truth)); c = sum(a == b for a, b in zip(''.join(truth), ''.join(read))); "
        "return c / n, sum(t == r for t, r in zip(truth, read)) / len(truth)",
        "n = sum(a == b for t, r in zip(truth, read) for a, b in zip(t, r)) / sum(map(len, truth))\nreturn n, np.mean([t[0] == r[:1] and t[-1] == r[-1:] for t, r in zip(truth, read)])",
    ],
    "15.8": [
        "return np.mean(extra - missed), 2 * matched.sum() / (2 * matched + missed + extra).sum()",
        "return abs(np.mean(extra - missed)), 2 * matched.sum() / (2 * matched + missed + extra).sum()",
        "return np.mean(missed + extra), 2 * matched.sum() / (2 * matched + missed + extra).sum()",
        "return np.mean(np.abs(extra - missed)), np.nanmean(2 * matched / (2 * matched + missed + extra))",
        "return np.mean(np.abs(extra - missed)), matched.sum() / (matched + missed).sum()",
        "return np.mean(np.abs(extra - missed)), matched.sum() / (matched + missed + extra).sum()",
        "return np.mean(np.abs(extra - missed)) / np.mean(matched + missed), "
        "2 * matched.sum() / (2 * matched + missed + extra).sum()",
        "return np.std(extra - missed), 2 * matched.sum() / (2 * matched + missed + extra).sum()",
        "p = np.mean(matched / np.maximum(matched + extra, 1)); r = np.mean(matched / np.maximum(matched + missed, 1)); "
        "return np.mean(np.abs(extra - missed)), 2 * p * r / (p + r)",
        "return np.max(np.abs(extra - missed)), 2 * matched.sum() / (2 * matched + missed + extra).sum()",
        "return np.mean(np.abs(extra + matched - missed)), 2 * matched.sum() / (2 * matched + missed + extra).sum()",
        "return np.mean(np.abs(extra - missed)), 1 - 2 * matched.sum() / (2 * matched + missed + extra).sum()",
        "e = extra.astype(np.uint8) - missed.astype(np.uint8); "
        "return np.mean(np.abs(e)), 2 * matched.sum() / (2 * matched + missed + extra).sum()",
    ],
    "15.9": [
        "m = test.mean(0); v = np.linalg.svd(train - m, full_matrices=False)[2][:k]; x = test - m; "
        "return np.linalg.norm(x - x @ v.T @ v, axis=1)",
        "m = train.mean(0); v = np.linalg.svd(train, full_matrices=False)[2][:k]; x = test - m; "
        "return np.linalg.norm(x - x @ v.T @ v, axis=1)",
        "m = train.mean(0); v = np.linalg.svd(train - m, full_matrices=False)[2][k:]; x = test - m; "
        "return np.linalg.norm(x - x @ v.T @ v, axis=1)",
        "m = train.mean(0); v = np.linalg.eigh((train - m).T @ (train - m))[1][:, :k]; x = test - m; "
        "return np.linalg.norm(x - x @ v @ v.T, axis=1)",
        "m = train.mean(0); c = train - m; v = (c.T @ np.linalg.eigh(c @ c.T)[1])[:, -k:]; x = test - m; "
        "return np.linalg.norm(x - x @ v @ v.T, axis=1)",
        "m = train.mean(0); v = np.linalg.svd(train - m, full_matrices=False)[2][:k]; x = test - m; "
        "return np.linalg.norm(x @ v.T @ v, axis=1)",
        "m = train.mean(0); v = np.linalg.svd(train - m, full_matrices=False)[2][:k]; x = test - m; "
        "return np.linalg.norm(x - x @ v.T @ v)",
        "m = train.mean(0); v = np.linalg.svd(train - m, full_matrices=False)[2][:k]; x = test - m; "
        "return np.sqrt(np.mean((x - x @ v.T @ v) ** 2, axis=1))",
        "m = train.mean(0); v = np.linalg.svd(train - m, full_matrices=False)[2][:k]; x = test - m; "
        "return np.linalg.norm(x - x @ v.T @ v, axis=0)",
        "m = train.mean(0); v = np.linalg.svd(train - m, full_matrices=False)[2][:k]; x = test - m; "
        "return np.linalg.norm(test - x @ v.T @ v, axis=1)",
        "m = train.mean(0); v = np.linalg.svd(train - m, full_matrices=False)[2][:k + 1]; x = test - m; "
        "return np.linalg.norm(x - x @ v.T @ v, axis=1)",
        "m = train.mean(); v = np.linalg.svd(train - m, full_matrices=False)[2][:k]; x = test - m; "
        "return np.linalg.norm(x - x @ v.T @ v, axis=1)",
        "s = train.std(0) + 1e-9; m = train.mean(0); v = np.linalg.svd((train - m) / s, full_matrices=False)[2][:k]; "
        "x = (test - m) / s; return np.linalg.norm(x - x @ v.T @ v, axis=1)",
        "m = train.mean(0); v = np.linalg.svd(train - m, full_matrices=False)[0][:, :k]; x = test - m; "
        "return np.linalg.norm(x - x @ v @ v.T, axis=1)",
        "m = train.mean(0); v = np.linalg.svd(train - m, full_matrices=False)[2][: k + 1]; x = test - m\nreturn np.linalg.norm(x - x @ v.T @ v, axis=1)",
        "m = train.mean(0); v = np.linalg.svd(train - m)[2][:, :k]; x = test - m\nreturn np.linalg.norm(x - x @ v @ v.T, axis=1)",
        "m = train.mean(0); v = np.linalg.eigh(np.cov(train.T))[1][-k:]; x = test - m\nreturn np.linalg.norm(x - x @ v.T @ v, axis=1)",
    ],
    "15.10": [
        "return np.mean(genuine < threshold), np.mean(impostor >= threshold)",
        "return np.mean(impostor > threshold), np.mean(genuine <= threshold)",
        "return np.mean(impostor >= threshold), np.mean(genuine >= threshold)",
        "return np.mean(impostor < threshold), np.mean(genuine < threshold)",
        "return np.mean(impostor <= threshold), np.mean(genuine > threshold)",
        "n = len(genuine) + len(impostor); return sum(impostor >= threshold) / n, sum(genuine < threshold) / n",
        "return sum(impostor >= threshold), sum(genuine < threshold)",
        "return np.mean(np.abs(impostor) >= threshold), np.mean(np.abs(genuine) < threshold)",
        "return np.mean(impostor >= 0.5), np.mean(genuine < 0.5)",
        "a = np.mean(impostor >= threshold); return a, 1 - a",
        "return np.mean(impostor >= threshold) + np.mean(genuine < threshold)",
        "return 100 * np.mean(impostor >= threshold), 100 * np.mean(genuine < threshold)",
        "a = np.concatenate([genuine, impostor]) >= threshold; return np.mean(a), np.mean(~a)",
        "return impostor >= threshold, genuine < threshold",
    ],
    "15.11": [
        "return alpha[..., None] * front + (1 - alpha[..., None]) * back",
        "a = alpha[..., None]; return a * front**2.2 + (1 - a) * back**2.2",
        "a = alpha[..., None] ** 2.2; return (a * front**2.2 + (1 - a) * back**2.2) ** (1 / 2.2)",
        "a = alpha[..., None]; return (a * back**2.2 + (1 - a) * front**2.2) ** (1 / 2.2)",
        "return (alpha * front**2.2 + (1 - alpha) * back**2.2) ** (1 / 2.2)",
        "a = alpha[..., None]; return (front**2.2 + (1 - a) * back**2.2) ** (1 / 2.2)",
        "a = alpha[..., None]; return (a * front**2.2 + (1 - a) * back**2.2) ** 2.2",
        "a = alpha[..., None]; return (a * front ** (1 / 2.2) + (1 - a) * back ** (1 / 2.2)) ** 2.2",
        "a = alpha[..., None]; return (a * front**2.4 + (1 - a) * back**2.4) ** (1 / 2.4)",
        "a = alpha[:, None]; return (a * front**2.2 + (1 - a) * back**2.2) ** (1 / 2.2)",
        "a = alpha[..., None]; return (a * front**2.2 + (1 - a) * back**2.2) ** 1 / 2.2",
        "a = alpha[..., None]; return np.round(255 * (a * front**2.2 + (1 - a) * back**2.2) ** (1 / 2.2)) / 255",
        "a = np.round(alpha)[..., None]; return (a * front**2.2 + (1 - a) * back**2.2) ** (1 / 2.2)",
        "a = alpha[..., None]; return a * (front**2.2) ** (1 / 2.2) + (1 - a) * (back**2.2) ** (1 / 2.2)",
    ],
    "15.12": [
        "return levels.shape[1] / pixels",
        "p = np.unique(levels, return_counts=True)[1] / levels.size; return -(p * np.log2(p)).sum() / pixels",
        "return sum(stats.entropy(np.unique(c, return_counts=True)[1]) for c in levels.T) / pixels",
        "return sum(stats.entropy(np.unique(c, return_counts=True)[1], base=2) for c in levels.T)",
        "return sum(stats.entropy(np.unique(c, return_counts=True)[1], base=2) for c in levels) / pixels",
        "return np.mean([stats.entropy(np.unique(c, return_counts=True)[1], base=2) for c in levels.T]) / pixels",
        "return sum(np.ceil(np.log2(len(np.unique(c)))) for c in levels.T) / pixels",
        "return np.log2(np.abs(levels) + 1).sum(axis=1).mean() / pixels",
        "return sum(stats.entropy(c, base=2) for c in levels.T) / pixels",
        "return sum(stats.entropy(np.unique(c, return_counts=True)[1], base=2) for c in levels.T) / pixels**2",
        "return sum(stats.entropy(np.unique(c, return_counts=True)[1], base=2) for c in levels.T) / levels.size",
        "return sum(0.5 * np.log2(2 * np.pi * np.e * (c.var() + 1 / 12)) for c in levels.T) / pixels",
        "return sum(stats.entropy(np.histogram(c, 3)[0] + 1e-9, base=2) for c in levels.T) / pixels",
        "return len(levels) * sum(stats.entropy(np.unique(c, return_counts=True)[1], base=2) for c in levels.T)",
    ],
}

RIGHT = {
    "15.1": [
        "out = np.full(stored.shape, 255, np.uint8)\nfor k, v in enumerate(values):\n    out[stored == v] = k\nreturn out",
        "return [[255 if void is not None and v == void else values.index(v) for v in row] for row in stored.tolist()]",
        "d = {v: k for k, v in enumerate(values)}; return np.vectorize(lambda s: d.get(s, 255), otypes=[int])(stored)",
        "return np.select([stored == v for v in values], range(len(values)), 255).astype(float)",
        "order = np.argsort(values); out = order[np.searchsorted(values, stored, sorter=order).clip(0, len(values) - 1)]; "
        "return np.where(stored == void, 255, out) if void is not None else out",
    ],
    "15.2": [
        "held = list(dict.fromkeys(groups))[-n:]; return [g in held for g in groups]",
        "u, first = np.unique(groups, return_index=True); return np.isin(groups, u[np.argsort(first)][-n:])",
        "seen = sorted(set(groups), key=groups.index); return np.array([int(seen.index(g) >= len(seen) - n) for g in groups])",
        "return [len(set(groups[: groups.index(g)])) >= len(set(groups)) - n for g in groups]",
    ],
    "15.4": [
        "best = np.nanmean(valid, axis=0).argmax(); return float(np.nanmean(test, axis=0)[best])",
        "m = lambda c: sum(x for x in c if x == x) / sum(x == x for x in c); "
        "best = max(range(valid.shape[1]), key=lambda j: m(valid[:, j])); return m(test[:, best])",
        "v = np.ma.masked_invalid(valid).mean(axis=0); return np.ma.masked_invalid(test[:, v.argmax()]).mean()",
        "best = np.argsort(np.nanmean(valid.astype('float32'), axis=0))[-1]; "
        "return np.nanmean(test[:, best].astype('float32'))",
    ],
    "15.5": [
        "m = [np.mean([s for s, h in zip(scores, groups) if h == g]) for g in set(groups)]; "
        "h = t * stats.sem(m); return np.mean(m), np.mean(m) - h, np.mean(m) + h",
        "u, i = np.unique(groups, return_inverse=True); m = np.bincount(i, scores) / np.bincount(i); n = len(m); "
        "h = t * m.std() / np.sqrt(n - 1); return [m.mean(), m.mean() - h, m.mean() + h]",
        "m = np.array([np.mean(scores[[h == g for h in groups]]) for g in dict.fromkeys(groups)], 'float32'); "
        "h = t * m.std(ddof=1) / np.sqrt(len(m)); return np.array([m.mean(), m.mean() - h, m.mean() + h])",
    ],
    "15.6": [
        "out = np.zeros((rows, columns, *image.shape[2:]), image.dtype)\nfor r in range(rows):\n"
        "    for c in range(columns):\n        x, y, w = np.array(H) @ [c, r, 1]\n"
        "        out[r, c] = image[int(np.floor(y / w + 0.5)), int(np.floor(x / w + 0.5))]\nreturn out",
        "out = []\nfor r in range(rows):\n    out.append([])\n    for c in range(columns):\n"
        "        x, y, w = np.array(H) @ [c, r, 1]\n        out[-1].append(image[round(y / w), round(x / w)].tolist())\n"
        "return out",
        "p = np.array([[(c, r, 1) for c in range(columns)] for r in range(rows)]) @ np.transpose(H); "
        "p = np.rint(p[..., :2] / p[..., 2:]).astype(int); return image[p[..., 1], p[..., 0]].astype('float32')",
    ],
    "15.7": [
        "n = sum(map(len, truth)); c = sum(a == b for t, r in zip(truth, read) for a, b in zip(t, r)); "
        "return c / n, sum(t == r for t, r in zip(truth, read)) / len(truth)",
        "read = [r or ' ' * len(t) for t, r in zip(truth, read)]; "
        "return [np.mean([a == b for a, b in zip(''.join(truth), ''.join(read))]), np.mean(np.array(truth) == read)]",
        "c = [r[i] == t[i] if r else False for t, r in zip(truth, read) for i in range(len(t))]; "
        "return np.array([np.mean(c), np.mean([t == r for t, r in zip(truth, read)])], 'float32')",
    ],
    "15.8": [
        "p = matched.sum() / (matched + extra).sum(); r = matched.sum() / (matched + missed).sum(); "
        "return np.abs(missed - extra).mean(), 2 * p * r / (p + r)",
        "e = [abs((a + c) - (a + b)) for a, b, c in zip(matched, missed, extra)]; "
        "return [sum(e) / len(e), sum(matched) / (sum(matched) + (sum(missed) + sum(extra)) / 2)]",
        "return np.array([np.abs(extra - missed).mean(), 2 * matched.mean() / (2 * matched + missed + extra).mean()], "
        "'float32')",
    ],
    "15.9": [
        "m = train.mean(0); v = np.linalg.svd(train - m)[2][:k]; x = test - m; "
        "return np.linalg.norm(x - x @ v.T @ v, axis=1)",
        "m = train.mean(0); c = train - m; v = c.T @ np.linalg.eigh(c @ c.T)[1][:, -k:]; v = v / np.linalg.norm(v, axis=0); "
        "x = test - m; return np.sqrt((x**2).sum(1) - ((x @ v) ** 2).sum(1))",
        "m = train.mean(0).astype('float32'); v = np.linalg.svd((train - m).astype('float32'))[2][:k]; "
        "x = test.astype('float32') - m; return [float(np.linalg.norm(i - v.T @ (v @ i))) for i in x]",
        "m = train.mean(0); q = np.linalg.svd((train - m).T)[0][:, k:]; return np.linalg.norm((test - m) @ q, axis=1)",
    ],
    "15.10": [
        "return np.mean(impostor >= threshold), np.mean(genuine < threshold)",
        "return [sum(s >= threshold for s in impostor) / len(impostor), 1 - np.mean(genuine >= threshold)]",
        "return np.array([(impostor >= threshold).mean(), (genuine < threshold).mean()], 'float32')",
    ],
    "15.11": [
        "a = np.expand_dims(alpha, -1); return np.power(a * np.power(front, 2.2) + (1 - a) * np.power(back, 2.2), 1 / 2.2)",
        "a = alpha[..., None]; f, b = front**2.2, back**2.2; return (b + a * (f - b)) ** (1 / 2.2)",
        "a = np.stack([alpha] * 3, axis=-1).astype('float32'); f, b = front.astype('float32'), back.astype('float32'); "
        "return ((a * f**2.2 + (1 - a) * b**2.2) ** (1 / 2.2)).tolist()",
    ],
    "15.12": [
        "return sum(stats.entropy(np.unique(c, return_counts=True)[1], base=2) for c in levels.T) / pixels",
        "b = 0\nfor c in levels.T:\n    for v in set(c.tolist()):\n        p = np.mean(c == v)\n        b -= p * math.log2(p)\n"
        "return b / pixels",
        "h = [np.bincount(c - c.min()) / len(c) for c in levels.T]; "
        "return np.float32(sum(special.entr(p).sum() for p in h) / math.log(2) / pixels)",
    ],
}
