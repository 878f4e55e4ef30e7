"""Questions 1–21 of the self-test: images, learning and the U-Net, chapters 00–08."""

from course_lib.teaching.engine.selftest import Question, Right, Wrong

# fmt: off
QUESTIONS = (
    Question(
        0, "How good is it?",
        "A mask has 3 pixels, the labels have 2, and 1 pixel is in both. What is the Dice score?",
        Right("0.4", "Twice the shared pixel, divided by both sizes: 2 · 1 / (3 + 2)."),
        Wrong("IoU for Dice", "0.25", "1 / 4 is the shared pixel divided by the pixels that are in either: the IoU."),
        Wrong("the factor 2 left out", "0.2", "1 / 5 divides by both sizes. Two equal masks would then only get ½."),
        Wrong("one mask only", "0.5", "1 / 2 is the share of the labelled pixels that was found. Pixels that were "
              "found and should not be there cost nothing then."),
    ),
    Question(
        0, "3",
        "Emoji are laid over photographs. Why does each of these images have an *exact* mask?",
        Right("The program knows what it put where.", "Whoever composes an image has its labels for nothing."),
        Wrong("labels by a network", "A network segmented the scenes.", "A network's masks have errors at the "
              "outlines, and it would first need labels to learn from."),
        Wrong("labels by people", "People drew the outlines with care.", "Nobody looked at these scenes, and "
              "two people never draw the same outline."),
        Wrong("labels by a threshold", "Emoji are brighter than any photograph, so a threshold finds them.",
              "Many photographs have pixels as bright. A threshold asks for brightness, not for what a thing is."),
    ),
    Question(
        1, "Numbers that wrap around",
        "Two pixels of type `uint8` hold 200 and 100. What does NumPy give for their sum?",
        Right("44", "A byte holds 0 … 255 and begins again at 0: 300 − 256. Convert to float first."),
        Wrong("a byte taken for an integer", "300", "That is the sum of two numbers of Python. A byte has no "
              "room for it."),
        Wrong("clipped", "255", "OpenCV's `add` clips at the largest value. NumPy's `+` does not."),
        Wrong("wrapped at 255", "45", "There are 256 values, and 0 is one of them."),
    ),
    Question(
        1, "Masks are not photographs",
        "In a mask, 1 means cat and 3 means dog. It is turned with *bilinear* interpolation. What may a pixel "
        "halfway between a 1 and a 3 become?",
        Right("2, a class that is not there", "The mean of two names is another name. Nearest neighbour invents "
              "none."),
        Wrong("nearest neighbour assumed", "1 or 3, whichever is nearer", "That is nearest-neighbour interpolation: "
              "bilinear interpolation mixes."),
        Wrong("a hole", "0, as nothing is known there", "Holes come from sending pixels forwards. Here every "
              "pixel asks where it came from, so it always gets something.", "01 Ask where"),
        Wrong("a sum for a mean", "4, the sum of both", "The weights of an interpolation have the sum 1, so nothing "
              "larger than both can come out."),
    ),
    Question(
        2, "2",
        "A signal is 0 but for a single 1. What does *correlating* it with the kernel `[1, 2, 3]` write around "
        "that 1?",
        Right("3, 2, 1", "The window meets the 1 with its last entry first. Convolution flips the kernel beforehand, "
              "so that 1, 2, 3 comes out."),
        Wrong("convolution for correlation", "1, 2, 3", "That is convolution, which flips the kernel before it "
              "slides."),
        Wrong("everything in one place", "0, 6, 0", "6 is the sum of the kernel: what a signal of ones gives "
              "everywhere. A single 1 meets one weight at a time."),
        Wrong("the middle weight only", "0, 2, 0", "The window also touches the 1 from the places before and after "
              "it."),
    ),
    Question(
        2, "6",
        "A row of 9 numbers, a kernel of 3, stride 2, no padding. How many numbers come out?",
        Right("4", "(9 − 3) / 2 + 1: the window stands at 0, 2, 4 and 6."),
        Wrong("same padding", "5", "9 / 2, rounded up, is what padding \"same\" gives. Here there is no padding."),
        Wrong("the stride left out", "7", "9 − 3 + 1 windows fit, but with stride 2 every second one is left out."),
        Wrong("the first window left out", "3", "(9 − 3) / 2 counts the *steps*. There is one window more than "
              "steps."),
    ),
    Question(
        2, "12",
        "Three layers of 3 × 3 kernels, stride 1. How wide is the receptive field?",
        Right("7", "Each layer adds 2 to the 1 that it starts with: 3, 5, 7."),
        Wrong("widths added", "9", "3 + 3 + 3 counts the middle three times. A further layer adds its width "
              "*minus 1*."),
        Wrong("widths multiplied", "27", "3 · 3 · 3 would need windows that do not overlap, as with stride 3."),
        Wrong("one layer only", "3", "The second layer sees three outputs of the first, and each of those sees "
              "three pixels."),
    ),
    Question(
        3, "3",
        "Canny's third step thins the edges. With which neighbours is a pixel compared?",
        Right("The two across the edge, along the gradient", "The crest of a ridge is higher than what lies on both "
              "of its sides."),
        Wrong("along the edge", "The two along the edge, across the gradient", "Along an edge the strength hardly "
              "changes, so the edge stays as thick as it was and gets gaps."),
        Wrong("all neighbours", "All eight around it", "Then only single peaks are left: along the crest of a ridge, "
              "most pixels have a higher neighbour."),
        Wrong("one direction for all", "The ones on the left and right, whatever the gradient is",
              "That is right for vertical edges only. A horizontal edge is compared along itself."),
    ),
    Question(
        3, "5",
        "Half of a photograph lies in the shade. Which feature of a brick wall stays nearly the same there?",
        Right("Its local binary patterns", "Which of two neighbours is brighter does not change when both are "
              "darkened."),
        Wrong("a histogram", "The histogram of its gray values", "Every gray value is halved, so the whole histogram "
              "moves to the left."),
        Wrong("a mean", "Its mean brightness", "The mean is halved with the pixels."),
        Wrong("slopes", "The strength of its edges", "A slope is a difference of two values. Both are halved, "
              "so is the slope.", "03 1"),
    ),
    Question(
        4, "2",
        "What does Otsu's threshold make as large as possible?",
        Right("The variance between the two classes", "That is the same as making the variance within them small, "
              "since both have a fixed sum."),
        Wrong("the variance within", "The variance within the two classes", "Two classes that are as uneven as "
              "possible are the opposite of what is wanted. This one is made small."),
        Wrong("weights left out", "The distance of the two means, and nothing else", "Without the sizes of the "
              "classes, one single pixel of 255 would make a class of its own."),
        Wrong("the valley", "The depth of the valley in the histogram", "No valley is looked for. Even where "
              "a histogram has one hill only, this rule cuts it."),
    ),
    Question(
        4, "6",
        "Two discs touch. On which landscape does the flood find one valley for each?",
        Right("Minus the distance to the ground", "The middle of a disc is farthest from the ground: with "
              "the minus it is the deepest place."),
        Wrong("the sign forgotten", "The distance to the ground", "There the middles are *hills*. Water "
              "gathers at the outlines."),
        Wrong("a flat landscape", "The mask itself, 0 and 1", "All of the mask is equally high, so there is one "
              "valley, as flat as it is wide."),
        Wrong("brightness", "The brightness of the photograph", "Objects that touch are often equally bright, with "
              "specks inside: some get many valleys, and the border gets none."),
    ),
    Question(
        5, "1",
        "The slope of x² at 3, measured by a *central* difference with the step 1?",
        Right("6", "(4² − 2²) / 2 = (16 − 4) / 2. For a parabola that is exact."),
        Wrong("a forward difference", "7", "4² − 3² looks to the right only."),
        Wrong("one step for two", "12", "4² − 2² is right, but these two points lie 2 apart."),
        Wrong("a backward difference", "5", "3² − 2² looks to the left only."),
    ),
    Question(
        5, "2",
        "The loss is w², and w is 1. One step of gradient descent with learning rate 1.1: where is w?",
        Right("−1.2", "The slope is 2w = 2, and 1 − 1.1 · 2 = −1.2: farther from 0 than before. This learning "
              "rate is too large."),
        Wrong("uphill", "3.2", "1 + 1.1 · 2 goes *with* the gradient, where the loss grows."),
        Wrong("the slope of w² taken for w", "−0.1", "1 − 1.1 · 1 takes w itself for the slope. The slope of w² is "
              "2w.", "05 1"),
        Wrong("the step for the place", "−2.2", "−1.1 · 2 is the step. It is added to where w was."),
    ),
    Question(
        6, "2",
        "A layer has 3 × 3 kernels, 16 channels in, 32 channels out, and biases. How many weights?",
        Right("4,640", "3 · 3 · 16 weights for each of 32 outputs, and 32 biases: 4,608 + 32."),
        Wrong("no biases", "4,608", "The kernels are counted. There is one number more for each output channel."),
        Wrong("channels in left out", "320", "9 · 32 + 32 is a layer with one channel in. Every kernel has a slice "
              "for each of the 16.", "02 11"),
        Wrong("a bias for each channel in", "4,624", "Biases are added to outputs, and there are 32 of those, "
              "not 16."),
    ),
    Question(
        6, "What softmax twice does",
        "A network ends with a softmax, and the loss is told `from_logits=True`. What happens?",
        Right("The loss cannot get near 0, even for perfect answers", "The second softmax sees numbers between 0 and "
              "1 and makes nearly even shares of them."),
        Wrong("an error expected", "An error says that the numbers are no logits", "Probabilities are numbers like "
              "any others: nothing complains, and that is what makes this slip so common."),
        Wrong("softmax thought to change nothing", "Nothing: a softmax leaves probabilities as they are",
              "Softmax of (1, 0) is (0.73, 0.27): it knows nothing of what it gets."),
        Wrong("thought to be faster", "Training gets faster, since answers are surer", "The second softmax makes "
              "answers *less* sure, and gradients smaller."),
    ),
    Question(
        6, "How sure are we",
        "A network gets 20 of 1,000 digits wrong: 2 %. How large is the standard error of these 2 %?",
        Right("About 0.4 points", "√(0.02 · 0.98 / 1000) = 0.0044. Another thousand digits may well give 1.6 or "
              "2.4 %."),
        Wrong("the error for its standard error", "About 2 points", "That is the error rate itself, not how much it "
              "varies."),
        Wrong("the number of digits left out", "About 14 points", "√(0.02 · 0.98) is how much a *single* digit "
              "varies. The mean of a thousand varies far less."),
        Wrong("the root left out", "About 0.002 points", "0.02 · 0.98 / 1000 is the *variance* of the rate. Its "
              "root is asked for."),
    ),
    Question(
        7, "1",
        "The truth is 1, and the network says 0.25. How large is the cross-entropy, in nats?",
        Right("1.39", "−ln 0.25 = ln 4: minus the logarithm of what was given to the truth."),
        Wrong("the other class", "0.29", "−ln 0.75 is the price if the truth were 0."),
        Wrong("absolute error", "0.75", "1 − 0.25 is how far off the answer is. It can never cost more than 1, "
              "however sure and wrong it is."),
        Wrong("squared error", "0.56", "(1 − 0.25)² is the squared error: the loss of a bell, not of a coin."),
    ),
    Question(
        7, "4",
        "1 % of the pixels are object. A network answers \"ground\" everywhere. Its accuracy and its Dice score?",
        Right("Accuracy 0.99, Dice 0", "It shares no pixel with the object. Accuracy counts the ground, which is "
              "easy."),
        Wrong("Dice over the ground", "Accuracy 0.99, Dice 0.99", "Dice is computed for the object: nothing of "
              "it was found."),
        Wrong("a mean over both classes", "Accuracy 0.99, Dice 0.5", "About ½ is the mean of the Dice of the ground "
              "and of the object. The object's own is asked for."),
        Wrong("accuracy of the object", "Accuracy 0.01, Dice 0", "0.01 is the share of the pixels that it gets "
              "*wrong*.",
              "07 3"),
    ),
    Question(
        8, "2",
        "Image and mask are turned by 10° for training. Which interpolation for which?",
        Right("Bilinear for the image, nearest for the mask", "Brightness may be mixed, names may not."),
        Wrong("both mixed", "Bilinear for both, so that they fit", "They fit in place either way. But a mask "
              "would get names that stand for nothing, or for another class."),
        Wrong("both nearest", "Nearest for both, so that they fit", "They fit in place either way. But the "
              "image's outlines become stairs that no microscope makes.", "01 Between"),
        Wrong("exchanged", "Nearest for the image, bilinear for the mask", "A mask holds names, and the mean of two "
              "names is a third one."),
    ),
    Question(
        8, "3",
        "A bridge *joins* an early map of 8 channels to a late one of 16. Both are 32 × 32. What is the shape then?",
        Right("32 × 32 × 24", "The channels lie beside each other, so that the next layer can choose from both."),
        Wrong("added", "32 × 32 × 16", "That is the shape after *adding*, which needs equally many channels on both "
              "sides.", "08 12"),
        Wrong("joined along the rows", "64 × 32 × 24", "The two maps show the same places. Laid below each "
              "other, each place would be there twice."),
        Wrong("multiplied", "32 × 32 × 128", "8 · 16 pairs of channels: nothing is multiplied here."),
    ),
    Question(
        8, "Sizes that do not divide",
        "A U-Net halves three times. To which side must an image of 100 × 100 pixels be padded at least?",
        Right("104", "It must be divisible by 2 · 2 · 2 = 8, else a half is rounded and the bridge does not fit."),
        Wrong("no padding", "100: no padding is needed", "100, 50, 25, 12: the way up gives 24 where the bridge "
              "brings 25."),
        Wrong("three times two", "102", "102 is divisible by 2 · 3 = 6. Three halvings divide by 2, then by 2, "
              "then by 2."),
        Wrong("a power of two", "128", "A power of two fits, but it is more than is needed: only "
              "three halvings must come out even."),
    ),
)
# fmt: on
