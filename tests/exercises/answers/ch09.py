"""Answers to the exercises of chapter 09, measuring segmentation, as learners write them."""

_SUMS = "hit = np.diag(matrix); row = matrix.sum(1); col = matrix.sum(0); "
_POOLED = "m = matrices.sum(0); hit = np.diag(m); row = m.sum(1); col = m.sum(0); "
_TABLE = (
    "a = true_points * np.array(spacing); b = pred_points * np.array(spacing); "
    "d = spatial.distance.cdist(a, b); x, y = d.min(1), d.min(0); "
)
_MATCH = "n, m = table.shape; ious = table[table > 0.5]; tp = len(ious); fn, fp = n - tp, m - tp; "
_DIFF = "d = first - second; n = len(d); s = d.std(ddof=1); t = stats.t.ppf(0.975, n - 1); "
_ALLOWED = "from scipy.optimize import linear_sum_assignment as lsa; ok = table > threshold; "
_BINS = (
    "b = np.minimum((probability * n_bins).astype(int), n_bins - 1); "
    "inside = [b == k for k in range(n_bins) if (b == k).any()]; "
    "gaps = [abs(truth[i].mean() - probability[i].mean()) for i in inside]; "
)
_LOSS = "z, y = valid; ce = lambda z, y: np.mean(np.logaddexp(0, z) - y * z); "
_ALL_SIGNS = (
    "x = first - second; d = np.array([x[groups == g].mean() for g in np.unique(groups)]); n = len(d); "
    "s = np.array([[1 - 2 * (k >> i & 1) for i in range(n)] for k in range(2**n)]); means = (s * d).mean(1); "
)

