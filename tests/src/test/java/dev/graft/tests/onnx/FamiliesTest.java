package dev.graft.tests.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.graft.core.autograd.Gradients;
import dev.graft.core.autograd.Tape;
import dev.graft.core.autograd.Value;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Role;
import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.plan.Executor;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.Sgd;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.safetensors.SafetensorsReader;
import dev.graft.tests.RecordedOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Small networks of the families that people export, as {@code tests/families/export.py} wrote
 * them: computed, differentiated, trained and written like PyTorch's own. Those in the repository,
 * and all that it makes with {@code -Dgraft.test.args=-Dgraft.families=FOLDER}.
 */
class FamiliesTest {

  private static final Path MODULE = Path.of(System.getProperty("basedir", ""));
  private static final Path FIXTURES = MODULE.resolve("src/test/resources/families");
  private static final String FOLDER = System.getProperty("graft.families", FIXTURES.toString());

  /** Of the largest of a tensor; the reference is float64, the network float32. */
  private static final double GRADIENT_TOLERANCE = 1e-3;

  /**
   * Of the largest gradient of all: a bias that a softmax takes out again has none but what is left
   * of sums in float32.
   */
  private static final double ROUNDING = 1e-6;

  private static final String LOSS = "loss";
  private static final String TARGET = "target";
  private static final int STEPS = 5;
  private static final int CLASSES = 5;

  @TempDir private Path folder;

  /** A file and what PyTorch computes of it. */
  private record Exported(Path file, Model model, SafetensorsReader.Contents computed) {

    static Exported read(Path file) {
      Path beside =
          file.resolveSibling(file.getFileName().toString().replace(".onnx", ".safetensors"));
      return new Exported(file, ModelReader.read(file), SafetensorsReader.read(beside));
    }

    /** A copy, since a tensor of a file is nobody's to write. */
    Tensor of(String name) {
      Tensor tensor = computed.weights().get(name);
      return Tensor.of(tensor.shape(), tensor.toArray());
    }

    Map<String, Tensor> inputs() {
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      for (InputSpec input : model.graph().inputs()) {
        assertThat(input.isBatched()).as("batch of " + input).isTrue();
        inputs.put(input.name(), of("input/" + input.name()).as(input.type()));
      }
      return inputs;
    }

    /** The network with the mean squared error behind it. */
    Model judged() {
      Graph graph = model.graph();
      InputSpec target =
          InputSpec.batched(TARGET, of(TARGET).shape().axes(1, of(TARGET).shape().rank()));
      Node loss =
          new Node(LOSS, new MeanSquaredError(), List.of(graph.output(), TARGET), List.of(LOSS));
      List<String> outputs = List.of(graph.output(), LOSS);
      return new Model(
          graph.extended(List.of(target), List.of(loss), outputs),
          model.weights(),
          model.metadata());
    }

