package dev.graft.core.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.op.normalization.Dropout;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the tape records, what it leaves out, and how gradients of shared values add up. */
class TapeTest {

  private final ReferenceBackend backend = new ReferenceBackend();
  private final Tape tape = new Tape(backend);

  @Test
  void valueUsedTwice_addsItsGradients() {
    Value x = parameter(1, 2, 3);
    Value y = tape.apply(new Mul(), x, x);
    assertThat(gradient(sum(y), x)).containsExactly(2, 4, 6);
  }

  @Test
  void valueUsedThreeTimes_addsItsGradients() {
    Value x = parameter(1, 2, 3);
    Value twice = tape.apply(new Add(), x, x);
    Value thrice = tape.apply(new Add(), twice, x);
    assertThat(gradient(sum(thrice), x)).containsExactly(3, 3, 3);
  }

  @Test
  void valueUsedDirectlyAndThroughViews_addsItsGradients() {
    // Views hand the very tensor of the gradient on: adding in place would change it for others.
    Value x = parameter(1, 2, 3);
    Value column = tape.apply(new Reshape(List.of(3, 1)), x);
    Value back = tape.apply(new Reshape(List.of(3)), tape.apply(new Flatten(0), column));
    Value y = tape.apply(new Add(), back, tape.apply(new Identity(), x));
    Value z = tape.apply(new Add(), y, x);
    assertThat(gradient(sum(z), x)).containsExactly(3, 3, 3);
  }

  @Test
  void summandsOfAnAdd_doNotShareTheirGradient() {
    Value a = parameter(1, 2);
    Value b = parameter(3, 4);
    Value y = tape.apply(new Add(), a, b);
    // The second use of a adds to its gradient; b's must stay what it is.
    Value z = tape.apply(new Add(), y, tape.apply(new Mul(), a, constant(10, 100)));
    Gradients gradients = tape.backward(sum(z));
    assertThat(values(gradients, a)).containsExactly(11, 101);
    assertThat(values(gradients, b)).containsExactly(1, 1);
  }

  @Test
  void viewOfAParameter_leadsTheGradientToIt() {
    Value x = parameter(1, 2, 3, 4);
    Value y = tape.apply(new Reshape(List.of(2, 2)), x);
    Value loss = sum(tape.apply(new Mul(), tape.apply(new Flatten(0), y), constant(5, 6, 7, 8)));
    Gradients gradients = tape.backward(loss);
    assertThat(Objects.requireNonNull(gradients.of(x)).shape()).isEqualTo(Shape.of(4));
    assertThat(values(gradients, x)).containsExactly(5, 6, 7, 8);
  }

  @Test
  void subtractionFromItself_hasNoGradient() {
    Value x = parameter(1, 2);
    assertThat(gradient(sum(tape.apply(new Sub(), x, x)), x)).containsExactly(0, 0);
  }

  @Test
  void frozenPrefix_addsNoBackwardStepsAndSavesNothing() {
    Value x = constant(1, -2, 3);
    Value frozen = x;
    for (int layer = 0; layer < 5; layer++) {
      frozen = tape.apply(new Relu(), tape.apply(new Mul(), frozen, constant(1, 1, 1)));
    }
    assertThat(frozen.needsGradient()).isFalse();
    assertThat(tape.backwardSteps()).isZero();
    assertThat(tape.savedBytes()).isZero();
    Value weight = parameter(2, 2, 2);
    tape.apply(new Mul(), frozen, weight);
    assertThat(tape.backwardSteps()).isEqualTo(1);
    assertThat(tape.savedBytes()).as("the factor that the weight's gradient needs").isEqualTo(12);
  }

  @Test
  void frozenLayerAboveATrainableOne_passesItsGradientOn() {
    Value weight = parameter(1, 2, 3);
    Value below = tape.apply(new Mul(), weight, constant(1, 1, 1));
    Value frozen = tape.apply(new Mul(), below, constant(4, 5, 6));
    assertThat(frozen.needsGradient()).isTrue();
    assertThat(gradient(sum(frozen), weight)).containsExactly(4, 5, 6);
  }

