package dev.graft.core.transfer;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.JoinedDataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.Unreadable;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.OutputMeaning;
import dev.graft.core.plan.Variables;
import dev.graft.core.train.Variants;
import dev.graft.core.train.loss.Distilled;
import dev.graft.core.train.loss.Likeness;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.SoftTargets;
import dev.graft.core.train.task.Task;
import dev.graft.core.transfer.feature.FeatureCache;
import dev.graft.core.transfer.feature.FrozenFeatures;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Teaches a model to mimic another (Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural
 * Network", 2015). Teacher and student share nothing but the classes: any architecture, any input
 * size, each with its own preprocessing. The teacher sees every picture once, or some variants of
 * it where pictures are augmented; its weights are only ever read.
 */
public final class Distill {

  private Distill() {}

  /**
   * Trains a student. Where the run is cancelled, or its thread interrupted, it returns the best
   * student so far.
   *
   * @param teachers their logits are averaged; empty where alpha is 0
   * @param student gets a new head unless its labels are the data's classes
   * @param temperature of {@link SoftTargets}, above 0; 4 is usual
   * @param alpha weight of the teacher, in [0, 1]; 0 means labels alone
   * @return the trained student
   * @throws GraphException if a teacher's classes are not those of the data
   * @throws dev.graft.core.data.DataException if too many pictures cannot be read
   * @throws dev.graft.core.train.TrainingException as {@link FineTune#run}
   */
  public static Tuned run(
      List<Model> teachers,
      Model student,
      Split<Pictures> data,
      double temperature,
      double alpha,
      Settings settings) {
    return run(teachers, student, data, new SoftTargets(temperature), alpha, settings);
  }

  /**
   * As above, with another measure of how far the student is from its teacher.
   *
   * @param likeness such as {@link dev.graft.core.train.loss.StandardizedLogits}
   */
  public static Tuned run(
      List<Model> teachers,
      Model student,
      Split<Pictures> data,
      Likeness likeness,
      double alpha,
      Settings settings) {
    List<String> classes = data.training().classes();
    Task task = FineTune.task(data.training(), settings);
    List<Teacher> teaching = new ArrayList<>();
    for (Model teacher : alpha == 0 ? List.<Model>of() : teachers) {
      teaching.add(
          new Teacher(
              teacher, FineTune.examples(teacher, data, settings), order(teacher, classes)));
    }
    Split<Dataset> seen = FineTune.examples(student, data, settings);
    return run(teaching, student, task, seen, likeness, alpha, settings);
  }

  /**
   * A teacher and the items as it wants them.
   *
   * @param model tells the classes apart
   * @param data the items that the student sees, in their order and under the same variants
   * @param order which of the teacher's outputs is each of the student's
   */
  public record Teacher(Model model, Split<Dataset> data, int[] order) {}

  /**
   * Trains a student on data of any kind. Where the data varies, teacher and student see the same
   * variants, {@link Settings#variants} of each item in turn.
   *
   * @param task tells classes apart
   * @param data with a field for each input of the student, and for each target of the task
   * @return the trained student
   * @throws dev.graft.core.data.DataException if a field is missing or has another shape, or too
   *     many items cannot be read
   * @throws dev.graft.core.train.TrainingException as {@link FineTune#run}
   */
  public static Tuned run(
      List<Teacher> teachers,
      Model student,
      Task task,
      Split<Dataset> data,
      Likeness likeness,
      double alpha,
      Settings settings) {
    Model ready = FineTune.prepare(student, task, settings);
    if (alpha == 0) {
      return FineTune.tune(ready, task.loss(), data, settings);
    }
    if (teachers.isEmpty()) {
      throw new GraphException("distillation with alpha " + alpha + " needs a teacher");
    }
    int count = Math.min(settings.variants(), data.training().variants());
    Variants variants = new Variants(settings.seed(), count);
    Variants plain = new Variants(settings.seed(), 1);
    Split<Unreadable> unreadable = Unreadable.of(data);
    Split<Dataset> taught =
        new Split<>(
            new JoinedDataset(
                data.training(),
                opinions(teachers, Split::training, variants, unreadable.training(), settings)),
            new JoinedDataset(
                data.validation(),
                opinions(teachers, Split::validation, plain, unreadable.validation(), settings)));
    Loss loss = new Distilled(task.loss(), likeness, alpha);
    return FineTune.tune(ready, loss, taught, unreadable, settings);
  }

  /** The teachers' mean logits for every item. */
  private static Dataset opinions(
      List<Teacher> teachers,
      Function<Split<Dataset>, Dataset> part,
      Variants variants,
      Unreadable unreadable,
      Settings settings) {
    List<Dataset> said = new ArrayList<>();
    for (Teacher teacher : teachers) {
      Backend given = settings.backend();
      Dataset asked = part.apply(teacher.data());
      if (given != null) {
        said.add(ask(teacher.model(), asked, variants, unreadable, settings, given));
      } else {
        try (Backend own = Backends.byName(Backends.AUTO, settings.threads())) {
          said.add(ask(teacher.model(), asked, variants, unreadable, settings, own));
        }
      }
    }
    return new Opinions(said, teachers.stream().map(Teacher::order).toList());
  }

  private static Dataset ask(
      Model teacher,
      Dataset items,
      Variants variants,
      Unreadable unreadable,
      Settings settings,
      Backend backend) {
    Graph graph = OutputMeaning.of(teacher.graph()).logits(teacher.graph());
    Variables weights = new Variables(backend, graph, teacher.weights());
    String note = "asking the teacher once for " + variants.perItem(items.noun());
    return new FeatureCache(
            new FrozenFeatures(graph, weights, backend, Set.of()),
            settings.threads(),
            settings.listener(),
            settings.cancellation())
        .fill("teacher", note, items, variants, unreadable);
  }

  /** Which of the teacher's outputs each class is. */
  private static int[] order(Model teacher, List<String> classes) {
    Graph graph = teacher.graph();
    int outputs = graph.outputSize();
    List<String> labels = teacher.metadata().labels();
    boolean sameNames =
        labels.size() == classes.size() && new HashSet<>(labels).equals(new HashSet<>(classes));
    if (outputs != classes.size() || (!labels.isEmpty() && !sameNames)) {
      throw new GraphException(
          "the teacher tells "
              + outputs
              + " classes apart"
              + (labels.isEmpty() || labels.size() > 20
                  ? ""
                  : " (" + String.join(", ", labels) + ")")
              + ", the data has "
              + classes.size()
              + ": "
              + String.join(", ", classes)
              + "; fine-tune the teacher on this data first");
    }
    int[] order = new int[outputs];
    for (int k = 0; k < outputs; k++) {
      order[k] = labels.isEmpty() ? k : labels.indexOf(classes.get(k));
    }
    return order;
  }
}