    Map<String, Tensor> fed() {
      Map<String, Tensor> fed = inputs();
      fed.put(TARGET, of(TARGET));
      return fed;
    }
  }

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(FOLDER))) {
      return files.filter(file -> file.toString().endsWith(".onnx")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void outputs_areThoseOfPyTorch(Path file) {
    Exported exported = Exported.read(file);
    try (Backend backend = new JavaBackend(1);
        Session session = Session.of(exported.model(), backend)) {
      Tensor output = session.run(exported.inputs()).get(exported.model().graph().output());
      RecordedOutput.compare("output", output, exported.of("output"), false);
    }
  }

  /** Of every tensor that is learnt, and of those that Graft holds constant as well. */
  @ParameterizedTest
  @MethodSource("files")
  void gradients_areThoseOfPyTorch(Path file) {
    Exported exported = Exported.read(file);
    Model judged = exported.judged();
    Set<String> compared = new HashSet<>();
    try (Backend backend = new JavaBackend(1)) {
      Map<String, float[]> gradients = gradients(judged, exported.fed(), backend);
      gradients.keySet().removeIf(n -> !exported.computed().weights().contains("gradient/" + n));
      double floor =
          ROUNDING * gradients.values().stream().mapToDouble(FamiliesTest::largest).max().orElse(0);
      gradients.forEach(
          (name, gradient) -> {
            compare(name, gradient, exported.of("gradient/" + name).toArray(), floor);
            compared.add(name);
          });
    }
    assertThat(compared).containsAll(judged.graph().stored(Role.PARAMETER));
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static void compare(String name, float[] found, float[] expected, double floor) {
    assertThat(found).as(name).hasSameSizeAs(expected);
    double allowed = GRADIENT_TOLERANCE * largest(expected) + floor;
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) Math.abs(found[i] - expected[i]))
          .as("%s[%d]: %s, PyTorch %s", name, i, found[i], expected[i])
          .isLessThanOrEqualTo(allowed);
    }
  }

  /** In evaluation mode: every operation as the file has it, on a tape. */
  private static Map<String, float[]> gradients(
      Model judged, Map<String, Tensor> fed, Backend backend) {
    Tape tape = new Tape(backend);
    Map<String, Value> values = new HashMap<>();
    fed.forEach((name, tensor) -> values.put(name, tape.constant(tensor.upload(backend))));
    Graph graph = judged.graph();
    for (String name : graph.stored().keySet()) {
      Tensor tensor = judged.weights().get(name).upload(backend);
      values.put(
          name, graph.role(name) == Role.STATE ? tape.constant(tensor) : tape.parameter(tensor));
    }
    for (Node node : graph.nodes()) {
      List<@Nullable Value> read = new ArrayList<>();
      node.inputs().forEach(input -> read.add(input.isEmpty() ? null : values.get(input)));
      List<Value> results = tape.apply(node.op(), 0, read);
      for (int i = 0; i < node.outputs().size(); i++) {
        values.put(node.outputs().get(i), results.get(i));
      }
    }
    Gradients gradients = tape.backward(values.get(LOSS));
    Map<String, float[]> found = new LinkedHashMap<>();
    for (String name : graph.stored().keySet()) {
      Tensor gradient = gradients.of(values.get(name));
      if (gradient != null) {
        found.put(name, gradient.download(backend));
      }
    }
    return found;
  }

  @ParameterizedTest
  @MethodSource("files")
  void fiveSteps_reduceTheLoss_andOnnxRuntimeAgrees(Path file) throws OrtException {
    Exported exported = Exported.read(file);
    Model judged = exported.judged();
    Set<String> trained = new HashSet<>(judged.graph().stored(Role.PARAMETER));
    try (Backend backend = new JavaBackend(1)) {
      Variables variables = new Variables(backend, judged.graph(), judged.weights());
      PlanExecutor executor = new PlanExecutor(judged.graph(), variables, backend, trained);
      Sgd sgd = new Sgd(0, false);
      List<Float> losses = new ArrayList<>();
      for (int step = 0; step <= STEPS; step++) {
        Executor.Step taken = executor.step(exported.fed(), LOSS, step);
        losses.add(taken.outputs().get(LOSS).toArray()[0]);
        sgd.nextStep();
        taken
            .gradients()
            .forEach(
                (name, slope) ->
                    sgd.update(backend, name, variables.update(name), slope, rate(), 0));
      }
      assertThat(losses.get(STEPS)).as("losses " + losses).isLessThan(losses.get(0));
      Model tuned =
          exported.model().with(variables.snapshot(exported.model().graph().stored().keySet()));
      Path written = folder.resolve("tuned.onnx");
      ModelWriter.write(tuned, written);
      try (Session session = Session.of(tuned, backend)) {
        OnnxRuntime.agree(
            file.toString(), written, exported.inputs(), session.run(exported.inputs()));
      }
    }
  }

  private static double rate() {
    return 0.01;
  }

  /** A new head can be put on, and layers have a depth. */
  @ParameterizedTest
  @MethodSource("files")
  void headTrunkAndDepth_areFound(Path file) {
    Model model = Exported.read(file).model();
    assertThat(model.head().units(model.graph())).isEqualTo(CLASSES);
    assertThat(model.head().trunk()).isNotEmpty();
    List<Node> layers = model.graph().parametricNodes();
    assertThat(layers).hasSizeGreaterThan(1);
    assertThat(layers.get(layers.size() - 1)).isIn(model.head().layer(), model.head().bias());
  }
}
