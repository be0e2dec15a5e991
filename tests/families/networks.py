"""Small networks of the families that people export, with random weights: each a function that returns a network in
evaluation mode and the inputs of two samples. Widths and depths are cut through torchvision's own constructors where
they allow it, else by dividing every channel count."""

import functools

import torch
from torch import nn
from torchvision import models

CLASSES = 5
SAMPLES = 2


def picture(size, channels=3):
    return {"picture": torch.randn(SAMPLES, channels, size, size)}


def narrow(network, divisor):
    """The same network with every channel count divided; what counts the picture's or the classes stays."""

    def less(n):
        return n if n in (1, 3, CLASSES) else max(1, n // divisor)

    for module in network.modules():
        for name, child in module.named_children():
            if isinstance(child, nn.Conv2d):
                groups = less(child.groups) if child.groups == child.in_channels else child.groups
                made = nn.Conv2d(less(child.in_channels), less(child.out_channels), child.kernel_size, child.stride,
                                 child.padding, child.dilation, groups, child.bias is not None)
            elif isinstance(child, nn.BatchNorm2d):
                made = nn.BatchNorm2d(less(child.num_features), eps=child.eps)
            elif isinstance(child, nn.Linear):
                made = nn.Linear(less(child.in_features), less(child.out_features))
            else:
                continue
            setattr(module, name, made)
    return network


def resnet():
    network = models.ResNet(models.resnet.BasicBlock, [1, 1, 1, 1], num_classes=CLASSES)
    return narrow(network, 16), picture(32)


def resnext():
    network = models.ResNet(models.resnet.Bottleneck, [1, 1, 1, 1], num_classes=CLASSES, groups=4, width_per_group=16)
    return narrow(network, 16), picture(32)


def regnet():
    parameters = models.regnet.BlockParams.from_init_params(
        depth=4, w_0=16, w_a=8.0, w_m=2.0, group_width=8, se_ratio=0.25)
    return models.RegNet(parameters, num_classes=CLASSES, stem_width=8), picture(32)


def vgg():
    features = models.vgg.make_layers([8, "M", 8, "M", 16, "M", 16, "M"], batch_norm=True)
    network = models.VGG(features, num_classes=CLASSES)
    network.avgpool = nn.AdaptiveAvgPool2d((1, 1))
    network.classifier = nn.Sequential(nn.Linear(16, 24), nn.ReLU(True), nn.Dropout(), nn.Linear(24, CLASSES))
    return network, picture(32)


def squeezenet():
    return narrow(models.SqueezeNet("1_1", num_classes=CLASSES), 8), picture(33)


def densenet():
    return models.DenseNet(4, (2, 2, 2), 8, bn_size=2, num_classes=CLASSES), picture(32)


def googlenet():
    network = models.GoogLeNet(num_classes=CLASSES, aux_logits=False, transform_input=True, init_weights=False)
    return narrow(network, 16), picture(64)


def inception():
    network = models.Inception3(num_classes=CLASSES, aux_logits=False, init_weights=False)
    return narrow(network, 16), picture(75)


def mobilenet_v2():
    settings = [[1, 8, 1, 1], [6, 8, 2, 2], [6, 16, 2, 2]]
    network = models.MobileNetV2(num_classes=CLASSES, width_mult=1.0, inverted_residual_setting=settings)
    return narrow(network, 2), picture(32)


def mobilenet_v3():
    block = functools.partial(models.mobilenetv3.InvertedResidualConfig, dilation=1, width_mult=1.0)
    settings = [
        block(8, 3, 8, 8, True, "RE", 2),
        block(8, 3, 24, 16, False, "RE", 2),
        block(16, 5, 32, 16, True, "HS", 1),
    ]
    return models.MobileNetV3(settings, last_channel=32, num_classes=CLASSES), picture(32)


def mnasnet():
    return narrow(models.MNASNet(0.5, num_classes=CLASSES), 4), picture(32)


def efficientnet():
    block = functools.partial(models.efficientnet.MBConvConfig, width_mult=1.0, depth_mult=1.0)
    settings = [block(1, 3, 1, 8, 8, 1), block(4, 3, 2, 8, 16, 2), block(4, 5, 2, 16, 24, 1)]
    return models.EfficientNet(settings, dropout=0.2, num_classes=CLASSES, last_channel=48), picture(32)


def efficientnet_v2():
    fused = models.efficientnet.FusedMBConvConfig
    block = models.efficientnet.MBConvConfig
    settings = [fused(1, 3, 1, 8, 8, 1), fused(4, 3, 2, 8, 8, 1), block(4, 3, 2, 8, 16, 2, 1.0, 1.0)]
    return models.EfficientNet(settings, dropout=0.2, num_classes=CLASSES, last_channel=48), picture(32)


def shufflenet_v2():
    return models.ShuffleNetV2([2, 2, 2], [8, 16, 24, 32, 48], num_classes=CLASSES), picture(32)


def convnext():
    block = models.convnext.CNBlockConfig
    settings = [block(8, 16, 1), block(16, 24, 1), block(24, None, 2)]
    return models.ConvNeXt(settings, num_classes=CLASSES, layer_scale=0.5), picture(32)


def vit():
    return models.VisionTransformer(16, 8, 2, 2, 24, 48, num_classes=CLASSES), picture(16)


def swin():
    network = models.SwinTransformer([2, 2], 16, [2, 2], [2, 4], [4, 4], mlp_ratio=2.0, num_classes=CLASSES)
    return network, picture(32)


def swin_v2():
    from torchvision.models.swin_transformer import PatchMergingV2, SwinTransformerBlockV2

    network = models.SwinTransformer([2, 2], 16, [2, 2], [2, 4], [4, 4], mlp_ratio=2.0, num_classes=CLASSES,
                                     block=SwinTransformerBlockV2, downsample_layer=PatchMergingV2)
    return network, picture(32)


class Attention(nn.Module):
    """As BERT computes it: a layer each for queries, keys and values, a mask that is added."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.dense = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)

    def split(self, x):
        return x.view(x.size(0), x.size(1), self.heads, -1).permute(0, 2, 1, 3)

    def forward(self, x, mask):
        q, k, v = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = q @ k.transpose(-1, -2) / q.size(-1) ** 0.5 + mask
        context = (scores.softmax(-1) @ v).permute(0, 2, 1, 3).contiguous()
        return self.norm(self.dense(context.view(x.size(0), x.size(1), -1)) + x)


class Bert(nn.Module):
    def __init__(self, words=40, width=16, heads=2, layers=2, longest=12):
        super().__init__()
        self.words = nn.Embedding(words, width)
        self.positions = nn.Embedding(longest, width)
        self.types = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.attention = nn.ModuleList(Attention(width, heads) for _ in range(layers))
        self.up = nn.ModuleList(nn.Linear(width, 2 * width) for _ in range(layers))
        self.down = nn.ModuleList(nn.Linear(2 * width, width) for _ in range(layers))
        self.norms = nn.ModuleList(nn.LayerNorm(width, eps=1e-12) for _ in range(layers))
        self.pooler = nn.Linear(width, width)
        self.classifier = nn.Linear(width, CLASSES)

    def forward(self, input_ids, attention_mask):
        mask = (1.0 - attention_mask[:, None, None, :].float()) * -10000.0
        positions = torch.arange(input_ids.size(1), device=input_ids.device)[None]
        x = self.words(input_ids) + self.positions(positions) + self.types(torch.zeros_like(input_ids))
        x = self.norm(x)
        for attention, up, down, norm in zip(self.attention, self.up, self.down, self.norms):
            x = attention(x, mask)
            x = norm(down(nn.functional.gelu(up(x))) + x)
        return self.classifier(torch.tanh(self.pooler(x[:, 0])))


def bert():
    ids = torch.randint(0, 40, (SAMPLES, 8))
    mask = torch.ones(SAMPLES, 8, dtype=torch.int64)
    mask[1, 5:] = 0
    return Bert(), {"input_ids": ids, "attention_mask": mask}


class Encoder(nn.Module):
    """PyTorch's own encoder over the rows of a sequence of features."""

    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, activation="gelu", norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(16, CLASSES)

    def forward(self, sequence):
        return self.head(self.encoder(sequence).mean(1))


def encoder():
    torch.backends.mha.set_fastpath_enabled(False)
    return Encoder(), {"sequence": torch.randn(SAMPLES, 6, 16)}


class Recurrent(nn.Module):
    """Columns of a picture's features as the steps of a recurrent layer."""

    def __init__(self, kind):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, stride=2, padding=1)
        self.recurrent = kind(6 * 8, 10, batch_first=True, bidirectional=True)
        self.head = nn.Linear(20, CLASSES)

    def forward(self, picture):
        x = torch.relu(self.conv(picture)).permute(0, 3, 1, 2).flatten(2)
        return self.head(self.recurrent(x)[0][:, -1])


