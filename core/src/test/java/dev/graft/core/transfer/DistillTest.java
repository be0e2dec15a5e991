package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.data.DataException;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainingException;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.Surgery;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    Split<Pictures> data = Toy.data();
    int[] all = IntStream.range(0, data.training().size()).toArray();
    Split<Pictures> unlabelled = new Split<>(data.training().withoutLabels(all), data.validation());
    Tuned mimic =
        Distill.run(List.of(teacher), Toy.plain(), unlabelled, 2, 1, settings(20).rate(0.05));
    // The two halves are easy; guessing gives a half.
    assertThat(mimic.best().get("accuracy")).isGreaterThan(0.8);
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

  @Test
  void teacher_seesEachPictureOnce_whateverTheEpochs() {
    Toy.Halves training = new Toy.Halves(40, 1);
    Toy.Halves validation = new Toy.Halves(24, 2);
    Split<Pictures> data = new Split<>(training, validation);
    int epochs = 5;
    Distill.run(List.of(teacher), Toy.plain(), data, 4, 0.9, settings(epochs).rate(0.05));
    // Once for the teacher; the student's own reading goes on epoch by epoch.
    assertThat(training.reads).hasValue(40 + epochs * 40);
    assertThat(validation.reads).hasValue(24 + epochs * 24);
  }

  @Test
  void teacherAndStudent_seeThePictureEachInItsOwnWay() {
    // A teacher for pictures of twice the size, inverted.
    GraphBuilder g = new GraphBuilder(3);
    String x = g.flatten(g.input("large", Shape.of(1, 2 * Toy.SIZE, 2 * Toy.SIZE)));
    x = g.relu(g.linear("first", x, 12));
    Model large = g.build(g.linear("head", x, 2));
    Preprocessing inverted =
        new Preprocessing(
            2 * Toy.SIZE,
            2 * Toy.SIZE,
            1,
            Preprocessing.Channels.GRAY,
            List.of(255.0),
            List.of(-255.0));
    Model other =
        FineTune.run(
                large.with(large.metadata().withPreprocessing(inverted)),
                Toy.data(),
                settings(20).rate(0.05))
            .model();
    Split<Pictures> data = Toy.data();
    int[] all = IntStream.range(0, data.training().size()).toArray();
    Split<Pictures> unlabelled = new Split<>(data.training().withoutLabels(all), data.validation());
    Tuned mimic =
        Distill.run(List.of(other), Toy.plain(), unlabelled, 2, 1, settings(20).rate(0.05));
    // Guessing gives a half.
    assertThat(mimic.best().get("accuracy")).isGreaterThan(0.8);
  }

  @Test
  void alphaOne_ignoresTheLabels() {
    Split<Pictures> data = Toy.data();
    int[] all = IntStream.range(0, data.training().size()).toArray();
    Split<Pictures> unlabelled = new Split<>(data.training().withoutLabels(all), data.validation());
    Tuned a = Distill.run(List.of(teacher), Toy.plain(), data, 4, 1, settings(3));
    Tuned b = Distill.run(List.of(teacher), Toy.plain(), unlabelled, 4, 1, settings(3));
    Weights weights = a.model().weights();
    assertThat(Toy.same(b.model().weights(), weights, weights.names())).isTrue();
  }

  @Test
  void picturesThatCannotBeRead_areSkippedByTeacherAndStudent() {
    Split<Pictures> data =
        new Split<>(new Toy.Halves(40, 1, Set.of(3, 17)), new Toy.Halves(24, 2, Set.of(5)));
    Tuned tuned = Distill.run(List.of(teacher), Toy.plain(), data, 4, 0.9, settings(2));
    assertThat(tuned.images()).isEqualTo(38);
    assertThat(tuned.unreadable()).containsOnlyKeys("picture 1/3", "picture 1/17", "picture 2/5");
    Split<Pictures> many =
        new Split<>(
            new Toy.Halves(40, 1, Set.of(1, 2, 3, 4)), new Toy.Halves(24, 2, Set.of(5, 6, 7)));
    assertThatThrownBy(() -> Distill.run(List.of(teacher), Toy.plain(), many, 4, 0.9, settings(2)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("7 of 64");
  }

  @Test
  void aTrunkThatStaysFrozen_isCachedBesideTheTeachersWords() {
    Toy.Halves training = new Toy.Halves(40, 1);
    Split<Pictures> data = new Split<>(training, new Toy.Halves(24, 2));
    Settings head = Settings.of(Recipe.HEAD, 4).seed(2).batchSize(8).backend(backend).threads(2);
    Settings direct =
        Settings.of(Recipe.HEAD, 4).seed(2).batchSize(8).backend(backend).threads(2).cacheBytes(0);
    Tuned a = Distill.run(List.of(teacher), Toy.network(), data, 4, 0.5, head.rate(0.1));
    assertThat(training.reads).as("teacher and trunk").hasValue(80);
    Tuned b = Distill.run(List.of(teacher), Toy.network(), Toy.data(), 4, 0.5, direct.rate(0.1));
    Weights weights = a.model().weights();
    assertThat(Toy.same(b.model().weights(), weights, weights.names())).isTrue();
  }

  @Test
  void sameSeed_givesTheSameBits_withOneThreadAndTwo() {
    Tuned two = Distill.run(List.of(teacher), Toy.network(), Toy.data(), 4, 0.9, settings(2));
    try (Backend single = new JavaBackend(1)) {
      Settings one = settings(2).backend(single).threads(1);
      Tuned same = Distill.run(List.of(teacher), Toy.network(), Toy.data(), 4, 0.9, one);
      Weights weights = two.model().weights();
      assertThat(Toy.same(same.model().weights(), weights, weights.names())).isTrue();
    }
  }

  @Test
  void teacherAndStudent_seeTheSameVariantOfAnAugmentedPicture() {
    Toy.Halves training = new Toy.Halves(40, 1);
    Split<Pictures> data = new Split<>(training, new Toy.Halves(24, 2));
    Settings plain = settings(5).rate(0.05);
    Settings flipped = plain.augment(Augment.FLIP).variants(2);
    Tuned a = Distill.run(List.of(teacher), Toy.plain(), data, 4, 0.9, flipped);
    // The teacher sees two variants of each; the student one in each epoch.
    assertThat(training.reads).hasValue(2 * 40 + 5 * 40);
    Tuned b = Distill.run(List.of(teacher), Toy.plain(), Toy.data(), 4, 0.9, plain);
    Weights weights = a.model().weights();
    assertThat(Toy.same(b.model().weights(), weights, weights.names())).isFalse();
  }

  @Test
  void noTeacher_isRefusedWhereItIsNeeded() {
    assertThatThrownBy(() -> Distill.run(List.of(), Toy.plain(), Toy.data(), 4, 0.5, settings(1)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("needs a teacher");
  }

  @Test
  void cancellingWhileTheTeacherIsAsked_saysThatNothingIsSaved() {
    Cancellation cancellation = new Cancellation();
    Settings settings =
        settings(3)
            .cancellation(cancellation)
            .listener(
                event -> {
                  if (event instanceof TrainEvent.Progress) {
                    cancellation.cancel();
                  }
                });
    assertThatThrownBy(
            () -> Distill.run(List.of(teacher), Toy.plain(), Toy.data(), 4, 0.9, settings))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("cancelled");
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
