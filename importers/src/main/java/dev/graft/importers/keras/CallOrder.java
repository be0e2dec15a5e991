package dev.graft.importers.keras;

import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.Call;
import dev.graft.importers.keras.config.LayerConfig;
import dev.graft.importers.keras.config.ModelConfig;
import dev.graft.importers.keras.config.ModelParser;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The calls of a functional model in an order in which each reads what is computed. */
final class CallOrder {

  /**
   * One call.
   *
   * @param layer that is called
   * @param number of the call, as references count it
   * @param call its arguments
   */
  record Step(LayerConfig layer, int number, Call call) {}

  private final List<Step> steps = new ArrayList<>();

  /**
   * @throws ImportException if calls read what no layer computes, or each other in a circle
   */
  CallOrder(ModelConfig model) {
    Map<String, Integer> firstNumbers = firstNumbers(model);
    Set<String> inputs = new HashSet<>();
    model.inputs().forEach(ref -> inputs.add(ref.layer()));
    Map<Step, Integer> waiting = new HashMap<>();
    Map<String, List<Step>> readers = new HashMap<>();
    Deque<Step> ready = new ArrayDeque<>();
    Set<String> known = new HashSet<>(inputs);
    List<Step> all = new ArrayList<>();
    for (LayerConfig layer : model.layers()) {
      int number = firstNumbers.get(layer.name());
      for (Call call : layer.calls()) {
        all.add(new Step(layer, number, call));
        known.add(key(layer.name(), number++));
      }
    }
    for (Step step : all) {
      Set<String> reads = new HashSet<>();
      step.call()
          .references()
          .filter(ref -> !inputs.contains(ref.layer()))
          .forEach(ref -> reads.add(key(ref.layer(), ref.call())));
      for (String read : reads) {
        if (!known.contains(read)) {
          throw new ImportException(
              step.layer() + " reads " + read + ", which no layer of the model computes");
        }
        readers.computeIfAbsent(read, k -> new ArrayList<>()).add(step);
      }
      waiting.put(step, reads.size());
      if (reads.isEmpty()) {
        ready.add(step);
      }
    }
    while (!ready.isEmpty()) {
      Step step = ready.remove();
      steps.add(step);
      String key = key(step.layer().name(), step.number());
      for (Step reader : readers.getOrDefault(key, List.of())) {
        if (waiting.merge(reader, -1, Integer::sum) == 0) {
          ready.add(reader);
        }
      }
    }
    if (steps.size() < all.size()) {
      throw new ImportException("layers of the model read each other in a circle");
    }
  }

  List<Step> steps() {
    return steps;
  }

  private static String key(String layer, int call) {
    return call == 0 ? layer : layer + ", call " + call;
  }

  /**
   * A model counts the call by which it was made itself, of which its config says nothing: its
   * first call as a layer is then the second.
   */
  private static Map<String, Integer> firstNumbers(ModelConfig model) {
    Map<String, Integer> last = new HashMap<>();
    Stream.concat(
            model.outputs().stream(),
            model.layers().stream().flatMap(l -> l.calls().stream()).flatMap(Call::references))
        .forEach(ref -> last.merge(ref.layer(), ref.call(), Math::max));
    Map<String, Integer> first = new HashMap<>();
    for (LayerConfig layer : model.layers()) {
      boolean counts =
          ModelParser.isModel(layer) && last.getOrDefault(layer.name(), 0) >= layer.calls().size();
      first.put(layer.name(), counts ? 1 : 0);
    }
    return first;
  }
}
