package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.HostIntegers;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Copies a graph's outputs to the host: to new arrays each time, or always to the same. */
final class Outputs {

  private final Backend backend;
  private final List<String> names;
  private final List<Tensor> sources;
  private final boolean reused;
  private Map<String, Tensor> values = Map.of();

  Outputs(Backend backend, List<String> names, List<Tensor> sources, boolean reused) {
    this.backend = backend;
    this.names = names;
    this.sources = new ArrayList<>(sources);
    this.reused = reused;
    if (reused) {
      values = zeros();
    }
  }

  void read() {
    if (!reused) {
      values = zeros();
    }
    for (int i = 0; i < sources.size(); i++) {
      Tensor source = sources.get(i);
      Tensor target = values.get(names.get(i));
      int elements = source.shape().elements();
      if (source.buffer() instanceof HostIntegers from) {
        System.arraycopy(from.array(), from.offset(), target.integers().array(), 0, elements);
      } else {
        backend.download(source.buffer(), elements, target.host().array(), 0);
      }
    }
  }

  private Map<String, Tensor> zeros() {
    Map<String, Tensor> fresh = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      Tensor source = sources.get(i);
      Shape shape = source.shape();
      fresh.put(
          names.get(i),
          source.buffer() instanceof HostIntegers
              ? Tensor.whole(source.type(), shape, new long[shape.elements()])
              : Tensor.zeros(shape));
    }
    return Collections.unmodifiableMap(fresh);
  }

  /** What was read last. */
  Map<String, Tensor> values() {
    return values;
  }
}
