"""Questions 22–34 of the self-test: measuring, and three ways to generate, chapters 09–13."""

from course_lib.teaching.engine.selftest import Question, Right, Wrong

# fmt: off
QUESTIONS = (
    Question(
        9, "1",
        "A mask has 6 pixels, the truth has 10, and 4 pixels are in both. What is the IoU?",
        Right("1/3", "4 shared, of 6 + 10 − 4 = 12 that are in either."),
        Wrong("Dice for IoU", "1/2", "2 · 4 / 16 is the Dice score. For the same masks it is never the lower one."),
        Wrong("precision", "2/3", "4 of the 6 pixels that were found are right: that is the precision.", "09 8"),
        Wrong("the shared pixels counted twice", "1/4", "4 / (6 + 10) counts the shared pixels in both masks, so "
              "that two equal masks would get ½."),
    ),
    Question(
        9, "3",
        "An outline is off by 3 rows. A row is 2 mm high and a column 1 mm wide. How large is the Hausdorff "
        "distance?",
        Right("6 mm", "Three rows of 2 mm each."),
        Wrong("axes exchanged", "3 mm", "That takes the width of a column for the height of a row."),
        Wrong("divided by the spacing", "1.5 mm", "A spacing says how long a pixel is: 3 of them are longer "
              "than one."),
        Wrong("the spacing squared", "12 mm", "3 · 2² mixes up a length with its square: the root comes after "
              "the sum of the squares."),
    ),
    Question(
        9, "7",
        "On five images method A beats B every time. What is the smallest two-sided p that swapping signs can give?",
        Right("1/16", "There are 2⁵ = 32 ways to choose the signs, and two of them are as extreme as this one."),
        Wrong("one side", "1/32", "All plus is one of 32 ways. But all minus would be just as surprising, and a "
              "two-sided test counts it, too."),
        Wrong("a convention", "1/20", "0.05 is where many people draw the line, not what five images give."),
        Wrong("certainty", "0", "A coin falls five times on the same side now and then."),
    ),
    Question(
        10, "3",
        "The encoder says mean 2 and *variance* 9. The noise is −2. Which latent is drawn?",
        Right("−4", "Mean plus deviation times noise: 2 + 3 · (−2)."),
        Wrong("variance for deviation", "−16", "2 + 9 · (−2) multiplies by the variance. The noise has to be "
              "stretched by its root."),
        Wrong("the sign lost", "8", "2 + 3 · 2 moves to the other side: the noise is negative."),
        Wrong("the mean left out", "−6", "3 · (−2) is the noise with its spread. It has to lie around the mean."),
    ),
    Question(
        10, "5",
        "One latent has mean 1 and deviation 1. What does it cost beside the standard bell, in nats?",
        Right("½", "½ (mean² + variance − 1 − ln variance) = ½ (1 + 1 − 1 − 0)."),
        Wrong("the factor ½ left out", "1", "mean² + variance − 1 − ln variance is twice the price."),
        Wrong("only the spread", "0", "The spreads agree, but the bells do not lie in the same place."),
        Wrong("the sign", "−½", "A divergence is never below 0: no code is better than the right one.", "07 1"),
    ),
    Question(
        10, "2",
        "A plain autoencoder copies digits well. Random codes give no digits. Why?",
        Right("Nothing says where its codes lie", "Between the codes of real digits, the decoder has never been "
              "asked for anything."),
        Wrong("too small", "Its decoder has too few weights", "The same decoder gives good digits for the codes of "
              "real ones."),
        Wrong("by heart", "It has learned its digits by heart", "Then new digits would be copied badly; they are "
              "copied well. The trouble is with codes that belong to no digit.", "10 4"),
        Wrong("not trained long enough", "It was not trained long enough", "A lower loss means better *copies*. The "
              "loss never asks about other codes."),
    ),
    Question(
        11, "1",
        "At one place the real density is 0.3 and the generated one 0.1. What does the best discriminator say there?",
        Right("0.75", "The share of the real: 0.3 / (0.3 + 0.1)."),
        Wrong("the share of the generated", "0.25", "0.1 / 0.4 is the share of the *generated* samples."),
        Wrong("a ratio for a share", "3", "0.3 / 0.1 is the ratio of the two. A probability stays below 1."),
        Wrong("the density itself", "0.3", "The real density alone says nothing: what counts is how it compares "
              "with the generated one."),
    ),
    Question(
        11, "7",
        "Real data lie in 8 heaps. A generator draws from 2 of them, perfectly. Which number shows what is wrong?",
        Right("How many heaps get samples: 2 of 8", "Variety has to be counted: nothing else asks for what is "
              "missing."),
        Wrong("quality for variety", "The share of samples that lie on a heap: 100 %", "It shows that every "
              "sample is good. What never comes cannot be seen in the samples that do."),
        Wrong("the loss", "The generator's loss", "It says how well the discriminator of the moment is deceived, and "
              "it goes up and down in good runs as well.", "11 1"),
        Wrong("a mean", "The mean of all samples", "Two opposite heaps have the same mean as all eight."),
    ),
    Question(
        12, "4",
        "On one axis: real features have mean 0 and deviation 1, generated ones mean 3 and deviation 2. The Fréchet "
        "distance?",
        Right("10", "(0 − 3)² + (1 − 2)² = 9 + 1: differences of means and of deviations, squared."),
        Wrong("the spread left out", "9", "(0 − 3)² compares the means only."),
        Wrong("variances subtracted", "12", "9 + |1 − 4| compares *variances*. In one dimension the deviations are "
              "subtracted, then squared."),
        Wrong("not squared", "4", "3 + 1 adds the differences as they are."),
    ),
    Question(
        12, "6",
        "A generator plays back its training images. What do scores that compare two clouds of features say?",
        Right("That it is excellent", "Copies of real images are real images. Only a look at the nearest training "
              "images tells."),
        Wrong("trust in distances", "That it is bad: the distance is large", "Its cloud lies right where the "
              "real one lies, so the distance is small."),
        Wrong("taken for collapse", "That it lacks variety", "It has all the variety of its training images. "
              "Only new ones are missing.", "11 7"),
        Wrong("held-out images trusted", "It depends: with held-out images as reference they notice", "Even there a "
              "thief wins: training images and held-out ones come from the same source."),
    ),
    Question(
        13, "1",
        "For the same mask, a pixel is 1 in 70 % of the photographs and −1 in 30 %. What does a network answer "
        "that is trained with *squared* error?",
        Right("0.4", "The mean, 0.7 − 0.3. No photograph has this value: that is why such images look gray."),
        Wrong("the median", "1", "The most frequent value is what the *absolute* error asks for."),
        Wrong("the middle", "0", "Halfway between the two would be right if both were equally frequent."),
        Wrong("a share for a value", "0.7", "That is how often a 1 comes, not the mean of the values."),
    ),
    Question(
        13, "3",
        "A patch discriminator has two layers of 4 × 4 kernels, the first with stride 2, the second with stride "
        "1. How wide is the patch that one logit sees?",
        Right("10", "4 + (4 − 1) · 2: each further step of the second kernel is two pixels of the image."),
        Wrong("the stride left out", "7", "4 + (4 − 1) takes every step of the second kernel for one pixel. After a "
              "stride of 2 it is two."),
        Wrong("widths added", "8", "4 + 4 counts an entry too many, and no stride."),
        Wrong("widths multiplied", "16", "4 · 4 would need a first layer whose windows do not overlap."),
    ),
    Question(
        13, "7",
        "Two networks translate there and back, and the cycle loss is 0. What is sure?",
        Right("Each way back undoes the way there", "More it does not say: a wrong map that is undone exactly costs "
              "nothing either."),
        Wrong("taken for the right map", "The map is the right one", "Several maps can be undone exactly. Three "
              "trainings with three seeds found three of them.", "13 8"),
        Wrong("taken for a distribution", "Generated images are distributed as real ones", "That is what the "
              "discriminators watch. Going there and back would also work with images of no kind at all."),
        Wrong("taken for the identity", "Both networks leave images as they are", "Then the loss is 0, too, but "
              "it is not the only way."),
    ),
)
# fmt: on
