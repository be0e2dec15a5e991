"""Makes pytorch.onnx and keras.onnx: small networks of this project's own as other people's exporters write them.

    pip install torch onnx onnxscript keras
    KERAS_BACKEND=torch python tests/samples/exported.py

Both take pictures of 24x24 and tell five classes apart; their weights are random. The first has its batch fixed to
1, as torch.onnx.export leaves it unless told otherwise, and drops it on the way with a squeeze; the second is
channels-last, with its batch open.
"""

import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import torch
from torch import nn

HERE = pathlib.Path(__file__).parent


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.relu(x + self.norm(self.conv(x)))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.block = Residual(8)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = nn.functional.relu6(self.stem(x))
        x = nn.functional.max_pool2d(self.block(x), 2)
        x = nn.functional.adaptive_avg_pool2d(self.depthwise(x), 1)
        return self.fc(x.squeeze())


def pytorch():
    torch.manual_seed(1)
    network = Network().eval()
    torch.onnx.export(
        network,
        torch.zeros(1, 3, 24, 24),
        HERE / "pytorch.onnx",
        input_names=["picture"],
        output_names=["logits"],
        dynamo=False,
    )


def keras_():
    keras.utils.set_random_seed(2)
    layers = keras.layers
    x = picture = keras.Input((24, 24, 3), name="picture")
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.BatchNormalization()(x)
    x = layers.SeparableConv2D(8, 3, padding="same", activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(5, activation="softmax")(x)
    network = keras.Model(picture, x)
    network(torch.zeros(1, 24, 24, 3))
    network.export(str(HERE / "keras.onnx"), format="onnx", verbose=False)


if __name__ == "__main__":
    pytorch()
    keras_()
