package dev.graft.core.train;

import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A {@link RunState} as tensors and lines of text. */
final class RunNotes {

  private static final String WEIGHTS = "weights/";
  private static final String BEST = "best/";
  private static final String OPTIMIZER = "optimizer/";
  private static final String ORIGIN = "origin.";
  private static final String SLOTS = "slots/";

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> notes = new LinkedHashMap<>();

  private RunNotes() {}

  static CheckpointStore.Checkpoint write(RunState state) {
    RunNotes to = new RunNotes();
    to.notes.put("seed", "" + state.seed());
    state.origin().facts().forEach((name, value) -> to.notes.put(ORIGIN + name, value));
    to.notes.put("epochs", "" + state.epochs());
    to.notes.put("steps", "" + state.steps());
    to.notes.put("past", "" + state.past().size());
    for (int i = 0; i < state.past().size(); i++) {
      PhaseEnd end = state.past().get(i);
      to.notes.put("past." + i + ".name", end.name());
      to.notes.put("past." + i + ".epochs", "" + end.epochs());
      to.notes.put("past." + i + ".reason", end.reason());
      to.notes.put("past." + i + ".lowestLoss", "" + end.lowestLoss());
      to.notes.put("past." + i + ".rate", "" + end.rate());
    }
    to.put(WEIGHTS, state.weights().asMap());
    if (state.best() != null) {
      to.notes.put("best.epoch", "" + state.best().epoch());
      to.notes.put("best.average", state.best().average());
      to.put("best", state.best().validation());
      to.put(BEST, state.best().weights().asMap());
    }
    if (state.last() != null) {
      to.put("last", state.last());
    }
    if (state.within() != null) {
      to.put(state.within());
    }
    return new CheckpointStore.Checkpoint(Weights.of(to.tensors), to.notes);
  }

  private void put(RunState.Within within) {
    notes.put("within", within.phase());
    notes.put("within.epochs", "" + within.epochs());
    notes.put("within.taken", "" + within.taken());
    notes.put("within.steps", "" + within.steps());
    notes.put("within.rate", "" + within.rate());
    notes.put("within.losses", text(within.losses()));
    notes.put("within.sums", text(within.sums()));
    notes.put("within.optimizerSteps", "" + within.optimizer().steps());
    put(OPTIMIZER, within.optimizer().tensors());
    put(SLOTS, within.slots());
  }

  private void put(String prefix, Map<String, Tensor> named) {
    named.forEach((name, tensor) -> tensors.put(prefix + name, tensor));
  }

  private void put(String name, Metrics metrics) {
    notes.put(name + ".loss", "" + metrics.loss());
    notes.put(name + ".examples", "" + metrics.examples());
    notes.put(name + ".scores", "" + metrics.scores().size());
    for (int i = 0; i < metrics.scores().size(); i++) {
      Metrics.Score score = metrics.scores().get(i);
      notes.put(name + "." + i + ".name", score.name());
      notes.put(name + "." + i + ".value", "" + score.value());
      notes.put(name + "." + i + ".text", score.text());
    }
  }

  static RunState read(CheckpointStore.Checkpoint checkpoint) {
    RunNotes from = new RunNotes();
    from.tensors.putAll(checkpoint.weights().asMap());
    from.notes.putAll(checkpoint.notes());
    try {
      List<PhaseEnd> past = new ArrayList<>();
      for (int i = 0; i < from.integer("past"); i++) {
        String at = "past." + i;
        past.add(
            new PhaseEnd(
                from.text(at + ".name"),
                from.integer(at + ".epochs"),
                from.text(at + ".reason"),
                from.number(at + ".lowestLoss"),
                from.number(at + ".rate")));
      }
      Metrics validation = from.metrics("best");
      return new RunState(
          Long.parseLong(from.text("seed")),
          from.origin(),
          from.integer("epochs"),
          from.integer("steps"),
          past,
          from.within(),
          Weights.of(from.named(WEIGHTS)),
          validation == null
              ? null
              : new Best(
                  validation,
                  from.integer("best.epoch"),
                  from.text("best.average"),
                  Weights.of(from.named(BEST))),
          from.metrics("last"));
    } catch (NumberFormatException e) {
      throw new TrainingException("the state of the run is damaged: " + e.getMessage());
    }
  }

  private RunOrigin origin() {
    Map<String, String> facts = new LinkedHashMap<>();
    notes.forEach(
        (name, value) -> {
          if (name.startsWith(ORIGIN)) {
            facts.put(name.substring(ORIGIN.length()), value);
          }
        });
    return new RunOrigin(facts);
  }

  private RunState.@Nullable Within within() {
    if (!notes.containsKey("within")) {
      return null;
    }
    return new RunState.Within(
        text("within"),
        integer("within.epochs"),
        integer("within.taken"),
        integer("within.steps"),
        number("within.rate"),
        numbers("within.losses"),
        numbers("within.sums"),
        new Optimizer.State(integer("within.optimizerSteps"), named(OPTIMIZER)),
        named(SLOTS));
  }

  private @Nullable Metrics metrics(String name) {
    if (!notes.containsKey(name + ".loss")) {
      return null;
    }
    List<Metrics.Score> scores = new ArrayList<>();
    for (int i = 0; i < integer(name + ".scores"); i++) {
      String at = name + "." + i;
      scores.add(new Metrics.Score(text(at + ".name"), number(at + ".value"), text(at + ".text")));
    }
    return new Metrics(number(name + ".loss"), scores, integer(name + ".examples"));
  }

  private Map<String, Tensor> named(String prefix) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix)) {
            named.put(name.substring(prefix.length()), tensor);
          }
        });
    return named;
  }

  private String text(String name) {
    String text = notes.get(name);
    if (text == null) {
      throw new TrainingException(
          "the checkpoint holds no state of a run: " + name + " is missing");
    }
    return text;
  }

  private static String text(List<Double> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  private List<Double> numbers(String name) {
    String text = text(name);
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(" ")).map(Double::valueOf).toList();
  }

  private int integer(String name) {
    return Integer.parseInt(text(name));
  }

  private double number(String name) {
    return Double.parseDouble(text(name));
  }
}
