package dev.graft.cli;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.graph.Model;
import dev.graft.core.train.Accumulate;
import dev.graft.core.train.AdamW;
import dev.graft.core.train.ClipNorm;
import dev.graft.core.train.Optimizer;
import dev.graft.core.train.Schedule;
import dev.graft.core.train.Sgd;
import dev.graft.core.train.metric.Accuracy;
import dev.graft.core.train.metric.AreaUnderCurve;
import dev.graft.core.train.metric.BalancedAccuracy;
import dev.graft.core.train.metric.MacroF1;
import dev.graft.core.train.metric.Metric;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.surgery.HeadChoice;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code train} and {@code distill} have in common. */
final class TrainingOptions {

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "one sub-folder of pictures for each class; or train/ with val/, valid/ or test/, in any"
              + " usual spelling; or IDX files (MNIST); a test is read once, at the end")
  private Path data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "RUN",
      description =
          "folder of the run: model.onnx, labels.txt, metrics.jsonl, report.json, checkpoints/;"
              + " what an earlier run left there stays until this one is complete")
  private Path out;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "bound on the epochs of all phases together (default: 20; of auto 60)")
  private @Nullable Integer epochs;

  @Option(
      names = "--lr",
      paramLabel = "X",
      description =
          "learning rate of the first phase; later ones follow from it: with BatchNormalization by what"
              + " the head has left to learn, from all of it down to a tenth, without it a hundredth"
              + " (default: 0.01, less where features are large; for 'full' a tenth or a hundredth of"
              + " that)")
  private @Nullable Double rate;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "32",
      description = "pictures a step (default: 32)")
  private int batch;

  @Option(
      names = "--val",
      paramLabel = "FRACTION",
      defaultValue = "0.2",
      description =
          "share of the training pictures held out to validate where there is no folder for that"
              + " (default: 0.2)")
  private double fraction;

  @Option(
      names = "--preprocess",
      paramLabel = "NAME",
      description =
          "how pictures become the input: imagenet (0..1, then ImageNet's mean and deviation), tf"
              + " (-1..1), caffe (BGR minus mean), unit (0..1), none (0..255), a JSON file, or auto: as the"
              + " model, a file beside it or its name says (default: auto)")
  private @Nullable String preprocess;

  @Mixin private InputOptions input;

  @Option(names = "--new-head", description = "replace the head even if the labels are the model's")
  private boolean newHead;

  @Option(
      names = "--keep-head",
      description = "keep the head of a model without labels; the class counts must agree")
  private boolean keepHead;

  @Option(
      names = "--append-head",
      description = "put a new head behind the output, for a model that ends in features")
  private boolean appendHead;

  @Option(
      names = "--head",
      paramLabel = "NODE",
      description =
          "the layer that a new head replaces (default: the last one; 'inspect' shows it)")
  private @Nullable String head;

  @Option(
      names = "--freeze",
      paramLabel = "PATTERN",
      description =
          "layers that stay as they are: a prefix, or a name with * and ?; may be repeated")
  private List<String> freeze = List.of();

  @Option(
      names = "--unfreeze",
      description = "train what the model's file says stays as it is, too ('inspect' shows it)")
  private boolean unfreeze;

  @Option(
      names = "--lr-factor",
      paramLabel = "PATTERN=F",
      description = "train these layers at F times the rate; may be repeated")
  private Map<String, Double> factors = new LinkedHashMap<>();

  @Option(
      names = "--layer-decay",
      paramLabel = "D",
      defaultValue = "1",
      description =
          "slow blocks down with their distance from the head: each at D times the rate of the one"
              + " above, as 0.8 (default: 1, all alike)")
  private double layerDecay;

  @Option(
      names = "--batch-norm",
      paramLabel = "NAME",
      defaultValue = "train",
      description =
          "train: BatchNormalization learns where its layers do; frozen: it stays as it is, running"
              + " statistics too (default: train)")
  private String batchNorm;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "sgd",
      description = "sgd (momentum 0.9), nesterov, or adamw (default: sgd)")
  private String optimizer;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description =
          "constant, cosine or one-cycle, in all phases (default: constant for a head, cosine with a"
              + " warm-up of one epoch for the rest)")
  private @Nullable String schedule;

  @Option(
      names = "--weight-decay",
      paramLabel = "X",
      defaultValue = "0",
      description = "decay of weights, not of biases and normalisations (default: 0)")
  private double weightDecay;

  @Option(
      names = "--l2sp",
      paramLabel = "A",
      defaultValue = "0",
      description =
          "decay of what lies below the head towards the weights that training starts from"
              + " (default: 0)")
  private double l2sp;

  @Option(
      names = "--clip-norm",
      paramLabel = "X",
      description = "scale the gradients of a step down to this norm (default: as they are)")
  private @Nullable Double clipNorm;

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      defaultValue = "1",
      description = "update once in N steps, by the mean of their gradients (default: 1)")
  private int accumulate;

  @Option(
      names = "--label-smoothing",
      paramLabel = "X",
      defaultValue = "0",
      description = "share of each target spread over all classes (default: 0)")
  private double labelSmoothing;

  @Option(
      names = "--class-weights",
      description = "let every class count alike, however few pictures it has")
  private boolean classWeights;

  @Option(
      names = "--patience",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "end a phase after N epochs without a lower validation loss (default: 0, never; the head of"
              + " recipes with several phases 3, the parts of 'gradual' 2)")
  private int patience;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      defaultValue = "loss",
      description =
          "what chooses the best epoch on the pictures that validate: loss; accuracy; balanced, the"
              + " mean accuracy of the classes; f1, its mean over them; auc, the area under the ROC"
              + " curve (default: loss)")
  private String metric;

  @Option(
      names = "--calibrate",
      description =
          "divide the logits by the one number that makes probabilities worth what they say on the"
              + " pictures that validate; no prediction changes")
  private boolean calibrate;

  @Option(
      names = "--reject",
      paramLabel = "SHARE",
      description =
          "let the model say 'unknown' of what is unlike its pictures, at the threshold that this"
              + " share of the pictures that validate would fall under, as 0.05 (default: never)")
  private @Nullable Double reject;

  @Option(
      names = "--augment",
      paramLabel = "NAME",
      defaultValue = "none",
      description =
          "random changes to training pictures: none, flip, or crop-flip; frozen layers whose features"
              + " are cached, and teachers, see eight variants of each (default: none)")
  private String augment;

  @Option(
      names = "--cache",
      paramLabel = "off",
      description = "off: run frozen layers anew in each epoch")
  private @Nullable String cache;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "the same seed gives the same model, bit for bit (default: 0)")
  private long seed;

  @Option(
      names = "--resume",
      description =
          "go on with the run that was stopped in RUN, to the same bits; the other options must be"
              + " those it began with")
  private boolean resume;

  @Option(names = "--quiet", description = "print errors only")
  private boolean quiet;

  Path data() {
    return data;
  }

  Path out() {
    return out;
  }

  double fraction() {
    return fraction;
  }

  long seed() {
    return seed;
  }

  boolean resume() {
    return resume;
  }

  boolean quiet() {
    return quiet;
  }

  InputOptions input() {
    return input;
  }

  /** A name or a JSON file; null to find it. */
  @Nullable String preprocess() {
    return ModelFiles.AUTO.equals(preprocess) ? null : preprocess;
  }

  /** What becomes of the head. */
  HeadChoice headChoice() {
    if ((newHead ? 1 : 0) + (keepHead ? 1 : 0) + (appendHead ? 1 : 0) > 1) {
      throw new UsageException("--new-head, --keep-head and --append-head exclude each other");
    }
    if (head != null && (keepHead || appendHead)) {
      throw new UsageException(
          "--head names a layer to replace; it goes with neither --keep-head nor --append-head");
    }
    return appendHead
        ? HeadChoice.APPEND
        : keepHead ? HeadChoice.KEEP : newHead || head != null ? HeadChoice.NEW : HeadChoice.AUTO;
  }

  /** The model that is trained, with the head that is asked for marked as such. */
  Model marked(Model model) {
    return head == null ? model : model.with(model.metadata().withHead(headNode(model, head)));
  }

  /** By the name of the node, of what it makes, or of a tensor that it reads. */
  private static String headNode(Model model, String name) {
    return model.graph().nodes().stream()
        .filter(
            node ->
                node.name().equals(name)
                    || node.outputs().contains(name)
                    || (node.inputs().contains(name) && model.graph().stored().containsKey(name)))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "--head "
                        + name
                        + ": the model has no node of that name; 'graft inspect' lists them"))
        .name();
  }

  /** The settings these options mean. */
  Settings settings(Recipe recipe, Backend backend, int threads, int classes) {
    HeadChoice choice = headChoice();
    if (cache != null && !cache.equals("off")) {
      throw new UsageException("--cache expects off, found " + cache);
    }
    if (patience < 0) {
      throw new UsageException("--patience must be at least 0, found " + patience);
    }
    Settings settings =
        Settings.of(recipe, epochs != null ? epochs : recipe.equals(Recipe.AUTO) ? 60 : 20)
            .head(choice)
            .batchSize(batch)
            .weightDecay(weightDecay)
            .l2sp(l2sp)
            .layerDecay(layerDecay)
            .labelSmoothing(labelSmoothing)
            .patience(patience)
            .augment(Augment.byName(augment))
            .optimizer(namedOptimizer(optimizer))
            .seed(seed)
            .backend(backend)
            .threads(threads);
    if (rate != null) {
      settings = settings.rate(rate);
    }
    if (classWeights) {
      settings = settings.balanceClasses(true);
    }
    if (accumulate != 1) {
      settings = settings.transform(new Accumulate(accumulate));
    }
    if (clipNorm != null) {
      settings = settings.transform(new ClipNorm(clipNorm));
    }
    Metric chosen = namedMetric(metric, classes);
    if (chosen != null) {
      settings = settings.chooseBy(chosen);
    }
    if (freezesNormalization(batchNorm)) {
      settings = settings.freeze(FreezeMask.normalizations());
    }
    if (cache != null) {
      settings = settings.cacheBytes(0);
    }
    for (String pattern : freeze) {
      settings = settings.freeze(FreezeMask.matching(pattern));
    }
    for (Map.Entry<String, Double> factor : factors.entrySet()) {
      settings = settings.rateFactor(factor.getKey(), factor.getValue());
    }
    return schedule == null ? settings : settings.schedule(namedSchedule(schedule));
  }

  /** Whether probabilities are calibrated. */
  boolean calibrate() {
    return calibrate;
  }

  /** The share of known pictures that may be rejected; null where nothing is. */
  @Nullable Double reject() {
    if (reject != null && !(reject > 0 && reject < 1)) {
      throw new UsageException("--reject expects a share in (0, 1), found " + reject);
    }
    return reject;
  }

  /** What the file of a model freezes, but for its head, unless that is not wanted. */
  Set<String> frozen(Model model) {
    Set<String> frozen = new LinkedHashSet<>(unfreeze ? Set.of() : model.frozen());
    if (!frozen.isEmpty()) {
      frozen.removeAll(FreezeMask.allBut(model.head()).trainable(model.graph()));
    }
    return frozen;
  }

  /** What chooses the best epoch. */
  String metric() {
    return metric;
  }

  private static @Nullable Metric namedMetric(String name, int classes) {
    return switch (name) {
      case "loss" -> null;
      case "accuracy" -> new Accuracy();
      case "balanced" -> new BalancedAccuracy(classes);
      case "f1" -> new MacroF1(classes);
      case "auc" -> new AreaUnderCurve(classes);
      default ->
          throw new UsageException(
              "unknown metric " + name + "; known are loss, accuracy, balanced, f1, auc");
    };
  }

  private static boolean freezesNormalization(String name) {
    return switch (name) {
      case "train" -> false;
      case "frozen" -> true;
      default -> throw new UsageException("--batch-norm expects train or frozen, found " + name);
    };
  }

  private static Supplier<Optimizer> namedOptimizer(String name) {
    return switch (name) {
      case "sgd" -> () -> new Sgd(0.9, false);
      case "nesterov" -> () -> new Sgd(0.9, true);
      case "adamw" -> AdamW::new;
      default ->
          throw new UsageException(
              "unknown optimizer " + name + "; known are sgd, nesterov, adamw");
    };
  }

  private static Schedule namedSchedule(String name) {
    return switch (name) {
      case "constant" -> Schedule.constant();
      case "cosine" -> Schedule.cosine();
      case "one-cycle" -> Schedule.oneCycle();
      default ->
          throw new UsageException(
              "unknown schedule " + name + "; known are constant, cosine, one-cycle");
    };
  }
}
