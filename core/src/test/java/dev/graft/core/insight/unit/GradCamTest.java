package dev.graft.core.insight.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.insight.NetworkView;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.transfer.Toy;
import java.awt.image.BufferedImage;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Maps of where a class is seen, on networks whose answer is known. */
class GradCamTest {

  private static final int SIDE = 6;

  /**
   * Two maps, the picture's bright and dark parts; class 0 is the mean of one, class 1 of the
   * other.
   */
  private static Model network() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("image", Shape.of(1, SIDE, SIDE));
    String maps = g.relu(g.conv("conv", x, 2, Window.square(1, 1, 0)));
    Model model = g.build(g.softmax(g.linear("head", g.flatten(g.globalAveragePool(maps)), 2)));
    Map<String, Tensor> weights =
        Map.of(
            "conv.weight", Tensor.of(Shape.of(2, 1, 1, 1), 1, -1),
            "conv.bias", Tensor.of(Shape.of(2), 0, 0),
            "head.bias", Tensor.of(Shape.of(2), 0, 0));
    Model set = model.with(model.weights().with(weights));
    Shape head = model.graph().stored().get("head.weight");
    return set.with(set.weights().with(Map.of("head.weight", Tensor.of(head, 1, -1, -1, 1))));
  }

  private static Tensor picture(int brightAt, int darkAt) {
    float[] levels = new float[SIDE * SIDE];
    levels[brightAt] = 2;
    levels[darkAt] = -3;
    return Tensor.of(Shape.of(1, 1, SIDE, SIDE), levels);
  }

  @Test
  void eachClass_isSeenWhereItsMapIsHigh() {
    try (ReferenceBackend backend = new ReferenceBackend()) {
      GradCam cam = new GradCam(network(), backend);
      float[][] bright = cam.of(picture(8, 27), 0);
      float[][] dark = cam.of(picture(8, 27), 1);
      assertThat(bright).hasDimensions(SIDE, SIDE);
      for (int i = 0; i < SIDE * SIDE; i++) {
        assertThat(bright[i / SIDE][i % SIDE]).isCloseTo(i == 8 ? 1f : 0f, within(1e-6f));
        assertThat(dark[i / SIDE][i % SIDE]).isCloseTo(i == 27 ? 1f : 0f, within(1e-6f));
      }
    }
  }

  /** The linear layers see no places. */
  @Test
  void aNetworkWithoutMaps_saysSo() {
    try (ReferenceBackend backend = new ReferenceBackend()) {
      assertThatThrownBy(() -> new GradCam(Toy.plain(), backend))
          .isInstanceOf(GraphException.class)
          .hasMessageContaining("Grad-CAM wants a convolution");
      assertThatThrownBy(() -> Filters.picture(Toy.plain()))
          .isInstanceOf(GraphException.class)
          .hasMessageContaining("does not begin with a convolution");
    }
  }

  @Test
  void theHeatLies_besideThePicture_strongestWhereTheMapIs() {
    BufferedImage gray = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 400; i++) {
      gray.setRGB(i % 20, i / 20, 0x808080);
    }
    float[][] map = {{0, 0}, {0, 1}};
    BufferedImage both = HeatMap.beside(gray, map);
    assertThat(both.getWidth()).isEqualTo(40);
    assertThat(both.getHeight()).isEqualTo(20);
    assertThat(both.getRGB(3, 3)).isEqualTo(gray.getRGB(3, 3));
    assertThat(red(both, 38, 18)).isGreaterThan(red(both, 22, 2) + 100);
  }

  private static int red(BufferedImage picture, int x, int y) {
    return picture.getRGB(x, y) >> 16 & 0xFF;
  }

  @Test
  void filters_areOneCellEach_zeroIsGray() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("image", Shape.of(3, 8, 8));
    String maps = g.relu(g.conv("conv", x, 5, Window.square(3, 1, 1)));
    Model model = g.build(g.linear("head", g.flatten(g.globalAveragePool(maps)), 2));
    float[] weights = new float[5 * 27];
    weights[0] = 1; // red, the first filter's corner
    BufferedImage picture =
        Filters.picture(
            model.with(
                model
                    .weights()
                    .with(Map.of("conv.weight", Tensor.of(Shape.of(5, 3, 3, 3), weights)))));
    // Ten pixels for a weight, gaps of three; five filters in three columns and two rows.
    assertThat(picture.getWidth()).isEqualTo(3 * 33 + 3);
    assertThat(picture.getHeight()).isEqualTo(2 * 33 + 3);
    assertThat(picture.getRGB(4, 4) & 0xFFFFFF).isEqualTo(0xFF8080);
    assertThat(picture.getRGB(20, 20) & 0xFFFFFF).isEqualTo(0x808080);
    assertThat(picture.getRGB(1, 1) & 0xFFFFFF).isZero();
  }

  @Test
  void theNetworksView_hasTheLevelsBack_inTheOrderOfColours() {
    Preprocessing caffe = Preprocessing.named("caffe", 3, 1, 2);
    float[] input = new float[6];
    int[][] rgb = {{10, 20, 30}, {200, 100, 50}};
    for (int i = 0; i < 2; i++) {
      for (int c = 0; c < 3; c++) {
        input[c * 2 + i] = (float) (rgb[i][2 - c] - caffe.mean().get(c));
      }
    }
    BufferedImage view = NetworkView.of(caffe, input);
    assertThat(view.getRGB(0, 0) & 0xFFFFFF).isEqualTo(0x0A141E);
    assertThat(view.getRGB(1, 0) & 0xFFFFFF).isEqualTo(0xC86432);
  }
}
