package dev.graft.importers.keras;

import dev.graft.core.graph.InputSpec;
import dev.graft.core.tensor.OpenSizeException;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.GraphAssembler;
import dev.graft.importers.keras.config.Call;
import dev.graft.importers.keras.config.LayerConfig;
import dev.graft.importers.keras.config.ModelConfig;
import dev.graft.importers.keras.config.TensorRef;
import dev.graft.importers.keras.layer.KerasLayer;
import dev.graft.importers.keras.layer.KerasLayers;
import dev.graft.importers.keras.layer.LayerCursor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Drives the layers of a model, call by call, as they put together a graph. */
final class ModelTranslator {

  private final GraphAssembler graph;
  private final ModelTree tree;
  private final WeightAssignment weights;
  private final Set<String> masked = new HashSet<>();
  private final Map<LayerConfig, Integer> calls = new IdentityHashMap<>();

  ModelTranslator(GraphAssembler graph, ModelTree tree, WeightAssignment weights) {
    this.graph = graph;
    this.tree = tree;
    this.weights = weights;
  }

  /** Builds the whole model; returns its outputs. */
  List<String> translate() {
    List<String> inputs = new ArrayList<>();
    for (InputSpec input : new ModelInputs(tree).specs()) {
      graph.addInput(input);
      inputs.add(input.name());
    }
    return run(tree.root(), inputs, "");
  }

  private List<String> run(ModelConfig model, List<String> inputs, String prefix) {
    return model.isSequential()
        ? runSequential(model, inputs, prefix)
        : runFunctional(model, inputs, prefix);
  }

  private List<String> runSequential(ModelConfig model, List<String> inputs, String prefix) {
    List<String> values = inputs;
    TensorRef before = new TensorRef("", 0, 0);
    for (LayerConfig layer : model.layers()) {
      if (!layer.className().equals(ModelTree.INPUT)) {
        if (values.size() != 1) {
          throw new ImportException(
              layer + " reads " + values.size() + " values, in a sequential model");
        }
        String read = values.get(0);
        values = apply(layer, Call.of(before), ref -> read, prefix);
      }
    }
    return values;
  }

  private List<String> runFunctional(ModelConfig model, List<String> inputs, String prefix) {
    Map<TensorRef, String> values = new HashMap<>();
    if (inputs.size() != model.inputs().size()) {
      throw new ImportException(
          model.layer() + " expects " + model.inputs().size() + " inputs, found " + inputs.size());
    }
    for (int i = 0; i < inputs.size(); i++) {
      values.put(model.inputs().get(i), inputs.get(i));
    }
    CallOrder order = new CallOrder(model);
    for (CallOrder.Step step : order.steps()) {
      List<String> results = apply(step.layer(), step.call(), ref -> value(values, ref), prefix);
      for (int i = 0; i < results.size(); i++) {
        values.put(new TensorRef(step.layer().name(), step.number(), i), results.get(i));
      }
    }
    return model.outputs().stream().map(ref -> value(values, ref)).toList();
  }

  private static String value(Map<TensorRef, String> values, TensorRef ref) {
    String value = values.get(ref);
    if (value == null) {
      throw new ImportException(
          "output " + ref.output() + " of " + ref.layer() + " is read, but not computed");
    }
    return value;
  }

  private List<String> apply(
      LayerConfig layer, Call call, Function<TensorRef, String> values, String prefix) {
    int before = calls.merge(layer, 1, Integer::sum) - 1;
    String name = prefix + layer.name() + (before == 0 ? "" : "_call" + (before + 1));
    ModelConfig nested = tree.model(layer);
    if (nested != null) {
      return run(nested, call.references().map(values).toList(), name + "/");
    }
    KerasLayer reading = KerasLayers.of(layer);
    try {
      if (reading == null) {
        throw new ImportException("is not supported");
      }
      LayerCursor cursor =
          new LayerCursor(graph, layer, call, values, weights.of(layer), name, masked);
      List<String> results = reading.reading().read(cursor);
      passMask(call.references().map(values).toList(), results);
      graph.count(layer.className(), true);
      return results;
    } catch (ShapeException | ImportException e) {
      throw new ImportException(where(layer, name) + e.getMessage(), e);
    } catch (OpenSizeException e) {
      throw new ImportException(
          where(layer, name) + e.getMessage() + "; save the model with that size fixed", e);
    } catch (ArithmeticException | NegativeArraySizeException e) {
      throw new ImportException(where(layer, name) + "its sizes are out of range", e);
    }
  }

  /** A mask goes on with whatever still has its steps. */
  private void passMask(List<String> inputs, List<String> results) {
    for (String input : inputs) {
      if (masked.contains(input)) {
        Size steps = graph.shape(input).dim(1);
        results.stream()
            .filter(value -> graph.shape(value).rank() > 1)
            .filter(value -> graph.shape(value).dim(1).equals(steps))
            .forEach(masked::add);
      }
    }
  }

  private static String where(LayerConfig layer, String name) {
    return name + " (" + layer.className() + "): ";
  }
}
