"""The ideas of the course: what each one means, where it is at home, what it leans on, and its name in Chinese.

This table is the one source of the concept map in chapter 00 and of the glossary below it, which holds more.
"""

from dataclasses import dataclass

PARTS = ("Images", "Learning", "Segmentation", "Generation", "Practice")
COLORS = ("#CFE3F3", "#FBE3B5", "#CDEBDD", "#F6D3E3", "#E4E4E4")


@dataclass(frozen=True)
class Concept:
    """One idea.

    Attributes
    ----------
    name, chinese : str
    chapter : int
        Where it is explained.
    part : int
        Index into `PARTS`: the column in which it is drawn.
    meaning : str
        One sentence.
    uses : tuple of str
        Names of the concepts that it leans on directly.
    drawn : bool
        Whether the map shows it; the glossary holds all.
    """

    name: str
    chinese: str
    chapter: int
    part: int
    meaning: str
    uses: tuple = ()
    drawn: bool = True


CONCEPTS = (
    Concept(
        "image processing", "图像处理", 1, 0, "From image to image or to numbers: prepare, analyse, recognize, restore."
    ),
    Concept(
        "geometric correction",
        "图像纠正",
        1,
        0,
        "Moving pixels to where they belong: rotation, perspective, lens.",
        ("image processing",),
    ),
    Concept(
        "enhancement",
        "图像增强",
        1,
        0,
        "Making visible what is there: contrast, sharpness, less noise.",
        ("image processing",),
    ),
    Concept("compression", "图像压缩", 1, 0, "The same image, or nearly, in fewer bits.", ("image processing",)),
    Concept(
        "compositing",
        "图像合成",
        1,
        0,
        "Laying images over each other by their opacity; also called synthesis.",
        ("image processing",),
    ),
    Concept("convolution", "卷积", 2, 0, "A small table of weights slid over an image.", ("image processing",)),
    Concept("filtering", "滤波", 2, 0, "Replacing each pixel by a function of its neighbours.", ("convolution",)),
    Concept(
        "edge detection",
        "边缘检测",
        3,
        0,
        "Finding where brightness changes quickly, as Canny's method does; Hough's finds lines.",
        ("filtering",),
    ),
    Concept("image features", "图像特征", 3, 0, "Numbers that describe colour, texture and shape.", ("filtering",)),
    Concept("gradient", "梯度", 5, 1, "The direction in which a loss grows fastest; learning walks against it."),
    Concept("loss function", "损失函数", 7, 1, "One number that says how wrong the answer is.", ("gradient",)),
    Concept("deep learning", "深度学习", 5, 1, "Many simple layers in a row, all learned by gradients.", ("gradient",)),
    Concept(
        "convolutional network",
        "卷积神经网络",
        6,
        1,
        "A deep network whose layers are convolutions and pooling.",
        ("deep learning", "convolution"),
    ),
    Concept(
        "classification", "图像分类", 6, 1, "One name for a whole image.", ("convolutional network", "image features")
    ),
    Concept("recognition", "图像识别", 6, 1, "Which one is it? Comparing with known individuals.", ("classification",)),
    Concept("image segmentation", "图像分割", 4, 2, "A name for every pixel."),
    Concept(
        "thresholds, regions",
        "阈值与区域",
        4,
        2,
        "Segmenting by colour, texture and shape, without learning.",
        ("image segmentation", "image features", "edge detection"),
    ),
    Concept(
        "U-Net",
        "U 形网络",
        8,
        2,
        "A network that shrinks an image to see far, and enlarges it to see sharply.",
        ("convolutional network", "loss function", "image segmentation"),
    ),
    Concept(
        "measuring", "评价", 9, 2, "Scores, their error bars, and what they hide.", ("U-Net", "thresholds, regions")
    ),
    Concept("image generation", "图像生成", 10, 3, "New images, drawn from a model of what images are like."),
    Concept(
        "variational autoencoder",
        "变分自编码器",
        10,
        3,
        "A network that codes an image in a few numbers, and draws from such numbers.",
        ("image generation", "convolutional network", "loss function"),
    ),
    Concept(
        "generative adversarial network",
        "生成对抗网络",
        11,
        3,
        "A generator learns to deceive a discriminator, which learns not to be deceived.",
        ("image generation", "convolutional network", "loss function"),
    ),
    Concept(
        "image translation",
        "图像翻译",
        13,
        3,
        "From one kind of image to another: mask to photograph, day to night.",
        ("generative adversarial network", "U-Net"),
    ),
    Concept(
        "diffusion",
        "扩散模型",
        14,
        3,
        "Learning to remove noise, and so to draw from pure noise.",
        ("image generation", "U-Net"),
    ),
    Concept(
        "libraries",
        "程序库",
        1,
        4,
        "Pillow, OpenCV, SciPy, scikit-image: the same operation, and where they differ.",
    ),
    Concept(
        "frameworks",
        "深度学习框架",
        5,
        4,
        "Keras on TensorFlow or JAX: layers, gradients, devices.",
    ),
    Concept("hardware", "硬件", 16, 4, "CPU, GPU and TPU, and what each is good at.", ("frameworks",)),
    Concept(
        "applications",
        "应用",
        15,
        4,
        "Whole pipelines: number plates, faces, cells, backgrounds.",
        ("measuring", "image translation"),
    ),
    Concept(
        "leakage",
        "数据泄漏",
        15,
        4,
        "What is tested was known in training, as a twin of the same slide: the score is too good.",
        ("measuring",),
        drawn=False,
    ),
    Concept(
        "group split",
        "按组划分",
        15,
        4,
        "Images of one slide, film or person stay in one part, so that nothing is tested whose twin was trained on.",
        ("leakage",),
        drawn=False,
    ),
    Concept(
        "must-beat baseline",
        "必须超过的基线",
        15,
        4,
        "The best simple method, tuned as carefully; what does not beat it on the same test was not worth training.",
        ("measuring", "thresholds, regions"),
        drawn=False,
    ),
    Concept(
        "object scale",
        "目标尺度",
        15,
        4,
        "How many pixels wide an object is; a network finds those as large as in its training, so images are resized.",
        ("U-Net",),
        drawn=False,
    ),
    Concept(
        "homography",
        "单应性变换",
        15,
        4,
        "The 3 × 3 matrix that takes a flat thing, such as a number plate, to its picture from the side, or back.",
        ("geometric correction",),
        drawn=False,
    ),
    Concept(
        "equal error rate",
        "等错误率",
        15,
        4,
        "The error at the threshold at which strangers are accepted as often as owners are refused.",
        ("recognition",),
        drawn=False,
    ),
    Concept(
        "rate-distortion",
        "率失真",
        15,
        4,
        "Bits against error: how much of a picture is lost at how many bits a pixel.",
        ("compression",),
        drawn=False,
    ),
    Concept(
        "trends", "发展趋势", 17, 4, "Where the field is going, and what is unsolved.", ("diffusion", "applications")
    ),
)


