"""Answers to the exercises of chapter 04, classical segmentation, as learners write them."""

WRONG = {
    "4.1": [
        "return (values[0] + values[-1]) / 2",
        """
        s = []
        for t in values[:-1]:
            d = values <= t; w0, w1 = counts[d].sum(), counts[~d].sum()
            s.append(w0 * w1 * (values[~d].mean() - values[d].mean()) ** 2 if w0 * w1 else 0)
        return values[np.argmax(s)]
        """,
        """
        s = []
        for t in values[:-1]:
            d = values <= t; w0, w1 = counts[d].sum(), counts[~d].sum()
            s.append((w0 + w1) * (np.average(values[~d], weights=counts[~d]) - np.average(values[d], weights=counts[d])) ** 2 if w0 * w1 else 0)
        return values[np.argmax(s)]
        """,
        """
        s = []
        for i in range(1, len(values)):
            c0, c1 = counts[:i], counts[i:]
            s.append(i * (len(values) - i) * (np.average(values[i:], weights=c1) - np.average(values[:i], weights=c0)) ** 2 if c0.sum() * c1.sum() else 0)
        return values[np.argmax(s)]
        """,
        """
        s = []
        for i in range(1, len(values)):
            w0, w1 = counts[:i].sum(), counts[i:].sum()
            s.append(w0 * w1 * (np.average(values[i:], weights=counts[i:]) - np.average(values[:i], weights=counts[:i])) ** 2 if w0 * w1 else 0)
        return values[np.argmax(s) + 1]
        """,
        """
        best, f = -1, None
        for t in values[:-1]:
            d = values <= t; w0, w1 = counts[d].sum(), counts[~d].sum()
            if w0 * w1 == 0: continue
            v = w0 * w1 * (np.average(values[~d], weights=counts[~d]) - np.average(values[d], weights=counts[d])) ** 2
            if v >= best: best, f = v, t
        return f
        """,
        """
        s = []
        for t in values[:-1]:
            d = values <= t; w0, w1 = counts[d].sum(), counts[~d].sum()
            s.append(w0 * w1 * (np.average(values[~d], weights=counts[~d]) - np.average(values[d], weights=counts[d])) ** 2 if w0 * w1 else np.nan)
        return values[np.nanargmin(s)]
        """,
        """
        s = []
        for t in values[:-1]:
            d = values <= t; w0, w1 = counts[d].sum(), counts[~d].sum()
            s.append(w0 * w1 * (np.average(values[~d], weights=counts[~d]) - np.average(values[d], weights=counts[d])) ** 2 if w0 * w1 else 0)
        return values > values[np.argmax(s)]
        """,
        """
        s = []
        for t in values[:-1]:
            d = values <= t
            if counts[d].sum() == 0 or counts[~d].sum() == 0:
                s.append(np.inf); continue
            v = lambda k: np.average((values[k] - np.average(values[k], weights=counts[k])) ** 2, weights=counts[k])
            s.append(v(d) + v(~d))
        return values[np.argmin(s)]
        """,
        """
        s = []
        for t in values[:-1]:
            d = values <= t; w0, w1 = counts[d].sum(), counts[~d].sum()
            m0 = (counts * values)[d].sum() / w0 if w0 else 0; m1 = (counts * values)[~d].sum() / w1 if w1 else 0
            s.append(w0 * w1 * (m1 - m0) ** 2 if w0 * w1 else 0)
        return values[max(np.argmax(s) - 1, 0)]
        """,
        "c = counts.cumsum(); return values[np.searchsorted(c, c[-1] / 2)]",
    ],
    "4.2": [
        "m = ndimage.uniform_filter(page.astype(float), size)\nreturn m < page.mean() - offset",
        "m, s = [ndimage.uniform_filter(page.astype(float) ** k, size) for k in (1, 2)]\n"
        "return page < m - offset * np.sqrt(np.maximum(s - m * m, 0))",
        "from skimage.filters import threshold_local\nreturn page < threshold_local(page.astype(float), size, offset=offset)",
        "return page < ndimage.uniform_filter(page, size) * (1 - offset)",
        "return abs(page - ndimage.uniform_filter(page, size)) > offset",
        "return page > ndimage.uniform_filter(page, size) + offset",
        "return page < ndimage.uniform_filter1d(page, size, axis=0) - offset",
        """
        m = (ndimage.uniform_filter(page, size) * size**2 - page) / max(size**2 - 1, 1)
        return page < m - offset
        """,
        "return (page < ndimage.uniform_filter(page, size) - offset).astype(np.uint8) * 255",
        "return page < ndimage.maximum_filter(page, size) - offset",
        "return page < ndimage.uniform_filter(page, size, mode='mirror') - offset",
        """
        w = np.lib.stride_tricks.sliding_window_view(page, (min(size, page.shape[0]), min(size, page.shape[1])))
        return page[: w.shape[0], : w.shape[1]] < w.mean((2, 3)) - offset
        """,
        """
        o = np.ones_like(page)
        m = ndimage.uniform_filter(page, size, mode='constant') / ndimage.uniform_filter(o, size, mode='constant')
        return page < m - offset
        """,
        "return ndimage.uniform_filter(page, size) < page - offset",
        "return page < ndimage.uniform_filter(page, size)",
        "return np.where(page < ndimage.uniform_filter(page, size) - offset, 0, 255)",
    ],
    "4.3": [
        """
        d = (points[:, None] - centers).sum(2); l = np.abs(d).argmin(1); c = centers.copy()
        for j in range(len(c)):
            if (l == j).any(): c[j] = points[l == j].mean(0)
        return l, c
        """,
        """
        c = centers.copy(); l = []
        for p in points:
            j = int(((c - p) ** 2).sum(1).argmin()); l.append(j); c[j] = (c[j] + p) / 2
        return np.array(l), c
        """,
        """
        d = ((points[:, None] - centers) ** 2).sum(2); l = d.argmin(1); c = centers.copy()
        for j in range(len(c)):
            if (l == j).any(): c[j] = points[l == j].sum(0) / len(points)
        return l, c
        """,
        """
        d = ((points[:, None] - centers) ** 2).sum(2); l = d.argmin(1); c = centers.copy()
        for j in range(len(c)):
            m = points[l == j]
            if len(m): c[j] = m[((m - m.mean(0)) ** 2).sum(1).argmin()]
        return l, c
        """,
        """
        d = ((points[:, None] - centers) ** 2).sum(2); l = d.argmin(1); c = centers.copy()
        for j in range(len(c)):
            if (l == j).any(): c[j] = points[l == j].mean(0)
        return d, c
        """,
        """
        d = ((points[:, None] - centers) ** 2).sum(2); l = d.argmin(1); c = centers.copy()
        for j in range(len(c)):
            if (l == j).any(): c[j] = points[l == j][0]
        return l, c
        """,
        """
        l = ((points[:, None] - centers) ** 2).sum(2).argmin(1)
        for j in range(len(centers)):
            if (l == j).any(): centers[j] = points[l == j].mean(0)
        return l, centers
        """,
        """
        c = centers.copy()
        for _ in range(2):
            l = ((points[:, None] - c) ** 2).sum(2).argmin(1)
            for j in range(len(c)):
                if (l == j).any(): c[j] = points[l == j].mean(0)
        return l, c
        """,
        """
        l = ((points[:, None] - centers) ** 2).sum(2).argmin(1); c = centers.copy()
        for j in range(len(c)):
            if (l == j).any(): c[j] = points[l == j].mean(0).round()
        return l, c
        """,
        """
        d = ((points[:, None] - centers) ** 2).sum(2); l = d.argmin(1); c = centers.copy()
        for j in range(len(c)):
            c[j] = points[l == j].mean(0) if (l == j).any() else points.mean(0)
        return l, c
        """,
        """
        d = ((points[:, None] - centers) ** 2).sum(1); l = d.argmin(0)
        return l, centers
        """,
        """
        d = ((points[:, None] - centers) ** 2).sum(2); l = d.argmin(1); c = centers.copy()
        for j in range(len(c)):
            c[j] = points[l == j].mean(0) if (l == j).any() else points[d.min(1).argmax()]
        return l, c
        """,
    ],
    "4.4": [
        """
        from course_lib.classical.watershed import distance_transform, watershed
        return watershed(distance_transform(markers == 0), markers, mask)
        """,
        """
        from course_lib.classical.regions import label
        from course_lib.classical.watershed import distance_transform, watershed
        return watershed(-distance_transform(mask), label(mask), mask)
        """,
        """
        from course_lib.classical.watershed import distance_transform, watershed
        return watershed(-distance_transform(mask), markers, markers > 0)
        """,
        """
        from course_lib.classical.watershed import distance_transform, watershed
        return watershed(-distance_transform(mask), markers, ~mask)
        """,
        """
        from course_lib.classical.watershed import watershed
        return watershed(ndimage.gaussian_gradient_magnitude(mask.astype(float), 1), markers, mask)
        """,
        """
        from course_lib.classical.watershed import distance_transform, watershed
        return watershed(markers, -distance_transform(mask), mask)
        """,
        """
        from course_lib.classical.watershed import distance_transform
        return -distance_transform(mask)
        """,
        """
        from skimage.segmentation import watershed
        return watershed(-ndimage.distance_transform_edt(mask), mask=mask)
        """,
        """
        from course_lib.classical.watershed import watershed
        return watershed(-ndimage.gaussian_filter(ndimage.distance_transform_edt(mask), 2), markers, mask)
        """,
        """
        from course_lib.classical.watershed import distance_transform, watershed
        return watershed(distance_transform(mask) ** 2, markers, mask)
        """,
        """
        from course_lib.classical.watershed import distance_transform, watershed
        return watershed(-distance_transform(mask), np.where(markers > 0, 1, 0), mask)
        """,
        """
        from skimage.segmentation import watershed
        return watershed(-ndimage.distance_transform_edt(mask), markers, mask=mask, connectivity=2)
        """,
    ],
    "4.5": [
        """
        l = np.log(weights / sigmas) - (points[:, None] - means) ** 2 / (2 * sigmas ** 2)
        return np.exp(l - l.max(1, keepdims=True))
        """,
        "return special.softmax(-np.abs(points[:, None] - means) / sigmas, axis=1)",
        """
        l = np.log(weights / sigmas) - (points[:, None] - means) ** 2 / (2 * sigmas ** 2)
        return special.softmax(l)
        """,
        """
        p = weights / sigmas * np.exp(np.maximum(-(points[:, None] - means) ** 2 / (2 * sigmas ** 2), -700))
        return p / p.sum(1, keepdims=True)
        """,
        """
        l = np.log(weights) - (points[:, None] - means) ** 2 / (2 * sigmas ** 2) - 2 * np.log(sigmas)
        return special.softmax(l, 1)
        """,
        """
        p = weights * stats.norm.cdf(points[:, None], means, sigmas)
        return p / p.sum(1, keepdims=True)
        """,
        """
        l = np.log(weights) + stats.norm.logpdf(points[:, None], means, sigmas**2)
        return special.softmax(l, 1)
        """,
        """
        l = np.log(weights) + stats.norm.logpdf(points[:, None], means, np.sqrt(sigmas))
        return special.softmax(l, 1)
        """,
        """
        l = 2 * np.log(weights) - np.log(sigmas) - (points[:, None] - means) ** 2 / (2 * sigmas ** 2)
        return special.softmax(l, 1)
        """,
        """
        l = np.log(weights / sigmas) - (points[:, None] - means) ** 2 / (2 * sigmas ** 2)
        return l.argmax(1)
        """,
        """
        l = np.log10(weights / sigmas) - (points[:, None] - means) ** 2 / (2 * sigmas ** 2)
        return special.softmax(l, 1)
        """,
        """
        p = stats.norm.pdf(points[:, None], means, sigmas) ** weights
        return p / p.sum(1, keepdims=True)
        """,
        """
        p = weights * stats.norm.pdf(points[:, None], means, sigmas); s = p.sum(1, keepdims=True)
        return np.where(s > 0, p / s, 1 / len(means))
        """,
    ],
    "4.6": [
        """
        t = r.sum(0); m = r.T @ points / t
        return t / len(points), m, ((points[:, None] - m) ** 2).mean(0)
        """,
        """
        t = r.sum(0); m = r.T @ points / t
        return t / t.max(), m, (r * (points[:, None] - m) ** 2).sum(0) / t
        """,
        """
        t = r.sum(0); m = r.T @ points / t
        return t / len(points), m, (r * (points[:, None] - m)).sum(0) / t
        """,
        """
        t = r.sum(0); m = (r * points[:, None]).mean(0)
        return t / len(points), m, (r * (points[:, None] - m) ** 2).sum(0) / t
        """,
        """
        t = r.sum(0); m = r.T @ points / t
        return t / len(points), m, (r * (points[:, None] - m) ** 2).sum(0)
        """,
        """
        t = r.sum(0); m = r.T @ points / t
        return m, t / len(points), (r * (points[:, None] - m) ** 2).sum(0) / t
        """,
        """
        t = r.sum(0); m = r.T @ points / t
        return t / len(points), m, m**2 - r.T @ points**2 / t
        """,
        """
        t = r.sum(0); m = (r.T @ points / t + old_means) / 2
        return t / len(points), m, (r * (points[:, None] - m) ** 2).sum(0) / t
        """,
        """
        t = r.sum(0); m = r.T @ points / t
        return np.stack([t / len(points), m, (r * (points[:, None] - m) ** 2).sum(0) / t], axis=1)
        """,
        "return r.mean(0), np.array([points.mean()] * r.shape[1]), np.array([points.var()] * r.shape[1])",
        """
        t = r.sum(0); m = r.T @ points / t
        return t / len(points), old_means, (r * (points[:, None] - old_means) ** 2).sum(0) / t
        """,
        """
        t = r.sum(0); m = r.T @ points / t
        return t / len(points), m, (r * np.abs(points[:, None] - m)).sum(0) / t
        """,
    ],
    "4.7": [
        "seed = seed[::-1]\npieces, _ = ndimage.label(np.abs(image - image[seed]) <= tolerance)\nreturn pieces == pieces[seed]",
        """
        m = np.zeros(image.shape, bool); m[seed] = True; todo = [seed]; H, W = image.shape
        while todo:
            i, j = todo.pop()
            for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)):
                a, b = a % H, b % W
                if not m[a,b] and abs(image[a,b]-image[seed]) <= tolerance:
                    m[a,b] = True; todo.append((a,b))
        return m
        """,
        """
        m = np.zeros(image.shape, bool); m[seed] = True; todo = [seed]; H, W = image.shape
        while todo:
            i, j = todo.pop()
            for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)):
                if a < H and b < W and not m[a,b] and abs(image[a,b]-image[seed]) <= tolerance:
                    m[a,b] = True; todo.append((a,b))
        return m
        """,
        """
        l, _ = ndimage.label(np.abs(image - image[seed]) <= tolerance)
        return np.argwhere(l == l[seed])
        """,
        """
        l, _ = ndimage.label(np.abs(image - image[seed]) <= tolerance)
        return l != l[seed]
        """,
        """
        l, _ = ndimage.label(np.abs(image - image[seed]) <= tolerance * image[seed])
        return l == l[seed]
        """,
        """
        l, _ = ndimage.label(np.abs(image - image[seed]) <= tolerance / 2)
        return l == l[seed]
        """,
        """
        l, _ = ndimage.label(np.abs(image - image[0, 0]) <= tolerance)
        return l == l[0, 0]
        """,
        """
        l, _ = ndimage.label(np.abs(image - image[seed]) <= tolerance)
        return ndimage.binary_dilation(l == l[seed])
        """,
        """
        l, _ = ndimage.label(np.abs(image - image[seed]) <= tolerance)
        return ndimage.binary_fill_holes(l == l[seed])
        """,
        """
        l, _ = ndimage.label((image >= image[seed]) & (image <= image[seed] + tolerance))
        return l == l[seed]
        """,
        """
        l, n = ndimage.label((image - image[seed]) ** 2 <= tolerance)
        return l == l[seed]
        """,
        """
        l, n = ndimage.label(np.abs(image - image[seed]) < tolerance, np.ones((3, 3)))
        return l == l[seed]
        """,
        """
        l, _ = ndimage.label(np.abs(image - image[seed]) <= tolerance)
        return image * (l == l[seed])
        """,
    ],
    "4.8": [
        "pairs = (labels[1:] != labels[:-1]).sum() + (labels[:, 1:] != labels[:, :-1]).sum()\n"
        "return unary[..., labels].sum() + smoothness * pairs",
        """
        u = np.take_along_axis(unary, labels[..., None], 2).sum()
        return u + smoothness * bool((labels[1:] != labels[:-1]).any() or (labels[:, 1:] != labels[:, :-1]).any())
        """,
        """
        u = np.take_along_axis(unary, labels[..., None], 2).sum()
        return u + smoothness * ((labels[1:] != labels[:-1]).sum() + (labels[:, 1:] != labels[:, :-1]).sum()) / 2
        """,
        """
        l = unary.argmin(2); u = unary.min(2).sum()
        return u + smoothness * ((l[1:] != l[:-1]).sum() + (l[:, 1:] != l[:, :-1]).sum())
        """,
        """
        u = -np.log(np.take_along_axis(np.abs(unary) + 1, labels[..., None], 2)).sum()
        return u + smoothness * ((labels[1:] != labels[:-1]).sum() + (labels[:, 1:] != labels[:, :-1]).sum())
        """,
        """
        u = np.take_along_axis(unary, labels[..., None], 2)[..., 0].astype(float)
        u[1:] += smoothness * (labels[1:] != labels[:-1]); u[:, 1:] += smoothness * (labels[:, 1:] != labels[:, :-1])
        return u
        """,
        """
        u = np.take_along_axis(unary, labels[..., None], 2).sum()
        return u, smoothness * ((labels[1:] != labels[:-1]).sum() + (labels[:, 1:] != labels[:, :-1]).sum())
        """,
        "return unary[..., 1].sum() + smoothness * ((labels[1:] != labels[:-1]).sum() + (labels[:, 1:] != labels[:, :-1]).sum())",
        """
        H, W = labels.shape; e = np.take_along_axis(unary, labels[..., None], 2).sum()
        for i in range(H - 1):
            for j in range(W - 1):
                e += smoothness * (int(labels[i,j] != labels[i+1,j]) + int(labels[i,j] != labels[i,j+1]))
        return e
        """,
        """
        e = np.take_along_axis(unary, labels[..., None], 2).sum()
        return e + smoothness * (labels[1:, 1:] != labels[:-1, :-1]).sum()
        """,
        """
        H, W = labels.shape; e = np.take_along_axis(unary, labels[..., None], 2).sum()
        for i in range(1, H - 1):
            for j in range(1, W - 1):
                for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)): e += smoothness * (labels[a,b] != labels[i,j])
        return e
        """,
        """
        u = np.take_along_axis(unary, labels[..., None], 2).sum()
        return u + smoothness * abs(int((labels[1:] - labels[:-1]).sum()) + int((labels[:, 1:] - labels[:, :-1]).sum()))
        """,
        """
        u = np.take_along_axis(unary, labels[..., None], 2).sum()
        return u + 2 * smoothness * ((labels[1:] != labels[:-1]).sum() + (labels[:, 1:] != labels[:, :-1]).sum())
        """,
        """
        e = np.take_along_axis(unary, labels[..., None], 2).sum(); H, W = labels.shape; n = 0
        for i in range(H):
            for j in range(W):
                n += any(labels[a,b] != labels[i,j] for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)) if 0 <= a < H and 0 <= b < W)
        return e + smoothness * n
        """,
    ],
    "4.9": [
        "x = labels.copy()\n"
        "for i, j in np.ndindex(x.shape):\n"
        "    near = [x[a, b] for a, b in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1))\n"
        "            if 0 <= a < x.shape[0] and 0 <= b < x.shape[1]]\n"
        "    pays = [unary[i, j, k] + smoothness * sum(n != k for n in near) for k in (0, 1)]\n"
        "    if pays[1 - x[i, j]] < pays[x[i, j]]:\n        x[i, j] = 1 - x[i, j]\n        return x\n"
        "return x",
        """
        x = labels.copy(); H, W = x.shape
        for i in range(H):
            for j in range(W):
                n = [x[a,b] for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)) if 0 <= a < H and 0 <= b < W]
                x[i,j] = int(sum(n) * 2 > len(n)) if sum(n) * 2 != len(n) else x[i,j]
        return x
        """,
        """
        x = labels.copy(); H, W = x.shape
        for i in range(H):
            for j in range(W):
                n = [x[a,b] for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)) if 0 <= a < H and 0 <= b < W]
                x[i,j] = int(sum(n) * 2 > len(n)) if sum(n) * 2 != len(n) else int(unary[i,j,1] < unary[i,j,0])
        return x
        """,
        """
        x = labels.copy(); H, W = x.shape
        for i in range(H):
            for j in range(W):
                n = [x[a,b] for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)) if 0 <= a < H and 0 <= b < W]
                e = [unary[i,j,k] + smoothness / 2 * sum(v != k for v in n) for k in (0, 1)]; x[i,j] = x[i,j] if e[0] == e[1] else int(e[1] < e[0])
        return x
        """,
        """
        x = labels.copy(); H, W = x.shape
        for i in range(H):
            for j in range(W):
                n = [x[a,b] for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)) if 0 <= a < H and 0 <= b < W]
                e = [unary[i,j,k] + 2 * smoothness * sum(v != k for v in n) for k in (0, 1)]; x[i,j] = x[i,j] if e[0] == e[1] else int(e[1] < e[0])
        return x
        """,
        """
        x = labels.copy(); H, W = x.shape
        for i in range(H):
            for j in range(W):
                n = [x[a,b] for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)) if 0 <= a < H and 0 <= b < W]
                e = [unary[i,j,k] + smoothness * sum(v != k for v in [*n, x[i,j]]) for k in (0, 1)]; x[i,j] = x[i,j] if e[0] == e[1] else int(e[1] < e[0])
        return x
        """,
        """
        x = labels.copy(); H, W = x.shape
        for i in range(H):
            for j in range(W):
                n = [x[a,b] for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)) if 0 <= a < H and 0 <= b < W]
                e = [unary[i,j,1-k] + smoothness * sum(v != k for v in n) for k in (0, 1)]; x[i,j] = x[i,j] if e[0] == e[1] else int(e[1] < e[0])
        return x
        """,
        """
        x = labels.copy(); H, W = x.shape
        for i in range(H):
            for j in range(W):
                n = [x[a,b] for a, b in ((i,j+1),(i,j-1)) if 0 <= a < H and 0 <= b < W]
                e = [unary[i,j,k] + smoothness * sum(v != k for v in n) for k in (0, 1)]; x[i,j] = x[i,j] if e[0] == e[1] else int(e[1] < e[0])
        return x
        """,
        """
        x = labels.copy(); H, W = x.shape
        for i in range(H)[::-1]:
            for j in range(W)[::-1]:
                n = [x[a,b] for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)) if 0 <= a < H and 0 <= b < W]
                e = [unary[i,j,k] + smoothness * sum(v != k for v in n) for k in (0, 1)]; x[i,j] = x[i,j] if e[0] == e[1] else int(e[1] < e[0])
        return x
        """,
        """
        x = unary.argmin(2); H, W = x.shape
        for i in range(H):
            for j in range(W):
                n = [x[a,b] for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)) if 0 <= a < H and 0 <= b < W]
                e = [unary[i,j,k] + smoothness * sum(v != k for v in n) for k in (0, 1)]; x[i,j] = x[i,j] if e[0] == e[1] else int(e[1] < e[0])
        return x
        """,
        """
        from course_lib.classical.cuts import graph_cut
        return graph_cut(unary, smoothness)
        """,
        """
        x = labels.copy(); H, W = x.shape
        for i in range(H):
            for j in range(W):
                n = [x[a,b] for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)) if 0 <= a < H and 0 <= b < W]
                e = [unary[i,j,k] + smoothness * sum(v != k for v in n) for k in (0, 1)]; x[i,j] = (n[0] if n else x[i,j]) if e[0] == e[1] else int(e[1] < e[0])
        return x
        """,
        """
        x = labels.copy(); H, W = x.shape
        for i in range(H):
            for j in range(W):
                n = [x[a,b] for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)) if 0 <= a < H and 0 <= b < W]
                e = [unary[i,j,k] + smoothness * sum(v != k for v in n) for k in (0, 1)]; x[i,j] = int(e[1] <= e[0])
        return x
        """,
        """
        x = labels.copy(); H, W = x.shape
        for i in range(H):
            for j in range(W):
                e = [unary[i,j,k] + smoothness * any(x[a,b] != k for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)) if 0 <= a < H and 0 <= b < W) for k in (0,1)]
                if e[0] != e[1]: x[i,j] = int(e[1] < e[0])
        return x
        """,
    ],
    "4.10": [
        """
        n = len(unary); c = np.zeros((n+2, n+2), int); c[n,:n] = unary[:,0]; c[n+1,:n] = unary[:,1]; c[:n,n+1] = unary[:,1]
        for i in range(n-1): c[i,i+1] = c[i+1,i] = smoothness
        return c
        """,
        """
        n = len(unary); c = np.zeros((n+1, n+1), int); c[n,:n] = unary[:,0]
        for i in range(n-1): c[i,i+1] = c[i+1,i] = smoothness
        return c
        """,
        """
        n = len(unary); c = np.zeros((n+2, n+2), int); c[n,:n] = unary[:,0]; c[:n,n+1] = unary[:,1]
        for i in range(n-1): c[i,i+1] = c[i+1,i] = smoothness * abs(unary[i,0] - unary[i+1,0])
        return c
        """,
        """
        n = len(unary); c = np.zeros((n+2, n+2), int); c[n,:n] = unary[:,0]; c[:n,n+1] = unary[:,1]
        for i in range(n-1): c[i,i+1] = c[i+1,i] = -smoothness
        return c
        """,
        """
        n = len(unary)
        return [(n, i, unary[i, 0]) for i in range(n)] + [(i, n + 1, unary[i, 1]) for i in range(n)]
        """,
        """
        n = len(unary); c = np.zeros((n+2, n+2), int)
        for i in range(n):
            if unary[i,0] > unary[i,1]: c[n,i] = unary[i,0]
            else: c[i,n+1] = unary[i,1]
        for i in range(n-1): c[i,i+1] = c[i+1,i] = smoothness
        return c
        """,
        """
        n = len(unary); c = np.zeros((n+2, n+2), int); c[n,:n] = unary[:,0]; c[:n,n+1] = unary[:,1]
        for i in range(n):
            for j in range(n):
                if i != j and abs(i - j) <= 2: c[i,j] = smoothness
        return c
        """,
        """
        n = len(unary); c = np.zeros((n+2, n+2), int); c[n,:n] = unary[:,0]; c[:n,n+1] = unary[:,1]
        for i in range(n-2): c[i,i+1] = c[i+1,i] = smoothness
        return c
        """,
        """
        n = len(unary); c = np.zeros((n+2, n+2), int); c[n,:n] = unary[:,0]; c[:n,n+1] = unary[:,1]; c[n,n+1] = smoothness
        for i in range(n-1): c[i,i+1] = c[i+1,i] = smoothness
        return c
        """,
        """
        n = len(unary); c = np.zeros((n+2, n+2), int); c[:n,n] = unary[:,1]; c[n+1,:n] = unary[:,0]
        for i in range(n-1): c[i,i+1] = c[i+1,i] = smoothness
        return c
        """,
        """
        n = len(unary); c = np.zeros((n+2, n+2), int)
        c[n,:n] = unary.sum(1); c[:n,n+1] = unary.sum(1)
        for i in range(n-1): c[i,i+1] = c[i+1,i] = smoothness
        return c
        """,
        """
        n = len(unary); c = np.zeros((n+2, n+2), int)
        d = unary[:,0] - unary[:,1]; c[n,:n] = np.maximum(d, 0); c[:n,n+1] = np.maximum(-d, 0)
        for i in range(n-1): c[i,i+1] = c[i+1,i] = smoothness
        return c
        """,
        """
        n = len(unary); c = np.zeros((n+2, n+2), int); c[:n,:n] = smoothness; c[n,:n] = unary[:,0]; c[:n,n+1] = unary[:,1]
        return c
        """,
    ],
}

