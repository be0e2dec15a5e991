package dev.graft.importers.use;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written counts before what is guessed, and each form of it is read. */
class AutoPreprocessingTest {

  private static final int SIZE = 160;

  @TempDir private Path folder;

  /** A classifier of three classes that begins with some arithmetic. */
  private static Model model(Object... scaling) {
    GraphBuilder g = new GraphBuilder(1);
    String y = g.input("x", Shape.of(3, SIZE, SIZE));
    for (int i = 0; i < scaling.length; i += 2) {
      Tensor number = Tensor.of(Shape.SCALAR, ((Number) scaling[i + 1]).floatValue());
      y = g.op((Op) scaling[i], y, g.weight("constant" + i, number));
    }
    y = g.globalAveragePool(g.conv("conv", y, 3, Window.square(3, 32, 0), 1, true));
    return g.build(g.softmax(g.flatten(y)));
  }

  private static Model named(String name, String producer) {
    Model model = model();
    return model.with(Metadata.NONE.withProvenance(Map.of("model", name, "producer", producer)));
  }

  private Optional<AutoPreprocessing.Choice> choose(Model model, String file) {
    return AutoPreprocessing.of(
        model, folder.resolve(file), name -> Preprocessing.named(name, 3, SIZE, SIZE));
  }

  private void beside(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  @Test
  void timm_saysMeanSizeAndCut() throws IOException {
    beside(
        "config.json",
        """
        {"architecture": "resnet18", "num_classes": 3, "label_names": ["a", "b", "c"],
         "pretrained_cfg": {"input_size": [3, 160, 160], "crop_pct": 0.95,
           "mean": [0.5, 0.25, 0.125], "std": [0.2, 0.4, 0.8]}}""");
    AutoPreprocessing.Choice choice = choose(model(), "any.onnx").orElseThrow();
    assertThat(choice.name()).isEqualTo("config.json");
    Preprocessing said = choice.preprocessing();
    assertThat(said.cropFraction()).isEqualTo(0.95);
    assertThat(said.mean()).containsExactly(127.5, 63.75, 31.875);
    assertThat(said.deviation()).containsExactly(51.0, 102.0, 204.0);
    assertThat(AutoPreprocessing.labels(model(), folder.resolve("any.onnx")).orElseThrow().names())
        .containsExactly("a", "b", "c");
  }

  @Test
  void huggingFace_saysEachStep_andTheModelItsSize() throws IOException {
    beside(
        "preprocessor_config.json",
        """
        {"do_resize": true, "size": {"shortest_edge": 256}, "do_center_crop": true,
         "crop_size": {"height": 224, "width": 224}, "do_rescale": true,
         "rescale_factor": 0.00392156862745098, "do_normalize": true,
         "image_mean": [0.5, 0.5, 0.5], "image_std": [0.25, 0.25, 0.25]}""");
    beside("config.json", "{\"id2label\": {\"1\": \"b\", \"0\": \"a\", \"2\": \"c\"}}");
    Preprocessing said = choose(model(), "any.onnx").orElseThrow().preprocessing();
    assertThat(said.height()).isEqualTo(SIZE);
    assertThat(said.cropFraction()).isEqualTo(0.875);
    assertThat(said.mean().get(0)).isCloseTo(127.5, within(1e-9));
    assertThat(said.deviation().get(0)).isCloseTo(63.75, within(1e-9));
    assertThat(AutoPreprocessing.labels(model(), folder.resolve("any.onnx")).orElseThrow().names())
        .containsExactly("a", "b", "c");
  }

  @Test
  void teachableMachine_seesTheCentreSquare() throws IOException {
    beside(
        "metadata.json",
        "{\"tmVersion\": \"2.4.5\", \"labels\": [\"x\", \"y\", \"z\"], \"imageSize\": 224}");
    Preprocessing said = choose(model(), "model.json").orElseThrow().preprocessing();
    assertThat(said.cropFraction()).isEqualTo(1);
    assertThat(said.mean()).containsExactly(127.5, 127.5, 127.5);
    assertThat(AutoPreprocessing.labels(model(), folder.resolve("m")).orElseThrow().names())
        .containsExactly("x", "y", "z");
  }

  @Test
  void numberedLabels_areTeachableMachines_othersAreNot() throws IOException {
    beside("labels.txt", "0 Class 1\n1 Class 2\n2 Class 3\n");
    assertThat(choose(model(), "keras_model.h5").orElseThrow().name()).isEqualTo("labels.txt");
    assertThat(AutoPreprocessing.labels(model(), folder.resolve("m")).orElseThrow().names())
        .containsExactly("Class 1", "Class 2", "Class 3");
    beside("labels.txt", "ant\nbee\ncat\n");
    assertThat(choose(model(), "keras_model.h5")).isEmpty();
    assertThat(AutoPreprocessing.labels(model(), folder.resolve("m"))).isEmpty();
  }

  @Test
  void aModelThatScales_isFedWhatItScales() {
    Object rescaled = choose(model(new Mul(), 1 / 255f), "m").orElseThrow().name();
    assertThat(rescaled).isEqualTo("none");
    assertThat(choose(model(new Mul(), 1 / 127.5, new Add(), -1), "m").orElseThrow().name())
        .isEqualTo("none");
    assertThat(choose(model(new Sub(), 0.45, new Div(), 0.225), "m").orElseThrow().name())
        .isEqualTo("unit");
    assertThat(choose(model(new Sub(), 117), "m").orElseThrow().name()).isEqualTo("none");
    assertThat(choose(model(new Mul(), 1 / 255f, new Sub(), 0.45, new Div(), 0.225), "m"))
        .map(AutoPreprocessing.Choice::name)
        .contains("none");
  }

  @ParameterizedTest
  @CsvSource({
    "resnet50, 'Keras 2.4.0, HDF5', caffe",
    "resnet50v2, 'Keras 2.4.0, HDF5', tf",
    "vgg16, 'Keras 1, HDF5', caffe",
    "mobilenet_0.25_224, 'Keras 2.2, HDF5', tf",
    "MobilenetV3small, 'Keras 3, .keras archive', ",
    "densenet121, tf2onnx, imagenet",
    "resnet50, pytorch, imagenet",
    "squeezenet_dc_caffe, , caffe",
    "model_1, 'Keras 2.4.0, HDF5', ",
    "resnet50, , "
  })
  void knownFamilies_areFedAsTheyWereTrained(String name, String producer, String mode) {
    Model model = named(name, producer == null ? "" : producer);
    assertThat(choose(model, "x.onnx").map(AutoPreprocessing.Choice::name).orElse(null))
        .isEqualTo(mode);
  }

  @Test
  void whatTheModelSays_countsFirst_thenItsFiles() throws IOException {
    Model scaling = model(new Mul(), 1 / 255f);
    beside("metadata.json", "{\"tmVersion\": \"2\", \"labels\": [\"x\"], \"imageSize\": 224}");
    assertThat(choose(scaling, "vgg16.h5").orElseThrow().name()).isEqualTo("metadata.json");
    Preprocessing own = Preprocessing.named("caffe", 3, SIZE, SIZE);
    Model says = scaling.with(Metadata.NONE.withPreprocessing(own));
    AutoPreprocessing.Choice choice = choose(says, "m").orElseThrow();
    assertThat(choice.preprocessing()).isEqualTo(own);
    assertThat(choice.why()).isEmpty();
    // Too few labels for three outputs.
    assertThat(AutoPreprocessing.labels(scaling, folder.resolve("m"))).isEmpty();
  }

  @Test
  void aDamagedFile_isNamed_andAnotherTools_isNone() throws IOException {
    beside("config.json", "{\"port\": 8080}");
    assertThat(choose(model(), "m")).isEmpty();
    for (String text :
        List.of("{\"mean\": ", "{\"mean\": [1, 2], \"std\": 1, \"input_size\": [3, 9, 9]}")) {
      beside("config.json", text);
      assertThatThrownBy(() -> choose(model(), "m"))
          .isInstanceOf(ImportException.class)
          .hasMessageContaining(folder.resolve("config.json").toString());
    }
  }
}
