package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.importers.ModelReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Real networks of two kinds, on a few photographs, where the material is. */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class DistillRealNetworksTest {

  @TempDir private Path folder;

  private static Path material(String name) {
    String place = System.getProperty("graft.material", "../shared/material");
    Path path = Path.of(place).resolve(name);
    assumeTrue(Files.exists(path), () -> path + " is absent");
    return path;
  }

  /** Other architecture, other size, other colours: all that is shared are the classes. */
  @Test
  void mobileNet_teachesSqueezeNet_inOneCommand() throws IOException {
    Path all = material("data/hymenoptera_data");
    Path few = folder.resolve("few");
    for (String part : List.of("train/ants", "train/bees", "val/ants", "val/bees")) {
      Path target = Files.createDirectories(few.resolve(part));
      try (Stream<Path> photos = Files.list(all.resolve(part))) {
        for (Path photo : photos.sorted().limit(6).toList()) {
          Files.copy(photo, target.resolve(photo.getFileName()));
        }
      }
    }
    Path teacher = folder.resolve("teacher");
    Path mobileNet = material("models_onnx/mobilenet_v2_1.0_224_tf2ptq.onnx");
    CommandRun train =
        graft(
            "train",
            "--model",
            mobileNet,
            "--preprocess",
            "tf",
            "--recipe",
            "head",
            "--data",
            few,
            "--epochs",
            3,
            "--out",
            teacher);
    assertThat(train.code()).as(train.err()).isZero();
    Path student = folder.resolve("student");
    Path squeezeNet = material("models_onnx/squeezenet1.0_dc_caffe.onnx");
    CommandRun distill =
        graft(
            "distill",
            "--teacher",
            teacher.resolve("model.onnx"),
            "--student",
            squeezeNet,
            "--preprocess",
            "caffe",
            "--data",
            few,
            "--epochs",
            2,
            "--out",
            student);
    assertThat(distill.code()).as(distill.err()).isZero();
    JsonNode report = new ObjectMapper().readTree(student.resolve("report.json").toFile());
    assertThat(report.get("images").asInt()).isEqualTo(12);
    assertThat(report.get("method").asText()).isEqualTo("soft");
    Path model = student.resolve("model.onnx");
    assertThat(ModelReader.read(model).metadata().labels()).containsExactly("ants", "bees");
    Path photo = few.resolve("val/ants");
    try (Stream<Path> photos = Files.list(photo)) {
      CommandRun predict = graft("predict", "--model", model, photos.findFirst().orElseThrow());
      assertThat(predict.code()).as(predict.err()).isZero();
      assertThat(predict.out()).containsAnyOf("ants", "bees");
    }
  }
}
