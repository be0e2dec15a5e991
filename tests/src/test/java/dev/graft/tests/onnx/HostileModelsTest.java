package dev.graft.tests.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.GraftException;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand files of strangers, read, and what opens is run on every backend: the same result on
 * all of them or a typed error of one line, within bounds of memory. As many as one has time for
 * with {@code -Dgraft.hostile.files=N}, others with {@code -Dgraft.hostile.seed=N}, on some
 * backends with {@code -Dgraft.hostile.backends=java,simd}, running one of N that open with {@code
 * -Dgraft.hostile.every=N}; {@code -Dgraft.hostile.first=N} begins at the file that a fault names.
 */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class HostileModelsTest {

  private static final long SEED = Long.getLong("graft.hostile.seed", 13);
  private static final long FILES = Long.getLong("graft.hostile.files", 10_000);
  private static final long FIRST = Long.getLong("graft.hostile.first", 0);
  private static final long EVERY = Long.getLong("graft.hostile.every", 1);
  private static final String BACKENDS =
      System.getProperty("graft.hostile.backends", "reference,java,simd,opencl");

  /** Beside four times the file. */
  private static final long READER_BYTES = 64L << 20;

  /** What a backend says that it has, and what a run may take with everything beside that. */
  private static final long BACKEND_BYTES = 4L << 20;

  private static final long RUN_BYTES = 64L << 20;

  /** Faults after which there is no use in looking for more. */
  private static final int MOST_FAULTS = 20;

  /** Elements of an input: a file that wants more is not run. */
  private static final double MOST_FED = 1e5;

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder;

  private final Map<String, Backend> backends = new LinkedHashMap<>();
  private final Map<String, Integer> ran = new TreeMap<>();

  @Test
  void changedModels_giveOneResult_orOneLine() throws IOException {
    List<String> wanted = List.of(BACKENDS.split(","));
    // The reference first: the others are held against it.
    wanted.stream()
        .filter(
            name -> Backends.list().stream().anyMatch(b -> b.available() && b.name().equals(name)))
        .forEach(name -> backends.put(name, Backends.byName(name, 1)));
    ChangedModels files = new ChangedModels(folder, SEED);
    List<String> faults = new ArrayList<>();
    long opened = 0;
    for (long number = FIRST; number < FIRST + FILES && faults.size() < MOST_FAULTS; number++) {
      String what = "file " + number + " of seed " + SEED;
      try {
        Model model = read(what, number, files.file(number));
        if (model != null && opened++ % EVERY == 0) {
          runEverywhere(what, model);
        }
      } catch (AssertionError fault) {
        faults.add(fault.getMessage());
      }
    }
    backends.values().forEach(Backend::close);
    System.out.printf(
        "HostileModelsTest seed %d: %d files, %d opened, ran on %s%n", SEED, FILES, opened, ran);
    assertThat(faults).isEmpty();
    // Else the changes are too coarse, or too fine, to get anywhere.
    assertThat(opened).isBetween(FILES / 4, FILES * 3 / 4);
    assertThat(ran.keySet()).isEqualTo(backends.keySet());
    assertThat(ran.values()).allMatch(runs -> runs > FILES / 4 / EVERY);
  }

  /** A file's large tensors are read where they lie, a stream's with all else: by turns. */
  private @Nullable Model read(String what, long number, byte[] file) throws IOException {
    Path written = number % 2 == 0 ? null : Files.write(folder.resolve("changed.onnx"), file);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      return written == null
          ? ModelReader.read(new ByteArrayInputStream(file))
          : ModelReader.read(written);
    } catch (ImportException e) {
      String where = written == null ? "stream" : written.toString();
      assertThat(e.getMessage()).as(what).hasLineCount(1).startsWith(where);
      return null;
    } catch (RuntimeException | Error e) {
      throw new AssertionError("reading " + what + " led to " + e, e);
    } finally {
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertThat(allocated).as("bytes to read " + what).isLessThan(READER_BYTES + 4L * file.length);
    }
  }

  private void runEverywhere(String what, Model model) {
    Map<String, Tensor> inputs = inputs(model);
    Map<String, Tensor> first = null;
    for (Map.Entry<String, Backend> backend : backends.entrySet()) {
      String where = what + " on " + backend.getKey();
      Map<String, Tensor> found =
          inputs == null ? null : run(where, model, inputs, backend.getValue());
      if (found != null) {
        ran.merge(backend.getKey(), 1, Integer::sum);
        first = first == null ? found : first;
        assertSame(where, found, first);
      }
    }
  }

  private static @Nullable Map<String, Tensor> run(
      String what, Model model, Map<String, Tensor> inputs, Backend backend) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try (Session session = Session.of(model, small(backend))) {
      return session.run(inputs);
    } catch (GraftException e) {
      assertThat(e.getMessage()).as(what).hasLineCount(1).doesNotContain("null");
      return null;
    } catch (RuntimeException | Error e) {
      throw new AssertionError("running " + what + " led to " + e, e);
    } finally {
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertThat(allocated).as("bytes to run " + what).isLessThan(RUN_BYTES);
    }
  }

  /** Two samples, and 6 for any other size that the file leaves open; null if they are large. */
  private static @Nullable Map<String, Tensor> inputs(Model model) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (InputSpec input : model.graph().inputs()) {
      int[] sizes = new int[input.shape().rank()];
      double elements = 1;
      for (int axis = 0; axis < sizes.length; axis++) {
        Size size = input.shape().dim(axis);
        long length = size.isKnown() ? size.known() : axis == input.batchAxis() ? 2 : 6;
        elements *= length;
        sizes[axis] = (int) length;
      }
      if (elements > MOST_FED) {
        return null;
      }
      float[] values = OperatorVariants.random(Shape.of(sizes), 1).toArray();
      for (int i = 0; i < values.length && input.type() != ElementType.FLOAT32; i++) {
        values[i] = values[i] > 0 ? 1 : 0;
      }
      inputs.put(input.name(), Tensor.of(Shape.of(sizes), values).as(input.type()));
    }
    return inputs;
  }

  /** Sums of a few hundred terms in any order; where one overflows, its order decides what is. */
  private static void assertSame(
      String what, Map<String, Tensor> found, Map<String, Tensor> expected) {
    assertThat(found.keySet()).as(what).isEqualTo(expected.keySet());
    expected.forEach(
        (name, tensor) -> {
          assertThat(found.get(name).shape()).as(what).isEqualTo(tensor.shape());
          if (tensor.type() != ElementType.FLOAT32) {
            assertThat(found.get(name).toLongs()).as(what).isEqualTo(tensor.toLongs());
            return;
          }
          float[] values = found.get(name).toArray();
          float[] right = tensor.toArray();
          float largest = 1;
          for (float value : right) {
            largest = Math.max(largest, Math.abs(value));
          }
          for (int i = 0; i < values.length && Float.isFinite(largest); i++) {
            if (!(Math.abs(values[i] - right[i]) < 1e-4f * largest)) {
              throw new AssertionError(
                  what + ": " + name + " is " + values[i] + " at " + i + ", expected " + right[i]);
            }
          }
        });
  }

  /** The backend, as if it had little memory. */
  private static Backend small(Backend backend) {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (self, method, arguments) -> {
              if (method.getName().equals("availableBytes")) {
                return BACKEND_BYTES;
              }
              try {
                return method.invoke(backend, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
