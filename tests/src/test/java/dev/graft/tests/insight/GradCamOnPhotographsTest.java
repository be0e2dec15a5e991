package dev.graft.tests.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.picture.PictureFile;
import dev.graft.core.data.picture.Preprocessor;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.insight.NetworkView;
import dev.graft.core.insight.unit.Filters;
import dev.graft.core.insight.unit.GradCam;
import dev.graft.core.insight.unit.HeatMap;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ModelReader;
import dev.graft.tests.Material;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** What MobileNetV2 sees, as pictures to look at in {@code tests/target/insight}. */
class GradCamOnPhotographsTest {

  private static final Path OUT = Path.of("tests/target/insight");

  @Test
  void mobileNet_seesItsClassInAPartOfThePicture() throws IOException {
    Model model = ModelReader.read(Material.path("models_onnx/mobilenet_v2_1.0_224_tf2ptq.onnx"));
    Preprocessing tf = Preprocessing.named("tf", 3, 224, 224);
    Model fed = model.with(model.metadata().withPreprocessing(tf));
    Files.createDirectories(OUT);
    List<Path> photos;
    try (Stream<Path> files = Files.list(Material.path("data/imagenet_dev20"))) {
      photos = files.filter(f -> f.toString().endsWith(".JPEG")).sorted().limit(6).toList();
    }
    try (Backend backend = Backends.byName(Backends.AUTO, 2);
        Session session = Session.of(fed, backend)) {
      GradCam cam = new GradCam(fed, backend);
      for (Path photo : photos) {
        BufferedImage picture = PictureFile.read(photo);
        int best = session.predict(picture).get(0).index();
        float[] input = Preprocessor.apply(tf, picture);
        float[][] seen = cam.of(Tensor.of(tf.shape(), input), best);
        assertThat(seen).hasDimensions(7, 7);
        float sum = 0;
        float most = 0;
        for (float[] row : seen) {
          for (float one : row) {
            assertThat(one).isBetween(0f, 1f);
            sum += one;
            most = Math.max(most, one);
          }
        }
        assertThat(most).isEqualTo(1f);
        // A class that fills the whole picture would be no place in it.
        assertThat(sum / 49).as(photo.toString()).isBetween(0.02f, 0.8f);
        BufferedImage heat = HeatMap.beside(NetworkView.of(tf, input), seen);
        assertThat(heat.getWidth()).isEqualTo(448);
        ImageIO.write(heat, "png", OUT.resolve(photo.getFileName() + ".png").toFile());
      }
    }
    BufferedImage filters = Filters.picture(fed);
    // 32 filters of 3 x 3, ten pixels for a weight: six columns and six rows.
    assertThat(filters.getWidth()).isEqualTo(6 * 33 + 3);
    ImageIO.write(filters, "png", OUT.resolve("filters.png").toFile());
  }
}
