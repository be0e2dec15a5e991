package dev.graft.bench.gpu;

import dev.graft.bench.gpu.ConvolutionWork.Pass;
import dev.graft.bench.networks.Network;
import dev.graft.kernels.opencl.device.Precision;
import java.util.ArrayList;
import java.util.List;

/** What is measured. */
final class Works {

  /** The names, for {@code --only}. */
  static final List<String> NAMES =
      List.of(
          "sgemm",
          "gemm-tf32",
          "gemm-bf16",
          "conv-forward",
          "conv-grad-input",
          "conv-grad-weight",
          "train-all",
          "inference");

  private static final int BATCH = 64;
  private static final int QUICK_BATCH = 4;
  private static final int TINY_BATCH = 2;
  private static final int TINY_SIZE = 32;

  /**
   * Input channels, size, output channels, kernel, stride: every 3x3 and 1x1 convolution of
   * ResNet-50 (He et al., CVPR 2016, table 1), with the stride in the 3x3, as torchvision has it.
   */
  private static final int[][] RESNET50 = {
    {64, 56, 64, 3, 1},
    {128, 56, 128, 3, 2},
    {128, 28, 128, 3, 1},
    {256, 28, 256, 3, 2},
    {256, 14, 256, 3, 1},
    {512, 14, 512, 3, 2},
    {512, 7, 512, 3, 1},
    {64, 56, 64, 1, 1},
    {64, 56, 256, 1, 1},
    {256, 56, 64, 1, 1},
    {256, 56, 128, 1, 1},
    {256, 56, 512, 1, 2},
    {128, 28, 512, 1, 1},
    {512, 28, 128, 1, 1},
    {512, 28, 256, 1, 1},
    {512, 28, 1024, 1, 2},
    {256, 14, 1024, 1, 1},
    {1024, 14, 256, 1, 1},
    {1024, 14, 512, 1, 1},
    {1024, 14, 2048, 1, 2},
    {512, 7, 2048, 1, 1},
    {2048, 7, 512, 1, 1},
  };

  /** One of each stage. */
  private static final int[][] QUICK_LAYERS = {
    {64, 56, 64, 3, 1}, {256, 14, 256, 3, 1}, {128, 28, 512, 1, 1}, {1024, 14, 256, 1, 1},
  };

  private static final int[][] TINY_LAYERS = {{4, 8, 8, 3, 1}, {8, 8, 4, 1, 2}};

  private Works() {}

  /** In the order in which they are measured. */
  static List<Work> of(Options.Scale scale) {
    return switch (scale) {
      case FULL -> list(List.of(1024, 2048, 4096), RESNET50, BATCH, Network.SIZE);
      case QUICK -> list(List.of(1024), QUICK_LAYERS, QUICK_BATCH, Network.SIZE);
      case TINY -> list(List.of(16), TINY_LAYERS, TINY_BATCH, TINY_SIZE);
    };
  }

  private static List<Work> list(List<Integer> products, int[][] layers, int batch, int size) {
    List<Work> works = new ArrayList<>();
    products.forEach(n -> works.add(new SgemmWork(n, Precision.FLOAT32)));
    int largest = products.get(products.size() - 1);
    for (Precision precision : List.of(Precision.TF32, Precision.BF16)) {
      works.add(new SgemmWork(largest, precision));
    }
    for (Pass pass : Pass.values()) {
      for (int[] l : layers) {
        works.add(ConvolutionWork.of(pass, batch, l[0], l[1], l[2], l[3], l[4]));
      }
    }
    for (boolean training : List.of(true, false)) {
      for (Network network : List.of(Network.RESNET18, Network.MOBILENET_V2)) {
        works.add(new NetworkWork(network, training, batch, size));
      }
    }
    return works;
  }
}
