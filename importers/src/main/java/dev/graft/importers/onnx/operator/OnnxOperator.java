package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Op;
import dev.graft.importers.graph.FoldRule;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One operator of ONNX.
 *
 * @param domain empty for ONNX's own
 * @param name such as {@code Conv}
 * @param since the opset that brought it; 6 for those that are older
 * @param reading what a node of it becomes
 * @param rankFree whether its operation does the same to each sample where the axis of the samples
 *     stands before the axes that the file has; refused by default, since axes are counted from the
 *     first in most operators
 * @param folding what is carried out at import of the operations that it becomes
 * @param writing how the operation of that name is written; null for an operator that becomes
 *     operations of other names, or nothing but constants
 */
public record OnnxOperator(
    String domain,
    String name,
    int since,
    Reading reading,
    boolean rankFree,
    FoldRule folding,
    @Nullable Written<?> writing) {

  /** The oldest opset that is read. */
  public static final int OLDEST = 6;

  /** The opset in which models are written that need no newer one. */
  public static final int WRITTEN = 13;

  /** Turns one node of a file into operations. */
  @FunctionalInterface
  public interface Reading {
    /**
     * @throws dev.graft.importers.ImportException if the node asks for what is not supported
     * @throws dev.graft.core.tensor.ShapeException if its inputs do not fit
     */
    void read(NodeCursor node);
  }

  /** Writes the attributes and further inputs of an operation. */
  @FunctionalInterface
  public interface Writing<O extends Op> {
    /**
     * @throws dev.graft.importers.ExportException if the operation has no place in a file
     */
    void write(O op, NodeWriter node);
  }

  /**
   * How an operation is written.
   *
   * @param type the operation's class
   * @param opset the oldest opset, from {@link #WRITTEN} on, that has it
   * @param how its attributes and further inputs
   */
  public record Written<O extends Op>(Class<O> type, ToIntFunction<O> opset, Writing<O> how) {

    int opset(Op op) {
      return opset.applyAsInt(type.cast(op));
    }

    void write(Op op, NodeWriter node) {
      how.write(type.cast(op), node);
    }
  }

  /** An operator that is read, and so far neither carried out nor written. */
  static OnnxOperator of(String name, Reading reading) {
    return new OnnxOperator("", name, OLDEST, reading, false, FoldRule.NEVER, null);
  }

  /** An operator of one operation without attributes, on {@code operands} inputs. */
  static OnnxOperator plain(Op op, int operands) {
    return plain(op, operands, OLDEST);
  }

  /** The same for an operator that came with the opset {@code since}. */
  static OnnxOperator plain(Op op, int operands, int since) {
    return of(op.type(), node -> node.emit(op, node.inputs(operands)))
        .since(since)
        .folds(FoldRule.FLOATS)
        .writes(op.getClass(), (same, node) -> {});
  }

  /** The same with what is carried out at import. */
  OnnxOperator folds(FoldRule rule) {
    return new OnnxOperator(domain, name, since, reading, rankFree, rule, writing);
  }

  /** The same for an operator that counts axes from the last, or none. */
  OnnxOperator ofAnyRank() {
    return new OnnxOperator(domain, name, since, reading, true, folding, writing);
  }

  /** The same for an operator that came with that opset. */
  OnnxOperator since(int opset) {
    return new OnnxOperator(domain, name, opset, reading, rankFree, folding, writing);
  }

  /** The same with how it is written, by any opset from {@link #WRITTEN} and its own on. */
  <O extends Op> OnnxOperator writes(Class<O> type, Writing<O> how) {
    return writes(type, op -> Math.max(WRITTEN, since), how);
  }

  /** The same with how it is written, from the opset on that {@code opset} tells. */
  <O extends Op> OnnxOperator writes(Class<O> type, ToIntFunction<O> opset, Writing<O> how) {
    return new OnnxOperator(
        domain, name, since, reading, rankFree, folding, new Written<>(type, opset, how));
  }
}
