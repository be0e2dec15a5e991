package dev.graft.importers.use;

import dev.graft.core.graph.Model;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the well-known networks were trained to be fed, told by their names: those of
 * keras.applications by the {@code preprocess_input} of their module, those of PyTorch's
 * collections by ImageNet's mean and deviation. A name is that of the model, of a model within it,
 * or of its file.
 */
final class KnownFamilies {

  /** First what decides more. */
  private static final List<Family> ALL =
      List.of(
          family("caffe", Origin.ANY, "(^|[^a-z])caffe([^a-z]|$)"),
          family("tf", Origin.KERAS, "^resnet\\d+_?v2"),
          family("caffe", Origin.KERAS, "^(resnet(50|101|152)|vgg_?(16|19))"),
          family(
              "tf",
              Origin.KERAS,
              "^(mobilenet(?!_?v3)|inception_?v3|inception_?resnet|xception|nasnet)"),
          family("imagenet", Origin.KERAS, "^densenet"),
          family(
              "imagenet",
              Origin.PYTORCH,
              "^(wide_)?(resne(x?t|st)|vgg|densenet|mobilenet|mnasnet|squeezenet|shufflenet|alexnet"
                  + "|googlenet|efficientnet|convnext|regnet)"));

  private enum Origin {
    ANY,
    KERAS,
    PYTORCH
  }

  private record Family(String mode, Origin origin, Pattern name) {}

  /**
   * What a name tells.
   *
   * @param mode one of {@link dev.graft.core.graph.Preprocessing#NAMES}
   * @param name that told it
   */
  record Told(String mode, String name) {}

  private KnownFamilies() {}

  private static Family family(String mode, Origin origin, String name) {
    return new Family(mode, origin, Pattern.compile(name));
  }

  /**
   * What is known of a model.
   *
   * @param file the name of its file
   * @return null if it is of no known family
   */
  static @Nullable Told of(Model model, String file) {
    Origin origin = origin(model);
    List<String> names = names(model, file);
    for (Family family : ALL) {
      for (String name : names) {
        boolean fits = family.origin() == Origin.ANY || family.origin() == origin;
        if (fits && family.name().matcher(name.toLowerCase(Locale.ROOT)).find()) {
          return new Told(family.mode(), name);
        }
      }
    }
    return null;
  }

  private static Origin origin(Model model) {
    String producer =
        model.metadata().provenance().getOrDefault("producer", "").toLowerCase(Locale.ROOT);
    if (producer.startsWith("keras") || producer.contains("tf2onnx")) {
      return Origin.KERAS;
    }
    return producer.startsWith("pytorch") ? Origin.PYTORCH : Origin.ANY;
  }

  private static List<String> names(Model model, String file) {
    Set<String> names = new LinkedHashSet<>();
    names.add(model.metadata().provenance().getOrDefault("model", ""));
    model
        .graph()
        .nodes()
        .forEach(
            node -> {
              int inner = node.name().indexOf('/');
              if (inner > 0) {
                names.add(node.name().substring(0, inner));
              }
            });
    names.add(file);
    names.remove("");
    return new ArrayList<>(names);
  }
}
