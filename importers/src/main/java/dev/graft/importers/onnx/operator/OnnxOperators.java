package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Op;
import dev.graft.importers.onnx.operator.OnnxOperator.Written;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All operators that are read and written. A new one joins a family here, and is known everywhere.
 */
public final class OnnxOperators {

  private static final Map<String, OnnxOperator> BY_NAME = new TreeMap<>();

  static {
    for (List<OnnxOperator> family :
        List.of(
            ActivationOperators.ALL,
            ArithmeticOperators.ALL,
            ProductOperators.ALL,
            ConvOperator.ALL,
            ResizeOperators.ALL,
            PoolingOperators.ALL,
            PairwiseOperators.ALL,
            NormalizationOperators.ALL,
            SampleNormalizationOperators.ALL,
            ComposedNormalizations.ALL,
            EinsumOperator.ALL,
            QuantisationOperators.ALL,
            LossOperators.ALL,
            AttentionOperator.ALL,
            ReductionOperators.ALL,
            FunctionOperators.ALL,
            LogicOperators.ALL,
            RearrangingOperators.ALL,
            SliceOperators.ALL,
            IndexingOperators.ALL,
            WholeNumberOperators.ALL,
            AxisOperators.ALL,
            ReshapeOperator.ALL,
            ConstantOperators.ALL,
            GatherOperator.ALL,
            RecurrentOperators.ALL,
            CastOperators.ALL)) {
      for (OnnxOperator operator : family) {
        OnnxOperator other = BY_NAME.put(key(operator.domain(), operator.name()), operator);
        if (other != null) {
          throw new IllegalStateException("two operators are named " + operator.name());
        }
      }
    }
  }

  private OnnxOperators() {}

  /** All operators, by name. */
  public static Collection<OnnxOperator> all() {
    return Collections.unmodifiableCollection(BY_NAME.values());
  }

  /**
   * The operator of that name; null if there is none.
   *
   * @param domain empty or {@code ai.onnx} for ONNX's own
   */
  public static @Nullable OnnxOperator of(String domain, String name) {
    return BY_NAME.get(key(domain, name));
  }

  /** How a message calls an operator: by its name, after its domain if that is not ONNX's own. */
  public static String key(String domain, String name) {
    return isStandard(domain) ? name : domain + "." + name;
  }

  /** Whether operators of this domain are ONNX's own. */
  public static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  /** How {@code op} is written; null if ONNX has no operator for it, as for a loss. */
  static @Nullable Written<?> writing(Op op) {
    OnnxOperator operator = BY_NAME.get(op.type());
    Written<?> written = operator == null ? null : operator.writing();
    return written != null && written.type().isInstance(op) ? written : null;
  }
}
