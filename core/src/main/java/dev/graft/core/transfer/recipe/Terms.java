package dev.graft.core.transfer.recipe;

import dev.graft.core.train.Optimizer;
import dev.graft.core.train.Schedule;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.freeze.GroupRule;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a recipe must keep to: how much may be trained, and how, wherever that is not its choice.
 */
public interface Terms {

  /** Bound on the epochs of all phases together. */
  int epochs();

  /** Time that training everything may take. */
  double minutes();

  /** Examples a step; empty where the recipe chooses. */
  OptionalInt batchSize();

  /** Learning rate of the first phase; empty where the recipe chooses. */
  OptionalDouble rate();

  /** Whether the rate of the first phase is found by trying; where {@link #rate} says nothing. */
  boolean findsRate();

  /** Schedule of every phase; null where the recipe chooses. */
  @Nullable Schedule schedule();

  /** Epochs without a lower validation loss after which a phase ends; 0 where the recipe says. */
  int patience();

  /** A fresh optimizer for a phase. */
  Optimizer newOptimizer();

  /** What stays as it is in all phases. */
  FreezeMask freeze();

  /** What is different about some layers; of several rules the last one wins. */
  List<GroupRule> groupRules();

  /** Factor on the rate from each block to the one below it, in (0, 1]. */
  double layerDecay();

  /** Decay of the weights, not of biases and normalisations. */
  double weightDecay();
}
