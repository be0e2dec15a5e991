package dev.graft.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.graft.core.autograd.Gradients;
import dev.graft.core.autograd.Tape;
import dev.graft.core.autograd.Value;
import dev.graft.core.backend.Backend;
import dev.graft.core.op.HostOp;
import dev.graft.core.op.Op;
import dev.graft.core.op.layout.Cast;
import dev.graft.core.op.layout.Gather;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.loss.WeightedSum;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Values and gradients of every operation on every backend, against PyTorch's. */
class GoldenOpsTest {

  private static List<GoldenCase> cases() {
    return Stream.of(
            "convolution",
            "pooling",
            "product",
            "normalisation",
            "function",
            "layout",
            "recurrent",
            "loss")
        .flatMap(family -> GoldenCase.of(family).stream())
        .toList();
  }

  @TestFactory
  Stream<DynamicNode> valuesAndGradients_agreeWithPyTorch() {
    List<GoldenCase> cases = cases();
    return PoisonedBackend.names()
        .map(
            name -> {
              Backend backend = PoisonedBackend.byName(name);
              Stream<DynamicTest> tests =
                  cases.stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> run(backend, c)));
              return DynamicContainer.dynamicContainer(name, tests.onClose(backend::close));
            });
  }

  private static void run(Backend backend, GoldenCase c) {
    Op op = GoldenOps.of(c);
    int terms = c.integer("terms");
    Tape tape = new Tape(backend);
    List<@Nullable Value> leaves = new ArrayList<>();
    for (Tensor input : c.inputs()) {
      if (input == null) {
        leaves.add(null);
        continue;
      }
      // Indices are stored as floats too.
      boolean indices = op instanceof Cast || op instanceof Gather && leaves.size() == 1;
      Tensor uploaded = indices ? input.as(ElementType.INT64) : input.upload(backend);
      boolean wanted = c.has("gradient" + leaves.size());
      leaves.add(wanted ? tape.parameter(uploaded) : tape.constant(uploaded));
    }
    long key = c.attributes().path("key").asLong();
    List<Value> outputs = tape.apply(op, key, leaves);
    List<Tensor> expected = c.tensors("output");
    assertThat(outputs).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(outputs.get(i).shape()).isEqualTo(expected.get(i).shape());
      Accuracy.check("output " + i, download(backend, outputs.get(i)), expected.get(i), terms);
    }
    if (leaves.stream().noneMatch(Value::needsGradient)) {
      return;
    }
    Gradients gradients = tape.backward(loss(backend, tape, outputs.get(0), c.tensor("weights")));
    for (int i = 0; i < leaves.size(); i++) {
      Tensor gradient = leaves.get(i) == null ? null : gradients.of(leaves.get(i));
      assertThat(gradient != null).as("gradient %d is there", i).isEqualTo(c.has("gradient" + i));
      if (gradient != null) {
        Tensor exact = c.tensor("gradient" + i);
        Accuracy.check("gradient " + i, gradient.download(backend), exact, terms);
      }
    }
  }

  /** {@code Σ weights y}: its gradient to y is the weights, exactly. */
  private static Value loss(Backend backend, Tape tape, Value y, Tensor weights) {
    int n = y.shape().elements();
    Value flat = tape.apply(new Reshape(List.of(n)), y);
    Tensor functional = weights.reshape(Shape.of(n)).upload(backend);
    return tape.apply(new MatMul(), flat, tape.constant(functional));
  }

  private static float[] download(Backend backend, Value value) {
    return value.tensor().download(backend);
  }

  @Test
  void everyOperation_hasGoldenData() {
    Set<String> written =
        new ClassFileImporter()
            .importPackages(Op.class.getPackageName()).stream()
                .filter(type -> type.isAssignableTo(Op.class) && !type.isInterface())
                // Whole numbers have nothing to be accurate about.
                .filter(type -> !type.isAssignableTo(HostOp.class))
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
    // How our losses are put together; PyTorch has no such operation. GoldenDistillationTest.
    written.remove(WeightedSum.class.getSimpleName());
    Set<String> tried =
        cases().stream()
            .map(c -> GoldenOps.of(c).getClass().getSimpleName())
            .collect(Collectors.toSet());
    assertThat(written).hasSizeGreaterThan(30).isSubsetOf(tried);
  }
}
