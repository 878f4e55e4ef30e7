"""Answers to the exercises of chapter 01, Images, as learners write them."""

WRONG = {
    "1.1": [
        "image[y : y + height, x : x + height]",
        "image[y : y + width, x : x + width]",
        "image[x : x + height, y : y + width]",
        "image[y : y + 2, x : x + width]",
        "image[y : y + height, x : x + width].astype(int)",
        "image[y : y + height, x : x + width].astype(np.uint8)",
        "image[y : y + height - 1, x : x + width - 1]",
        "image[y : y + height - len(image), x : x + width - image.shape[1]]",  # 0 at the border
        "image[y : y + height][x : x + width]",
        "image[y + 1 : y + height + 1, x + 1 : x + width + 1]",
        "image[y : y + height, x : x + width].T",
        "image[y : y + height, x : x + width].squeeze()",
        "result = np.zeros((height, width), int)\n"
        "for i in range(height):\n    for j in range(width):\n        result[i, j] = image[y + i, x + j]\n"
        "return result",
    ],
    "1.2": [
        "np.clip(image.astype(int) + amount, 0, 255)",
        "np.clip(image + amount, 0, 255)",
        "np.clip(image.astype(int) + abs(amount), 0, 255).astype(np.uint8)",
        "np.clip(image.astype(int) + amount, 0, 256).astype(np.uint8)",
        "np.clip(image.astype(int) + amount, 1, 254).astype(np.uint8)",
        "np.maximum(image.astype(int) + amount, 0).astype(np.uint8)",
        "np.clip(image.astype(int) + amount, -255, 255).astype(np.uint8)",
        "np.clip(image.astype(np.int16) + np.int8(amount), 0, 255).astype(np.uint8)",
        "np.clip(image * (1 + amount / 255), 0, 255).astype(np.uint8)",
        "np.clip(image.astype(int) - amount, 0, 255).astype(np.uint8)",
        "np.clip(image.astype(int) + amount % 256, 0, 255).astype(np.uint8)",
        "image[:] = np.clip(image.astype(int) + amount, 0, 255)\nreturn image",
        "((image.astype(int) + amount) % 256).astype(np.uint8)",
    ],
    "1.3": [
        "np.sqrt((v**2 + w**2) / 2)",
        "np.sqrt(v * w)",
        "np.maximum(v, w)",
        (" / 2", ""),
        ("(color.srgb_to_linear(v) + color.srgb_to_linear(w)) / 2", "color.srgb_to_linear((v + w) / 2)"),
        ("color.linear_to_srgb(light)", "light ** (1 / 2.4)"),
        ("color.linear_to_srgb(light)", "light ** (1 / 2.2)"),
        ("color.linear_to_srgb(light)", "1.055 * light ** (1 / 2.4) - 0.055"),
        ("color.linear_to_srgb(light)", "color.linear_to_srgb(light).mean(axis=0)"),
        ("color.linear_to_srgb(light)", "color.linear_to_srgb(light).round(3)"),
        ("color.linear_to_srgb(light)", "color.linear_to_srgb(np.clip(light, 0.001, 0.999))"),
        (
            "color.linear_to_srgb(light)",
            "np.where(light <= 0.04045, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)",
        ),
        # for vectors only
        (
            "color.linear_to_srgb(light)",
            "[12.92 * m if m <= 0.0031308 else 1.055 * m ** (1 / 2.4) - 0.055 for m in light]",
        ),
    ],
    "1.4": [
        "bgr @ np.array([0.299, 0.587, 0.114])",
        "bgr @ np.array([0.114, 0.299, 0.587])",
        "(bgr @ np.array([0.114, 0.587, 0.299])).astype(np.uint8)",
        "np.round(bgr @ np.array([0.114, 0.587, 0.299]))",
        "bgr @ np.array([0.114, 0.587, 0.299]) / 255",
        "(114 * bgr[..., 0] + 587 * bgr[..., 1] + 299 * bgr[..., 2]) / 1000",  # does not fit into bytes
        "(29 * bgr[..., 0] + 150 * bgr[..., 1] + 77 * bgr[..., 2].astype(int)) / 256",
        "0.114 * bgr[0] + 0.587 * bgr[1] + 0.299 * bgr[2]",
        "0.11 * bgr[..., 0] + 0.59 * bgr[..., 1] + 0.3 * bgr[..., 2]",
        "(bgr[..., 0] + bgr[..., 1] + bgr[..., 2]) / 3",
        "bgr.max(axis=-1) / 2 + bgr.min(axis=-1) / 2",
        "(bgr @ np.array([0.114, 0.587, 0.299]))[..., None]",
    ],
    "1.5": [
        "np.cumsum(np.bincount(image)) / len(image)",
        "np.cumsum(np.bincount(image, minlength=4)) / len(image)",
        "np.cumsum(np.histogram(image, bins=levels)[0]) / len(image)",
        "np.cumsum(np.unique(image, return_counts=True)[1]) / len(image)",
        "[(image <= v).mean() for v in range(1, levels + 1)]",
        "[(image <= v).mean() for v in range(levels - 1)]",
        "[(image >= v).mean() for v in range(levels)]",
        "np.cumsum(np.bincount(image, minlength=levels), dtype=np.uint8) / len(image)",
        "np.sort(image) / levels",
        "np.round(np.cumsum(np.bincount(image, minlength=levels)) / len(image), 2)",
        "np.arange(1, levels + 1) / levels",
        "np.cumsum(np.bincount(image, minlength=levels)) // len(image)",
        "np.cumsum(np.bincount(image, minlength=levels)) / (len(image) - 1)",
    ],
    "1.6": [
        # both weights are 0 at whole numbers
        "i, j, k, l = math.floor(y), math.floor(x), math.ceil(y), math.ceil(x)\n"
        "return (k - y) * ((l - x) * image[i, j] + (x - j) * image[i, l])"
        " + (y - i) * ((l - x) * image[k, j] + (x - j) * image[k, l])",
        "i, j = int(y), int(x)\n"
        "upper = image[i, j] + (x - j) * (image[i, j + 1] - image[i, j])\n"  # bytes wrap around
        "lower = image[i + 1, j] + (x - j) * (image[i + 1, j + 1] - image[i + 1, j])\n"
        "return upper + (y - i) * (lower - upper)",
        "from scipy.ndimage import map_coordinates\nreturn map_coordinates(image, [[y], [x]], order=1)[0]",
        "image[int(y), int(x)]",
        "image[round(y), round(x)]",
        "i, j = int(y), int(x)\nreturn image[i : i + 2, j : j + 2].mean()",
        "i, j = int(y), int(x)\nreturn image[i, j] + (x - j) * (image[i, j + 1] * 1.0 - image[i, j])"
        " + (y - i) * (image[i + 1, j] * 1.0 - image[i, j])",
        ("return (1 - dy) * upper + dy * lower", "return int((1 - dy) * upper + dy * lower)"),
        ("return (1 - dy) * upper + dy * lower", "return round((1 - dy) * upper + dy * lower, 2)"),
        ("return (1 - dy) * upper + dy * lower", "return (1 - dy) * upper + lower"),
        ("return (1 - dy) * upper + dy * lower", "return (1 - dx) * upper + dx * lower"),
        ("dx, dy = x - j, y - i", "image, dx, dy = image.astype(int), x - j, y - i"),
        ("dx, dy = x - j, y - i", "dx, dy = y - i, x - j"),
        ("dx, dy = x - j, y - i", "dx, dy = 0.5, 0.5"),
        ("j, i = int(np.floor(x)), int(np.floor(y))", "j, i = round(x), round(y)"),
    ],
    "1.7": [
        ("int(np.floor(source_x + 0.5))", "int(source_x + 0.5)"),
        ("int(np.floor(source_y + 0.5))", "int(source_y + 0.5)"),
        (" + 0.5", ""),
        ("int(np.floor(source_x + 0.5))", "int(np.ceil(source_x))"),
        ("0 <= i < mask.shape[0] and 0 <= j < mask.shape[1]", "i < mask.shape[0] and j < mask.shape[1]"),
        ("0 <= i < mask.shape[0] and 0 <= j < mask.shape[1]", "0 < i < mask.shape[0] and 0 < j < mask.shape[1]"),
        ("0 <= i < mask.shape[0] and 0 <= j < mask.shape[1]", "0 <= i <= mask.shape[0] and 0 <= j <= mask.shape[1]"),
        ("for x in range(mask.shape[1])", "for x in range(mask.shape[0])"),
        ("np.linalg.inv(matrix)", "matrix.T"),
        ("inverse @ [x, y, 1]", "inverse @ [x, y, 0]"),
        ("inverse @ [x, y, 1]", "inverse @ [y, x, 1]"),
        ("np.zeros_like(mask)", "np.ones_like(mask)"),
        ("np.zeros_like(mask)", "mask.copy()"),
        ("mask[i, j]", "2 * (mask[i, j] > 0)"),
    ],
    "1.8": [
        "front + (1 - front[..., 3]) * back",
        "front + (1 - front[3]) * back",
        "front + (1 - front[:, 3:]) * back",
        "front + (1 - back[..., 3:]) * back",
        "front + (1 - front[..., -2:-1]) * back",
        "np.where(front[..., 3:] > 0, front, back)",
        "front + (1 - front) * back",
        "np.clip(front + back, 0, 1)",
        "front[..., 3:] * front + (1 - front[..., 3:]) * back",
        "(front + (1 - front[..., 3:]) * back)[..., :3]",
        "front + (1 - front[..., 3:]) * back[..., 3:] * back",
        "result = np.zeros_like(front)\nresult[...] = front + (1 - front[..., 3:]) * back\nreturn result",
        "result = np.zeros_like(back)\nresult[...] = front + (1 - front[..., 3:]) * back\nreturn result",
        "front += (1 - front[..., 3:]) * back\nreturn front",
    ],
    "1.9": [
        ("compositing.premultiply(sprite)", "sprite"),
        ("compositing.unpremultiply(blocks.mean(axis=(1, 3)))", "blocks.mean(axis=(1, 3))"),
        (".mean(axis=(1, 3))", ".sum(axis=(1, 3))"),
        (".mean(axis=(1, 3))", ".mean(axis=(0, 2))"),
        (".mean(axis=(1, 3))", ".max(axis=(1, 3))"),
        (".mean(axis=(1, 3))", "[:, 0, :, 0]"),
        (".reshape(rows, 2, columns, 2, 4)", ".reshape(rows, columns, 2, 2, 4).transpose(0, 2, 1, 3, 4)"),
        ("sprite.shape[1] // 2", "sprite.shape[0] // 2"),
        ("compositing.unpremultiply(", "(lambda s: s / s[..., 3:])("),
        (
            "compositing.unpremultiply(",
            "(lambda s: np.concatenate([s[..., :3] / (s[..., 3:] + 0.1), s[..., 3:]], -1))(",
        ),
        ("compositing.unpremultiply(", "(lambda s: compositing.unpremultiply(s)[..., :3])("),
        ("compositing.unpremultiply(", "(lambda s: compositing.unpremultiply(s).round(2))("),
    ],
    "1.12": [
        "sizes[0]",
        "3",
        "min(sizes)",
        ("sizes[int(np.argmin(means))]", "int(np.argmin(means))"),
        ("sizes[int(np.argmin(means))]", "2 * int(np.argmin(means)) + 1"),
        ("sizes[int(np.argmin(means))]", "sizes[int(np.argmax(means))]"),
        ("sizes[int(np.argmin(means))]", "min(means)"),
        ("np.mean(errors)", "errors[0]"),
        ("np.mean(errors)", "errors[-1]"),
        ("np.mean(errors)", "np.std(errors)"),
        ("noise.add_gaussian_noise(image, sigma, seed)", "image"),
        ("noise.add_gaussian_noise(image, sigma, seed)", "noise.add_gaussian_noise(image, 0.1, seed)"),
        ("noise.add_gaussian_noise(image, sigma, seed)", "noise.add_gaussian_noise(image, sigma**2, seed)"),
        ("for size in sizes", "for size in (1, 3, 5, 7)"),
        ("for seed in seeds", "for seed in range(len(seeds))"),
        ("for seed in seeds", "for seed in [0]"),
        ("for seed in seeds", "for seed in seeds[:1]"),
    ],
}

