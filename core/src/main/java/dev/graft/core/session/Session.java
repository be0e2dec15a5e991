package dev.graft.core.session;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.Buffer;
import dev.graft.core.data.Preprocessor;
import dev.graft.core.graph.Head;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.plan.Executor;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model made ready to predict on a backend. Belongs to one thread at a time; any number of
 * sessions can share a model.
 */
public final class Session implements AutoCloseable {

  private final Model model;
  private final Backend backend;
  private final boolean ownsBackend;
  private final Executor executor;
  private boolean closed;

  private Session(Model model, Backend backend, boolean ownsBackend) {
    this.model = model;
    this.backend = backend;
    this.ownsBackend = ownsBackend;
    Variables variables = new Variables(backend, model.graph(), model.weights());
    this.executor = new PlanExecutor(model.graph(), variables, backend, Set.of());
  }

  /** A session on the best backend there is, with all processors. */
  public static Session of(Model model) {
    int threads = Runtime.getRuntime().availableProcessors();
    return new Session(model, Backends.byName("auto", threads), true);
  }

  /** A session on {@code backend}, which stays the caller's to close. */
  public static Session of(Model model, Backend backend) {
    return new Session(model, backend, false);
  }

  /** The model it runs. */
  public Model model() {
    return model;
  }

  /**
   * Feeds raw tensors.
   *
   * @param inputs host tensors by input name
   * @return host tensors by output name
   * @throws ShapeException if an input is missing or does not fit
   * @throws IllegalStateException if the session is closed
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    if (closed) {
      throw new IllegalStateException("the session is closed; open a new one");
    }
    return executor.predict(inputs);
  }

  /**
   * One raw item through a model with one input and one output.
   *
   * @param item the input without its batch axis, row-major
   * @return the output without its batch axis
   */
  public float[] predict(float[] item) {
    InputSpec input = model.graph().input();
    Map<String, Tensor> outputs = run(Map.of(input.name(), Tensor.of(input.bind(1), item)));
    return outputs.get(model.graph().output()).toArray();
  }

  /**
   * Classifies a picture with the preprocessing the model carries.
   *
   * @return all classes, the most probable first
   * @throws IllegalStateException if the model carries no preprocessing; set it with {@code
   *     model.with(model.metadata().withPreprocessing(…))}
   */
  public List<Prediction> predict(BufferedImage picture) {
    Preprocessing preprocessing = model.metadata().preprocessing();
    if (preprocessing == null) {
      throw new IllegalStateException(
          "the model carries no preprocessing; set one of "
              + String.join(", ", Preprocessing.NAMES)
              + " with Metadata.withPreprocessing");
    }
    preprocessing.check(model.graph().input());
    return ranked(predict(Preprocessor.apply(preprocessing, picture)));
  }

  /** The output of a classifier as probabilities, the most probable class first. */
  public List<Prediction> ranked(float[] output) {
    float[] probabilities = Head.endsInSoftmax(model.graph()) ? output : softmax(output);
    List<String> labels = model.metadata().labels();
    List<Prediction> ranked = new ArrayList<>();
    for (int i = 0; i < probabilities.length; i++) {
      String label = i < labels.size() ? labels.get(i) : Integer.toString(i);
      ranked.add(new Prediction(label, i, probabilities[i]));
    }
    ranked.sort(Comparator.comparingDouble(Prediction::probability).reversed());
    return ranked;
  }

  private float[] softmax(float[] logits) {
    Buffer x = backend.allocate(logits.length);
    Buffer y = backend.allocate(logits.length);
    backend.upload(logits, 0, logits.length, x);
    backend.softmax(1, logits.length, 1, x, y);
    float[] probabilities = new float[logits.length];
    backend.download(y, logits.length, probabilities, 0);
    return probabilities;
  }

  /** Releases the session's memory, and its backend if it is its own. */
  @Override
  public void close() {
    closed = true;
    if (ownsBackend) {
      backend.close();
    }
  }
}
