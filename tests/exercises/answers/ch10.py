"""Answers to the exercises of chapter 10, Autoencoders, as learners write them."""

WRONG = {
    "10.5": [
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
    "10.4": [
        "(np.exp(log_variance) + mean**2 - 1 - log_variance).sum() / 2",
        "sum(np.exp(log_variance) + mean**2 - 1 - log_variance) / 2",
        "(np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) / 2 / len(mean)",
        "(np.exp(log_variance) + np.abs(mean) - 1 - log_variance).sum(1) / 2",
        "(np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) // 2",
        "lv = np.clip(log_variance, -5, 5); return (np.exp(lv) + mean**2 - 1 - lv).sum(1) / 2",
        "(np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1, keepdims=True) / 2",
        "v = np.exp(log_variance); return (v + mean**2 - 1 - np.log(v + 1e-6)).sum(1) / 2",
        "(np.exp(log_variance) + mean**2).sum(1) / 2 - 1 - log_variance.sum(1) / 2",
        "(np.exp(log_variance) + mean.sum(1, keepdims=True) ** 2 / mean.shape[1] - 1 - log_variance).sum(1) / 2",
        "np.abs(-np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) / 2",
        "np.maximum((np.exp(log_variance) + mean**2 - 1 - log_variance) / 2, 0.05).sum(1)",
    ],
    "10.1": [
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
    "10.2": [
        "z = np.random.default_rng(seed).normal(size=(n, len(weights))); return z @ weights + bias",
        "z = np.random.default_rng(seed).uniform(-1, 1, size=(n, len(weights))); "
        "return 1 / (1 + np.exp(-(z @ weights + bias)))",
        "z = np.random.default_rng(seed).random((n, len(weights))); return 1 / (1 + np.exp(-(z @ weights + bias)))",
        "z = np.random.default_rng(seed).normal(size=len(weights)); "
        "return np.array([1 / (1 + np.exp(-(z @ weights + bias))) for _ in range(n)])",
        "z = np.random.default_rng(seed).normal(size=(n, len(weights))); return 1 / (1 + np.exp(z @ weights + bias))",
        "z = np.random.default_rng(seed).normal(size=(n, len(weights))); return 1 / (1 + np.exp(-(z @ weights)))",
        "z = np.random.default_rng(seed).normal(size=(n, len(weights))); return np.tanh(z @ weights + bias)",
        "z = np.random.default_rng(seed).normal(size=(n, len(weights))); "
        "return np.round(1 / (1 + np.exp(-(z @ weights + bias))))",
        "z = np.zeros((n, len(weights))); return 1 / (1 + np.exp(-(z @ weights + bias)))",
        "z = np.random.default_rng(seed).normal(size=(n, len(weights))); "
        "return (1 / (1 + np.exp(-(z @ weights + bias)))).T",
        "z = np.random.default_rng(seed).normal(size=(n, len(weights))); "
        "p = 1 / (1 + np.exp(-(z @ weights + bias))); return p.mean(axis=0)",
        "z = np.random.default_rng(seed).normal(size=(n, len(weights))); return np.exp(z @ weights + bias)",
        "z = np.random.default_rng(seed).normal(size=(n, 1)); "
        "return 1 / (1 + np.exp(-(z @ weights.sum(axis=0, keepdims=True) + bias)))",
    ],
    "10.8": [
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
    ],
    "10.9": [
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
    "10.10": [
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
        "k = (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1) / 2; "
        "return np.mean((x - p) ** 2) * x.shape[1] + k.mean()",
    ],
}

RIGHT = {
    "10.5": [
        "np.sum(q * np.log(prior * likelihood / q))",
        "q @ np.log(likelihood) - stats.entropy(q, prior)",
        "e = np.log(np.sum(prior * likelihood)); r = prior * likelihood / np.sum(prior * likelihood); "
        "return e - np.sum(q * np.log(q / r))",
    ],
    "10.4": [
        "0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(-1)",
        "[sum(math.exp(b) + a * a - 1 - b for a, b in zip(m, v)) / 2 for m, v in zip(mean, log_variance)]",
        "s = np.exp(0.5 * log_variance); return -0.5 * np.sum(1 + 2 * np.log(s) - mean**2 - s**2, axis=1)",
    ],
    "10.1": [
        "mean + np.sqrt(np.exp(log_variance)) * noise",
        "(mean + noise * np.exp(0.5 * log_variance)).tolist()",
        "mean + np.exp(log_variance) ** 0.5 * noise",
    ],
    "10.2": [
        "z = np.random.default_rng(seed).standard_normal((n, len(weights))); return special.expit(z @ weights + bias)",
        "r = np.random.default_rng(seed); "
        "return [special.expit(r.normal(size=weights.shape[0]) @ weights + bias).tolist() for _ in range(n)]",
        "z = np.random.default_rng(seed).normal(0, 1, (n, len(weights))); "
        "return (0.5 * (1 + np.tanh((np.dot(z, weights) + bias) / 2))).astype('float32')",
    ],
    "10.8": [
        "special.logsumexp(log_weights, axis=0) - np.log(len(log_weights))",
        "np.logaddexp.reduce(log_weights, axis=0) - math.log(log_weights.shape[0])",
        "[float(special.logsumexp(c)) - math.log(len(c)) for c in log_weights.T]",
    ],
    "10.9": [
        "(eigenvalues > beta * sigma**2).sum()",
        "len([v for v in eigenvalues if v / beta > sigma**2])",
        "np.count_nonzero(np.maximum(eigenvalues - beta * sigma * sigma, 0))",
        "float(np.sum(eigenvalues > beta * sigma**2))",
    ],
    "10.10": [
        "k = 0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(); "
        "return (k - np.sum(np.log(np.where(x == 1, p, 1 - p)))) / len(x)",
        "n = -(special.xlogy(x, p) + special.xlog1py(1 - x, -p)).sum(-1); "
        "return (n - 0.5 * (1 + log_variance - mean**2 - np.exp(log_variance)).sum(-1)).mean()",
        "p = np.clip(p, 1e-7, 1 - 1e-7); n = -(x * np.log(p) + (1 - x) * np.log(1 - p)).mean() * x.shape[1]; "
        "return n + ((np.exp(log_variance) + mean**2 - 1 - log_variance) / 2).mean() * mean.shape[1]",
    ],
}