RIGHT = {
    "4.1": [
        """
        p = counts / counts.sum(); w = np.cumsum(p)[:-1]; m = np.cumsum(p * values)[:-1]; ok = (w > 0) & (w < 1 - 1e-12)
        s = np.where(ok, (p @ values * w - m) ** 2 / np.where(ok, w * (1 - w), 1), -1)
        return values[np.argmax(s > s.max() * (1 - 1e-9))]
        """,
        """
        best, found = -1, None
        for i in range(len(values) - 1):
            a, b = sum(counts[: i + 1]), sum(counts[i + 1 :])
            if a and b:
                m0 = sum(c * v for c, v in zip(counts[: i + 1], values[: i + 1])) / a
                m1 = sum(c * v for c, v in zip(counts[i + 1 :], values[i + 1 :])) / b
                if a * b * (m1 - m0) ** 2 > best:
                    best, found = a * b * (m1 - m0) ** 2, float(values[i])
        return found
        """,
        """
        def within(t):
            parts = values <= t, values > t
            if not all(counts[d].sum() for d in parts):
                return np.inf
            return sum((counts[d] * (values[d] - np.average(values[d], weights=counts[d])) ** 2).sum() for d in parts)
        s = np.array([within(t) for t in values])
        return np.float32(values[np.argmax(s <= s.min() * (1 + 1e-9) + 1e-12)]) if values.dtype.kind == 'i' else values[np.argmax(s <= s.min() * (1 + 1e-9) + 1e-12)]
        """,
    ],
    "4.2": [
        "(page < ndimage.uniform_filter(page * 1.0, size) - offset).tolist()",
        "page + offset < ndimage.uniform_filter(page.astype(float), (size, size), mode='reflect')",
        """
        p = np.pad(page, size // 2, mode='symmetric'); w = np.lib.stride_tricks.sliding_window_view(p, (size, size))
        return (page < w.mean(axis=(2, 3)) - offset).astype(int)
        """,
        """
        import cv2
        return page < cv2.blur(page.astype(float), (size, size), borderType=cv2.BORDER_REFLECT) - offset
        """,
        """
        from skimage.filters import threshold_local
        return page < threshold_local(page, size, method='mean', offset=offset)
        """,
        "page.astype(np.float32) < ndimage.uniform_filter(page.astype(np.float32), size) - np.float32(offset)",
        """
        k = np.ones((size, size)) / size**2
        return np.less(page, ndimage.correlate(page.astype(float), k, mode='reflect') - offset)
        """,
    ],
    "4.3": [
        """
        d = spatial.distance.cdist(points, centers); l = d.argmin(axis=1)
        return l.tolist(), [points[l == j].mean(axis=0).tolist() if (l == j).any() else c.tolist() for j, c in enumerate(centers)]
        """,
        """
        l = np.array([np.argmin([np.linalg.norm(p - c) for c in centers]) for p in points]); new = np.array(centers, dtype=float)
        for j in set(l.tolist()):
            new[j] = np.mean(points[l == j], axis=0)
        return [l, new]
        """,
        """
        l = np.sqrt(((points[:, None] - centers) ** 2).sum(-1)).argmin(-1); one = np.eye(len(centers))[l]; n = one.sum(0)[:, None]
        return l, np.where(n > 0, one.T @ points / np.maximum(n, 1), centers)
        """,
        """
        l = spatial.KDTree(centers).query(points)[1] if False else ((points[:, None] - centers) ** 2).sum(2).argmin(1)
        return l.astype(np.int32), np.array([points[l == j].mean(0) if np.any(l == j) else centers[j] for j in range(len(centers))], np.float32)
        """,
    ],
    "4.4": [
        """
        from skimage.segmentation import watershed
        return watershed(-ndimage.distance_transform_edt(mask), markers, mask=mask)
        """,
        """
        from course_lib.classical.watershed import distance_transform, watershed
        return watershed(-distance_transform(mask), markers, mask) * mask
        """,
        """
        from course_lib.classical.watershed import distance_transform, watershed
        d = distance_transform(mask)
        return watershed(d.max() - d, markers, mask).tolist()
        """,
        """
        from course_lib.classical.watershed import watershed
        return watershed(-ndimage.distance_transform_edt(mask) ** 2, markers, mask).astype(np.uint8)
        """,
    ],
    "4.5": [
        """
        l = np.log(weights) + stats.norm.logpdf(points[:, None], means, sigmas)
        return special.softmax(l, axis=1)
        """,
        """
        l = np.log(weights) + stats.norm.logpdf(points[:, None], means, sigmas)
        return np.exp(l - special.logsumexp(l, axis=1, keepdims=True)).tolist()
        """,
        """
        l = np.log(weights / sigmas) - 0.5 * ((points[:, None] - means) / sigmas) ** 2
        return 1 / np.exp(l[:, None, :] - l[:, :, None]).sum(axis=2) if np.abs(points).max() < 99 else special.softmax(l, 1)
        """,
    ],
    "4.6": [
        "return r.mean(axis=0), np.array([np.average(points, weights=w) for w in r.T]), np.array([np.average((points - np.average(points, weights=w)) ** 2, weights=w) for w in r.T])",
        """
        t = r.sum(0); m = r.T @ points / t
        return [t / len(points), m, r.T @ points**2 / t - m**2]
        """,
        """
        t = r.sum(0); m = (r * points[:, None]).sum(0) / t
        return (t / t.sum()).tolist(), m.tolist(), (np.einsum('nk,nk->k', r, (points[:, None] - m) ** 2) / t).tolist()
        """,
    ],
    "4.7": [
        """
        from skimage.segmentation import flood
        return flood(image, seed, tolerance=tolerance, connectivity=1)
        """,
        """
        from course_lib.classical.regions import grow
        return grow(image, seed, tolerance).astype(int)
        """,
        """
        m = np.zeros(image.shape, bool); todo = [seed]
        while todo:
            i, j = todo.pop()
            if 0 <= i < len(image) and 0 <= j < len(image[0]) and not m[i, j] and abs(image[i, j] - image[seed]) <= tolerance:
                m[i, j] = True; todo += [(i+1, j), (i-1, j), (i, j+1), (i, j-1)]
        return m.tolist()
        """,
        """
        ok = np.abs(image - image[seed]) <= tolerance; m = np.zeros(image.shape, bool); m[seed] = True
        return ndimage.binary_propagation(m, mask=ok)
        """,
        """
        from skimage.measure import label
        l = label(np.abs(image - image[seed]) <= tolerance, connectivity=1)
        return l == l[seed]
        """,
    ],
    "4.8": [
        """
        e = 0; H, W = labels.shape
        for i in range(H):
            for j in range(W):
                e += unary[i, j, labels[i, j]]
                if i: e += smoothness * (labels[i, j] != labels[i-1, j])
                if j: e += smoothness * (labels[i, j] != labels[i, j-1])
        return float(e)
        """,
        """
        from course_lib.classical.energies import potts_energy
        return potts_energy(labels, unary, smoothness)
        """,
        """
        u = np.take_along_axis(unary, labels[..., None], axis=2).sum()
        return u + smoothness * (np.count_nonzero(np.diff(labels, axis=0)) + np.count_nonzero(np.diff(labels, axis=1)))
        """,
        "return np.array((np.eye(unary.shape[2])[labels] * unary).sum() + smoothness * sum((np.diff(labels, axis=a) != 0).sum() for a in (0, 1)))",
    ],
    "4.9": [
        # column by column: each pixel sees the new labels above and to the left, as in reading order
        "x = labels.copy()\n"
        "for j in range(x.shape[1]):\n    for i in range(x.shape[0]):\n"
        "        near = [x[a, b] for a, b in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1))\n"
        "                if 0 <= a < x.shape[0] and 0 <= b < x.shape[1]]\n"
        "        own, other = [unary[i, j, k] + smoothness * sum(n != k for n in near) for k in (x[i, j], 1 - x[i, j])]\n"
        "        x[i, j] = 1 - x[i, j] if other < own else x[i, j]\n"
        "return x",
        """
        x = labels.copy(); H, W = x.shape
        for i in range(H):
            for j in range(W):
                e = [unary[i,j,k] + smoothness * sum(x[a,b] != k for a, b in ((i+1,j),(i-1,j),(i,j+1),(i,j-1)) if 0 <= a < H and 0 <= b < W) for k in (0,1)]
                if e[1 - x[i,j]] < e[x[i,j]]: x[i,j] = 1 - x[i,j]
        return x
        """,
        """
        x = np.pad(labels, 1, constant_values=-1)
        for j in range(1, x.shape[1] - 1):
            for i in range(1, x.shape[0] - 1):
                s = [x[i-1,j], x[i+1,j], x[i,j-1], x[i,j+1]]; e0 = unary[i-1,j-1,0] + smoothness * s.count(1); e1 = unary[i-1,j-1,1] + smoothness * s.count(0)
                x[i,j] = 0 if e0 < e1 else 1 if e1 < e0 else x[i,j]
        return x[1:-1, 1:-1].tolist()
        """,
    ],
    "4.10": [
        """
        n = len(unary); c = np.zeros((n+2, n+2)); c[n,:n], c[:n,n+1] = unary.T
        i = np.arange(n-1); c[i,i+1] = c[i+1,i] = smoothness
        return c
        """,
        """
        n = len(unary); c = [[0] * (n+2) for _ in range(n+2)]
        for i in range(n):
            c[n][i] = unary[i][0]; c[i][n+1] = unary[i][1]
            if i: c[i][i-1] = c[i-1][i] = smoothness
        return c
        """,
        """
        n = len(unary); c = np.zeros((n+2, n+2)); c[:n,:n] = smoothness * (np.eye(n, k=1) + np.eye(n, k=-1)); c[-2,:n] = unary[:,0]; c[:n,-1] = unary[:,1]
        return c
        """,
    ],
}
