"""Answers to the exercises of chapter 03, Edges and features, as learners write them."""

SLOPES = (
    "k = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8\n"
    "gx, gy = [signal.correlate2d(image, w, 'valid') for w in (k, k.T)]\n"
)
SMOOTH = "a, b, c = [signal.correlate2d(v, window, 'valid') for v in (gx * gx, gx * gy, gy * gy)]\n"
PAIRS = "p = np.zeros((levels, levels))\nnp.add.at(p, (image[:, :-1], image[:, 1:]), 1)\n"

WRONG = {
    "3.1": [
        SLOPES + "return gx + gy",
        SLOPES + "return np.abs(gx) + np.abs(gy)",
        SLOPES + "return gx**2 + gy**2",
        SLOPES + "return np.sqrt((gx + gy) ** 2)",
        SLOPES + "return np.sqrt(np.abs(gx**2 - gy**2))",
        SLOPES + "return np.sqrt((gx**2 + gy**2) / 8)",
        SLOPES + "return 8 * np.hypot(gx, gy)",
        SLOPES + "return np.abs(gx)",
        SLOPES + "return np.arctan2(gy, gx)",
        SLOPES + "s = np.hypot(gx, gy)\nreturn s / max(s.max(), 1e-12)",
        "gx, gy = ndimage.sobel(image, 1), ndimage.sobel(image, 0)\nreturn np.hypot(gx, gy)[1:-1, 1:-1]",
        "gy, gx = np.gradient(image)\nreturn np.hypot(gx, gy)[1:-1, 1:-1]",
        "from skimage.filters import sobel\nreturn sobel(image)[1:-1, 1:-1]",
        "return np.hypot(np.diff(image, axis=1)[:-1], np.diff(image, axis=0)[:, :-1])",
    ],
    "3.2": [
        ("here >= strength[i + down, j + right]", "here > strength[i + down, j + right]"),
        ("here >= strength[i - down, j - right]", "here > strength[i - down, j - right]"),
        (" and here >= strength[i - down, j - right]", ""),
        (" and here", " or here"),
        ("[(0, 1), (1, 1), (1, 0), (1, -1)]", "[(0, 1), (-1, 1), (1, 0), (1, 1)]"),
        ("[(0, 1), (1, 1), (1, 0), (1, -1)]", "[(1, 0), (1, -1), (0, 1), (1, 1)]"),
        ("np.arctan2(gy[i, j], gx[i, j])", "np.arctan2(gx[i, j], gy[i, j])"),
        ("np.arctan2(gy[i, j], gx[i, j])", "abs(np.arctan2(gy[i, j], gx[i, j]))"),
        ("(np.pi / 4)", "(np.pi / 8)"),
        (
            "int(np.round(np.arctan2(gy[i, j], gx[i, j]) / (np.pi / 4)))",
            "int(np.arctan2(gy[i, j], gx[i, j]) / (np.pi / 4))",
        ),
        (" % 4", ""),
        ("result[i, j] = here", "result[i, j] = 1"),
        ("np.zeros(strength.shape)", "strength.copy()"),
        ("return result", "return result[1:-1, 1:-1]"),
        "angle = np.degrees(np.arctan2(gy, gx)) % 180\n"  # 157.5 to 180 is forgotten
        "out = np.zeros(strength.shape)\n"
        "for i in range(1, len(out) - 1):\n    for j in range(1, len(out[0]) - 1):\n"
        "        k = [0, 1, 2, 3][int(np.searchsorted([22.5, 67.5, 112.5], angle[i, j]))]\n"
        "        d, r = [(0, 1), (1, 1), (1, 0), (1, -1)][k]\n"
        "        if strength[i, j] >= max(strength[i + d, j + r], strength[i - d, j - r]):\n"
        "            out[i, j] = strength[i, j]\n"
        "return out",
    ],
    "3.3": [
        ("np.ones((3, 3))", "None"),
        "from skimage.filters import apply_hysteresis_threshold\n"  # strict, and four neighbours
        "return apply_hysteresis_threshold(strength, low, high)",
        ("strength >= low", "strength > low"),
        ("strength >= high", "strength > high"),
        "strength >= high",
        "strength >= low",
        "strength >= (low + high) / 2",
        "(strength >= high) | ndimage.binary_dilation(strength >= high, np.ones((3, 3))) & (strength >= low)",
        "ndimage.binary_propagation(strength >= high, mask=strength >= low)",
        "out = strength >= high\nfor _ in range(5):\n"
        "    out = ndimage.binary_dilation(out, np.ones((3, 3))) & (strength >= low)\nreturn out",
        "n, m = ndimage.label(strength >= low, np.ones((3, 3)))\n"
        "return np.isin(n, [k for k in range(1, m) if strength[n == k].max() >= high])",
        "n, m = ndimage.label(strength >= low, np.ones((3, 3)))\n"
        "return np.isin(n, [k for k in range(1, m + 1) if strength[n == k].mean() >= high])",
        "n, m = ndimage.label(strength >= low, np.ones((3, 3)))\nreturn n * np.isin(n, np.unique(n[strength >= high]))",
        "n, m = ndimage.label(strength >= low, np.ones((3, 3)))\nreturn ~np.isin(n, np.unique(n[strength >= high]))",
    ],
    "3.4": [
        ("x * np.cos(angles) + y * np.sin(angles)", "x * np.sin(angles) + y * np.cos(angles)"),
        ("x * np.cos(angles) + y * np.sin(angles)", "x * np.cos(angles) - y * np.sin(angles)"),
        ("y, x in", "x, y in"),
        ("votes[half + distance", "votes[distance"),
        ("votes[half + distance", "votes[half - distance"),
        ("votes[half + distance", "votes[half + abs(distance)"),
        ("votes[half + distance, np.arange(len(angles))]", "votes[half + distance]"),
        ("np.round(", "np.floor("),
        ("np.round(", "np.ceil("),
        ("np.round(", "("),
        ("return votes", "return votes.T"),
        ("return votes", "return votes / max(votes.sum(), 1)"),
        ("int(np.ceil(np.hypot(*mask.shape)))", "max(mask.shape)"),
        ("np.argwhere(mask)", "np.argwhere(~mask)"),
    ],
    "3.5": [
        "from skimage.feature import local_binary_pattern\nreturn local_binary_pattern(image, 4, 1, 'uniform')[1:-1, 1:-1]",
        ("right >= center", "right > center"),
        ("(right >= center) + 2 * (above >= center)", "(above >= center) + 2 * (right >= center)"),
        ("2 * (above >= center) + 4 * (left >= center) + 8", "8 * (above >= center) + 4 * (left >= center) + 2"),
        ("image[1:-1, 2:], image[:-2, 1:-1]", "image[:-2, 1:-1], image[1:-1, 2:]"),
        ("image[1:-1, :-2], image[2:, 1:-1]", "image[2:, 1:-1], image[1:-1, :-2]"),
        ("8 * (below >= center)", "8 * (center >= below)"),
        ("4 * (left >= center)", "3 * (left >= center)"),
        ("return 1 * (right >= center) + 2 *", "return (right >= center) + 1 *"),
        ("image[1:-1, 1:-1]", "image[1:-1, 1:-1].mean()"),
        "from skimage.feature import local_binary_pattern\nreturn local_binary_pattern(image, 4, 1)",
        "from skimage.feature import local_binary_pattern\nreturn local_binary_pattern(image, 8, 1)[1:-1, 1:-1]",
        "from skimage.feature import local_binary_pattern\nreturn local_binary_pattern(image, 4, 1, 'ror')[1:-1, 1:-1]",
    ],
    "3.6": [
        "from skimage.measure import moments_central\nreturn moments_central(mask.astype(float), order=max(p, q, 1))[q, p]",
        ("y, x =", "x, y ="),
        ("np.sum(", "np.mean("),
        ("(x - x.mean())", "x"),
        ("(y - y.mean())", "y"),
        ("(x - x.mean()) ** p", "np.abs(x - x.mean()) ** p"),
        ("x.mean()", "np.median(x)"),
        ("x.mean()", "round(x.mean())"),
        ("x.mean()", "int(x.mean())"),
        ("x.mean()", "x.min()"),
        ("** p * ", "** p + "),
        ("** p * ", "* p * "),
        ("x.mean())", "mask.shape[1] / 2)"),
        "y, x = np.indices(mask.shape)\nreturn np.sum(mask * x**p * y**q)",
        "y, x = np.indices(mask.shape)\nreturn np.sum(mask * (x - x.mean()) ** p * (y - y.mean()) ** q)",
    ],
    "3.8": [
        "r = gx**2 * gy**2 - (gx * gy) ** 2 - k * (gx**2 + gy**2) ** 2\n"
        "u, v = [n // 2 for n in window.shape]\nreturn r[u : len(r) - u, v : len(r[0]) - v]",
        SMOOTH + "return a * c - k * (a + c) ** 2",
        SMOOTH + "return a * c - b - k * (a + c) ** 2",
        SMOOTH + "return a * c - b * b - k * (a + c)",
        SMOOTH + "return a * c - b * b + k * (a + c) ** 2",
        SMOOTH + "return a * c - b * b - (k * (a + c)) ** 2",
        SMOOTH + "return a * c - b * b - k * (a * c) ** 2",
        SMOOTH + "return a * c - b * b - k * (a**2 + c**2)",
        SMOOTH + "return a + c - k * (a * c - b * b) ** 2",
        SMOOTH + "return (a * c - b * b) / (a + c + 1e-6)",
        SMOOTH + "return a * c - b * b - 0.05 * (a + c) ** 2",
        "gx, gy = [signal.correlate2d(g, window, 'valid') for g in (gx, gy)]\nreturn -k * (gx**2 + gy**2) ** 2",
        "return -k * (gx**2 + gy**2) ** 2",
        ('mode="valid"', 'mode="same"'),
        ("gx * gy, window", "gx + gy, window"),
    ],
    "3.9": [
        PAIRS + "return p",
        PAIRS + "return p / image.size",
        PAIRS + "return p.T / p.sum()",
        PAIRS + "return (p + p.T) / (p + p.T).sum()",
        PAIRS + "return p / p.max()",
        PAIRS + "return p / np.maximum(p.sum(axis=1, keepdims=True), 1)",
        PAIRS + "return p // p.sum()",
        PAIRS + "return (p / p.sum()).round(2)",
        ("image[:, :-1], image[:, 1:]", "image[:-1], image[1:]"),
        ("image[:, :-1], image[:, 1:]", "image, np.roll(image, -1, axis=1)"),
        ("image[:, :-1], image[:, 1:]", "image[:, :-2], image[:, 1:-1]"),
        "p = np.zeros((levels, levels))\np[image[:, :-1], image[:, 1:]] += 1\nreturn p / p.sum()",
        "n = image.max() + 1\np = np.zeros((n, n))\nnp.add.at(p, (image[:, :-1], image[:, 1:]), 1)\nreturn p / p.sum()",
        "p, _, _ = np.histogram2d(image[:, :-1].ravel(), image[:, 1:].ravel(), bins=levels)\nreturn p / p.sum()",
    ],
}

