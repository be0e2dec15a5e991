package dev.graft.cli.option;

import dev.graft.cli.receipt.Receipt;
import dev.graft.core.backend.Backend;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.DataParts;
import dev.graft.core.data.text.Texts;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.HeadChoice;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What {@code train} and {@code distill} have in common. */
public final class TrainingOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR|FILE.csv",
      description =
          "one sub-folder of pictures for each class; or train/ with val/, valid/ or test/, in any"
              + " usual spelling; or IDX files (MNIST); a test is read once, at the end; or texts: a"
              + " CSV file with the columns text and label, or a sub-folder of .txt for each class")
  private Path data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "RUN",
      description =
          "folder of the run: model.onnx, labels.txt, metrics.jsonl, report.json, report.html,"
              + " receipt.json, checkpoints/; what an earlier run left there stays until this one is"
              + " complete")
  private Path out;

  @Mixin private PaceOptions pace;

  @Option(
      names = "--val",
      paramLabel = "FRACTION",
      defaultValue = "0.2",
      description =
          "share of the training pictures held out to validate where there is no folder for that"
              + " (default: 0.2)")
  private double fraction;

  @Option(
      names = "--exclude",
      paramLabel = "FILE.csv",
      description =
          "leave out the pictures in the column 'file' of this table, as 'graft data --fix' writes it;"
              + " may be repeated")
  private List<Path> exclude = List.of();

  @Option(
      names = "--preprocess",
      paramLabel = "NAME",
      description =
          "how pictures become the input: imagenet (0..1, then ImageNet's mean and deviation), tf"
              + " (-1..1), caffe (BGR minus mean), unit (0..1), none (0..255), a JSON file, or auto: as the"
              + " model, a file beside it or its name says (default: auto)")
  private @Nullable String preprocess;

  @Mixin private InputOptions input;

  @Mixin private TextOptions text;

  @Mixin private HeadOptions head;

  @Mixin private LayerOptions layers;

  @Mixin private AimOptions aim;

  @Mixin private FinishOptions finish;

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

  private @Nullable Texts texts;

  public Path data() {
    return data;
  }

  public Path out() {
    return out;
  }

  /** Tables of what is left out of the data. */
  public List<Path> exclude() {
    return exclude;
  }

  /** What lies in the folder of the data, without what is excluded. */
  public DataParts parts() {
    TextOptions.expectPictures(data);
    Set<String> files = new LinkedHashSet<>();
    exclude.forEach(file -> files.addAll(ExclusionList.read(file)));
    return DataFolders.parts(data).without(files);
  }

  /** The texts of the data; read once. */
  public Texts texts() {
    Texts read = texts == null ? TextOptions.read(data) : texts;
    texts = read;
    return read;
  }

  /**
   * Refuses what can be done with pictures alone.
   *
   * @throws UsageException if any of that is asked for
   */
  public void expectNoPictures() {
    Map<String, Boolean> given = new LinkedHashMap<>();
    given.put("--preprocess", preprocess != null);
    given.put("--augment", !augment.equals("none"));
    given.put("--exclude", !exclude.isEmpty());
    given.put("--calibrate", finish.calibrate());
    given.put("--reject", finish.reject() != null);
    given.forEach(
        (option, isGiven) -> {
          if (isGiven) {
            throw new UsageException(option + " is for pictures, the data is texts; leave it out");
          }
        });
  }

  public double fraction() {
    return fraction;
  }

  public long seed() {
    return seed;
  }

  public boolean resume() {
    return resume;
  }

  public boolean quiet() {
    return quiet;
  }

  public InputOptions input() {
    return input;
  }

  /** The receipt of the run that all options of the command describe. */
  public Receipt receipt() {
    return GivenOptions.of(command).receipt();
  }

  /** A name or a JSON file; null to find it. */
  public @Nullable String preprocess() {
    return ModelFiles.AUTO.equals(preprocess) ? null : preprocess;
  }

  /** How texts become tokens. */
  public TextOptions text() {
    return text;
  }

  /** What becomes of the head. */
  public HeadOptions head() {
    return head;
  }

  /** Which layers are trained. */
  public LayerOptions layers() {
    return layers;
  }

  /** What is done behind training. */
  public FinishOptions finish() {
    return finish;
  }

  /** What chooses the best epoch. */
  public String metric() {
    return aim.metric();
  }

  /** The settings these options mean. */
  public Settings settings(Recipe recipe, Backend backend, int threads, int classes) {
    HeadChoice choice = head.choice();
    if (cache != null && !cache.equals("off")) {
      throw new UsageException("--cache expects off, found " + cache);
    }
    Settings settings =
        aim.applied(layers.applied(pace.settings(recipe)), classes)
            .head(choice)
            .averages(finish.averages())
            .augment(Augment.byName(augment))
            .seed(seed)
            .backend(backend)
            .threads(threads);
    return cache == null ? settings : settings.cacheBytes(0);
  }
}
