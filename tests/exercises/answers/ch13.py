"""Answers to the exercises of chapter 13, image translation, as learners write them."""

_L1 = 'if loss == "L2": return np.sum(shares * values)\n'
_TWICE = "m = np.concatenate([masks, masks]); x = np.concatenate([real, fake]); "
_Z = "a = np.logaddexp(0, -logits); d = fake - real; "
_DICE = "found = logits > 0; hit = (masks * found).sum((1, 2)); both = masks.sum((1, 2)) + found.sum((1, 2)); "
_FLAT = "h, w, c = features.shape; f = features.reshape(-1, c); "
_STATS = (
    "a = dict(axis=(1, 2), keepdims=True); mc, ms = content.mean(**a), style.mean(**a); "
    "sc, ss = content.std(**a), style.std(**a); "
)
_ERROR = (
    "a, b = images.astype(float), references.astype(float); peak = 255 if images.dtype == np.uint8 else 1; "
    "mse = np.mean((a - b) ** 2); "
)
_SPLIT = "h, w, c = features.shape; n = c // r**2; "
_WINDOWS = (
    "n = len(kernel); at = np.arange(len(x) - n + 1)[:, None] + np.arange(n); m = np.asarray(known, float)[at]; "
    "v = np.where(m > 0, x[at], 0); count = m.sum(1); total = v @ kernel; "
)
_TV = "x = image.astype(float); down, right = np.diff(x, axis=0), np.diff(x, axis=1); "