def lstm():
    return Recurrent(nn.LSTM), picture(16, 1)


def gru():
    return Recurrent(nn.GRU), picture(16, 1)


def rnn():
    return Recurrent(nn.RNN), picture(16, 1)


class Unet(nn.Module):
    """Down by pooling, up by resizing and by transposed convolution, with joints between."""

    def __init__(self):
        super().__init__()
        self.down1 = self.pair(3, 8)
        self.down2 = self.pair(8, 12)
        self.bottom = self.pair(12, 16)
        self.up = nn.ConvTranspose2d(16, 12, 2, stride=2)
        self.join2 = self.pair(24, 12)
        self.join1 = self.pair(20, 8)
        self.head = nn.Conv2d(8, CLASSES, 1)

    @staticmethod
    def pair(inputs, outputs):
        return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())

    def forward(self, picture):
        one = self.down1(picture)
        two = self.down2(nn.functional.max_pool2d(one, 2))
        x = self.up(self.bottom(nn.functional.max_pool2d(two, 2)))
        x = self.join2(torch.cat([x, two], 1))
        x = nn.functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        return self.head(self.join1(torch.cat([x, one], 1)))


def unet():
    return Unet(), picture(16)


FAMILIES = {
    f.__name__: f
    for f in (resnet, resnext, regnet, vgg, squeezenet, densenet, googlenet, mobilenet_v2, inception, mobilenet_v3,
              mnasnet, efficientnet, efficientnet_v2, shufflenet_v2, convnext, vit, swin, swin_v2, bert, encoder,
              lstm, gru, rnn, unet)
}