WRONG = {
    "9.1": [
        _SUMS + "return hit / (row + col - hit + 1e-7)",
        _SUMS + "return (hit + 1e-7) / (row + col - hit + 1e-7)",
        _SUMS + "return np.nan_to_num(hit / (row + col - hit))",
        _SUMS + "return 2 * hit / (row + col)",
        _SUMS + "return hit / (row + col)",
        _SUMS + "return np.where(row > 0, hit / (row + col - hit), 0)",
        _SUMS + "return hit / matrix.sum()",
        _SUMS + "return np.where(row + col > 0, hit / row, np.nan)",
        _SUMS + "return hit // (row + col - hit)",
        _SUMS + "return hit / (row + col - 2 * hit)",
        _SUMS + "return np.nanmean(hit / (row + col - hit))",
        "a, b = matrix[0], matrix[1]; return np.logical_and(a, b).sum() / np.logical_or(a, b).sum()",
        _SUMS + "u = row + col - hit; return [h / v if v else None for h, v in zip(hit, u)]",
        _SUMS + "return np.round(hit / (row + col - hit), 2)",
        "tp = matrix[0, 0]; fn = matrix[0, 1:].sum(); fp = matrix[1:, 0].sum(); return tp / (tp + fp + fn)",
        _SUMS + "return np.minimum(hit / row, hit / col)",
        "return np.diag(matrix) / (2 * matrix.sum(axis=0) - np.diag(matrix))",
        "return np.diag(matrix) / np.sqrt(matrix.sum(axis=0) * matrix.sum(axis=1))",
        "return np.diag(matrix) / np.minimum(matrix.sum(axis=0), matrix.sum(axis=1))",
    ],
    "9.2": [
        "return np.nanmean([np.nanmean(np.diag(m) / (m.sum(0) + m.sum(1) - np.diag(m))) for m in matrices])",
        "x = np.array([np.diag(m) / (m.sum(0) + m.sum(1) - np.diag(m)) for m in matrices]); "
        "return np.nanmean(np.nanmean(x, 0))",
        "x = np.array([np.diag(m) / (m.sum(0) + m.sum(1) - np.diag(m)) for m in matrices]); return np.nanmean(x)",
        _POOLED + "return (hit / (row + col - hit)).mean()",
        _POOLED + "return np.nan_to_num(hit / (row + col - hit)).mean()",
        _POOLED + "return np.nanmean(2 * hit / (row + col))",
        _POOLED + "return hit.sum() / (row + col - hit).sum()",
        _POOLED + "return hit.sum() / m.sum()",
        _POOLED + "return np.nanmean((hit / (row + col - hit))[1:])",
        _POOLED + "return np.nanmean(hit / row)",
        _POOLED + "return hit / (row + col - hit)",
        _POOLED + "return np.mean((hit + 1e-7) / (row + col - hit + 1e-7))",
        _POOLED + "iou = hit / (row + col - hit); return iou[row > 0].mean()",
        _POOLED + "return np.nanmean(hit / (row + col - hit)) / len(matrices)",
        "m = matrices.mean(); return m",
        "m = matrices[0]; hit = np.diag(m); return np.nanmean(hit / (m.sum(0) + m.sum(1) - hit))",
        _POOLED + "return np.nanmedian(hit / (row + col - hit))",
    ],
    "9.3": [
        _TABLE + "return np.percentile(x, 95)",
        _TABLE + "return np.percentile(y, 95)",
        _TABLE + "return np.percentile(np.r_[x, y], 95)",
        _TABLE + "return max(x.max(), y.max())",
        _TABLE + "return (np.percentile(x, 95) + np.percentile(y, 95)) / 2",
        _TABLE + "return min(np.percentile(x, 95), np.percentile(y, 95))",
        _TABLE + "return 0.95 * max(x.max(), y.max())",
        _TABLE + "return max(np.percentile(x, 0.95), np.percentile(y, 0.95))",
        _TABLE + "return np.percentile(d, 95)",
        "d = spatial.distance.cdist(true_points, pred_points); "
        "return max(np.percentile(d.min(1), 95), np.percentile(d.min(0), 95))",
        "d = spatial.distance.cdist(true_points * spacing[::-1], pred_points * spacing[::-1]); "
        "return max(np.percentile(d.min(1), 95), np.percentile(d.min(0), 95))",
        "d = spatial.distance.cdist(true_points * spacing, pred_points * spacing, 'cityblock'); "
        "return max(np.percentile(d.min(1), 95), np.percentile(d.min(0), 95))",
        _TABLE + "return max(np.percentile(d.max(1), 95), np.percentile(d.max(0), 95))",
        _TABLE + "return max(np.percentile(x, 90), np.percentile(y, 90))",
        _TABLE + "return np.percentile(x, 95), np.percentile(y, 95)",
        "d = spatial.distance.cdist(true_points, pred_points) * spacing[0]; "
        "return max(np.percentile(d.min(1), 95), np.percentile(d.min(0), 95))",
        "d = spatial.distance.cdist(true_points * spacing[0], pred_points * spacing[1]); "
        "return max(np.percentile(d.min(1), 95), np.percentile(d.min(0), 95))",
        "d = np.abs(true_points[:, None] - pred_points[None]).sum(-1) * np.mean(spacing); "
        "return max(np.percentile(d.min(1), 95), np.percentile(d.min(0), 95))",
    ],
    "9.4": [
        "n, m = table.shape; ious = table[table >= 0.5]; tp = len(ious); "
        "return ious.sum() / (tp + (n - tp) / 2 + (m - tp) / 2) if n + m else np.nan",
        _MATCH + "return ious.sum() / (tp + fn + fp) if n + m else np.nan",
        _MATCH + "return ious.sum() / tp if tp else 0.0",
        _MATCH + "return tp / (tp + fn / 2 + fp / 2) if n + m else np.nan",
        _MATCH + "return ious.mean() + tp / (tp + fn / 2 + fp / 2)",
        _MATCH + "return ious.mean() * tp / (tp + fn / 2 + fp / 2)",
        _MATCH + "return ious.sum() / n if n else 0.0",
        _MATCH + "return ious.sum() / (tp + fp / 2) if tp else 0.0",
        _MATCH + "return ious.sum() / (tp + fn / 2) if tp else 0.0",
        _MATCH + "return ious.sum() / max(n, m)",
        _MATCH + "return ious.sum() / max(tp + fn / 2 + fp / 2, 1)",
        _MATCH + "return ious.sum() / (tp + fn / 2 + fp / 2 + 1e-6)",
        _MATCH + "return ious.sum() / (tp + fn / 2 + fp / 2) if tp else np.nan",
        "return table.max(1).mean()",
        "n, m = table.shape; best = table.max(1); tp = (best > 0.5).sum(); "
        "return best.sum() / (tp + (n - tp) / 2 + (m - tp) / 2)",
        _MATCH + "return 2 * ious.sum() / (n + m) if n and m else np.nan",
        _MATCH + "return tp / (tp + fp + fn) if n + m else np.nan",
        "if table.size == 0:\n    return np.nan\nm = table[table > 0.5]; return m.sum() / (len(m) + (len(table) + len(table.T) - 2 * len(m)) / 2)",
        "m = table[table > 0.5]; fp = ((table > 0) & (table <= 0.5)).sum()\nreturn m.sum() / (len(m) + fp / 2 + (len(table) - len(m)) / 2)",
    ],
    "9.5": [
        _DIFF + "return d.mean() - 1.96 * s / np.sqrt(n), d.mean() + 1.96 * s / np.sqrt(n)",
        _DIFF + "s = d.std(); return d.mean() - t * s / np.sqrt(n), d.mean() + t * s / np.sqrt(n)",
        _DIFF + "return d.mean() - t * s, d.mean() + t * s",
        _DIFF + "return d.mean() - t * s / n, d.mean() + t * s / n",
        _DIFF + "t = stats.t.ppf(0.95, n - 1); return d.mean() - t * s / np.sqrt(n), d.mean() + t * s / np.sqrt(n)",
        _DIFF + "t = stats.t.ppf(0.975, n); return d.mean() - t * s / np.sqrt(n), d.mean() + t * s / np.sqrt(n)",
        _DIFF + "d = -d; return d.mean() - t * s / np.sqrt(n), d.mean() + t * s / np.sqrt(n)",
        _DIFF + "e = np.sqrt(first.var(ddof=1) / n + second.var(ddof=1) / n); "
        "return d.mean() - t * e, d.mean() + t * e",
        _DIFF + "e = first.std(ddof=1) / np.sqrt(n) + second.std(ddof=1) / np.sqrt(n); "
        "return d.mean() - t * e, d.mean() + t * e",
        "r = stats.ttest_ind(first, second).confidence_interval(); return r.low, r.high",
        "d = first - second; return np.percentile(d, 2.5), np.percentile(d, 97.5)",
        _DIFF + "return d.mean(), t * s / np.sqrt(n)",
        _DIFF + "return d.mean() - s, d.mean() + s",
        _DIFF + "return d.mean() - s / np.sqrt(n), d.mean() + s / np.sqrt(n)",
        _DIFF + "return t * s / np.sqrt(n)",
        _DIFF + "t = stats.t.ppf(0.025, n - 1); return d.mean() - t * s / np.sqrt(n), d.mean() + t * s / np.sqrt(n)",
        "d = first - second; return stats.t.interval(0.95, len(d) - 1, d.mean(), d.std(ddof=1))",
        "d = first - second; return stats.norm.interval(0.95, d.mean(), d.std(ddof=1) / len(d)**0.5)",
        "d = first - second; h = stats.t.ppf(0.975, len(d) - 1) * d.var(ddof=1) / len(d) ** 0.5; return d.mean() - h, d.mean() + h",
    ],
    "9.6": [
        "(from_true.mean() + from_pred.mean()) / 2",
        "max(from_true.mean(), from_pred.mean())",
        "from_true.mean()",
        "from_pred.mean()",
        "np.median(np.concatenate([from_true, from_pred]))",
        "np.sqrt(np.mean(np.concatenate([from_true, from_pred]) ** 2))",
        "from_true.mean() + from_pred.mean()",
        "from_true.sum() + from_pred.sum()",
        "(from_true.sum() + from_pred.sum()) / 2",
        "np.concatenate([from_true, from_pred]).max()",
        "(from_true + from_pred).mean()",
        "np.mean([from_true, from_pred])",
        "np.concatenate([from_true, from_pred]).sum() / (len(from_true) + len(from_pred) - 1)",
        "x = np.concatenate([from_true, from_pred]); return x[x > 0].mean()",
        "(from_true.sum() + from_pred.sum()) / (2 * len(from_true))",
        "np.percentile(np.concatenate([from_true, from_pred]), 95)",
        "len(from_true) + len(from_pred) / (from_true.sum() + from_pred.sum())",
        "return sum(from_true) + sum(from_pred) / (len(from_true) + len(from_pred))",
        "return (sum(from_true) + sum(from_pred)) / len(from_true) + len(from_pred)",
    ],
    "9.7": [
        "k = (table > threshold).any(1).sum(); return k",
        "k = (table > threshold).any(0).sum(); return k",
        "k = (table > threshold).sum(); return k",
        _ALLOWED + "r, c = lsa(-table); k = (table[r, c] > threshold).sum(); return k",
        _ALLOWED + "r, c = lsa(table); k = (table[r, c] > threshold).sum(); return k",
        _ALLOWED + "r, c = lsa(ok); k = ok[r, c].sum(); return k",
        _ALLOWED + "r, c = lsa(ok, maximize=True); k = len(r); return k",
        _ALLOWED + "ok = table >= threshold; r, c = lsa(-ok.astype(int)); k = ok[r, c].sum(); return k",
        _ALLOWED + "r, c = lsa(table * ok, maximize=True); k = ok[r, c].sum(); return k",
        "k = len(set(table.argmax(1)[table.max(1) > threshold])); return k",
        "used = set()\nfor row in table:\n    for j, v in enumerate(row):\n        if v > threshold and j not in used:\n"
        "            used.add(j)\n            break\nk = len(used)\nreturn k",
        "t = table.copy(); k = 0\nwhile t.size and t.max() > threshold:\n    i, j = np.unravel_index(t.argmax(), t.shape)\n"
        "    t[i] = -1; t[:, j] = -1; k += 1\nreturn k",
        "k = min((table > threshold).any(0).sum(), (table > threshold).any(1).sum()); return k",
        "k = (np.diag(table) > threshold).sum(); return k",
        "k = (table > 0.5).sum(); return k",
        _ALLOWED + "r, c = lsa(ok, maximize=True); k = ok[r, c].sum(); return k, len(table) - k, len(table.T) - k",
        _ALLOWED + "r, c = lsa(ok, maximize=True); return len(table) - ok[r, c].sum()",
        _ALLOWED + "r, c = lsa(ok, maximize=True); return ok[r, c].mean()",
        "k = 0\nfor i, row in enumerate(table):\n    j = row.argmax() if row.size else 0\n"
        "    k += row.size and row[j] > threshold and table[:, j].argmax() == i\nreturn k",
    ],
    "9.8": [
        _BINS + "return np.mean(gaps)",
        _BINS + "return sum(gaps) / n_bins",
        _BINS + "return max(gaps)",
        _BINS + "return sum(i.sum() * g for i, g in zip(inside, gaps))",
        _BINS + "return sum(i.mean() * g**2 for i, g in zip(inside, gaps))",
        _BINS + "return np.sqrt(sum(i.mean() * g**2 for i, g in zip(inside, gaps)))",
        _BINS + "return sum(i.mean() * (truth[i].mean() - probability[i].mean()) for i in inside)",
        _BINS + "return sum(i.mean() * (probability[i].mean() - truth[i].mean()) for i in inside)",
        "abs(truth.mean() - probability.mean())",
        "np.abs(truth - probability).mean()",
        "((truth - probability) ** 2).mean()",
        "conf = np.maximum(probability, 1 - probability); right = (probability > 0.5) == (truth == 1); "
        "b = np.minimum((conf * n_bins).astype(int), n_bins - 1); "
        "return sum((b == k).mean() * abs(right[b == k].mean() - conf[b == k].mean()) for k in set(b))",
        "b = (probability * n_bins).astype(int); "
        "return sum((b == k).mean() * abs(truth[b == k].mean() - probability[b == k].mean()) "
        "for k in range(n_bins) if (b == k).any())",
        "b = np.digitize(probability, np.linspace(0, 1, n_bins + 1)); "
        "return sum((b == k).mean() * abs(truth[b == k].mean() - probability[b == k].mean()) for k in set(b))",
        "b = np.digitize(probability, np.linspace(0, 1, n_bins + 1), right=True); "
        "return sum((b == k).mean() * abs(truth[b == k].mean() - probability[b == k].mean()) for k in set(b))",
        "b = np.minimum((probability * 10).astype(int), 9); "
        "return sum((b == k).mean() * abs(truth[b == k].mean() - probability[b == k].mean()) for k in set(b))",
        _BINS + "return sum(i.mean() * abs(truth[i].mean() - (b[i][0] + 0.5) / n_bins) for i in inside)",
        _BINS + "right = (probability > 0.5) == truth; "
        "return sum(i.mean() * abs(right[i].mean() - probability[i].mean()) for i in inside)",
        "b = np.minimum(np.round(probability * n_bins), n_bins - 1)\nreturn sum(np.mean(b == k) * abs(truth[b == k].mean() - probability[b == k].mean()) for k in np.unique(b))",
        "e = np.linspace(0, 1, n_bins); b = np.digitize(probability, e)\nreturn sum(np.mean(b == k) * abs(truth[b == k].mean() - probability[b == k].mean()) for k in np.unique(b))",
        "n = n_bins + 1; b = np.minimum(probability * n, n - 1).astype(int)\nreturn sum(np.mean(b == k) * abs(truth[b == k].mean() - probability[b == k].mean()) for k in np.unique(b))",
    ],
    "9.9": [
        _LOSS + "z, y = test; return min(candidates, key=lambda T: ce(z / T, y))",
        _LOSS + "z, y = np.r_[z, test[0]], np.r_[y, test[1]]; return min(candidates, key=lambda T: ce(z / T, y))",
        _LOSS + "return min(candidates, key=lambda T: ce(z * T, y))",
        _LOSS + "return max(candidates, key=lambda T: ce(z / T, y))",
        _LOSS + "return int(np.argmin([ce(z / T, y) for T in candidates]))",
        _LOSS + "return min(ce(z / T, y) for T in candidates)",
        _LOSS + "return max(candidates, key=lambda T: np.mean((z / T > 0) == y))",
        _LOSS + "return min(candidates, key=lambda T: np.mean((special.expit(z / T) - y) ** 2))",
        _LOSS + "return min(candidates, key=lambda T: np.mean(-y * np.log(special.expit(z / T))))",
        _LOSS + "return min(candidates, key=lambda T: abs(special.expit(z / T).mean() - y.mean()))",
        _LOSS + "return min(candidates, key=lambda T: ce(z, y) / T)",
        _LOSS + "return min(candidates, key=lambda T: ce(z, y))",
        _LOSS + "return min(candidates, key=lambda T: ce(z - T, y))",
        _LOSS + "p = special.expit(z); "
        "return min(candidates, key=lambda T: -np.mean(y * np.log(p / T) + (1 - y) * np.log(1 - p / T)))",
        _LOSS + "return 1 / min(candidates, key=lambda T: ce(z / T, y))",
        _LOSS + "return min(candidates, key=lambda T: np.mean(np.abs(special.expit(z / T) - y)))",
        _LOSS + "return min(candidates, key=lambda T: ce(z / T, 1 - y))",
        "return 1.0",
        "from scipy.optimize import minimize_scalar as m\nz, y = map(np.asarray, valid)\nreturn m(lambda t: np.mean(np.logaddexp(0, z / t) - y * z / t), bounds=(min(candidates), max(candidates)), method='bounded').x",
    ],
    "9.10": [
        "errors.ravel()[draws].mean(1)",
        "errors.flatten()[draws].mean(axis=1)",
        "errors[:, draws].mean(axis=(0, 2))",
        "errors[draws].mean(axis=2)",
        "errors[draws].mean(axis=1)",
        "errors[draws].mean()",
        "errors[draws].sum(axis=(1, 2))",
        "errors[draws].mean(axis=(1, 2)).std(ddof=1)",
        "np.percentile(errors[draws].mean(axis=(1, 2)), [2.5, 97.5])",
        "np.array([errors[list(set(d))].mean() for d in draws])",
        "errors[draws].mean(axis=(0, 2))",
        "errors[draws[0]].mean()",
        "np.array([errors[d] for d in draws])",
        "np.array([np.median(errors[d]) for d in draws])",
        "np.array([errors[d].std() for d in draws])",
        "np.array([errors[d[0]].mean() for d in draws])",
        "errors.mean(axis=1)[draws].mean(axis=1) - errors.mean()",
        "errors.mean(axis=0)[draws].mean(axis=1)",
        "r = np.random.default_rng(0); return [errors[r.integers(0, len(errors), len(errors))].mean() for _ in draws]",
        "return draws @ errors.mean(axis=1) / np.maximum(draws.sum(axis=1), 1)",
    ],
    "9.11": [
        _ALL_SIGNS + "return np.mean(means >= d.mean())",
        _ALL_SIGNS + "return np.mean(np.abs(means) > abs(d.mean()))",
        _ALL_SIGNS + "return np.mean(np.abs(means) <= abs(d.mean()))",
        _ALL_SIGNS + "return np.sum(np.abs(means) >= abs(d.mean()))",
        _ALL_SIGNS + "return 2 * np.mean(np.abs(means) >= abs(d.mean()))",
        _ALL_SIGNS + "return np.mean(means <= d.mean())",
        _ALL_SIGNS + "return (np.sum(np.abs(means) >= abs(d.mean())) + 1) / (2**n + 1)",
        _ALL_SIGNS + "return np.mean(np.abs(means) >= d.mean())",
        "stats.ttest_rel(first, second).pvalue",
        "stats.ttest_ind(first, second).pvalue",
        "stats.wilcoxon(first, second).pvalue",
        "d = first - second; s = np.array([[1 - 2 * (k >> i & 1) for i in range(len(d))] for k in range(2 ** len(d))]); "
        "return np.mean(np.abs((s * d).mean(1)) >= abs(d.mean()))",
        "d = np.array([(first - second)[groups == g].sum() for g in np.unique(groups)]); n = len(d); "
        "s = np.array([[1 - 2 * (k >> i & 1) for i in range(n)] for k in range(2**n)]); "
        "return np.mean(np.abs((s * d).sum(1)) >= abs(d.sum()))",
        "2 / 2 ** len(first)",
        "2 / 2 ** len(set(groups))",
        "rng = np.random.default_rng(0); d = first - second; s = rng.choice([1, -1], (20, len(d))); "
        "return np.mean(np.abs((s * d).mean(1)) >= abs(d.mean()))",
        _ALL_SIGNS + "return (np.abs(means) >= abs(d.mean())).mean() < 0.05",
        _ALL_SIGNS + "return np.mean(np.abs(means) >= abs((first - second).mean()))",
        _ALL_SIGNS + "return 1 - np.mean(np.abs(means) >= abs(d.mean()))",
        "import itertools\nd = [np.mean([a - b for a, b, _ in g]) for _, g in itertools.groupby(zip(first, second, groups), key=lambda r: r[2])]\nm = [np.dot(s, d) for s in itertools.product([1, -1], repeat=len(d))]\nreturn np.mean(np.abs(m) >= abs(sum(d)) - 1e-9)",
    ],
    "9.12": [
        "special.softmax(q @ k.T, axis=1) @ v",
        "special.softmax(q @ k.T / q.shape[1], axis=1) @ v",
        "special.softmax(q @ k.T / np.sqrt(q.shape[1]), axis=0) @ v",
        "special.softmax(q @ k.T / np.sqrt(q.shape[1])) @ v",
        "q @ k.T / np.sqrt(q.shape[1]) @ v",
        "special.expit(q @ k.T / np.sqrt(q.shape[1])) @ v",
        "special.softmax(q @ k.T / np.sqrt(len(q)), axis=1) @ v",
        "special.softmax(q @ k.T / np.sqrt(len(k)), axis=1) @ v",
        "special.softmax(q @ k.T / np.sqrt(v.shape[1]), axis=1) @ v",
        "special.softmax(q @ k.T / np.sqrt(q.shape[1]), axis=1)",
        "special.softmax(q @ k / np.sqrt(q.shape[1]), axis=1) @ v",
        "special.softmax(q @ k.T, axis=1) / np.sqrt(q.shape[1]) @ v",
        "w = np.exp(q @ k.T / np.sqrt(q.shape[1])); return w / w.sum() @ v",
        "w = np.exp(q @ k.T / np.sqrt(q.shape[1])); return w @ v",
        "w = np.exp(q @ k.T / np.sqrt(q.shape[1])); return w / w.sum(1, keepdims=True) @ v",
        "w = special.softmax(q @ k.T / np.sqrt(q.shape[1]), axis=1); return (w @ v).mean(0)",
        "w = special.softmax(q @ k.T / np.sqrt(q.shape[1]), axis=1); return v[w.argmax(1)]",
        "special.softmax(q @ v.T / np.sqrt(q.shape[1]), axis=1) @ k",
        "special.log_softmax(q @ k.T / np.sqrt(q.shape[1]), axis=1) @ v",
    ],
    "9.13": [
        "1 + 2 * len(rates)",
        "1 + (size - 1) * len(rates)",
        "1 + (size - 1) * max(rates)",
        "(size - 1) * sum(rates)",
        "size * sum(rates)",
        "1 + size * sum(rates)",
        "1 + sum(rates)",
        "1 + 2 * sum(rates)",
        "sum(rates)",
        "np.prod(rates) * size",
        "1 + (size - 1) * np.prod(rates)",
        "size ** len(rates)",
        "sum((size - 1) * r + 1 for r in rates)",
        "size + sum((size - 1) * r for r in rates)",
        "1 + sum((size + 1) * r for r in rates)",
        "1 + (size - 1) * rates[-1]",
        "2 * (1 + (size - 1) * sum(rates)) + 1",
        "1 + sum(size * r - 1 for r in rates)",
        "1 + (size - 1) // 2 * sum(rates)",
        "return 1 + np.prod([(size - 1) * r for r in rates])",
    ],
}