WRONG = {
    "13.1": [
        "return np.sum(shares * values)",
        _L1 + "return np.median(values)",
        _L1 + "return values[np.argmax(shares)]",
        _L1 + "return values[np.searchsorted(np.cumsum(shares), 0.5)]",
        _L1 + "o = np.argsort(values); return values[o][np.searchsorted(np.cumsum(shares[o]), 0.5, side='right')]",
        _L1 + "return np.median(np.repeat(values, (100 * shares).astype(int)))",
        _L1 + "return values[np.argmin([np.sum(shares * abs(values - c)) for c in values])]",
        _L1 + "return np.mean(values)",
        _L1 + "return min(np.sum(shares * abs(values - c)) for c in values)",
        "o = np.argsort(values); v, s = values[o], shares[o]\nif loss == 'L2': return v.mean()\n"
        "return v[np.argmax(np.cumsum(s) >= 0.5)]",
        "c = values[np.argmin([np.sum(shares * (values - c) ** 2) for c in values])]\nif loss == 'L2': return c\n"
        "o = np.argsort(values); return values[o][np.argmax(np.cumsum(shares[o]) >= 0.5)]",
        "power = 1 if loss == 'L1' else 2; t = np.linspace(values.min(), values.max(), 101)\n"
        "return t[np.argmin([np.sum(shares * abs(values - c) ** power) for c in t])]",
        "power = 1 if loss == 'L1' else 2; t = np.linspace(-1, 1, 201)\n"
        "return t[np.argmin([np.sum(shares * abs(values - c) ** power) for c in t])]",
        "power = 1 if loss == 'L1' else 2; t = np.linspace(values.min(), values.max(), 1000)\n"
        "return t[np.argmin([np.sum(shares * abs(values - c) ** power) for c in t])]",
        "power = 1 if loss == 'L1' else 2; t = np.arange(np.floor(values.min()), np.ceil(values.max()) + 1)\n"
        "return t[np.argmin([np.sum(shares * abs(values - c) ** power) for c in t])]",
        "best = np.sum(shares * values)\nif loss == 'L1':\n    o = np.argsort(values)\n"
        "    best = values[o][np.argmax(np.cumsum(shares[o]) >= 0.5)]\nreturn min(max(best, -1), 1)",
        _L1 + "o = np.argsort(abs(values)); return values[o][np.argmax(np.cumsum(shares[o]) >= 0.5)]",
        _L1 + "o = np.argsort(values); c = np.cumsum(shares[o]); return c[np.argmax(c >= 0.5)]",
    ],
    "13.2": [
        "return np.concatenate([real, fake])",
        "return np.concatenate([np.concatenate([real, fake]), np.concatenate([masks, masks])], -1)",
        "return np.concatenate([masks, real, fake], -1)",
        _TWICE + "return m * x",
        _TWICE + "return np.concatenate([m, x], axis=1)",
        "return np.concatenate([np.concatenate([masks, fake], -1), np.concatenate([masks, real], -1)])",
        "x = np.concatenate([real, fake]); m = np.repeat(masks, 2, axis=0); return np.concatenate([m, x], -1)",
        "return np.stack([np.concatenate([masks, real], -1), np.concatenate([masks, fake], -1)])",
        "return np.concatenate([np.concatenate([masks, real], -1), np.concatenate([0 * masks, fake], -1)])",
        _TWICE + "return np.concatenate([m, x.mean(-1, keepdims=True)], -1)",
        _TWICE + "return np.concatenate([m, x], -1).transpose(0, 3, 1, 2)",
        "m = masks[::-1]; return np.concatenate([np.concatenate([masks, real], -1), np.concatenate([m, fake], -1)])",
        _TWICE + "return np.where(m > 0, x, 0)",
        _TWICE + "return np.concatenate([m, x], -1)[:, ::-1]",
        _TWICE + "return np.concatenate([m, m * x], -1)",
        _TWICE + "return np.concatenate([m, np.where(m > 0, 0, x)], -1)",
        _TWICE + "return np.concatenate([m, (x + 1) / 2], -1)",
        _TWICE + "return np.concatenate([m, x[..., ::-1]], -1)",
        _TWICE + "m = np.concatenate([masks, 1 - masks]); return np.concatenate([m, x], -1)",
    ],
    "13.3": [
        "return 1 + sum(k - 1 for k, s in layers)",
        "f = 1\nfor k, s in layers: f = f * s + k - 1\nreturn f",
        "f = 1\nfor k, s in layers: f = (f - 1) * s + k\nreturn f",
        "f, j = 1, 1\nfor k, s in layers:\n    j *= s\n    f += (k - 1) * j\nreturn f",
        "f = 1\nfor k, s in layers[::-1]: f = f * s + k\nreturn f",
        "f = 1\nfor k, s in layers[::-1]: f = f * s + k - 1\nreturn f",
        "f, j = 0, 1\nfor k, s in layers:\n    f += (k - 1) * j\n    j *= s\nreturn f",
        "f, j = 1, 1\nfor k, s in layers:\n    f += k * j\n    j *= s\nreturn f",
        "f, j = 1, 1\nfor k, s in layers:\n    f += (k - 1) * j\n    j += s\nreturn f",
        "f, j = 1, 1\nfor k, s in layers:\n    f += (k - 1) * j\n    j = s\nreturn f",
        "f, j = 1, 1\nfor k, s in layers:\n    f += (k - 1) * j\n    j *= 2\nreturn f",
        "f, j = 1, 1\nfor s, k in layers:\n    f += (k - 1) * j\n    j *= s\nreturn f",
        "f = 1\nfor k, s in layers[::-1]: f = s * (f - 1) + k\nreturn f**2",
        "f = 1\nfor k, s in layers[::-1]: f = s * f + k - s + 1\nreturn f",
        "return int(np.prod([k for k, s in layers]))",
        "f = 1\nfor k, s in layers: f = f * s + k\nreturn f",
        "f = 1\nfor k, s in layers[::-1]: f = (f + k - 1) * s\nreturn f",
        "f, j = 1, 1\nfor k, s in layers:\n    f += (k - 1) * j\n    j *= s\nreturn f + j",
    ],
    "13.4": [
        _Z + "return a.sum() + weight * abs(d).mean()",
        _Z + "return a.mean() + weight * abs(d).sum()",
        _Z + "return a.mean() + weight * (d**2).mean()",
        _Z + "return np.logaddexp(0, logits).mean() + weight * abs(d).mean()",
        _Z + "return -np.logaddexp(0, logits).mean() + weight * abs(d).mean()",
        _Z + "return weight * a.mean() + abs(d).mean()",
        _Z + "return a.mean() + abs(d).mean()",
        _Z + "return np.log(1 + np.exp(-logits)).mean() + weight * abs(d).mean()",
        _Z + "return -np.log(1 / (1 + np.exp(-logits))).mean() + weight * abs(d).mean()",
        _Z + "return -np.log(special.expit(logits) + 1e-7).mean() + weight * abs(d).mean()",
        _Z + "return np.logaddexp(0, -logits.mean()) + weight * abs(d).mean()",
        _Z + "return a.mean() + weight * abs(d.mean())",
        _Z + "return a.mean() + weight * d.mean()",
        _Z + "return a.mean() - weight * abs(d).mean()",
        _Z + "return a.sum((1, 2, 3)).mean() + weight * abs(d).sum((1, 2, 3)).mean()",
        _Z + "return a.mean(), weight * abs(d).mean()",
        _Z + "return np.maximum(-logits, 0).mean() + weight * abs(d).mean()",
        _Z + "z = np.clip(logits, -20, 20); return np.log(1 + np.exp(-z)).mean() + weight * abs(d).mean()",
        _Z + "return -np.log(np.clip(special.expit(logits), 1e-10, 1)).mean() + weight * abs(d).mean()",
        _Z + "return -np.log(special.expit(logits) + 1e-6).mean() + weight * abs(d).mean()",
        _Z + "return np.log1p(np.exp(-abs(logits))).mean() + weight * abs(d).mean()",
        _Z + "return (a + np.logaddexp(0, logits)).mean() + weight * abs(d).mean()",
        _Z + "a = np.nan_to_num(np.log(1 + np.exp(-logits)), posinf=0); return a.mean() + weight * abs(d).mean()",
        _Z + "a = np.nan_to_num(np.log(1 + np.exp(-logits))); return a.mean() + weight * abs(d).mean()",
    ],
    "13.5": [
        "found = logits > 0; return 2 * (masks * found).sum() / (masks.sum() + found.sum())",
        "found = logits > 0.5; hit = (masks * found).sum((1, 2)); both = masks.sum((1, 2)) + found.sum((1, 2)); "
        "return np.mean([2 * h / b if b else 1 for h, b in zip(hit, both)])",
        _DICE + "return np.mean(2 * hit / both)",
        _DICE + "return np.nanmean(2 * hit / both)",
        _DICE + "return np.mean(2 * hit / np.maximum(both, 1))",
        _DICE + "return np.mean((2 * hit + 1) / (both + 1))",
        _DICE + "return np.mean([h / b if b else 1 for h, b in zip(hit, both)])",
        _DICE + "return np.mean([h / (b - h) if b else 1 for h, b in zip(hit, both)])",
        _DICE + "return [2 * h / b if b else 1 for h, b in zip(hit, both)]",
        "found = special.expit(logits); hit = (masks * found).sum((1, 2)); "
        "both = masks.sum((1, 2)) + found.sum((1, 2)); return np.mean(2 * hit / both)",
        "found = special.expit(logits) >= 0.5; hit = (masks * found).sum((1, 2)); "
        "both = masks.sum((1, 2)) + found.sum((1, 2)); return np.mean([2 * h / b if b else 1 for h, b in zip(hit, both)])",
        "return np.mean((logits > 0) == (masks > 0))",
        _DICE + "return np.mean([2 * h / b if b else 1 for h, b in zip(hit, both)][1:])",
        _DICE + "return np.mean([2 * h / b if b else 1 for h, b, m in zip(hit, both, masks) if m.any()])",
        "found = logits > 0; hit, both = (masks * found).sum(0), masks.sum(0) + found.sum(0); "
        "return np.where(both > 0, 2 * hit / np.maximum(both, 1), 1).mean()",
        "found = logits > 0; hit, both = (masks * found).sum(1), masks.sum(1) + found.sum(1); "
        "return np.where(both > 0, 2 * hit / np.maximum(both, 1), 1).mean()",
        _DICE + "return np.mean(2 * hit / (both + 1e-3))",
        _DICE + "return np.mean((2 * hit + 0.1) / (both + 0.1))",
        _DICE + "a, b = masks.sum((1, 2)), found.sum((1, 2)); "
        "return np.mean(np.where(a * b > 0, 2 * hit / np.maximum(both, 1), 1))",
    ],
    "13.6": [
        "return np.mean(np.abs(G(F(x)) - x)) + np.mean(np.abs(F(G(y)) - y))",
        "return np.mean(np.abs(F(G(x)) - x))",
        "return np.mean(np.abs(F(x) - x)) + np.mean(np.abs(G(y) - y))",
        "return np.mean(np.abs(G(x) - x)) + np.mean(np.abs(F(y) - y))",
        "return np.mean((F(G(x)) - x) ** 2) + np.mean((G(F(y)) - y) ** 2)",
        "return np.mean(F(G(x)) - x) + np.mean(G(F(y)) - y)",
        "return (np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(y)) - y))) / 2",
        "return np.sum(np.abs(F(G(x)) - x)) + np.sum(np.abs(G(F(y)) - y))",
        "return np.mean(np.abs(np.concatenate([np.ravel(F(G(x)) - x), np.ravel(G(F(y)) - y)])))",
        "return np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(F(G(y)) - y))",
        "return np.linalg.norm(F(G(x)) - x) + np.linalg.norm(G(F(y)) - y)",
        "return abs(np.mean(F(G(x)) - x)) + abs(np.mean(G(F(y)) - y))",
        "return np.mean(np.abs(F(G(x)) - x)) - np.mean(np.abs(G(F(y)) - y))",
        "return np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(x)) - x))",
        "return 2 * np.mean(np.abs(np.concatenate([np.ravel(F(G(x)) - x), np.ravel(G(F(y)) - y)])))",
        "return np.mean((G(F(x)) - x) ** 2) + np.mean((F(G(y)) - y) ** 2)",
        "n = min(len(x), len(y)); return np.mean(abs(F(G(x[:n])) - x[:n])) + np.mean(abs(G(F(y[:n])) - y[:n]))",
        "return sum(np.mean(abs(a - b)) for a, b in ((F(G(x)), x), (G(F(y)), y), (G(y), y), (F(x), x)))",
        "return np.linalg.norm(F(G(x)) - x) / np.size(x) + np.linalg.norm(G(F(y)) - y) / np.size(y)",
    ],
    "13.7": [
        "return np.mean(np.abs(G(x) - x)) + np.mean(np.abs(F(y) - y))",
        "return np.mean(np.abs(G(y) - y))",
        "return np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(y)) - y))",
        "return np.mean((G(y) - y) ** 2) + np.mean((F(x) - x) ** 2)",
        "return np.mean(G(y) - y) + np.mean(F(x) - x)",
        "return (np.mean(np.abs(G(y) - y)) + np.mean(np.abs(F(x) - x))) / 2",
        "return np.sum(np.abs(G(y) - y)) + np.sum(np.abs(F(x) - x))",
        "return np.mean(np.abs(G(y) - y)) + np.mean(np.abs(G(x) - x))",
        "return np.mean(np.abs(F(y) - y)) + np.mean(np.abs(G(x) - x))",
        "return np.mean(np.abs(F(x) - x)) + np.mean(np.abs(F(y) - y))",
        "return np.abs(np.mean(G(y)) - np.mean(y)) + np.abs(np.mean(F(x)) - np.mean(x))",
        "return max(np.mean(np.abs(G(y) - y)), np.mean(np.abs(F(x) - x)))",
        "return np.sqrt(np.mean((G(y) - y) ** 2)) + np.sqrt(np.mean((F(x) - x) ** 2))",
        "return np.mean((G(x) - x) ** 2) + np.mean((F(y) - y) ** 2)",
        "return (np.mean(abs(G(x) - x)) + np.mean(abs(F(y) - y))) / 2",
    ],
    "13.8": [
        _FLAT + "return f @ f.T / len(f)",
        _FLAT + "return f.T @ f",
        _FLAT + "return f.T @ f / f.size",
        _FLAT + "return f.T @ f / c",
        _FLAT + "return f.T @ f / (len(f) - 1)",
        _FLAT + "return np.cov(f.T, bias=True)",
        _FLAT + "return np.corrcoef(f.T)",
        _FLAT + "g = features.reshape(c, -1); return g @ g.T / (h * w)",
        _FLAT + "return np.diag(f.T @ f / len(f))",
        _FLAT + "return np.outer(f.mean(0), f.mean(0))",
        _FLAT + "return f.T @ f / h",
        _FLAT + "return f.T @ f / (4 * (h * w * c) ** 2)",
        _FLAT + "f = f / np.linalg.norm(f, axis=1, keepdims=True); return f.T @ f / len(f)",
        _FLAT + "return (f**2).mean(0)",
        _FLAT + "f = f / np.linalg.norm(f, axis=0); return f.T @ f",
    ],
    "13.9": [
        _STATS + "return (content - mc) / sc * ss + ms",
        _STATS + "return (content - mc) / (sc + 1e-2) * ss + ms",
        "return (content - content.mean()) / content.std() * style.std() + style.mean()",
        _STATS + "return (content - mc) / np.where(sc > 0, sc, 1) ** 2 * ss**2 + ms",
        _STATS + "return (content - mc) / np.where(sc > 0, sc, 1) * ss + mc",
        _STATS + "return (content - mc) / np.where(sc > 0, sc, 1) + ms",
        _STATS + "return (content - mc) / np.where(sc > 0, sc, 1) * ms + ss",
        _STATS + "return (content - mc) + ms",
        _STATS + "return content / np.where(sc > 0, sc, 1) * ss + ms",
        _STATS + "return (style - ms) / np.where(ss > 0, ss, 1) * sc + mc",
        "a = dict(axis=(0, 1, 2), keepdims=True); s = content.std(**a); "
        "return (content - content.mean(**a)) / np.where(s > 0, s, 1) * style.std(**a) + style.mean(**a)",
        "a = dict(axis=(1, 2), keepdims=True, ddof=1); m = dict(axis=(1, 2), keepdims=True); s = content.std(**a); "
        "return (content - content.mean(**m)) / np.where(s > 0, s, 1) * style.std(**a) + style.mean(**m)",
        _STATS + "return np.where(sc > 0, (content - mc) / np.where(sc > 0, sc, 1) * ss + ms, content)",
        _STATS + "return (content - mc) / np.where(sc > 0, sc, 1) * ss",
        _STATS + "return (content - mc) / np.where(sc > 0, sc, 1) * ss - ms",
        _STATS + "return (content - mc) / np.maximum(sc, 1) * ss + ms",
        _STATS + "return (content - ms) / np.where(sc > 0, sc, 1) * ss + mc",
        _STATS + "lo, hi = content.min(axis=(1, 2), keepdims=True), content.max(axis=(1, 2), keepdims=True); "
        "return (content - lo) / np.where(hi > lo, hi - lo, 1) * ss + ms",
    ],
    "13.10": [
        "peak = 255 if images.dtype == np.uint8 else 1; mse = np.mean((images - references) ** 2); "
        "return 10 * np.log10(peak**2 / mse) if mse else np.inf",
        _ERROR + "return 10 * np.log10(1 / mse) if mse else np.inf",
        _ERROR + "return 10 * np.log10(255**2 / mse) if mse else np.inf",
        _ERROR + "e = ((a - b) ** 2).mean((1, 2)); return np.mean(10 * np.log10(peak**2 / e))",
        _ERROR + "e = ((a - b) ** 2).mean((1, 2)); return 10 * np.log10(peak**2 / e)",
        _ERROR + "return 10 * np.log10(peak / mse) if mse else np.inf",
        _ERROR + "return 20 * np.log10(peak / mse) if mse else np.inf",
        _ERROR + "return 10 * np.log(peak**2 / mse) if mse else np.inf",
        _ERROR + "return 10 * np.log10(b.max() ** 2 / mse) if mse else np.inf",
        _ERROR + "return 10 * np.log10(peak**2 / (mse + 1e-8))",
        _ERROR + "return 100 if mse == 0 else 10 * np.log10(peak**2 / mse)",
        _ERROR + "peak = 255 if images.max() > 1 else 1; return 10 * np.log10(peak**2 / mse) if mse else np.inf",
        _ERROR + "return 10 * np.log10(peak**2 / np.sum((a - b) ** 2)) if mse else np.inf",
        _ERROR + "return 10 * np.log10(peak**2 / np.mean(abs(a - b))) if mse else np.inf",
        _ERROR + "return -10 * np.log10(peak**2 / mse) if mse else np.inf",
    ],
    "13.11": [
        _SPLIT + "return features.reshape(h * r, w * r, n)",
        _SPLIT + "return features.reshape(h, w, n, r, r).transpose(0, 3, 1, 4, 2).reshape(h * r, w * r, n)",
        _SPLIT + "return features.reshape(h, w, r, r, n).transpose(0, 3, 1, 2, 4).reshape(h * r, w * r, n)",
        _SPLIT + "return features.reshape(h, w, r, r, n).transpose(2, 0, 3, 1, 4).reshape(h * r, w * r, n)",
        _SPLIT + "return features.reshape(h, w, r, r, n).transpose(0, 1, 2, 3, 4).reshape(h * r, w * r, n)",
        _SPLIT + "return features.repeat(r, 0).repeat(r, 1)[..., :n]",
        _SPLIT + "return features.reshape(h, w, r, n, r).transpose(0, 2, 1, 4, 3).reshape(h * r, w * r, n)",
        _SPLIT + "return features.reshape(h, w, r, r, n).transpose(0, 2, 1, 3, 4)",
        "h, w, c = features.shape; x = features.reshape(h, w, 2, 2, c // 4); "
        "return x.transpose(0, 2, 1, 3, 4).reshape(2 * h, 2 * w, c // 4)",
        _SPLIT + "return features.reshape(h, w, r, r, n).transpose(1, 2, 0, 3, 4).reshape(h * r, w * r, n)",
        _SPLIT + "return features.reshape(h, w, r, r, n).transpose(0, 2, 1, 3, 4).reshape(h * r, w * r, n)[..., 0]",
        _SPLIT + "return features.reshape(h, w, r, r, n).transpose(0, 2, 1, 3, 4).reshape(n, h * r, w * r)",
        _SPLIT + "y = np.zeros((h * r, w * r, n)); y[::r, ::r] = features[..., :n]; return y",
        "w, h, c = features.shape; n = c // r**2; x = features.reshape(h, w, r, r, n); "
        "return x.transpose(0, 2, 1, 3, 4).reshape(h * r, w * r, n)",
        _SPLIT + "return features.reshape(r, r, h, w, n).transpose(2, 0, 3, 1, 4).reshape(h * r, w * r, n)",
        _SPLIT + "return features.reshape(h, w, r, r, n).transpose(2, 3, 0, 1, 4).reshape(h * r, w * r, n)",
    ],
    "13.12": [
        _WINDOWS + "return total",
        _WINDOWS + "return total * n / count",
        _WINDOWS + "return total / np.maximum(count, 1)",
        _WINDOWS + "return total * n / np.maximum(count, 1e-3) * kernel.sum()",
        _WINDOWS + "return np.where(count > 0, total * count / n, 0)",
        _WINDOWS + "return np.where(count > 0, total / (m @ kernel), 0)",
        _WINDOWS + "return np.where(count > 0, x[at] @ kernel * n / np.maximum(count, 1), 0)",
        _WINDOWS + "return np.where(count > 0, v @ kernel[::-1] * n / np.maximum(count, 1), 0)",
        _WINDOWS + "return np.where(count > 0, total * n / np.maximum(count, 1), x[at][:, n // 2])",
        _WINDOWS + "return np.where(count > 0, total * n / np.maximum(count, 1), np.nan)",
        "v = np.where(known, x, 0); k = len(kernel); c = np.correlate(1.0 * known, np.ones(k), 'same'); "
        "return np.where(c > 0, np.correlate(v, kernel, 'same') * k / np.maximum(c, 1), 0)",
        _WINDOWS + "return np.where(count == n, total, 0)",
        _WINDOWS + "return np.where(count > 0, total * n / (count + 1), 0)",
        "kept = x[known > 0]; return np.correlate(kept, kernel, 'valid')",
        _WINDOWS + "return total * n / (count + 1e-2)",
        _WINDOWS + "return np.where(count > 0, total * 3 / np.maximum(count, 1), 0)",
    ],
    "13.13": [
        "return mask[..., None]",
        "return mask[..., None] / (n - 1)",
        "return np.eye(n)[mask]",
        "return np.eye(n)[np.clip(mask.astype(int), 0, n - 1)]",
        "return np.stack([mask == k for k in np.unique(mask)], -1)",
        "return np.stack([mask == k + 1 for k in range(n)], -1)",
        "return np.stack([mask == k for k in range(n)])",
        "return np.stack([mask == k for k in range(int(mask.max()) + 1)], -1)",
        "return np.stack([mask >= k for k in range(n)], -1)",
        "return np.eye(n)[mask.astype(int) % n]",
        "return (mask.reshape(-1, 1) == np.arange(n)).astype(float)",
        "return np.stack([mask == k for k in range(1, n)], -1)",
        "return np.stack([np.where(mask == k, k, 0) for k in range(n)], -1)",
        "return np.stack([mask == k for k in range(n)], 1)",
        "return np.stack([mask == k for k in np.unique(mask) if 0 <= k < n], -1)",
        "return np.eye(n + 1)[np.where((mask < 0) | (mask >= n), n, mask).astype(int)]",
        "return np.moveaxis((mask.reshape(-1, 1) == np.arange(n)).reshape(n, *mask.shape), 0, -1)",
        "return np.stack([mask == k for k in range(n)]).reshape(*mask.shape, n)",
        "m = mask[..., None]; return (m >= np.arange(n)) & (m >= 0) & (m < n)",
        "m = mask[..., None]; return (m <= np.arange(n)) & (m >= 0) & (m < n)",
        "y = np.zeros((*mask.shape, n))\nfor k in range(n): y[mask == k] = 1\nreturn y",
        "y = np.stack([mask == k for k in range(n)], -1) * 1.0; y[(mask < 0) | (mask >= n)] = -1; return y",
        "return np.stack([mask == k for k in range(n)], -1).argmax(-1)",
    ],
    "13.14": [
        "return np.abs(np.diff(image, axis=0)).sum() + np.abs(np.diff(image, axis=1)).sum()",
        _TV + "return (down**2).sum() + (right**2).sum()",
        _TV + "return down.sum() + right.sum()",
        _TV + "return abs(down).sum()",
        _TV + "return abs(down).mean() + abs(right).mean()",
        _TV + "return (abs(down).sum() + abs(right).sum()) / image.size",
        _TV + "return abs(x - np.roll(x, 1, 0)).sum() + abs(x - np.roll(x, 1, 1)).sum()",
        _TV + "return abs(down).sum() + abs(np.diff(x)).sum()",
        _TV + "return np.sqrt(down[:, :-1] ** 2 + right[:-1] ** 2).sum()",
        _TV + "return abs(down).sum() + abs(right).sum() + abs(np.diff(x, axis=2)).sum()",
        _TV + "return abs(x[1:, 1:] - x[:-1, :-1]).sum()",
        _TV + "return abs(down).sum((0, 1)) + abs(right).sum((0, 1))",
        _TV + "return 2 * (abs(down).sum() + abs(right).sum())",
        "gy, gx = np.gradient(image.astype(float), axis=(0, 1)); return abs(gy).sum() + abs(gx).sum()",
        "return abs(image[1:] - image[:-1]).sum() + abs(image[:, 1:] - image[:, :-1]).sum()",
        "x = np.pad(image.astype(float), ((1, 1), (1, 1), (0, 0))); "
        "return abs(np.diff(x, axis=0)).sum() + abs(np.diff(x, axis=1)).sum()",
        "x = np.pad(image.astype(float), ((1, 1), (1, 1), (0, 0)), mode='edge'); "
        "return abs(np.diff(x, axis=0)).sum() + abs(np.diff(x, axis=1)).sum()",
    ],
}

