package dev.graft.core.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an operation works with is what it declares: its rules allocate nothing themselves. */
class TemporariesTest {

  private static final ReferenceBackend REFERENCE = new ReferenceBackend();

  static List<OpCase> cases() {
    return OpCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rules_allocateNothing(OpCase c) {
    AtomicInteger allocations = new AtomicInteger();
    Backend watched = watched(allocations);
    for (Needs needs : c.masks()) {
      run(c, needs, watched);
    }
    assertThat(allocations).as(c.toString()).hasValue(0);
  }

  /** The reference backend; what it allocates within its own composed kernels does not count. */
  private static Backend watched(AtomicInteger allocations) {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("allocate")) {
                allocations.incrementAndGet();
              }
              try {
                return method.invoke(REFERENCE, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static void run(OpCase c, Needs needs, Backend watched) {
    Op op = c.op();
    List<Shape> shapes = c.shapes();
    double[][] drawn = c.draw();
    List<@Nullable Tensor> inputs = new ArrayList<>();
    List<@Nullable Tensor> gradients = new ArrayList<>();
    for (int i = 0; i < drawn.length; i++) {
      inputs.add(c.has(i) ? c.inputs().get(i).tensor(REFERENCE, drawn[i]) : null);
      gradients.add(needs.of(i) ? Tensor.allocate(REFERENCE, shapes.get(i)) : null);
    }
    List<Tensor> outputs = allocate(op.outputShapes(shapes));
    List<Tensor> scratch = allocate(op.scratchShapes(shapes, needs));
    List<Tensor> temporaries = allocate(op.forwardTemporaries(shapes));
    op.forward(new Forward(watched, inputs, outputs, scratch, temporaries, c.key()));
    if (!needs.any()) {
      return;
    }
    List<@Nullable Tensor> dys = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      Tensor dy = Tensor.allocate(REFERENCE, outputs.get(i).shape());
      REFERENCE.fill(dy.shape().elements(), 1, dy.buffer());
      dys.add(op.differentiableOutput(i) ? dy : null);
    }
    op.backward(
        new Backward(
            watched,
            needs,
            shapes,
            inputs,
            List.copyOf(outputs),
            scratch,
            allocate(op.backwardTemporaries(shapes, needs)),
            dys,
            gradients,
            c.key()));
  }

  private static List<Tensor> allocate(List<Shape> shapes) {
    return shapes.stream().map(s -> Tensor.allocate(REFERENCE, s)).toList();
  }
}
