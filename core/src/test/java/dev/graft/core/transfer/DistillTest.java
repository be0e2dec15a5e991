package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.JavaBackend;
import dev.graft.core.data.Split;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DistillTest {

  private Backend backend;
  private Model teacher;

  @BeforeEach
  void tuneTheTeacher() {
    backend = new JavaBackend(2);
    teacher = FineTune.run(Toy.plain(), Toy.data(), settings(20).rate(0.05)).model();
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private Settings settings(int epochs) {
    return Settings.of(Recipe.FULL, epochs).seed(2).batchSize(8).backend(backend).threads(2);
  }

  @Test
  void teacher_isNotTouched() {
    Map<String, float[]> before = new HashMap<>();
    teacher.weights().asMap().forEach((name, tensor) -> before.put(name, tensor.toArray()));
    Distill.run(List.of(teacher), Toy.plain(), Toy.data(), 4, 0.9, settings(3));
    for (Map.Entry<String, Tensor> entry : teacher.weights().asMap().entrySet()) {
      assertThat(entry.getValue().toArray()).isEqualTo(before.get(entry.getKey()));
    }
  }

  @Test
  void alphaZero_isPlainTraining_bitForBit() {
    Tuned distilled = Distill.run(List.of(), Toy.plain(), Toy.data(), 4, 0, settings(2));
    Tuned tuned = FineTune.run(Toy.plain(), Toy.data(), settings(2));
    Weights weights = tuned.model().weights();
    assertThat(Toy.same(distilled.model().weights(), weights, weights.names())).isTrue();
  }

  @Test
  void unlabelledPictures_teachThroughTheTeacherAlone() {
    Split data = Toy.data();
    int[] all = IntStream.range(0, data.training().size()).toArray();
    Split unlabelled = new Split(data.training().withoutLabels(all), data.validation());
    Tuned mimic =
        Distill.run(List.of(teacher), Toy.plain(), unlabelled, 2, 1, settings(20).rate(0.05));
    // The two halves are easy; guessing gives a half.
    assertThat(mimic.best().accuracy()).isGreaterThan(0.8);
  }

  @Test
  void severalTeachers_areAveraged() {
    Tuned one = Distill.run(List.of(teacher), Toy.plain(), Toy.data(), 4, 1, settings(2));
    Tuned twice =
        Distill.run(List.of(teacher, teacher), Toy.plain(), Toy.data(), 4, 1, settings(2));
    // Halves of the same number add up to it exactly.
    Weights weights = one.model().weights();
    assertThat(Toy.same(twice.model().weights(), weights, weights.names())).isTrue();
  }

  @Test
  void teacherOfOtherClasses_isRefused() {
    Model other = Surgery.replaceHead(teacher, List.of("cat", "dog"), 1);
    assertThatThrownBy(
            () -> Distill.run(List.of(other), Toy.plain(), Toy.data(), 4, 0.9, settings(1)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("cat, dog")
        .hasMessageContaining("left, up");
  }

  @Test
  void teacherWithItsClassesInAnotherOrder_isUnderstood() {
    Model swapped = swapped();
    Tuned a = Distill.run(List.of(teacher), Toy.plain(), Toy.data(), 4, 1, settings(2));
    Tuned b = Distill.run(List.of(swapped), Toy.plain(), Toy.data(), 4, 1, settings(2));
    Weights weights = a.model().weights();
    assertThat(Toy.same(b.model().weights(), weights, weights.names())).isTrue();
  }

  /** The teacher with its two outputs, and their labels, exchanged. */
  private Model swapped() {
    Map<String, Tensor> changed = new HashMap<>();
    for (String name : List.of("head.weight", "head.bias")) {
      Tensor tensor = teacher.weights().get(name);
      float[] values = tensor.toArray();
      float[] turned = new float[values.length];
      int row = values.length / 2;
      System.arraycopy(values, 0, turned, row, row);
      System.arraycopy(values, row, turned, 0, row);
      changed.put(name, Tensor.of(tensor.shape(), turned));
    }
    return teacher
        .with(teacher.weights().with(changed))
        .with(teacher.metadata().withLabels(List.of("up", "left")));
  }
}
