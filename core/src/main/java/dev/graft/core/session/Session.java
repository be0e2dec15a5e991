package dev.graft.core.session;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.picture.Preprocessor;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.OutputMeaning;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.awt.image.BufferedImage;
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
  private final Ranking ranking;
  private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
  private volatile boolean closed;

  Session(Model model, Backend backend, boolean ownsBackend, PlanExecutor executor) {
    this.model = model;
    this.backend = backend;
    this.ownsBackend = ownsBackend;
    this.executor = executor;
    this.ranking =
        new Ranking(
            model.graph().outputs().size() == 1
                ? OutputMeaning.of(model.graph())
                : OutputMeaning.UNKNOWN,
            model.metadata().labels());
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
    Variables variables = Variables.readOnly(backend, model.graph(), model.weights());
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
   * @throws ShapeException if the item does not have the input's size, or that is open; {@link
   *     #run} takes items of any size
   */
  public float[] predict(float[] item) {
    InputSpec input = model.graph().input();
    Shape shape = input.bind(1);
    if (shape.isOpen()) {
      throw new ShapeException(
          "input " + input.name() + " is " + input + ": run a tensor, which says how large it is");
    }
    return predict(input, Tensor.of(shape, item));
  }

  private float[] predict(InputSpec input, Tensor item) {
    return run(Map.of(input.name(), item)).get(model.graph().output()).toArray();
  }

  /**
   * Predicts of a picture with the preprocessing the model carries.
   *
   * @return as {@link #ranked}: all classes, the most probable first
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
    InputSpec input = model.graph().input();
    preprocessing.check(input);
    float[] item = Preprocessor.apply(preprocessing, picture);
    return ranked(predict(input, Tensor.of(preprocessing.shape(), item)));
  }

  /**
   * An output as predictions, by what its numbers mean ({@link OutputMeaning}): the probabilities
   * of classes or of independent labels, the most probable first; two classes for a single sigmoid,
   * whose probability is that of the second ({@code X} and {@code not X} where there is one label);
   * numbers that are no probabilities in their own order.
   */
  public List<Prediction> ranked(float[] output) {
    return ranking.of(output);
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