RIGHT = {
    "3.1": [
        SLOPES + "return np.hypot(gx, gy).tolist()",
        SLOPES + "return np.abs(gx + 1j * gy).astype(np.float32)",
        "k = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]]) / 8\n"  # the other way round, and convolved
        "return np.sqrt(sum(signal.convolve2d(image, -w, mode='valid') ** 2 for w in (k, k.T)))",
        "from course_lib.classical import edges\nreturn edges.magnitude(*edges.gradient(image))[1:-1, 1:-1]",
        "import cv2\ngx, gy = cv2.Sobel(image, cv2.CV_64F, 1, 0) / 8, cv2.Sobel(image, cv2.CV_64F, 0, 1) / 8\n"
        "return cv2.magnitude(gx, gy)[1:-1, 1:-1]",
        "from skimage.filters import sobel\nreturn sobel(image)[1:-1, 1:-1] / math.sqrt(2)",
        "gx, gy = ndimage.sobel(image, 1) / 8, ndimage.sobel(image, 0) / 8\nreturn ((gx**2 + gy**2) ** 0.5)[1:-1, 1:-1]",
        "out = np.zeros((image.shape[0] - 2, image.shape[1] - 2))\n"
        "k = np.outer([1, 2, 1], [-1, 0, 1]) / 8\n"
        "for i in range(len(out)):\n    for j in range(len(out[0])):\n        w = image[i : i + 3, j : j + 3]\n"
        "        out[i, j] = math.sqrt((w * k).sum() ** 2 + (w * k.T).sum() ** 2)\n"
        "return out",
    ],
    "3.2": [
        ("np.arctan2(gy[i, j], gx[i, j])", "np.arctan2(-gy[i, j], -gx[i, j])"),
        (
            "here >= strength[i + down, j + right] and here >=",
            "here >= max(strength[i + down, j + right], 0) and here >=",
        ),
        ("return result", "return result.tolist()"),
        ("return result", "return result.astype(np.float32)"),
        "angle = np.degrees(np.arctan2(gy, gx)) % 180\n"
        "p = np.pad(strength, 1)\n"
        "c = strength\n"
        "def n(d, r):\n    return p[1 + d : 1 + d + c.shape[0], 1 + r : 1 + r + c.shape[1]]\n"
        "pairs = [(n(0, 1), n(0, -1)), (n(1, 1), n(-1, -1)), (n(1, 0), n(-1, 0)), (n(1, -1), n(-1, 1))]\n"
        "sector = np.select([angle < 22.5, angle < 67.5, angle < 112.5, angle < 157.5], [0, 1, 2, 3], 0)\n"
        "ok = np.zeros(c.shape, bool)\n"
        "for k, (a, b) in enumerate(pairs):\n    ok |= (sector == k) & (c >= a) & (c >= b)\n"
        "out = np.where(ok, c, 0)\nout[[0, -1]] = 0\nout[:, [0, -1]] = 0\nreturn out",
    ],
    "3.3": [
        "ndimage.binary_propagation(strength >= high, np.ones((3, 3)), mask=strength >= low)",
        "from course_lib.classical.edges import hysteresis\nreturn hysteresis(strength, low, high)",
        "out = strength >= high\n"
        "while True:\n    more = ndimage.binary_dilation(out, np.ones((3, 3))) & (strength >= low)\n"
        "    if (more == out).all():\n        return out.tolist()\n    out = more",
        "n, m = ndimage.label(strength >= low, np.ones((3, 3)))\n"
        "return np.isin(n, [k for k in range(1, m + 1) if strength[n == k].max() >= high]).astype(int)",
    ],
    "3.4": [
        "from course_lib.classical.hough import hough_lines\nreturn hough_lines(mask, angles)[0]",
        "half = math.ceil(math.hypot(*mask.shape))\n"
        "y, x = np.nonzero(mask)\n"
        "rho = np.rint(np.outer(x, np.cos(angles)) + np.outer(y, np.sin(angles))).astype(int) + half\n"
        "return np.stack([np.bincount(r, minlength=2 * half + 1) for r in rho.T], axis=1)",
        (
            "np.round(x * np.cos(angles) + y * np.sin(angles))",
            "np.floor(x * np.cos(angles) + y * np.sin(angles) + 0.5)",
        ),
        ("return votes", "return votes.astype(np.uint32)"),
        ("return votes", "return votes.tolist()"),
        ("return votes", "return votes.astype(float)"),
    ],
    "3.5": [
        "from skimage.feature import local_binary_pattern\nreturn local_binary_pattern(image, 4, 1)[1:-1, 1:-1]",
        "from course_lib.classical.texture import local_binary_pattern\n"
        "return local_binary_pattern(image, points=4)[1:-1, 1:-1]",
        "c = image[1:-1, 1:-1]\nout = 0\n"
        "for p, (d, r) in enumerate([(0, 1), (-1, 0), (0, -1), (1, 0)]):\n"
        "    out = out + (np.roll(image, (-d, -r), (0, 1))[1:-1, 1:-1] >= c) * 2**p\n"
        "return out.astype(np.uint8)",
        "rows = []\n"
        "for i in range(1, len(image) - 1):\n    rows.append([])\n"
        "    for j in range(1, len(image[0]) - 1):\n        m = image[i, j]\n"
        "        b = [image[i, j + 1] >= m, image[i - 1, j] >= m, image[i, j - 1] >= m, image[i + 1, j] >= m]\n"
        "        rows[-1].append(sum(v << p for p, v in enumerate(map(int, b))))\n"
        "return rows",
    ],
    "3.6": [
        "from course_lib.classical.shape import central_moments\nreturn central_moments(mask, p + q)[q, p]",
        "from skimage.measure import moments_central\nreturn moments_central(np.asarray(mask, float), order=p + q + 1)[q, p]",
        "y, x = np.indices(mask.shape)\nm = mask.sum()\n"
        "return (mask * (x - (x * mask).sum() / m) ** p * (y - (y * mask).sum() / m) ** q).sum()",
        "y, x = np.nonzero(mask)\nreturn float(np.dot((x - x.mean()) ** p, (y - y.mean()) ** q))",
        "y, x = np.nonzero(mask)\nreturn [np.sum((x - x.mean()) ** p * (y - y.mean()) ** q)][0].astype(np.float32)",
    ],
    "3.8": [
        "a, b, c = [signal.convolve2d(v, window, 'valid') for v in (gx * gx, gx * gy, gy * gy)]\n"
        "return a * c - b**2 - k * (a + c) ** 2",
        SMOOTH + "return (a * c - b**2 - k * (a + c) ** 2).astype(np.float32)",
        SMOOTH + "return (a * c - b**2 - k * (a**2 + 2 * a * c + c**2)).tolist()",
        SMOOTH + "m = np.moveaxis(np.array([[a, b], [b, c]]), (0, 1), (-2, -1))\n"
        "return np.linalg.det(m) - k * np.trace(m, axis1=-2, axis2=-1) ** 2",
        "h, w = window.shape\nout = np.zeros((gx.shape[0] - h + 1, gx.shape[1] - w + 1))\n"
        "for i in range(len(out)):\n    for j in range(len(out[0])):\n"
        "        x, y = gx[i : i + h, j : j + w], gy[i : i + h, j : j + w]\n"
        "        a, b, c = (window * x * x).sum(), (window * x * y).sum(), (window * y * y).sum()\n"
        "        out[i, j] = a * c - b * b - k * (a + c) ** 2\n"
        "return out",
        ("correlate2d(gx * gx, window", "correlate2d(gx * gx, window[::-1, ::-1]"),
    ],
    "3.9": [
        PAIRS + "return (p / p.sum()).astype(np.float32)",
        PAIRS + "return (p / (image.shape[0] * (image.shape[1] - 1))).tolist()",
        "from skimage.feature import graycomatrix\n"
        "return graycomatrix(image.astype(np.uint8), [1], [0], levels, normed=True)[:, :, 0, 0]",
        "from course_lib.classical.texture import cooccurrence\nreturn cooccurrence(image, (0, 1), levels)",
        "p = [[0.0] * levels for _ in range(levels)]\n"
        "for row in image:\n    for a, b in zip(row[:-1], row[1:]):\n        p[a][b] += 1 / (image.size - len(image))\n"
        "return p",
    ],
}
