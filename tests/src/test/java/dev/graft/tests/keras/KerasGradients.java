package dev.graft.tests.keras;

import dev.graft.core.autograd.Gradients;
import dev.graft.core.autograd.Tape;
import dev.graft.core.autograd.Value;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Role;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ModelReader;
import dev.graft.importers.keras.KerasWriter;
import dev.graft.importers.numpy.Npy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The output of a Keras model in evaluation mode, and the gradient of every parameter, written in
 * the order of the file's own weights: {@code tests/golden/applications.py} compares them with what
 * Keras finds.
 *
 * @param output the only one
 * @param model the model with gradients in the place of its parameters, and zeros for the rest
 */
record KerasGradients(Tensor output, Model model) {

  /** Of the mean of output times factors. */
  static KerasGradients of(Model model, Tensor input, Tensor factors, Backend backend) {
    Graph graph = model.graph();
    Tape tape = new Tape(backend);
    Map<String, Value> values = new HashMap<>();
    values.put(graph.input().name(), tape.constant(input));
    for (String name : graph.stored().keySet()) {
      Tensor stored = model.weights().get(name);
      boolean trained = graph.role(name) == Role.PARAMETER;
      values.put(name, trained ? tape.parameter(stored.lend(backend)) : tape.constant(stored));
    }
    for (Node node : graph.nodes()) {
      List<Value> inputs = new ArrayList<>();
      node.inputs().forEach(name -> inputs.add(values.get(name)));
      List<Value> outputs = tape.apply(node.op(), 0, inputs);
      for (int i = 0; i < node.outputs().size(); i++) {
        values.put(node.outputs().get(i), outputs.get(i));
      }
    }
    Value output = values.get(graph.output());
    Value weighed = tape.apply(new Mul(), output, tape.constant(factors));
    Gradients gradients = tape.backward(tape.apply(new ReduceMean(List.of(), false), weighed));
    Map<String, Tensor> found = new HashMap<>();
    for (String name : model.weights().names()) {
      Tensor gradient = gradients.of(values.get(name));
      Tensor stored = model.weights().get(name);
      found.put(
          name,
          gradient == null
              ? Tensor.zeros(stored.shape())
              : Tensor.of(stored.shape(), gradient.download(backend)));
    }
    return new KerasGradients(
        Tensor.of(output.shape(), output.tensor().download(backend)),
        model.with(model.weights().with(found)));
  }

  /** Reads {@code MODEL INPUT.npy FACTORS.npy}, writes {@code OUTPUT.npy GRADIENTS}. */
  public static void main(String[] paths) {
    Path file = Path.of(paths[0]);
    Model model = ModelReader.read(file);
    try (Backend backend = Backends.byName("java", 2)) {
      KerasGradients found =
          of(model, Npy.read(Path.of(paths[1])), Npy.read(Path.of(paths[2])), backend);
      Npy.write(found.output, Path.of(paths[3]));
      KerasWriter.write(found.model, file, Path.of(paths[4]));
    }
  }
}
