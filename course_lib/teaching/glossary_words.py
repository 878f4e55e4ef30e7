"""The words of the glossary beside the ideas of `course_lib.teaching.concepts`: one line each, by home chapter.

A line is

    name | 中文 | section | meaning | said

The section is a place in the sense of `course_lib.teaching.places`. `said` is what the chapter calls it, where that is
another word; "-" where no chapter uses the word, and the place is the nearest one.
"""

WORDS = {
    1: """
pixel | 像素 | 1 | The smallest cell of an image: one number, or one for each channel.
sampling | 采样 | 1 | Keeping one value for every step; too large a step loses detail.
alias | 混叠 | 1 | A false coarse pattern, because an image was sampled too coarsely for its detail.
quantization | 量化 | 2 | Rounding to a few allowed values. | quantizer
channel | 通道 | 3 | One of the layers of an image or a tensor, such as red, green and blue.
colour space | 色彩空间 | 3 | A way to write a colour as three numbers, such as RGB, HSV or Lab. | HSV
gamma | 伽马 | 3 | The exponent by which stored values grow with light; averages of light need it undone.
luminance | 亮度 | 3 | How much light a colour gives: a weighted sum of linear red, green and blue.
segmentation by colour | 颜色分割 | 3 | A mask of all pixels whose colour lies in a range.
contrast | 对比度 | 4 | How far bright and dark lie apart.
histogram | 直方图 | 4 | How many pixels have each value.
histogram equalization | 直方图均衡化 | 4 | Each value becomes its rank: all are then about equally common.
point operation | 点运算 | 4 | A change that treats every pixel alike by its value, wherever it stands.
interpolation | 插值 | 5 | Guessing a value between pixels: nearest, bilinear, cubic.
inverse mapping | 反向映射 | 5 | Asking for each output pixel where it came from, so that no holes are left.
nearest neighbour | 最近邻 | 5 | Of pixels: taking the closest one, unmixed, as a mask needs.
noise | 噪声 | 6 | What is added at random and was not in the scene.
restoration | 图像复原 | 6 | Guessing the image as it was before noise, blur or loss. | restore
median filter | 中值滤波 | 6 | Replacing each pixel by the middle value around it: single wrong pixels vanish. | median
Wiener filter | 维纳滤波 | 6 | Weighs each frequency by how much of it is image and how much noise. | Wiener
PSNR | 峰值信噪比 | 6 | The squared error of an image in decibels, relative to the largest value that a pixel can have.
alpha | 不透明度 | 7 | How opaque a pixel is, from 0 to 1; compositing mixes by it.
premultiplied | 预乘 | 7 | Of a colour: already multiplied by its alpha, so that layers add up without a dark rim.
cosine transform | 离散余弦变换 | 8 | A block of pixels as a sum of cosine waves, as JPEG writes it.
entropy | 熵 | 8 | The mean number of bits or nats that a code for a random symbol needs at least.
""",
    2: """
kernel | 卷积核 | 1 | The small table of weights that slides over an image.
cross-correlation | 互相关 | 1 | Sliding a kernel without flipping it: what deep learning calls convolution.
impulse | 脉冲 | 2 | An image with a single 1: its response is the kernel itself.
equivariance | 等变性 | 3 | A shifted input gives the same output, shifted.
Gaussian | 高斯 | 5 | The bell-shaped curve, and the blur that weighs by it.
sharpening | 锐化 | 5 | Adding to an image what a blur takes away from it; also called unsharp masking.
padding | 填充 | 6 | What is assumed beyond the border of an image.
stride | 步幅 | 6 | How many pixels a kernel moves from one place to the next.
dilation | 空洞 | 6 | Gaps between the entries of a kernel, so that it sees farther with no more weights.
Fourier transform | 傅里叶变换 | 7 | An image as a sum of waves; convolution becomes a product there.
separable | 可分离 | 8 | Of a kernel: one column times one row, so that two thin passes do the work of a wide one.
transposed convolution | 转置卷积 | 10 | A convolution's matrix, transposed: it spreads each value by the kernel.
checkerboard | 棋盘效应 | 10 | A regular pattern from transposed convolutions whose kernel the stride does not divide.
depthwise separable convolution | 深度可分离卷积 | 11 | A kernel a channel, then channels mixed. | depthwise
receptive field | 感受野 | 12 | Which input pixels can change one output value.
""",
    3: """
Sobel | 索贝尔算子 | 1 | Two kernels that estimate the slope of an image across and down.
scale | 尺度 | 2 | How wide a blur is before slopes are measured: it decides which edges are seen.
non-maximum suppression | 非极大值抑制 | 3 | Keeping a value only where it is the largest across the edge, or around it.
hysteresis | 滞后阈值 | 3 | Two thresholds: weak pixels stay if they hang on to strong ones.
texture | 纹理 | 5 | What repeats in a surface: grain, stripes, weave.
local binary pattern | 局部二值模式 | 5 | Which neighbours of a pixel are brighter, as the bits of a number.
shape | 形状 | 6 | What a mask looks like, wherever it lies and whatever its colour.
moments | 矩 | 6 | Sums of pixels times powers of their places: area, centre, spread.
corner | 角点 | 8 | A place where the image changes in every direction.
structure tensor | 结构张量 | 8 | Mean products of slopes around a pixel: they tell flat, edge and corner.
Laplacian | 拉普拉斯算子 | 9 | The sum of the second derivatives: it is zero where an edge is steepest.
blob | 斑点 | 9 | A spot that is brighter or darker than all around it.
Gabor filter | Gabor 滤波器 | 11 | A wave under a bell: it answers to stripes of one width and direction.
co-occurrence | 灰度共生矩阵 | 11 | How often two values stand side by side.
contour | 轮廓 | 12 | The line around a shape, or along which an image has one value.
""",
    4: """
threshold | 阈值 | 1 | A value that cuts: above it one class, below it the other.
Otsu's threshold | 大津阈值 | 2 | The cut that leaves both groups as even as possible.
local threshold | 局部阈值 | 3 | A threshold for every pixel, from the pixels around it. | threshold for every pixel
k-means | K 均值聚类 | 4 | Centres that are the means of the points nearest to them.
clustering | 聚类 | 4 | Grouping points that lie near each other, without any labels. | cluster
distance transform | 距离变换 | 6 | How far each pixel is from the nearest one outside.
watershed | 分水岭 | 6 | Flooding a landscape from its valleys; where waters meet there is a border.
connected piece | 连通分量 | 7 | Pixels that hang together by neighbours; also called a connected component.
mixture | 高斯混合模型 | 9 | A density made of several bells, each with a weight.
EM | 期望最大化算法 | 9 | Shares of each bell in each point, then the best bells for these shares, in turn.
mean shift | 均值漂移 | 10 | Each point walks uphill to where points are dense.
superpixel | 超像素 | 11 | A small group of like pixels that are treated as one.
region growing | 区域生长 | 12 | Taking in neighbours of a seed as long as they are like it. | region grows
energy | 能量 | 13 | A cost for each pixel's label and for neighbours that differ, as in a Markov random field.
graph cut | 图割 | 13 | The cheapest edges whose removal parts two nodes: the best two classes. | cheapest cut
random walker | 随机游走 | 14 | A pixel belongs to the seed that a walker from it most likely meets first.
active contour | 活动轮廓 | 15 | A closed line moves until its sides are even and it is short. | Chan–Vese
morphology | 形态学 | 16 | Growing and shrinking shapes: dilation, erosion, opening, closing.
opening and closing | 开运算与闭运算 | 16 | Shrink, then grow: specks go; grow, then shrink: holes go. | opening
""",
    5: """
central difference | 中心差分 | 1 | A slope from two values a small step apart; also called a finite difference.
gradient descent | 梯度下降 | 2 | Small steps against the gradient.
chain rule | 链式法则 | 3 | Slopes of functions in a row multiply.
backpropagation | 反向传播 | 3 | The chain rule from the loss back to every weight, each product reused.
automatic differentiation | 自动微分 | 3 | Exact gradients from the program that computes the function.
partial derivative | 偏导数 | Notation | How fast a function grows with one of its variables, the others held still.
parameter | 参数 | Notation | A number of a model that training changes; also called a weight.
training and test | 训练集与测试集 | 5 | Learning from some of the data, judging by the rest. | Train here, test there
learning rate | 学习率 | 6 | How long a step is.
momentum | 动量 | 6 | A step that keeps part of the one before.
condition number | 条件数 | 6 | The steepest bend of a valley divided by its flattest: how slow plain descent is.
Adam | Adam 优化器 | 7 | Steps scaled by the running size of each weight's own gradient.
weight decay | 权重衰减 | 7 | Shrinking every weight a little at each step, so that none grows without need. | -
batch | 批次 | 8 | The samples that one step looks at.
SGD | 随机梯度下降 | 6 | Stochastic gradient descent: steps by the gradient of a few samples.
initialization | 参数初始化 | 9 | The size of first weights: signals shall neither die nor explode. | first weights
ReLU | 线性整流函数 | 9 | A layer's bend: numbers below 0 become 0.
vanishing gradient | 梯度消失 | 9 | In many layers a gradient shrinks to nothing, layer by layer. | nothing is left
""",
    6: """
pooling | 池化 | 1 | Making one number of a small window: its largest, or its mean.
dense layer | 全连接层 | 2 | Every output is a weighted sum of all inputs.
softmax | 归一化指数函数 | 3 | From any numbers to positive ones with the sum 1.
logit | 对数几率 | 3 | The number before the sigmoid or softmax.
validation part | 验证集 | 4 | Data for choices, such as how long to train; neither trained on nor reported.
hyperparameter | 超参数 | 4 | A number that training does not change and you choose, such as the learning rate. | -
confusion matrix | 混淆矩阵 | 4 | How often each true class was given each name.
overfitting | 过拟合 | Pitfalls | Learning the training data by heart, so that new data are answered worse. | by heart
feature map | 特征图 | 5 | What one channel of a layer answers at every place.
invariance | 不变性 | 6 | A shifted input gives the same answer.
augmentation | 数据增强 | 7 | More training data by changes that keep their meaning: data augmentation.
batch normalization | 批归一化 | 7 | Each channel gets mean 0 and deviation 1 over a batch, then a learned scale.
dropout | 随机失活 | 7 | Leaving out random values in training.
residual | 残差 | 7 | What a block adds to its input.
regularization | 正则化 | 7 | Whatever keeps a network from learning by heart: dropout, augmentation, fewer weights. | -
ablation | 消融实验 | 7 | An experiment that takes one ingredient away to see what it is worth. | ingredient
embedding | 嵌入 | 8 | A few numbers in which what is alike lies close together.
few-shot learning | 少样本学习 | 8 | A new class from a handful of examples. | five examples
""",
    7: """
cross-entropy | 交叉熵 | 1 | Minus the logarithm of the probability that was given to what is true.
likelihood | 似然 | 1 | How probable a model makes what was seen.
mean squared error | 均方误差 | 1 | The mean of squared differences.
Kullback–Leibler divergence | KL 散度 | 1 | How many nats a code for the wrong distribution wastes.
sigmoid | S 型函数 | 2 | From any number to one between 0 and 1.
class imbalance | 类别不平衡 | 3 | One class has far fewer pixels than another. | rare
focal loss | 焦点损失 | 3 | Cross-entropy that counts easy pixels less.
Dice loss | Dice 损失 | 4 | One minus twice the overlap, divided by the sum of both sizes.
Tversky loss | Tversky 损失 | 5 | Dice with a price of its own for each of the two kinds of error. | Tversky
Lovász loss | Lovász 损失 | 5 | Straight lines between the values that IoU has at right and wrong masks. | Lovász
boundary loss | 边界损失 | 5 | Pixels weigh by their distance to the true outline. | boundar
perceptual loss | 感知损失 | 7 | Two images are compared by what a network's layers say of them. | -
""",
    8: """
semantic segmentation | 语义分割 | 1 | A class for every pixel. | for every pixel what it belongs to
mask | 掩膜 | 1 | An array as large as the image that says where something is.
skip connection | 跳跃连接 | 3 | A bridge that carries an early feature map past the layers between.
backbone | 骨干网络 | 4 | The part of a network, often trained before, that turns an image into feature maps. | -
upsampling | 上采样 | 3 | Enlarging an image or a feature map. | enlarge
epoch | 轮次 | 5 | One pass over all training samples.
truth | 真值 | 5 | What is taken to be right: labels made by people or by a program; also called ground truth.
domain shift | 域偏移 | 7 | Images from elsewhere: what was learned on one camera fails on another. | another microscope
fine-tuning | 微调 | 8 | Training a network further, on images of one's own, from weights learned elsewhere. | -
fully convolutional | 全卷积网络 | 9 | Of a network: without dense layers, so that images of any size fit. | slides
F1 score | F1 分数 | 17 | Twice precision times recall, divided by their sum; of pixels it is Dice. | F_1
tile | 图块 | 21 | A piece of a large image that is predicted by itself, with some rim that is thrown away.
test-time augmentation | 测试时增强 | 21 | The mean answer to turned and mirrored copies of an image. | Eight looks
""",
    9: """
IoU | 交并比 | 1 | Pixels in both masks divided by pixels in at least one; also called the Jaccard index.
Dice | Dice 系数 | 1 | Twice the pixels in both masks, divided by the sum of both sizes.
Hausdorff distance | 豪斯多夫距离 | 3 | The farthest that one outline gets from the other; HD95 leaves out the last 5 %.
instance | 实例 | 4 | One object, told apart from others of its kind. | object
precision | 精确率 | 4 | Which share of what was found is right.
recall | 召回率 | 4 | Which share of what is there was found; also called sensitivity.
panoptic quality | 全景质量 | 4 | The IoU of matched objects, times how many were matched.
interval | 置信区间 | 6 | A range from a rule that covers the true value as often as it says.
permutation test | 置换检验 | 7 | Swapping two methods' scores at random shows how large a difference chance gives.
specificity | 特异度 | 8 | Which share of the pixels outside was left outside.
average precision | 平均精度 | 10 | Precision averaged over recall, from the surest object to the least sure.
calibration | 校准 | 12 | Of what is called 80 % sure, 80 % is right.
Brier score | Brier 分数 | 12 | The mean squared difference of a probability and what came true.
temperature | 温度 | 13 | The number by which logits are divided, so that they are as sure as they should be.
bootstrap | 自助法 | 14 | Drawing the samples again, with repeats, to see how much a score varies.
attention | 注意力机制 | 16 | Weights by which each place takes from all others.
transformer | Transformer 网络 | 16 | A network of tokens, pieces of the image as vectors, that attend to each other.
promptable | 可提示分割 | 17 | Of a segmentation: a click or a box says which object is wanted.
""",
    10: """
autoencoder | 自编码器 | 1 | A network that must give back its input through a narrow place.
encoder | 编码器 | 1 | The part of a network that goes down to few numbers.
decoder | 解码器 | 1 | The part that comes up again, from few numbers to an image.
latent | 潜变量 | 3 | One of the few numbers of the narrow place.
prior | 先验 | 3 | What is thought likely before anything was seen.
reparameterization | 重参数化 | 3 | A random draw written as mean plus deviation times noise, so that gradients pass.
ELBO | 证据下界 | 4 | A bound below the logarithm of the probability of the data, which can be computed.
latent plane | 潜在平面 | 6 | All pairs of latent numbers, as a plane that can be looked at.
posterior | 后验 | 7 | What is thought likely after it was seen.
principal component analysis | 主成分分析 | 9 | The directions in which data vary most; the best code by straight axes.
denoising autoencoder | 去噪自编码器 | 10 | It gets noisy images and must clean them. | autoencoder that cleans
posterior collapse | 后验坍塌 | 16 | The decoder ignores the latent numbers.
importance sampling | 重要性采样 | 17 | A mean over one distribution from weighed draws of another. | weight
""",
    11: """
generator | 生成器 | 1 | The network that makes samples from noise.
discriminator | 判别器 | 1 | The network that tells real samples from generated ones.
Jensen–Shannon divergence | JS 散度 | 2 | How well the best discriminator can tell two distributions apart.
Wasserstein distance | 瓦瑟斯坦距离 | 3 | The least work that moves one distribution onto another.
critic | 评论器 | 3 | A discriminator that gives a score in place of a probability.
R1 penalty | R1 惩罚 | 4 | A price for a discriminator that is steep at real samples: it stops the circling.
saddle point | 鞍点 | 4 | A lowest place one way and a highest the other. | circle
label smoothing | 标签平滑 | 5 | Labels a little below 1, so that no network becomes surer than that. | smoothing
gradient penalty | 梯度惩罚 | 6 | A price for a discriminator that is too steep.
spectral normalization | 谱归一化 | 6 | Dividing a layer's weights by their largest stretch.
mode collapse | 模式坍塌 | 7 | The generator makes only a few kinds of samples.
""",
    12: """
moving average | 移动平均 | 2 | Weights averaged over the last steps of training, also called EMA.
Fréchet distance | 弗雷歇距离 | 4 | How far two bells of features lie apart; FID when the features are Inception's.
kernel distance | 核距离 | 5 | A distance of two sets of images without any bell; KID when the features are Inception's.
nearest real neighbour | 最近的真实样本 | 5 | The real image most like a sample: it tells copies.
memorization | 记忆训练样本 | 6 | A generator that gives back its training images. | copying
DCGAN | 深度卷积生成对抗网络 | 7 | A GAN whose two networks are made of convolutions.
latent space | 潜在空间 | 8 | All the noise that a generator may get; walking in it changes the image step by step.
""",
    13: """
condition | 条件 | 2 | What a generator is told besides the noise: a mask, a class, an image.
PatchGAN | 图块判别器 | 3 | A discriminator that judges each patch by itself.
pix2pix | pix2pix 图像翻译 | 6 | Mask to image from pairs: a U-Net, patches that judge, and an L1 loss.
cycle consistency | 循环一致性 | 7 | There and back again gives the image that one started from. | there and back
style | 风格 | 9 | Which textures and colours an image has, without where they are.
Gram matrix | 格拉姆矩阵 | 9 | How often channels are strong together, over all places.
AdaIN | 自适应实例归一化 | 9 | Giving each channel the mean and deviation that it has in another image.
total variation | 全变分 | 9 | The sum of all steps between neighbouring pixels.
instance normalization | 实例归一化 | 10 | Making each channel's mean 0 and deviation 1 within one image.
super-resolution | 超分辨率 | 11 | Enlarging an image with plausible detail.
inpainting | 图像修复 | 12 | Filling a hole so that it fits.
partial convolution | 部分卷积 | 12 | A convolution that counts only the pixels that are known.
synthetic data | 合成数据 | 13 | Images made by a program or a network, with their masks, to train on. | synthetic
""",
    14: """
forward process | 前向过程 | 1 | Adding noise until nothing is left. | adding noise
denoiser | 去噪器 | 2 | A function that guesses the clean image from a noisy one.
velocity | 速度场 | 4 | Where to walk next, and how fast, at each place and time. | arrow
flow matching | 流匹配 | 5 | Learning the velocity from noise to data along straight lines.
noise schedule | 噪声调度 | 7 | How much of the image is left at each time. | schedule
signal-to-noise ratio | 信噪比 | 7 | The variance of the image that is left, divided by that of the noise. | ratio
score | 得分函数 | 9 | The direction in which the logarithm of a density grows fastest.
sampler | 采样器 | 10 | The rule that walks from noise to a sample: DDPM, DDIM, Euler, Heun.
ordinary differential equation | 常微分方程 | 10 | A velocity for every place and time; walking along it. | Euler
DDPM | 去噪扩散概率模型 | 10 | A thousand small steps of denoising, each with fresh noise.
DDIM | 去噪扩散隐式模型 | 10 | The same network in fewer steps, without fresh noise.
guidance | 引导 | 13 | Going farther in the direction in which the class changes the guess.
""",
    15: """
baseline | 基线 | 3 | The simple method that must be beaten.
test part | 测试集 | 7 | Data that are looked at once, at the very end. | once
area under the curve | 曲线下面积 | 12 | How often a positive has a higher value than a negative: AUC. | AUC
optical character recognition | 光学字符识别 | 11 | From a text's picture to its letters. | character
eigenface | 特征脸 | 12 | A principal component of faces.
false acceptance | 错误接受 | 12 | A stranger who is let in; a false rejection is an owner who is kept out.
matting | 抠图 | 13 | Finding the opacity of each pixel at a soft outline.
rate | 码率 | 14 | How many bits a pixel takes.
""",
    16: """
arithmetic intensity | 计算强度 | 1 | Operations for each byte that is moved. | intensity
roofline | 屋顶线模型 | 1 | The fastest that a machine can be at an intensity: bytes or operations limit it. | roof
mixed precision | 混合精度 | 2 | Half the bytes for most numbers, all of them for the weights. | half
float16 | float16 半精度 | 2 | Sixteen bits: three digits, and nothing above 65,504.
bfloat16 | bfloat16 半精度 | 2 | Sixteen bits with the range of float32 and three digits less.
loss scaling | 损失缩放 | 2 | The loss is multiplied, so that small gradients survive in float16. | scal
compilation | 即时编译 | 3 | One program made of many operations, once; XLA is such a compiler. | compile
retracing | 重新追踪 | 3 | Compiling again, because a shape or a Python value is new. | tracing
static shape | 静态形状 | 3 | A size that does not change from call to call, so that one compilation is enough.
prefetch | 预取 | 4 | Loading the next batch while this one is trained on.
data parallelism | 数据并行 | 5 | Each device takes a share of the batch; the gradients are averaged. | device
checkpoint | 检查点 | 6 | All that a training needs to go on, on disk.
all-reduce | 全局归约 | 8 | Every worker gets the sum of all workers' numbers.
Amdahl's law | 阿姆达尔定律 | 8 | What cannot be shared limits what many workers gain. | Amdahl
model parallelism | 模型并行 | 9 | The weights of one network are spread over several devices. | mesh
gradient accumulation | 梯度累积 | 10 | Gradients of several small batches, added before one step. | accumul
export | 模型导出 | 11 | Writing a network to a file that another program can run.
serving | 模型服务 | 12 | A network that answers requests over a network connection. | server
scheduler | 作业调度器 | 13 | The program of a cluster that decides when and where a job runs.
early stopping | 早停 | 14 | Ending a training, or keeping its best weights, by the validation part.
""",
    17: """
foundation model | 基础模型 | 2 | A large network, trained on very much, that is adapted to many tasks.
latent diffusion | 潜在扩散 | 3 | Diffusion in the small latent space of an autoencoder.
distillation | 蒸馏 | 4 | A network learns to give in one step what another gives in many.
model collapse | 模型崩溃 | 5 | Each model learns from the images of the one before, and variety is lost.
watermark | 水印 | 6 | A mark in an image that the eye does not see and a program finds.
provenance | 来源凭证 | 6 | A signed record of where an image comes from.
vector graphics | 矢量图形 | 12 | An image as outlines and fills, sharp at every size. | vector
""",
}