  @Test
  void frozenConvolutionAboveATrainableOne_doesNotKeepItsInput() {
    Window one = Window.square(1, 1, 0);
    Value x = constant(Shape.of(1, 1, 2, 2), 1, 2, 3, 4);
    Value trained = tape.apply(new Conv(one, 1), x, parameter(Shape.of(3, 1, 1, 1), 1, 2, 3));
    long before = tape.savedBytes();
    Value frozenWeight = constant(Shape.of(1, 3, 1, 1), 5, 6, 7);
    Value y = tape.apply(new Conv(one, 1), trained, frozenWeight);
    assertThat(tape.backwardSteps()).isEqualTo(2);
    assertThat(tape.savedBytes()).isEqualTo(before);
    assertThat(y.needsGradient()).isTrue();
  }

  @Test
  void activationSavedByTwoSteps_isCountedOnce() {
    Value x = parameter(1, 2, 3);
    Value y = tape.apply(new Relu(), x);
    assertThat(tape.savedBytes()).isEqualTo(12);
    tape.apply(new Mul(), y, y);
    assertThat(tape.savedBytes()).isEqualTo(12);
  }

  @Test
  void parameterThatDoesNotLeadToTheLoss_hasNoGradient() {
    Value used = parameter(1, 2);
    Value unused = parameter(3, 4);
    Value aside = tape.apply(new Relu(), unused);
    Gradients gradients = tape.backward(sum(used));
    assertThat(aside.needsGradient()).isTrue();
    assertThat(gradients.of(unused)).isNull();
    assertThat(gradients.of(used)).isNotNull();
  }

  @Test
  void constantBesideAParameter_hasNoGradient() {
    Value weight = parameter(1, 2);
    Value data = constant(3, 4);
    Gradients gradients = tape.backward(sum(tape.apply(new Mul(), weight, data)));
    assertThat(gradients.of(data)).isNull();
  }

  @Test
  void targetThatDependsOnAParameter_getsNoGradient() {
    Value weight = parameter(1, 2);
    Value loss = tape.apply(new MeanSquaredError(), constant(0, 0), weight);
    assertThat(loss.needsGradient()).isFalse();
    assertThat(tape.backwardSteps()).isZero();
  }

  @Test
  void dropout_drawsTheSameMaskInBackward() {
    Value x = tape.parameter(Tensor.of(Shape.of(1000), ones(1000)).upload(backend));
    Value y = tape.apply(new Dropout(0.3, true), 42, List.of(x)).get(0);
    double[] kept = backend.values(y.tensor().buffer(), 1000);
    // The gradient of the sum is the scaled mask; on ones, so is the output.
    assertThat(gradient(sum(y), x)).containsExactly(kept);
    assertThat(kept).contains(0, 1 / 0.7);
    assertThat(tape.savedBytes()).isZero();
  }

  @Test
  void dropout_drawsAnotherMaskForAnotherKey() {
    Value x = tape.constant(Tensor.of(Shape.of(1000), ones(1000)).upload(backend));
    assertThat(dropped(x, 1)).isEqualTo(dropped(x, 1)).isNotEqualTo(dropped(x, 2));
  }

  @Test
  void backward_wantsAScalar() {
    Value x = parameter(1, 2);
    assertThatThrownBy(() -> tape.backward(x))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("[2]");
  }

  @Test
  void backward_emptiesTheTape() {
    Value x = parameter(1, 2);
    tape.backward(sum(x));
    assertThat(tape.backwardSteps()).isZero();
  }

  private double[] dropped(Value x, long key) {
    Value y = tape.apply(new Dropout(0.3, true), key, List.of(x)).get(0);
    return backend.values(y.tensor().buffer(), y.shape().elements());
  }

  private Value parameter(float... values) {
    return parameter(Shape.of(values.length), values);
  }

  private Value parameter(Shape shape, float... values) {
    return tape.parameter(Tensor.of(shape, values).upload(backend));
  }

  private Value constant(float... values) {
    return constant(Shape.of(values.length), values);
  }

  private Value constant(Shape shape, float... values) {
    return tape.constant(Tensor.of(shape, values).upload(backend));
  }

  private Value sum(Value vector) {
    float[] ones = ones(vector.shape().elements());
    return tape.apply(new MatMul(), vector, constant(ones));
  }

  private static float[] ones(int n) {
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  private double[] gradient(Value loss, Value leaf) {
    return values(tape.backward(loss), leaf);
  }

  private double[] values(Gradients gradients, Value leaf) {
    Tensor gradient = Objects.requireNonNull(gradients.of(leaf));
    return backend.values(gradient.buffer(), gradient.shape().elements());
  }
}
