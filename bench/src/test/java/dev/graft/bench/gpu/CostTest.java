package dev.graft.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.bench.gpu.ConvolutionWork.Pass;
import dev.graft.bench.networks.Network;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import org.junit.jupiter.api.Test;

/** Operations and bytes, counted by hand. */
class CostTest {

  @Test
  void product_isTwoOperationsAStep_andThreeMatrices() {
    // 2 x 3 sums of 4 products; 8, 12 and 6 numbers.
    assertThat(Cost.product(2, 3, 4)).isEqualTo(new Cost(48, 104));
    // Beyond 32 bits.
    assertThat(Cost.product(4096, 4096, 4096)).isEqualTo(new Cost(1L << 37, 3L << 26));
  }

  @Test
  void convolution_countsEveryTapOfEveryOutput() {
    // 2 pictures, 3 to 5 channels, 4x4 to 4x4: 160 outputs of 27 taps; 96, 135 and 160 numbers.
    Work three = ConvolutionWork.of(Pass.FORWARD, 2, 3, 4, 5, 3, 1);
    assertThat(three.cost()).isEqualTo(new Cost(2 * 160 * 27, 4 * (96 + 135 + 160)));
    // With stride 2 a quarter of the outputs, though all of x is there to be read.
    Work strided = ConvolutionWork.of(Pass.WEIGHT, 2, 3, 4, 5, 1, 2);
    assertThat(strided.cost()).isEqualTo(new Cost(2 * 40 * 3, 4 * (96 + 15 + 40)));
  }

  @Test
  void depthwiseConvolution_hasOneInputChannelAnOutput() {
    ConvGeometry g = new ConvGeometry(1, 6, 4, 4, 6, 6, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
    assertThat(Cost.convolution(g)).isEqualTo(new Cost(2 * 96 * 9, 4 * (96 + 54 + 96)));
  }

  @Test
  void network_isItsProducts_andInTrainingTheirGradients() {
    GraphBuilder g = new GraphBuilder(1);
    g.input("x", Shape.of(2, 4, 4));
    String y = g.relu(g.conv("conv", "x", 3, Window.square(1, 1, 0)));
    Graph graph = g.build(g.linear("fc", g.flatten(y), 5)).graph();
    // Batch 2. conv: 96 outputs of 2 taps; 64, 6 and 96 numbers. fc: 10 of 48; 96, 240 and 10.
    long conv = 2 * 96 * 2;
    long convBytes = 4 * (64 + 6 + 96);
    long fc = 2 * 10 * 48;
    long fcBytes = 4 * (96 + 240 + 10);
    assertThat(Cost.inference(graph, 2)).isEqualTo(new Cost(conv + fc, convBytes + fcBytes));
    // conv has no gradient to the picture.
    assertThat(Cost.trainingStep(graph, 2))
        .isEqualTo(new Cost(2 * conv + 3 * fc, 2 * convBytes + 3 * fcBytes));
  }

  /** 1.814 and 0.300 billion multiply-adds, as published for torchvision's. */
  @Test
  void networks_haveTheirKnownSizes() {
    assertThat(Cost.inference(Network.RESNET18.build(1000).graph(), 1).flops())
        .isEqualTo(2 * 1_814_073_344L);
    assertThat(Cost.inference(Network.MOBILENET_V2.build(1000).graph(), 1).flops())
        .isEqualTo(2 * 300_774_272L);
  }
}