def draw_concept_map():
    """Draw the main concepts in one column for each part, with an arrow from each to what leans on it.

    Returns
    -------
    matplotlib.figure.Figure
        7 inches wide.
    """
    from matplotlib.patches import FancyArrowPatch

    from course_lib.teaching.figures import panels

    fig, ax = panels(width=7, height=6.2)
    ax.set(xlim=(-0.55, 4.55), ylim=(-0.6, 9.6))
    ax.invert_yaxis()
    ax.set_axis_off()
    labels = {}
    for part, title in enumerate(PARTS):
        column = [concept for concept in CONCEPTS if concept.drawn and concept.part == part]
        ax.text(part, -0.2, title, ha="center", va="center", weight="bold")
        for row, concept in enumerate(column):
            y = 0.3 + 9 * (row + 0.5) / len(column)
            name = concept.name.replace(" ", "\n", 1) if len(concept.name) > 14 else concept.name
            box = {"boxstyle": "round,pad=0.3", "facecolor": COLORS[part], "edgecolor": "0.5", "linewidth": 0.6}
            labels[concept.name] = ax.text(
                part, y, f"{name}\n{concept.chapter:02d}", ha="center", va="center", fontsize=7.5, bbox=box, zorder=3
            )
    fig.draw_without_rendering()  # a box has a size only then; arrows end at its edge and bend around the others
    boxes = {name: label.get_bbox_patch() for name, label in labels.items()}
    for concept in CONCEPTS:
        for used in concept.uses if concept.drawn else ():
            others = [box.get_window_extent() for name, box in boxes.items() if name not in (used, concept.name)]
            for bend in (0, -0.12, 0.12, -0.25, 0.25, -0.4, 0.4, -0.6):
                arrow = FancyArrowPatch(
                    labels[used].get_position(),
                    labels[concept.name].get_position(),
                    patchA=boxes[used],
                    patchB=boxes[concept.name],
                    connectionstyle=f"arc3,rad={bend}",
                    arrowstyle="-|>",
                    mutation_scale=8,
                    shrinkA=0,
                    shrinkB=1,
                    color="0.45",
                    linewidth=0.8,
                    zorder=2,
                )
                ax.add_patch(arrow)
                path = arrow.get_path().interpolated(8).transformed(arrow.get_transform())
                if not any(path.intersects_bbox(box, filled=False) for box in others):
                    break
                arrow.remove()
            else:
                ax.add_patch(arrow)
    return fig
