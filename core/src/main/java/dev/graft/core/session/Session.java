package dev.graft.core.session;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.picture.Preprocessor;
import dev.graft.core.graph.Head;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A model made ready to predict on a backend: compiled for each batch shape it meets, its weights
 * packed once. Belongs to one thread at a time, which it checks; any number of sessions can share a
 * model, and those of a {@link SessionPool} share the packed weights too.
 */
public final class Session implements AutoCloseable {

  private final Model model;
  private final Backend backend;
  private final boolean ownsBackend;
  private final PlanExecutor executor;
  private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
  private volatile boolean closed;

  Session(Model model, Backend backend, boolean ownsBackend, PlanExecutor executor) {
    this.model = model;
    this.backend = backend;
    this.ownsBackend = ownsBackend;
    this.executor = executor;
  }

  /** A session on the best backend there is, with all processors. */
  public static Session of(Model model) {
    Backend backend = best();
    return new Session(model, backend, true, executor(model, backend));
  }

  /** A session on {@code backend}, which stays the caller's to close. */
  public static Session of(Model model, Backend backend) {
    return new Session(model, backend, false, executor(model, backend));
  }

  static Backend best() {
    return Backends.byName(Backends.AUTO, Runtime.getRuntime().availableProcessors());
  }

  static PlanExecutor executor(Model model, Backend backend) {
    Variables variables = new Variables(backend, model.graph(), model.weights());
    return new PlanExecutor(model.graph(), variables, backend, Set.of());
  }

  /** The model it runs. */
  public Model model() {
    return model;
  }

  /**
   * Feeds raw tensors.
   *
   * @param inputs host tensors by input name
   * @return host tensors by output name, the caller's to keep
   * @throws ShapeException if an input is missing or does not fit
   * @throws dev.graft.core.plan.MemoryException if the batch does not fit into memory
   * @throws IllegalStateException if the session is closed, or in use by another thread
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    claim();
    try {
      return executor.predict(inputs);
    } finally {
      user.set(null);
    }
  }

  private void claim() {
    if (!user.compareAndSet(null, Thread.currentThread())) {
      throw new IllegalStateException(
          closed
              ? "the session is closed; open a new one"
              : "the session is in use by another thread; open one for each thread, or a SessionPool");
    }
    if (closed) {
      user.set(null);
      throw new IllegalStateException("the session is closed; open a new one");
    }
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

  private static float[] softmax(float[] logits) {
    double largest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += StrictMath.exp(logit - largest);
    }
    float[] probabilities = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] = (float) (StrictMath.exp(logits[i] - largest) / sum);
    }
    return probabilities;
  }

  /**
   * Ends the session, and its backend if it is its own. May be called twice.
   *
   * @throws IllegalStateException if another thread is predicting with it
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    claim();
    closed = true;
    user.set(null);
    executor.release();
    if (ownsBackend) {
      backend.close();
    }
  }
}
