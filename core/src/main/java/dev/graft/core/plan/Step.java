package dev.graft.core.plan;

import dev.graft.core.op.Op;
import java.util.ArrayList;
import java.util.List;

/** One thing that a plan does, in terms of slots: what the planner knows before there is memory. */
interface Step {

  /** What it reads. */
  List<Slot> reads();

  /** What it writes; in full, without having read it. */
  List<Slot> writes();

  /** Which slots may share storage, if the read one is needed no more. */
  default List<Overwrite> overwrites() {
    return List.of();
  }

  /** This step on real memory. */
  Action bind(Binding at);

  /**
   * A slot that may be written over another.
   *
   * @param written one of {@link #writes()}
   * @param read one of {@link #reads()}
   */
  record Overwrite(Slot written, Slot read) {

    /** What an operation's forward rule allows for its first output. */
    static List<Overwrite> ofForward(Op op, List<Slot> inputs, Slot output) {
      List<Overwrite> overwrites = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        if (op.mayOverwrite(i) && inputs.get(i).shape().equals(output.shape())) {
          overwrites.add(new Overwrite(output, inputs.get(i)));
        }
      }
      return overwrites;
    }
  }

  /** A step on real memory; made once, run many times. */
  interface Action {

    /**
     * @param key of this pass's random numbers
     */
    void run(long key);
  }
}
