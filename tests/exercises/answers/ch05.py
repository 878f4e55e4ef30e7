"""Answers to the exercises of chapter 05, Learning by gradients, as learners write them."""

WRONG = {
    "5.1": [
        "(after - before) / 2 * h",
        "(after - before) // (2 * h)",
        "(after - before) / h",
        "(after - before) / 2",
        "(after - here) / h",
        "(after - 2 * here + before) / h**2",
        "abs(after - before) / (2 * h)",
        "float((after - before) / (2 * h)) if np.ndim(after) == 0 else np.gradient(after, h)",
        "np.mean((after - before) / (2 * h))",
        "round((after - before) / (2 * h), 3) if np.ndim(after) == 0 else np.round((after - before) / (2 * h), 3)",
        "result = np.zeros_like(after)\nresult[...] = (after - before) / (2 * h)\nreturn result",
        "np.array([(a - b) / (2 * h) for a, b in zip(np.ravel(after), np.ravel(before))])",
        "(after - before) / (2 * 0.5)",
        "((after - here) / h + (here - before) / h)",
    ],
    "5.4": [
        "sum(g)",
        "g.sum(axis=0)",
        "g.sum(axis=-1)",
        "g.sum(axis=(0, 1))",
        "g.sum(axis=(0, 1, 2))",
        "g.mean(axis=tuple(range(g.ndim - 1)))",
        "g.sum(axis=tuple(range(g.ndim - 1))) / len(g)",
        "g.sum()",
        "g.sum(axis=tuple(range(1, g.ndim)))",
        "g.sum(axis=tuple(range(g.ndim - 1)), keepdims=True)",
        "g.reshape(g.shape[-1], -1).sum(axis=1)",
        "np.array([g[..., c].sum() for c in range(g.shape[-1])], int)",
        "np.array([g[..., c].sum() for c in range(g.shape[1])])",
        "np.abs(g).sum(axis=tuple(range(g.ndim - 1)))",
    ],
    "5.5": [
        ("train.mean(axis=0), train.std(axis=0)", "train.mean(), train.std()"),
        (
            "train.mean(axis=0), train.std(axis=0)",
            "train.mean(axis=1, keepdims=True), train.std(axis=1, keepdims=True)",
        ),
        ("train.std(axis=0)", "train.std()"),
        ("train.std(axis=0)", "train.var(axis=0)"),
        ("train.std(axis=0)", "train.std(axis=0, ddof=1)"),
        ("train.std(axis=0)", "np.ptp(train, axis=0)"),
        ("train.std(axis=0)", "np.abs(train).max(axis=0)"),
        ("train.std(axis=0)", "train.std(axis=0) + 0.1"),
        ("train.mean(axis=0)", "np.median(train, axis=0)"),
        ("train.mean(axis=0)", "train.mean(axis=0).astype(int)"),
        ("(test - mean) / deviation", "test"),
        ("(test - mean) / deviation", "(test - test.mean(axis=0)) / test.std(axis=0)"),
        (
            "return (train - mean) / deviation, (test - mean) / deviation",
            "a, b = np.zeros_like(train), np.zeros_like(test)\n    a[:], b[:] = (train - mean) / deviation, (test - mean) / deviation\n    return a, b",
        ),
        (
            "return (train - mean) / deviation, (test - mean) / deviation",
            "b = np.empty(test.shape, test.dtype)\n    b[:] = (test - mean) / deviation\n    return (train - mean) / deviation, b",
        ),
        ("return (train - mean) / deviation,", "train -= mean\n    train /= deviation\n    return train,"),
    ],
    "5.6": [
        ("2 * x.T", "x.T"),
        (" / len(y)", ""),
        (" / len(y)", " / 2"),
        (" / len(y)", " / x.size"),
        (" / len(y)", " / len(w)"),
        ("w - rate * gradient", "w + rate * gradient"),
        ("w - rate * gradient", "w - 0.1 * gradient"),
        ("w = w - rate * gradient", "w -= rate * gradient"),
        ("w = w - rate * gradient", "w = (w - rate * gradient).astype(w.dtype)"),
        ("range(steps)", "range(3)"),
        ("range(steps)", "range(1, steps)"),
        ("range(steps)", "range(steps + 1)"),
        ("x @ w - y", "y - x @ w"),
        ("x @ w - y", "np.abs(x @ w - y)"),
        ("for _ in range(steps)", "w = np.zeros(len(w))\n    for _ in range(steps)"),
    ],
    "5.8": [
        ("start=1", "start=2"),
        ("m / (1 - beta1**t), v / (1 - beta2**t)", "m, v"),
        ("m / (1 - beta1**t), v / (1 - beta2**t)", "m / (1 - beta1), v / (1 - beta2)"),
        ("m / (1 - beta1**t), v / (1 - beta2**t)", "m / (1 - beta2**t), v / (1 - beta1**t)"),
        ("m / (1 - beta1**t), v / (1 - beta2**t)", "m / (1 - 0.9**t), v / (1 - 0.999**t)"),
        ("g**2", "abs(g)"),
        ("v_hat**0.5 + eps", "v_hat + eps"),
        ("v_hat**0.5 + eps", "(v_hat + eps) ** 0.5"),
        ("v_hat**0.5 + eps", "v_hat**0.5 + 1e-8"),
        ("v_hat**0.5 + eps", "v_hat**0.5 + eps**0.5"),
        ("v_hat**0.5 + eps", "v_hat**0.5"),
        ("rate * m_hat", "0.1 * m_hat"),
        ("rate * m_hat", "rate * g"),
        ("w = w - rate", "w = -rate"),
        ("beta2 * v + (1 - beta2)", "0.999 * v + 0.001"),
        ("beta2 * v + (1 - beta2) * g**2", "max(beta2 * v, g**2)"),
        "w = np.zeros_like(gradients)\nreturn w",
    ],
    "5.10": [
        ("x.std(axis=0)", "x.std()"),
        ("x.std(axis=0)", "x.var(axis=0)"),
        ("x.std(axis=0)", "x.std(axis=0, ddof=1)"),
        ("x.std(axis=0)", "x.std(axis=0) + 1e-5"),
        ("x.mean(axis=0)", "x.mean()"),
        ("g.mean(axis=0)", "g.mean()"),
        ("g.mean(axis=0)", "g.sum(axis=0)"),
        ("(g * x_hat).mean(axis=0)", "(g * x_hat).mean()"),
        ("(g * x_hat).mean(axis=0)", "(g * x_hat).sum(axis=0)"),
        ("(g * x_hat).mean(axis=0)", "g.mean(axis=0) * x_hat.mean(axis=0)"),
        (" - x_hat * (g * x_hat).mean(axis=0)", ""),
        ("- g.mean(axis=0) ", ""),
        ("- x_hat *", "+ x_hat *"),
        (
            "return (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / deviation",
            "out = np.empty_like(x)\n    out[:] = (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / deviation\n    return out",
        ),
        (
            "return (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / deviation",
            "out = np.empty_like(g)\n    out[:] = (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / deviation\n    return out",
        ),
    ],
}

