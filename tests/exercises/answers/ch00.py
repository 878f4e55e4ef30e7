"""Answers to the exercises of chapter 00, Start here, as learners write them."""

WRONG = {
    "0.1": [
        "sum(image > threshold) / image.size",
        "sum(sum(image > threshold)) / len(image) ** 2",
        "(image > threshold).mean(axis=0)",
        "(image > int(threshold)).mean()",
        "(image.astype(int) > threshold).mean()",
        "(image >= threshold + 1).mean()",
        "(image - threshold > 0).mean()",  # bytes wrap around
        "(np.abs(image) > threshold).mean()",
        "round((image > threshold).mean(), 2)",
        "(image > 5).mean()",
        "(image > image.mean()).mean()",
        "np.mean(image[image > threshold])",
    ],
    "0.2": [
        "2 * sum(prediction & truth) / (sum(prediction) + sum(truth))",
        "2 * (prediction & truth).sum(0) / (prediction.sum(0) + truth.sum(0))",
        "2 * (prediction * truth).sum() / (prediction + truth).sum()",
        "2 * (prediction & truth).sum() // (prediction.sum() + truth.sum())",
        "1 - 2 * (prediction & truth).sum() / (prediction.sum() + truth.sum())",
        "2 * (prediction & truth).sum() / max(prediction.sum(), truth.sum())",
        "2 * (prediction & truth).sum() / (prediction.sum() + truth.sum() + 1)",
        "2 * (prediction & truth).sum() / (prediction.sum() + truth.sum()) if prediction.any() else 1.0",
        "2 * (prediction & truth).sum(dtype=np.uint8) / (prediction.sum() + truth.sum())",
        "2 * (prediction | truth).sum() / (prediction.sum() + truth.sum())",
        "round(2 * (prediction & truth).sum() / (prediction.sum() + truth.sum()), 2)",
        "2 * (prediction == truth).sum() / (prediction.sum() + truth.sum())",
    ],
}

RIGHT = {
    "0.1": [
        "sum(v > threshold for row in image for v in row) / image.size",
        "1 - np.count_nonzero(image <= threshold) / (image.shape[0] * image.shape[1])",
        "np.where(image > threshold, 1.0, 0.0).mean()",
        "len(image[image > threshold]) / image.size",
    ],
    "0.2": [
        "2 * sum(a and b for a, b in zip(prediction.flat, truth.flat)) / (sum(prediction.flat) + sum(truth.flat))",
        "iou = (prediction & truth).sum() / (prediction | truth).sum()\nreturn 2 * iou / (1 + iou)",
        "1 - (prediction ^ truth).sum() / (prediction.sum() + truth.sum())",
        "np.logical_and(prediction, truth).sum() / ((prediction.sum() + truth.sum()) / 2)",
    ],
}