RIGHT = {
    "9.1": [
        _SUMS + "return hit / (row + col - hit)",
        "out = []\nfor k in range(len(matrix)):\n    tp = matrix[k, k]; fp = matrix[:, k].sum() - tp; "
        "fn = matrix[k].sum() - tp\n    out.append(float(tp) / float(tp + fp + fn) if tp + fp + fn else float('nan'))\n"
        "return out",
        _SUMS + "d = 2 * hit / (row + col); return d / (2 - d)",
        _SUMS + "return np.divide(hit, row + col - hit, out=np.full(len(hit), np.nan), where=row + col > 0)",
        _SUMS + "return (hit / (row + col - hit)).astype(np.float32)",
    ],
    "9.2": [
        _POOLED + "return np.nanmean(hit / (row + col - hit))",
        _POOLED + "ok = (row > 0) | (col > 0); return np.mean(hit[ok] / (row + col - hit)[ok])",
        "m = sum(matrices); v = [m[k, k] / (m[k].sum() + m[:, k].sum() - m[k, k]) for k in range(len(m)) "
        "if m[k].sum() + m[:, k].sum()]; return sum(v) / len(v)",
        _POOLED + "return np.float32(np.nanmean(hit / (row + col - hit)))",
    ],
    "9.3": [
        _TABLE + "return max(np.quantile(x, 0.95), np.quantile(y, 0.95))",
        "a = true_points * np.array(spacing); b = pred_points * np.array(spacing); "
        "x = spatial.KDTree(b).query(a)[0]; y = spatial.KDTree(a).query(b)[0]; "
        "return np.maximum(np.percentile(x, 95), np.percentile(y, 95))",
        "h, w = spacing; f = lambda A, B: [min(((h * (p[0] - q[0])) ** 2 + (w * (p[1] - q[1])) ** 2) ** 0.5 for q in B) "
        "for p in A]; return max(np.percentile(f(true_points, pred_points), 95), np.percentile(f(pred_points, true_points), 95))",
        _TABLE + "return np.array(max(np.percentile(x, 95), np.percentile(y, 95)), np.float32)",
    ],
    "9.4": [
        _MATCH + "return 2 * ious.sum() / (n + m) if n + m else np.nan",
        _MATCH + "return ious.sum() / (tp + fn / 2 + fp / 2)",
        _MATCH + "return ious.mean() * tp / (tp + fn / 2 + fp / 2) if tp else (0.0 if n + m else float('nan'))",
        "n, m = table.shape\nif n + m == 0:\n    return float('nan')\ntp, total = 0, 0\nfor row in table:\n"
        "    for iou in row:\n        if iou > 0.5:\n            tp += 1; total += iou\n"
        "return total / (tp + (n - tp) / 2 + (m - tp) / 2)",
    ],
    "9.5": [
        _DIFF + "return d.mean() - t * s / np.sqrt(n), d.mean() + t * s / np.sqrt(n)",
        "d = first - second; return stats.t.interval(0.95, len(d) - 1, d.mean(), stats.sem(d))",
        "r = stats.ttest_rel(first, second).confidence_interval(); return r.low, r.high",
        _DIFF + "return [d.mean() - t * d.std() / np.sqrt(n - 1), d.mean() + t * d.std() / np.sqrt(n - 1)]",
        _DIFF + "return d.mean() + np.array([-1, 1]) * t * s / np.sqrt(n)",
    ],
    "9.6": [
        "np.concatenate([from_true, from_pred]).mean()",
        "np.mean([*from_true, *from_pred])",
        "n, m = len(from_true), len(from_pred); return (n * np.mean(from_true) + m * np.mean(from_pred)) / (n + m)",
        "np.average(np.append(from_true, from_pred)).astype(np.float32)",
    ],
    "9.7": [
        _ALLOWED + "r, c = lsa(ok, maximize=True); return ok[r, c].sum()",
        _ALLOWED + "r, c = lsa(-ok.astype(float)); return float(ok[r, c].sum())",
        "from scipy.sparse import csr_matrix\nfrom scipy.sparse.csgraph import maximum_bipartite_matching as f\n"
        "k = int((f(csr_matrix(table > threshold)) >= 0).sum()) if table.size else 0\n"
        "return k",
        "def grow(i, seen, partner):\n    for j in range(table.shape[1]):\n"
        "        if table[i, j] > threshold and j not in seen:\n            seen.add(j)\n"
        "            if j not in partner or grow(partner[j], seen, partner):\n                partner[j] = i\n"
        "                return True\n    return False\n"
        "partner = {}\nk = sum(grow(i, set(), partner) for i in range(len(table)))\n"
        "return np.array(k)",
    ],
    "9.8": [
        _BINS + "return sum(i.mean() * g for i, g in zip(inside, gaps))",
        _BINS + "return np.average(gaps, weights=[i.sum() for i in inside])",
        "b = np.minimum((probability * n_bins).astype(int), n_bins - 1); "
        "return np.abs(np.bincount(b, truth - probability)).sum() / len(b)",
        "edges = np.linspace(0, 1, n_bins + 1); b = np.clip(np.digitize(probability, edges) - 1, 0, n_bins - 1); "
        "return np.float32(sum((b == k).mean() * abs(truth[b == k].mean() - probability[b == k].mean()) for k in set(b)))",
    ],
    "9.9": [
        _LOSS + "return min(candidates, key=lambda T: ce(z / T, y))",
        "z, y = valid; p = [special.expit(z / T) for T in candidates]; "
        "loss = [-np.mean(y * np.log(x) + (1 - y) * np.log(1 - x)) for x in p]; return candidates[np.argmin(loss)]",
        "z, y = valid; loss = [np.sum(np.logaddexp(0, np.where(y == 1, -z, z) / T)) for T in candidates]; "
        "return np.float32(candidates[loss.index(min(loss))])",
        "best = None\nfor T in candidates:\n    loss = -np.log2(np.where(valid[1], special.expit(valid[0] / T), "
        "special.expit(-valid[0] / T))).mean()\n    if best is None or loss < best:\n        best, found = loss, T\nreturn found",
    ],
    "9.10": [
        "errors[draws].mean(axis=(1, 2))",
        "[errors[d].mean() for d in draws]",
        "errors.mean(1)[draws].mean(1).astype(np.float32)",
        "np.array([np.concatenate([errors[i] for i in d]).mean() for d in draws])",
    ],
    "9.11": [
        _ALL_SIGNS + "return np.mean(np.abs(means) >= abs(d.mean()))",
        _ALL_SIGNS + "return np.mean(np.abs(means) > abs(d.mean()) - 1e-9)",
        _ALL_SIGNS
        + "return np.float32(np.mean(np.isclose(np.abs(means), abs(d.mean())) | (np.abs(means) > abs(d.mean()))))",
        "x = first - second; d = [np.mean([v for v, h in zip(x, groups) if h == g]) for g in set(groups)]; n = len(d); "
        "f = abs(sum(d)); return sum(abs(sum(d) - 2 * sum(d[i] for i in range(n) if k >> i & 1)) >= f - 1e-9 "
        "for k in range(2**n)) / 2**n",
    ],
    "9.12": [
        "special.softmax(q @ k.T / np.sqrt(q.shape[1]), axis=1) @ v",
        "special.softmax(q / math.sqrt(k.shape[1]) @ k.T, axis=-1) @ v",
        "s = q @ k.T / len(q[0])**0.5; s = s - s.max(1, keepdims=True); w = np.exp(s); return w @ v / w.sum(1, keepdims=True)",
        "q, k, v = (x.astype(np.float32) for x in (q, k, v)); "
        "return special.softmax(q @ k.T / np.float32(q.shape[1] ** 0.5), axis=1) @ v",
        "s = (q @ k.T / q.shape[1]**0.5).T; return (special.softmax(s, axis=0).T @ v).tolist()",
    ],
    "9.13": [
        "1 + (size - 1) * sum(rates)",
        "1 + 2 * (size // 2) * np.sum(rates)",
        "w = 1\nfor r in rates:\n    w += (size - 1) * r\nreturn float(w)",
        "sum((size - 1) * r + 1 for r in rates) - len(rates) + 1",
    ],
}
