package dev.graft.core.transfer;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.JoinedDataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.OutputMeaning;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Distilled;
import dev.graft.core.train.loss.Loss;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Teaches a model to mimic another (Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural
 * Network", 2015). Teacher and student share nothing but the classes: any architecture, any input
 * size, each with its own preprocessing. The teacher sees every picture once; its weights are only
 * ever read.
 */
public final class Distill {

  private Distill() {}

  /**
   * Trains a student. Where the run is cancelled, or its thread interrupted, it returns the best
   * student so far.
   *
   * @param teachers their logits are averaged; empty where alpha is 0
   * @param student gets a new head unless its labels are the data's classes
   * @param temperature above 0; 4 is usual
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
    Model ready = FineTune.prepare(student, data.training().classes(), settings);
    Dataset training = FineTune.dataset(ready, data.training(), Augment.NONE);
    Dataset validation = FineTune.dataset(ready, data.validation(), Augment.NONE);
    Loss labels = new CrossEntropy(settings.labelSmoothing());
    if (alpha == 0) {
      return FineTune.tune(ready, labels, training, validation, settings);
    }
    if (teachers.isEmpty()) {
      throw new GraphException("distillation with alpha " + alpha + " needs a teacher");
    }
    Loss loss = new Distilled(labels, temperature, alpha);
    return FineTune.tune(
        ready,
        loss,
        new JoinedDataset(training, opinions(teachers, data.training(), settings)),
        new JoinedDataset(validation, opinions(teachers, data.validation(), settings)),
        settings);
  }

  /** The teachers' mean logits for every picture, in the order of the data's classes. */
  private static Dataset opinions(List<Model> teachers, Pictures pictures, Settings settings) {
    int classes = pictures.classes().size();
    List<List<float[]>> logits = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      // A picture that cannot be read keeps zeros; the student cannot read it either.
      logits.add(List.of(new float[classes]));
    }
    Backend given = settings.backend();
    for (Model teacher : teachers) {
      if (given != null) {
        addOpinion(teacher, pictures, settings, given, logits, 1f / teachers.size());
      } else {
        try (Backend own = Backends.byName(Backends.AUTO, settings.threads())) {
          addOpinion(teacher, pictures, settings, own, logits, 1f / teachers.size());
        }
      }
    }
    Dataset.Field field = new Dataset.Field(Loss.TEACHER, Shape.of(classes));
    return new TensorDataset(List.of(field), logits, pictures::name);
  }

  private static void addOpinion(
      Model teacher,
      Pictures pictures,
      Settings settings,
      Backend backend,
      List<List<float[]>> logits,
      float share) {
    int[] order = order(teacher, pictures.classes());
    Graph graph = OutputMeaning.of(teacher.graph()).logits(teacher.graph());
    FeatureCache cache =
        new FeatureCache(
            graph,
            new Variables(backend, graph, teacher.weights()),
            backend,
            settings.threads(),
            settings.listener(),
            settings.cancellation());
    FeatureCache.Filled said =
        cache.fill(
            "teacher",
            "asking the teacher once for each picture",
            FineTune.dataset(teacher, pictures, Augment.NONE));
    for (int i = 0; i < said.indices().length; i++) {
      float[] opinion = said.dataset().items().get(i).get(0);
      float[] sum = logits.get(said.indices()[i]).get(0);
      for (int k = 0; k < order.length; k++) {
        sum[k] += share * opinion[order[k]];
      }
    }
  }

  /** Which of the teacher's outputs each class is. */
  private static int[] order(Model teacher, List<String> classes) {
    Graph graph = teacher.graph();
    int outputs = graph.shapes(1).get(graph.output()).elements();
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
