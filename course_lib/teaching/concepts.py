"""The ideas of the course: what each one means, where it is at home, what it leans on, and its name in Chinese.

This table is the one source of the concept map in chapter 00 and of the glossary below it, which holds more.
"""

from dataclasses import dataclass

from course_lib.teaching import places

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
    section : str
        The section where it is explained, as in `course_lib.teaching.places.link`.
    said : str
        What that section calls it, where that is another word than the name.
    also : tuple of (int, str)
        Further places, chapter and section, where it is used.
    """

    name: str
    chinese: str
    chapter: int
    part: int
    meaning: str
    uses: tuple = ()
    drawn: bool = True
    section: str = ""
    said: str = ""
    also: tuple = ()

    @property
    def places(self):
        """Its home, then where else it is used: pairs of a chapter and a section."""
        return ((self.chapter, self.section), *self.also)


# fmt: off
CONCEPTS = (
    Concept("image processing", "图像处理", 1, 0,
            "From image to image or to numbers: prepare, analyse, recognize, restore.",
            also=((15, "11"),)),
    Concept("geometric correction", "图像纠正", 1, 0,
            "Moving pixels to where they belong: rotation, perspective, lens.",
            ("image processing",), section="Geometric correction"),
    Concept("enhancement", "图像增强", 1, 0,
            "Making visible what is there: contrast, sharpness, less noise.",
            ("image processing",), section="4"),
    Concept("compression", "图像压缩", 1, 0,
            "The same image, or nearly, in fewer bits.",
            ("image processing",), section="8", also=((15, "14"),)),
    Concept("compositing", "图像合成", 1, 0,
            "Laying images over each other by their opacity; also called synthesis.",
            ("image processing",), section="7", said="compose", also=((15, "13"),)),
    Concept("convolution", "卷积", 2, 0,
            "A small table of weights slid over an image.",
            ("image processing",), section="2", also=((2, "4"),)),
    Concept("filtering", "滤波", 2, 0,
            "Replacing each pixel by a function of its neighbours.",
            ("convolution",), section="5", said="blur", also=((1, "6"),)),
    Concept("edge detection", "边缘检测", 3, 0,
            "Finding where brightness changes quickly, as Canny's method does; Hough's finds lines.",
            ("filtering",), section="3", said="edge"),
    Concept("image features", "图像特征", 3, 0,
            "Numbers that describe colour, texture and shape.",
            ("filtering",), section="6", also=((3, "5"),)),
    Concept("gradient", "梯度", 5, 1,
            "The direction in which a loss grows fastest; learning walks against it.",
            section="2"),
    Concept("loss function", "损失函数", 7, 1,
            "One number that says how wrong the answer is.",
            ("gradient",), section="1", said="loss", also=((7, "9"),)),
    Concept("deep learning", "深度学习", 5, 1,
            "Many simple layers in a row, all learned by gradients.",
            ("gradient",), section="3", also=((5, "9"),)),
    Concept("convolutional network", "卷积神经网络", 6, 1,
            "A deep network whose layers are convolutions and pooling.",
            ("deep learning", "convolution"), section="2", said="network", also=((6, "4"),)),
    Concept("classification", "图像分类", 6, 1,
            "One name for a whole image.",
            ("convolutional network", "image features"), section="8", also=((6, "4"),)),
    Concept("recognition", "图像识别", 6, 1,
            "Which one is it? Comparing with known individuals.",
            ("classification",), section="8", also=((15, "12"),)),
    Concept("image segmentation", "图像分割", 4, 2,
            "A name for every pixel.",
            section="1", said="segment", also=((8, "5"),)),
    Concept("thresholds, regions", "阈值与区域", 4, 2,
            "Segmenting by colour, texture and shape, without learning.",
            ("image segmentation", "image features", "edge detection"), section="7", said="threshold"),
    Concept("U-Net", "U 形网络", 8, 2,
            "A network that shrinks an image to see far, and enlarges it to see sharply.",
            ("convolutional network", "loss function", "image segmentation"), section="4", also=((8, "5"),)),
    Concept("measuring", "评价", 9, 2,
            "Scores, their error bars, and what they hide.",
            ("U-Net", "thresholds, regions"), section="5", said="Dice"),
    Concept("image generation", "图像生成", 10, 3,
            "New images, drawn from a model of what images are like.",
            section="3", said="generator", also=((13, "5"),)),
    Concept("variational autoencoder", "变分自编码器", 10, 3,
            "A network that codes an image in a few numbers, and draws from such numbers.",
            ("image generation", "convolutional network", "loss function"), section="3"),
    Concept("generative adversarial network", "生成对抗网络", 11, 3,
            "A generator learns to deceive a discriminator, which learns not to be deceived.",
            ("image generation", "convolutional network", "loss function"), section="1", said="GAN",
            also=((12, "3"),)),
    Concept("image translation", "图像翻译", 13, 3,
            "From one kind of image to another: mask to photograph, day to night.",
            ("generative adversarial network", "U-Net"), also=((13, "5"),)),
    Concept("diffusion", "扩散模型", 14, 3,
            "Learning to remove noise, and so to draw from pure noise.",
            ("image generation", "U-Net"), also=((14, "6"),)),
    Concept("libraries", "程序库", 1, 4,
            "Pillow, OpenCV, SciPy, scikit-image: the same operation, and where they differ.",
            section="9", also=((3, "13"), (17, "11"))),
    Concept("frameworks", "深度学习框架", 5, 4,
            "Keras on TensorFlow or JAX: layers, gradients, devices.",
            section="4", said="Keras"),
    Concept("hardware", "硬件", 16, 4,
            "CPU, GPU and TPU, and what each is good at.",
            ("frameworks",), section="1", said="processor"),
    Concept("applications", "应用", 15, 4,
            "Whole pipelines: number plates, faces, cells, backgrounds.",
            ("measuring", "image translation"), also=((15, "10"),)),
    Concept("leakage", "数据泄漏", 15, 4,
            "What is tested was known in training, as a twin of the same slide: the score is too good.",
            ("measuring",), drawn=False, section="2", said="alike"),
    Concept("group split", "按组划分", 15, 4,
            "Images of one slide, film or person stay in one part: nothing is tested whose twin was trained on.",
            ("leakage",), drawn=False, section="2", said="groups go to one side"),
    Concept("must-beat baseline", "必须超过的基线", 15, 4,
            "The best simple method, tuned as carefully; what does not beat it was not worth training.",
            ("measuring", "thresholds, regions"), drawn=False, section="3", said="number to beat"),
    Concept("object scale", "目标尺度", 15, 4,
            "How many pixels wide an object is; a network finds what is as large as in its training.",
            ("U-Net",), drawn=False, section="The size of an object", said="wide"),
    Concept("homography", "单应性", 15, 4,
            "The 3 × 3 matrix that takes a flat thing, such as a number plate, to its picture from the side, or back.",
            ("geometric correction",), drawn=False, section="9", also=((1, "5"),)),
    Concept("equal error rate", "等错误率", 15, 4,
            "The error at the threshold at which strangers are accepted as often as owners are refused.",
            ("recognition",), drawn=False, section="12"),
    Concept("rate-distortion", "率失真", 15, 4,
            "Bits against error: how much of a picture is lost at how many bits a pixel.",
            ("compression",), drawn=False, section="14", said="rate", also=((10, "15"),)),
    Concept("trends", "发展趋势", 17, 4,
            "Where the field is going, and what is unsolved.",
            ("diffusion", "applications"), section="1"),
    Concept("Canny's edge detector", "Canny 边缘检测", 3, 0,
            "Smoothing, slopes, thinning, and following strong edges along weak ones.",
            ("edge detection",), drawn=False, section="3", said="Canny"),
    Concept("Hough transform", "霍夫变换", 3, 0,
            "Every edge pixel votes for all lines or circles through it.",
            ("edge detection",), drawn=False, section="4", said="Hough's idea", also=((3, "10"),)),
    Concept("random sampling", "随机抽样", 10, 3,
            "Random numbers go in, and a model turns each draw into another image.",
            ("image generation",), drawn=False, section="3", said="draws noise", also=((14, "3"),)),
    Concept("number plates", "车牌识别", 15, 4,
            "A plate is found, straightened, cut into characters and read.",
            ("applications", "geometric correction"), drawn=False, section="9", said="number plate"),
    Concept("faces", "人脸识别", 15, 4,
            "Is there a face, and whose is it? Two questions, with two kinds of error.",
            ("applications", "recognition"), drawn=False, section="12"),
    Concept("platforms", "计算平台", 16, 4,
            "Where a training runs: a laptop, a notebook server, a cluster, a rented machine.",
            ("hardware",), drawn=False, section="13", said="cluster"),
    Concept("image editors", "图像编辑软件", 17, 4,
            "Photoshop or GIMP (pixels), Illustrator or Inkscape (outlines): menus for the same operations.",
            ("image processing", "libraries"), drawn=False, section="12", said="editor"),
    Concept("challenges", "挑战", 17, 4,
            "What nobody can do yet, small enough to be tried on a laptop.",
            ("trends",), drawn=False, section="9", said="open problem"),
    Concept("frequent questions", "常见问题", 17, 4,
            "What readers ask, each answered by a cell, a chapter or a source.",
            ("applications",), drawn=False, section="10"),
)
# fmt: on


def as_table(concepts=CONCEPTS):
    """Write ideas as a table in Markdown: what each means, where it is at home, and how it hangs together with others.

    Parameters
    ----------
    concepts : iterable of Concept, optional
        By default all.

    Returns
    -------
    str
    """
    rows = []
    for concept in concepts:
        above = [other.name for other in CONCEPTS if concept.name in other.uses]
        homes = " · ".join(places.link(chapter, section) for chapter, section in concept.places)
        leads = ", ".join(above) or "–"
        rows.append((concept.name, concept.chinese, concept.meaning, homes, ", ".join(concept.uses) or "–", leads))
    return places.table(("idea", "中文", "meaning", "home", "builds on", "leads to"), rows)


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