RIGHT = {
    "5.1": [
        "(after / h - before / h) / 2",
        "0.5 * ((after - here) / h + (here - before) / h)",
        "-(before - after) / h / 2",
    ],
    "5.4": [
        "g.sum(axis=tuple(range(g.ndim - 1)))",
        "while g.ndim > 1:\n    g = g.sum(axis=0)\nreturn g",
        "np.ones(g.size // g.shape[-1]) @ g.reshape(-1, g.shape[-1])",
        "[float(np.sum(g[..., c])) for c in range(g.shape[-1])]",
    ],
    "5.5": [
        "m = np.mean(train, 0)\ns = np.sqrt(((train - m) ** 2).mean(0))\nreturn [(train - m) / s, (test - m) / s]",
        ("train.std(axis=0)", "train.std(axis=0) + 1e-8"),
        "a, b = train.astype(float), test.astype(float)\nfor c in range(a.shape[1]):\n"
        "    b[:, c] = (b[:, c] - a[:, c].mean()) / a[:, c].std()\n    a[:, c] = (a[:, c] - a[:, c].mean()) / a[:, c].std()\nreturn a, b",
    ],
    "5.6": [
        "for _ in range(steps):\n    r = x.dot(w) - y\n    w = w - rate * np.mean(2 * r[:, None] * x, axis=0)\nreturn w",
        "w = w.astype(float)\nfor _ in range(steps):\n    w -= rate * 2 / len(x) * (x.T @ x @ w - x.T @ y)\nreturn w",
        "w = [float(v) for v in w]\nfor _ in range(steps):\n"
        "    r = [sum(a * b for a, b in zip(row, w)) - t for row, t in zip(x, y)]\n"
        "    w = [v - rate * 2 * sum(e * row[j] for e, row in zip(r, x)) / len(y) for j, v in enumerate(w)]\nreturn w",
    ],
    "5.8": [
        "w, m, v, p, q = 0, 0, 0, 1, 1\nfor g in gradients:\n    m += (1 - beta1) * (g - m)\n    v += (1 - beta2) * (g * g - v)\n"
        "    p *= beta1\n    q *= beta2\n    w -= rate * (m / (1 - p)) / (math.sqrt(v / (1 - q)) + eps)\nreturn w",
        ("return w", "return np.float64(w)"),
        "t = np.arange(1, len(gradients) + 1)\nage = t[:, None] - t\n"
        "m = np.where(age >= 0, (1 - beta1) * beta1 ** np.maximum(age, 0), 0) @ gradients / (1 - beta1**t)\n"
        "v = np.where(age >= 0, (1 - beta2) * beta2 ** np.maximum(age, 0), 0) @ gradients**2 / (1 - beta2**t)\n"
        "return -rate * np.sum(m / (np.sqrt(v) + eps))",
    ],
    "5.10": [
        "n, m = len(x), x.mean(0)\ns = np.sqrt(((x - m) ** 2).mean(0))\nh = (x - m) / s\n"
        "return (n * g - g.sum(0) - h * (g * h).sum(0)) / (n * s)",
        "s = x.std(0)\nc = x - x.mean(0)\ndvar = -0.5 * (g * c).sum(0) / s**3\ndmean = -g.sum(0) / s\n"
        "return g / s + dvar * 2 * c / len(x) + dmean / len(x)",
        "h = (x - x.mean(0)) / x.std(0)\ng = g - g.mean(0)\nreturn ((g - h * (g * h).mean(0)) / x.std(0)).tolist()",
    ],
}
