package dev.graft.core.op.layout;

import dev.graft.core.op.Arity;
import dev.graft.core.op.HostOp;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whole numbers or truth values that are part of the arithmetic: positions, shapes. ONNX Constant
 * (1, 9, 11, 12, 13) of such a type.
 *
 * @param elementType INT64 or BOOL
 * @param shape of the tensor
 * @param numbers row-major; truth values as 0 and 1
 */
public record Constant(ElementType elementType, Shape shape, List<Long> numbers) implements HostOp {

  public Constant {
    numbers = List.copyOf(numbers);
  }

  /** A vector of whole numbers. */
  public static Constant of(Long... numbers) {
    return new Constant(ElementType.INT64, Shape.of(numbers.length), List.of(numbers));
  }

  @Override
  public String type() {
    return "Constant";
  }

  @Override
  public List<Fact> infer(List<@Nullable Fact> inputs) {
    Arity.expect(this, inputs, 0);
    return List.of(new Fact(elementType, shape, numbers.stream().map(Size::of).toList()));
  }
}
