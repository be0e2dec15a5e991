package dev.graft.importers.graph;

import dev.graft.core.op.Op;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.pooling.MaxPool;
import dev.graft.importers.ImportException;
import java.util.List;

/**
 * What a file may do with a batch that it fixes to 1 and that is left open all the same: nothing
 * that makes the result of one sample depend on another. Most such operations show in the shape
 * (the axis is gone, doubled, or twice there); the others are told here.
 */
public final class BatchAxis {

  private static final int NONE = Integer.MIN_VALUE;

  private BatchAxis() {}

  /**
   * @param reads the axis of the samples in each input, -1 for none
   * @param result the same for the output
   * @param rank of the output
   * @throws ImportException if samples would not stay apart
   */
  static void expectApart(Op op, List<Integer> reads, int result, int rank) {
    boolean lost = result < 0 && reads.stream().anyMatch(axis -> axis >= 0);
    boolean slides = op instanceof Conv || op instanceof MaxPool || op instanceof AveragePool;
    int summed =
        op instanceof Softmax softmax
            ? softmax.axis()
            : op instanceof LogSoftmax softmax ? softmax.axis() : NONE;
    boolean sums = result >= 0 && (summed == result || summed + rank == result);
    if (lost || slides && reads.get(0) > 0 || sums) {
      throw new ImportException("works across the batch");
    }
  }
}