RIGHT = {
    "1.1": [
        "[row[x : x + width] for row in image[y : y + height]]",
        "[[image[y + i, x + j] for j in range(width)] for i in range(height)]",
        "image[y:, x:][:height, :width]",
        "np.take(np.take(image, range(y, y + height), axis=0), range(x, x + width), axis=1)",
    ],
    "1.2": [
        "np.clip(image.astype(np.int16) + amount, 0, 255).astype(np.uint8)",
        "np.clip(image.astype(float) + amount, 0, 255).astype(np.uint8)",
        "np.minimum(np.maximum(image.astype(int) + amount, 0), 255).astype('uint8')",
        "wide = image.astype(int) + amount\nwide[wide < 0] = 0\nwide[wide > 255] = 255\nreturn wide.astype(np.uint8)",
    ],
    "1.3": [
        "f = lambda s: np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)\n"
        "m = (f(v) + f(w)) / 2\nreturn np.where(m <= 0.0031308, 12.92 * m, 1.055 * m ** (1 / 2.4) - 0.055)",
        "f = np.vectorize(lambda s: s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4)\n"
        "g = np.vectorize(lambda m: 12.92 * m if m <= 0.0031308 else 1.055 * m ** (1 / 2.4) - 0.055)\n"
        "return g(f(v) / 2 + f(w) / 2)",
        "from course_lib.classical import color\n"
        "return color.linear_to_srgb(np.mean([color.srgb_to_linear(v), color.srgb_to_linear(w)], axis=0)).tolist()",
    ],
    "1.4": [
        "bgr @ np.array([0.114, 0.587, 0.299])",
        "bgr[..., ::-1].astype(float) @ [0.299, 0.587, 0.114]",
        "np.average(bgr, axis=-1, weights=[0.114, 0.587, 0.299])",
        "[[0.114 * b + 0.587 * g + 0.299 * r for b, g, r in row] for row in bgr.tolist()]",
    ],
    "1.5": [
        "[np.mean(image <= v) for v in range(levels)]",
        "np.searchsorted(np.sort(image), np.arange(levels), side='right') / len(image)",
        "np.histogram(image, bins=levels, range=(0, levels))[0].cumsum() / image.size",
        "(image[:, None] <= np.arange(levels)).mean(axis=0)",
    ],
    "1.6": [
        "i, j = int(y), int(x)\ndx, dy = x - j, y - i\n"
        "return np.array([1 - dy, dy]) @ image[i : i + 2, j : j + 2] @ np.array([1 - dx, dx])",
        "rows = [np.interp(x, range(image.shape[1]), row) for row in image]\nreturn np.interp(y, range(len(rows)), rows)",
        "return sum(max(0, 1 - abs(x - j)) * max(0, 1 - abs(y - i)) * v for (i, j), v in np.ndenumerate(image))",
    ],
    "1.7": [
        "rows, columns = np.indices(mask.shape)\n"
        "points = np.linalg.inv(matrix) @ np.stack([columns.ravel(), rows.ravel(), np.ones(mask.size)])\n"
        "j, i = np.floor(points[:2] + 0.5).astype(int)\n"
        "inside = (i >= 0) & (i < mask.shape[0]) & (j >= 0) & (j < mask.shape[1])\n"
        "result = np.zeros(mask.size)\nresult[inside] = mask[i[inside], j[inside]]\nreturn result.reshape(mask.shape)",
        ("np.linalg.inv(matrix)", "np.linalg.pinv(matrix)"),
        ("np.zeros_like(mask)", "np.zeros(mask.shape)"),
        ("return result", "return result.tolist()"),
    ],
    "1.8": [
        "front + back - front[..., -1:] * back",
        "np.stack([front[..., c] + (1 - front[..., 3]) * back[..., c] for c in range(4)], axis=-1)",
        "alpha = np.expand_dims(front[..., 3], -1)\nreturn np.add(front, np.multiply(1 - alpha, back)).tolist()",
    ],
    "1.9": [
        "h, w = sprite.shape[0] // 2, sprite.shape[1] // 2\nresult = np.zeros((h, w, 4))\n"
        "for i in range(h):\n    for j in range(w):\n        block = sprite[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]\n"
        "        alpha = block[..., 3:]\n        if alpha.sum() > 0:\n"
        "            result[i, j, :3] = (block[..., :3] * alpha).sum((0, 1)) / alpha.sum()\n"
        "        result[i, j, 3] = alpha.mean()\nreturn result",
        "p = sprite.copy()\np[..., :3] *= p[..., 3:]\nm = (p[::2, ::2] + p[1::2, ::2] + p[::2, 1::2] + p[1::2, 1::2]) / 4\n"
        "alpha = m[..., 3:]\n"
        "return np.concatenate([np.divide(m[..., :3], alpha, out=np.zeros_like(m[..., :3]), where=alpha > 0), alpha], -1)",
    ],
    "1.12": [
        "from course_lib.classical import noise, restoration\n"
        "return min(sizes, key=lambda size: sum(np.sum((restoration.mean_filter("
        "noise.add_gaussian_noise(image, sigma, s), size) - image) ** 2) for s in seeds))",
        ("sizes[int(np.argmin(means))]", "dict(zip(means, sizes))[min(means)]"),
        ("np.mean(errors)", "sum(errors)"),
    ],
}
