package dev.graft.importers.keras;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.LayerConfig;
import dev.graft.importers.keras.config.ModelConfig;
import dev.graft.importers.keras.config.TensorRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model is fed. Its batch is open, whatever the file says; ids, which an Embedding reads,
 * are whole numbers, and all else is float32.
 */
final class ModelInputs {

  private static final List<String> SPATIAL = List.of("height", "width", "depth");

  private final ModelTree tree;

  ModelInputs(ModelTree tree) {
    this.tree = tree;
  }

  List<InputSpec> specs() {
    ModelConfig root = tree.root();
    if (root.isSequential()) {
      return List.of(sequential(root));
    }
    List<InputSpec> specs = new ArrayList<>();
    for (TensorRef ref : root.inputs()) {
      LayerConfig input =
          root.layers().stream()
              .filter(layer -> layer.name().equals(ref.layer()))
              .findFirst()
              .orElseThrow(() -> new ImportException("there is no input " + ref.layer()));
      JsonNode shape = input.inputShape();
      if (shape == null) {
        throw new ImportException(input + ": its config lacks batch_shape");
      }
      specs.add(spec(input, input.name(), shape, readsIds(root, ref.layer())));
    }
    if (specs.isEmpty() || root.outputs().isEmpty()) {
      throw new ImportException("the model has no inputs, or no outputs");
    }
    return specs;
  }

  /** The first layer says what it is fed, or the model was built for a shape. */
  private InputSpec sequential(ModelConfig model) {
    if (model.layers().isEmpty()) {
      throw new ImportException("the model has no layers");
    }
    LayerConfig first = model.layers().get(0);
    boolean isInput = first.className().equals(ModelTree.INPUT);
    JsonNode shape = shape(model);
    if (shape == null) {
      throw new ImportException(
          "the model does not say what shape it is fed with; call it once, or begin it with an"
              + " Input, and save it again");
    }
    String name = isInput ? first.name() : first.name() + "_input";
    return spec(first, name, shape, readsIds(model, ""));
  }

  private @Nullable JsonNode shape(ModelConfig model) {
    LayerConfig first = model.layers().get(0);
    JsonNode shape = first.inputShape();
    ModelConfig nested = tree.model(first);
    if (shape == null && nested != null) {
      shape = nestedShape(nested);
    }
    if (shape == null && model.layer().settings().path("build_input_shape").isArray()) {
      shape = model.layer().settings().path("build_input_shape");
    }
    return shape == null ? model.layer().inputShape() : shape;
  }

  private @Nullable JsonNode nestedShape(ModelConfig model) {
    if (model.isSequential()) {
      return model.layers().isEmpty() ? null : shape(model);
    }
    return model.layers().stream()
        .filter(l -> model.inputs().size() == 1 && l.name().equals(model.inputs().get(0).layer()))
        .findFirst()
        .map(LayerConfig::inputShape)
        .orElse(null);
  }

  /** Whether all that reads a value, in a model, looks up rows by it. */
  private boolean readsIds(ModelConfig model, String value) {
    List<LayerConfig> readers = new ArrayList<>();
    for (LayerConfig layer : model.layers()) {
      if (layer.className().equals(ModelTree.INPUT)) {
        continue;
      }
      if (model.isSequential()) {
        readers.add(layer);
        break;
      }
      if (layer.calls().stream()
          .anyMatch(call -> call.references().anyMatch(ref -> ref.layer().equals(value)))) {
        readers.add(layer);
      }
    }
    return !readers.isEmpty() && readers.stream().allMatch(this::looksUp);
  }

  private boolean looksUp(LayerConfig layer) {
    ModelConfig nested = tree.model(layer);
    if (nested == null) {
      return layer.className().equals("Embedding");
    }
    return nested.isSequential()
        ? readsIds(nested, "")
        : !nested.inputs().isEmpty()
            && nested.inputs().stream().allMatch(ref -> readsIds(nested, ref.layer()));
  }

  private static InputSpec spec(LayerConfig layer, String name, JsonNode shape, boolean ids) {
    if (layer.bool("sparse", false) || layer.bool("ragged", false)) {
      throw new ImportException(layer + ": sparse and ragged inputs are not supported");
    }
    if (layer.text("dtype", "float32").equals("string")) {
      throw new ImportException(
          layer + ": takes text; save the model from behind its TextVectorization");
    }
    List<Size> sizes = new ArrayList<>(List.of(Size.BATCH));
    for (int axis = 1; axis < shape.size(); axis++) {
      JsonNode size = shape.get(axis);
      sizes.add(
          size.isNull()
              ? Size.open(axisName(axis, shape.size()), name)
              : Size.of(LayerConfig.whole(size, name + "'s shape")));
    }
    return new InputSpec(name, ids ? ElementType.INT64 : ElementType.FLOAT32, Shape.ofSizes(sizes));
  }

  private static String axisName(int axis, int rank) {
    return rank == 3 && axis == 1
        ? "steps"
        : axis <= SPATIAL.size() ? SPATIAL.get(axis - 1) : "size" + axis;
  }
}