RIGHT = {
    "13.1": [
        "power = 1 if loss == 'L1' else 2\nif power == 2: return float(values @ shares)\n"
        "return min(sorted(values), key=lambda c: np.sum(shares * np.abs(values - c)))",
        "pairs = sorted(zip(values.tolist(), shares.tolist())); t = 0\n"
        "if loss == 'L2': return sum(v * s for v, s in pairs)\n"
        "for v, s in pairs:\n    t += s\n    if t >= 0.5: return v",
        "return np.average(values, weights=shares) if loss == 'L2' else "
        "np.sort(values)[np.searchsorted(np.cumsum(shares[np.argsort(values)]), 0.5)]",
    ],
    "13.2": [
        "return np.concatenate([np.concatenate([masks, masks]), np.concatenate([real, fake])], axis=-1)",
        "return np.vstack([np.dstack([m, x])[None] for ms, xs in ((masks, real), (masks, fake)) for m, x in zip(ms, xs)])",
        "return [np.concatenate([m, x], -1).tolist() for xs in (real, fake) for m, x in zip(masks, xs)]",
    ],
    "13.3": [
        "f = 1\nfor k, s in layers[::-1]: f = (f - 1) * s + k\nreturn f",
        "k, s = layers.T; return 1 + np.sum((k - 1) * np.cumprod(np.r_[1, s[:-1]]))",
        "k, s = np.array(layers).T; return float(1 + sum((k[i] - 1) * math.prod(s[:i].tolist()) for i in range(len(k))))",
    ],
    "13.4": [
        "return np.mean(-special.log_expit(logits)) + weight * np.abs(real - fake).mean()",
        "z = logits.astype(np.float32); return np.logaddexp(np.float32(0), -z).mean() + weight * np.mean(np.abs(fake - real))",
        "z = -logits; return np.mean(np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))) + weight * np.mean(abs(fake - real))",
    ],
    "13.5": [
        "s = []\nfor m, z in zip(masks.astype(bool), special.expit(logits) > 0.5):\n"
        "    s.append(1.0 if not (m | z).any() else 2 * (m & z).sum() / (m.sum() + z.sum()))\nreturn sum(s) / len(s)",
        _DICE + "return np.mean(np.where(both > 0, 2 * hit / np.maximum(both, 1), 1))",
        _DICE + "return np.mean((2 * hit + 1e-9) / (both + 1e-9))",
        "f = logits > 0; return np.mean([1 - (m != z).sum() / max(m.sum() + z.sum(), 1) for m, z in zip(masks, f)])",
    ],
    "13.6": [
        "return np.abs(F(G(x)) - x).mean() + np.abs(y - G(F(y))).mean()",
        "return float(np.mean(np.absolute(x - F(G(x)))) + np.mean(np.absolute(y - G(F(y)))))",
        "there, back = F(G(x)), G(F(y)); return np.sum(abs(there - x)) / x.size + np.sum(abs(back - y)) / y.size",
    ],
    "13.7": [
        "return np.abs(F(x) - x).mean() + np.abs(G(y) - y).mean()",
        "return float(np.mean(np.absolute(y - G(y)))) + float(np.mean(np.absolute(x - F(x))))",
        "return np.sum(abs(G(y) - y)) / y.size + np.sum(abs(F(x) - x)) / x.size",
    ],
    "13.8": [
        "return np.einsum('hwa,hwb->ab', features, features) / (features.shape[0] * features.shape[1])",
        "f = features.reshape(-1, features.shape[2]); return np.mean([np.outer(v, v) for v in f], axis=0)",
        "return np.tensordot(features, features, axes=([0, 1], [0, 1])) / np.prod(features.shape[:2])",
    ],
    "13.9": [
        _STATS + "return ss * (content - mc) / np.where(sc > 0, sc, 1) + ms",
        _STATS + "return ss * (content - mc) / np.maximum(sc, 1e-8) + ms",
        "a = dict(axis=(1, 2), keepdims=True); v = content.var(**a); "
        "return (content - content.mean(**a)) / np.sqrt(v + 1e-5) * style.std(**a) + style.mean(**a)",
    ],
    "13.10": [
        _ERROR + "return 20 * np.log10(peak / np.sqrt(mse)) if mse else float('inf')",
        "peak = np.iinfo(images.dtype).max if images.dtype.kind == 'u' else 1.0\n"
        "d = images.astype('float64') / peak - references / float(peak)\nreturn -10 * np.log10(np.mean(d**2))",
        _ERROR + "return 10 * math.log10(peak * peak / mse) if mse > 0 else math.inf",
    ],
    "13.11": [
        _SPLIT + "y = np.zeros((h * r, w * r, n), features.dtype)\nfor a in range(r):\n    for b in range(r):\n"
        "        y[a::r, b::r] = features[..., (a * r + b) * n:(a * r + b + 1) * n]\nreturn y",
        _SPLIT + "return np.einsum('hwabc->hawbc', features.reshape(h, w, r, r, n)).reshape(h * r, w * r, n)",
        _SPLIT + "return np.swapaxes(features.reshape(h, w, r, r, n), 1, 2).reshape(h * r, w * r, n).tolist()",
    ],
    "13.12": [
        _WINDOWS + "return np.where(count > 0, total * n / np.maximum(count, 1), 0)",
        "r = []\nfor i in range(len(x) - len(kernel) + 1):\n    w = slice(i, i + len(kernel)); m = known[w].astype(bool)\n"
        "    r.append(len(kernel) * (kernel[m] * x[w][m]).sum() / m.sum() if m.any() else 0)\nreturn r",
        "v = np.where(known, x, 0); k = kernel[::-1]; c = np.convolve(1.0 * known, np.ones(len(k)), 'valid'); "
        "return np.nan_to_num(np.convolve(v, k, 'valid') * len(k) / c)",
    ],
    "13.13": [
        "return np.stack([mask == k for k in range(n)], axis=-1)",
        "m = mask.astype(int); ok = (m >= 0) & (m < n); return np.eye(n)[np.where(ok, m, 0)] * ok[..., None]",
        "return [[[float(v == k) for k in range(n)] for v in row] for row in mask]",
    ],
    "13.14": [
        "x = image.astype(int) if image.dtype == np.uint8 else image\n"
        "return np.abs(np.diff(x, axis=0)).sum() + np.abs(np.diff(x, axis=1)).sum()",
        "x = image.astype(float); return sum(np.sum(np.abs(np.diff(x, axis=k))) for k in (0, 1))",
        "x = image.astype(np.float64); h, w, _ = x.shape; return sum(abs(x[i + 1] - x[i]).sum() for i in range(h - 1)) + "
        "sum(abs(x[:, j + 1] - x[:, j]).sum() for j in range(w - 1))",
    ],
}
