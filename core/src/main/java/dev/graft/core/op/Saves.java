package dev.graft.core.op;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What an operation keeps from forward for backward, declared so that lifetimes are known before
 * anything runs.
 *
 * @param inputs positions of the inputs that backward reads, where they are there
 * @param outputs positions of the outputs that backward reads
 * @param scratch whether backward reads the scratch tensors that forward wrote
 */
public record Saves(Set<Integer> inputs, Set<Integer> outputs, boolean scratch) {

  /** Nothing is kept. */
  public static final Saves NOTHING = new Saves(Set.of(), Set.of(), false);

  public Saves {
    inputs = Set.copyOf(inputs);
    outputs = Set.copyOf(outputs);
  }

  /** Only these inputs are kept. */
  public static Saves inputs(Integer... positions) {
    return new Saves(Set.of(positions), Set.of(), false);
  }

  /** Only these outputs are kept. */
  public static Saves outputs(Integer... positions) {
    return new Saves(Set.of(), Set.of(positions), false);
  }

  /** These and more inputs. */
  public Saves andInputs(Integer... positions) {
    return new Saves(joined(inputs, positions), outputs, scratch);
  }

  /** These and more outputs. */
  public Saves andOutputs(Integer... positions) {
    return new Saves(inputs, joined(outputs, positions), scratch);
  }

  private static Set<Integer> joined(Set<Integer> some, Integer... more) {
    Set<Integer> all = new HashSet<>(some);
    all.addAll(List.of(more));
    return all;
  }

  /** These and the scratch tensors. */
  public Saves andScratch() {
    return new Saves(inputs, outputs, true);
  }
}
