package dev.graft.core.transfer.recipe;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.train.EarlyStopping;
import dev.graft.core.train.ParamGroup;
import dev.graft.core.train.Phase;
import dev.graft.core.train.PhaseEnd;
import dev.graft.core.train.Schedule;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.freeze.GroupRule;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** What a recipe decides by: the model, the settings, and what has been trained so far. */
public final class Course {

  /** Epochs without a lower validation loss after which a head phase before others ends. */
  public static final int HEAD_PATIENCE = 3;

  /**
   * In so few steps a pretrained network does not settle again that was moved at its head's whole
   * rate (48 were too few for one of photographs); in so many it does (250 sufficed one that had to
   * learn digits).
   */
  private static final int TOO_FEW_STEPS = 50;

  private static final int ENOUGH_STEPS = 250;

  private final Model model;
  private final Graph graph;
  private final Terms terms;
  private final int stepsPerEpoch;
  private final int examples;
  private final double chance;
  private final DoubleSupplier headRate;
  private final List<PhaseEnd> past;

  /**
   * @param model as training started
   * @param graph the model with the loss attached, which is what is trained
   * @param examples number of training examples
   * @param chance the loss of a guess
   * @param headRate the usual rate of a new head, asked for when it is wanted
   * @param past the phases that have ended
   */
  public Course(
      Model model,
      Graph graph,
      Terms terms,
      int stepsPerEpoch,
      int examples,
      double chance,
      DoubleSupplier headRate,
      List<PhaseEnd> past) {
    this.model = model;
    this.graph = graph;
    this.terms = terms;
    this.stepsPerEpoch = stepsPerEpoch;
    this.examples = examples;
    this.chance = chance;
    this.headRate = headRate;
    this.past = List.copyOf(past);
  }

  /** The model as training started. */
  public Model model() {
    return model;
  }

  /** The phases that have ended, in order. */
  public List<PhaseEnd> past() {
    return past;
  }

  /** The epochs that the settings allow for all phases together. */
  public int epochs() {
    return terms.epochs();
  }

  /** The epochs that the settings still allow. */
  public int epochsLeft() {
    return terms.epochs() - past.stream().mapToInt(PhaseEnd::epochs).sum();
  }

  /**
   * The rate the settings name for the first phase, or that was found for it, or else this one:
   * what the first phase itself starts looking from.
   */
  public double rate(DoubleSupplier usual) {
    if (terms.findsRate() && !past.isEmpty()) {
      return past.get(0).rate();
    }
    return terms.rate().orElseGet(usual);
  }

  /** The examples a step that the settings ask for, if they do. */
  public OptionalInt batchSize() {
    return terms.batchSize();
  }

  /** Training examples. */
  public int examples() {
    return examples;
  }

  /** The usual rate of a new head, or less where the features are too large for it. */
  public double headRate() {
    return headRate.getAsDouble();
  }

  /**
   * The rate of a whole pretrained network behind its head's. Where nothing keeps activations in
   * range, such as where BatchNormalization was folded into the convolutions, it is a hundredth.
   * Elsewhere it follows from what the phases so far have left to learn: the head's own rate where
   * they leave a quarter or more of the loss that chance would have, since then the trunk must
   * move; less in proportion, down to a tenth, where its features serve already and can only be
   * spoilt, or where there are too few steps in which to settle again.
   *
   * @param epochs in which the network, or ever more of it, is trained
   */
  public double tuningRate(double headRate, int epochs) {
    if (!isNormalized()) {
      return headRate / 100;
    }
    double left = left();
    if (Double.isNaN(left)) {
      return headRate / 10;
    }
    double room =
        Math.min(1, (steps(epochs) - TOO_FEW_STEPS) / (double) (ENOUGH_STEPS - TOO_FEW_STEPS));
    return headRate * Math.max(0.1, room * Math.min(1, 4 * left));
  }

  /** Why, in a few words. */
  String tuningReason(int epochs) {
    if (!isNormalized()) {
      return "a hundredth of the head's, since nothing normalises activations";
    }
    return String.format(
        Locale.ROOT,
        "by what the head has left to learn, a loss of %.2g where chance has %.2g, and %d steps",
        past.stream().mapToDouble(PhaseEnd::lowestLoss).min().orElse(Double.NaN),
        chance,
        steps(epochs));
  }

  private long steps(int epochs) {
    return (long) epochs * stepsPerEpoch;
  }

  /**
   * The lowest validation loss so far as a share of that of a guess; NaN where there is none, or
   * nobody knows what a guess costs.
   */
  double left() {
    return past.stream().mapToDouble(PhaseEnd::lowestLoss).min().orElse(Double.NaN) / chance;
  }

  /** Training pictures for each class. */
  int picturesPerClass() {
    return examples / Math.max(1, model.metadata().labels().size());
  }

  /** What training everything may cost. */
  Budget budget() {
    return Budget.of(graph, examples, terms.minutes());
  }

  /**
   * Whether something keeps activations in range, such as BatchNormalization: with statistics that
   * stay frozen it only scales.
   */
  boolean isNormalized() {
    Set<String> trainable = terms.freeze().trainable(model.graph());
    return model.graph().nodes().stream()
        .filter(n -> n.op().normalizes())
        .anyMatch(
            n ->
                n.op().stateInputs().isEmpty()
                    || model.graph().parameters(n).stream().anyMatch(trainable::contains));
  }

  /** The network's blocks, the head's last. */
  Blocks blocks() {
    return Blocks.of(model.graph());
  }

  /**
   * A phase for the head alone, at a constant rate.
   *
   * @param patience epochs without a lower validation loss after which it ends, unless the settings
   *     say; 0 never
   */
  public Phase head(double rate, int epochs, int patience) {
    FreezeMask trunk = FreezeMask.allBut(model.head());
    int chosen = terms.patience() == 0 ? patience : terms.patience();
    return phase("head", groups(trunk), rate, Schedule.constant(), epochs, chosen);
  }

  /**
   * A phase for much of the network: the rate rises over its first epoch, then falls to 0.
   *
   * @param frozen what stays as it is beside what the settings freeze
   */
  public Phase phase(String name, FreezeMask frozen, double rate, int epochs) {
    return phase(name, frozen, rate, epochs, 0);
  }

  /**
   * As above.
   *
   * @param patience epochs without a lower validation loss after which it ends, unless the settings
   *     say; 0 never
   */
  public Phase phase(String name, FreezeMask frozen, double rate, int epochs, int patience) {
    Schedule gentle = Schedule.cosine().withWarmUp(stepsPerEpoch);
    int chosen = terms.patience() == 0 ? patience : terms.patience();
    return phase(name, groups(frozen), rate, gentle, epochs, chosen);
  }

  private Phase phase(
      String name, List<ParamGroup> groups, double rate, Schedule usual, int epochs, int patience) {
    @Nullable Schedule chosen = terms.schedule();
    return new Phase(
        name,
        groups,
        terms.newOptimizer(),
        rate,
        chosen == null ? usual : chosen,
        epochs,
        patience == 0 ? null : new EarlyStopping(patience, 0));
  }

  private List<ParamGroup> groups(FreezeMask frozen) {
    Set<String> trainable = terms.freeze().and(frozen).trainable(graph);
    double decay = terms.layerDecay();
    Map<String, Double> rates = decay == 1 ? Map.of() : blocks().rates(decay);
    return GroupRule.groups(graph, trainable, terms.groupRules(), rates, terms.weightDecay());
  }
}
