package dev.graft.core.transfer.surgery;

import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Weights of another file in a network of one's own, by name and shape; every tensor of both is
 * reported.
 *
 * @param model with what was loaded
 * @param loaded names of the network's tensors that were found with their shape
 * @param kept the others, which keep what the network has, a line each with the reason
 * @param unused names in the file that nothing of the network is called
 */
public record PartialImport(
    Model model, List<String> loaded, List<String> kept, List<String> unused) {

  /** What exporters put before the names that a network has within. */
  private static final List<String> PREFIXES = List.of("module.", "model.", "backbone.");

  public PartialImport {
    loaded = List.copyOf(loaded);
    kept = List.copyOf(kept);
    unused = List.copyOf(unused);
  }

  /**
   * Loads what fits. A name counts with or without {@code module.}, {@code model.} or {@code
   * backbone.} before it.
   *
   * @param source the other file's tensors
   */
  public static PartialImport of(Model model, Weights source) {
    Map<String, String> plain = new LinkedHashMap<>();
    source.names().forEach(name -> plain.putIfAbsent(stripped(name), name));
    Map<String, Tensor> found = new LinkedHashMap<>();
    List<String> kept = new ArrayList<>();
    Set<String> unused = new LinkedHashSet<>(source.names());
    for (String name : model.weights().names()) {
      String other = source.contains(name) ? name : plain.get(stripped(name));
      if (other == null) {
        kept.add(name + " " + model.weights().get(name).shape() + ": not in the file");
        continue;
      }
      unused.remove(other);
      Tensor tensor = source.get(other);
      if (tensor.shape().equals(model.weights().get(name).shape())) {
        found.put(name, tensor);
      } else {
        kept.add(
            name + " " + model.weights().get(name).shape() + ": the file has " + tensor.shape());
      }
    }
    Model loaded = model.with(model.weights().with(found));
    return new PartialImport(loaded, List.copyOf(found.keySet()), kept, List.copyOf(unused));
  }

  private static String stripped(String name) {
    String rest = name;
    for (String prefix : PREFIXES) {
      rest = rest.startsWith(prefix) ? rest.substring(prefix.length()) : rest;
    }
    return rest;
  }

  /** One line for people. */
  public String summary() {
    return loaded.size()
        + " tensors loaded, "
        + kept.size()
        + " kept as they were, "
        + unused.size()
        + " of the file unused";
  }
}
