"""Questions 35–40 of the self-test: diffusion, applications and scaling up, chapters 14–16."""

from course_lib.teaching.engine.selftest import Question, Right, Wrong

# fmt: off
QUESTIONS = (
    Question(
        14, "1",
        "On the clock of the core, noise is at time 0 and the image at time 1. A pixel is 4, its noise −4. What "
        "is the noisy pixel at ¼?",
        Right("−2", "¼ · 4 + ¾ · (−4) = 1 − 3: mostly noise still."),
        Wrong("the other clock", "2", "¾ · 4 + ¼ · (−4) runs the clock from the image to the noise, as many "
              "texts do.",
              "14 7"),
        Wrong("halfway", "0", "That is the place at time ½, the middle of the line."),
        Wrong("the noise left out", "1", "¼ · 4 is the image's part. The noise has the rest."),
    ),
    Question(
        14, "12",
        "Of two denoisers, the second has a far lower loss on the *training* images. What does it draw?",
        Right("That cannot be said: it may draw copies", "The lowest loss of all belongs to a function that "
              "hands out training images."),
        Wrong("loss taken for quality", "Better images", "The loss on training images also falls by storing "
              "them. The perfect denoiser of a set draws nothing new."),
        Wrong("overfitting taken for bad images", "Worse images, as it is overfitted", "What has been learned "
              "by heart comes out sharp and flawless. It is just not new."),
        Wrong("the loss ignored", "The same images: a loss does not matter for drawing", "Each step of a draw goes "
              "where the denoiser points, so another denoiser draws other images.", "14 3"),
    ),
    Question(
        15, "2",
        "Your folder holds three photographs of each of 20 wells. How do you make the test part?",
        Right("Draw wells at random, and take all photographs of each", "Sisters from one well are nearly the same "
              "picture: they have to stay on one side."),
        Wrong("photographs drawn", "Draw photographs at random, from the whole folder", "Then most test "
              "photographs have a sister in training, and the score is too good."),
        Wrong("one of each well", "Take one photograph of each well, so that every well is tested", "Then every "
              "single test photograph has two sisters in training."),
        Wrong("the best ones", "Take the sharpest photographs, so that the score is clear", "A test part has to "
              "be like what comes later. Chosen photographs say something about chosen photographs.", "15 7"),
    ),
    Question(
        15, "6",
        "Nineteen thresholds are tried on the validation part, and the best one reaches 0.91 there. What do you "
        "report?",
        Right("The score of this threshold on the test part, once", "What was chosen by a number has to be judged by "
              "another."),
        Wrong("the chosen score", "0.91", "The best of nineteen is also the luckiest of nineteen: this number is a "
              "little too high."),
        Wrong("chosen on the test part", "The best of the nineteen on the test part", "That chooses again, on the "
              "test part this time, and makes it a validation part.", "15 7"),
        Wrong("a mean over thresholds", "The mean score of all nineteen thresholds", "Nobody is going to use "
              "nineteen thresholds. It says something about bad ones, too."),
    ),
    Question(
        16, "1",
        "Two arrays of float32 numbers (4 bytes each) are added into a third. How many operations for each byte "
        "moved?",
        Right("1/12", "One addition for two numbers read and one written: 3 · 4 bytes."),
        Wrong("elements for bytes", "1/3", "Three *numbers* are moved for each addition. Each of them has "
              "4 bytes."),
        Wrong("the writing left out", "1/8", "Two numbers are read, 8 bytes. The result has to go somewhere, too."),
        Wrong("upside down", "12", "12 is how many bytes are moved for one operation: the ratio the other way "
              "round."),
    ),
    Question(
        16, "5",
        "One device has 8 images and the mean gradient 3, another has 4 images and the mean gradient 6. The "
        "gradient of all 12?",
        Right("4", "(8 · 3 + 4 · 6) / 12: each mean counts by its images."),
        Wrong("a mean of unequal means", "4.5", "(3 + 6) / 2 lets 4 images count as much as 8."),
        Wrong("the sum", "9", "3 + 6 makes the step larger with every further device."),
        Wrong("a sum over images", "48", "8 · 3 + 4 · 6 is the sum over all images. The loss is a mean over them."),
    ),
)
# fmt: on
