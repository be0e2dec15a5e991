package dev.graft.core.transfer;

import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.RunOrigin;
import dev.graft.core.train.Schedule;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What the bits of a tuning run follow from. Backend and threads are none of it: a run may go on
 * elsewhere, where the bits differ as those of backends do.
 */
final class Origin {

  /** What tells a schedule that looks at losses: many that never improve. */
  private static final List<Double> IDLE = Collections.nCopies(20, 1.0);

  private Origin() {}

  /**
   * @param model as training starts
   * @param graph the model's with the loss attached
   */
  static RunOrigin of(Model model, Graph graph, Split<Dataset> data, Settings settings) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("model", sum(model));
    facts.put("training data", sum(data.training()));
    facts.put("validation data", sum(data.validation()));
    facts.put("recipe", settings.recipe().name());
    facts.put("epochs", "" + settings.epochs());
    facts.put(
        "batch size",
        settings.batchSize().isEmpty() ? "chosen" : "" + settings.batchSize().getAsInt());
    facts.put("minutes", "" + settings.minutes());
    facts.put("patience", "" + settings.patience());
    facts.put("variants", "" + settings.variants());
    facts.put("augmentation", "" + settings.augment());
    facts.put("mix", settings.mix() == null ? "none" : "" + settings.mix());
    facts.put("classes count", settings.balancesClasses() ? "alike" : "by their examples");
    facts.put("label smoothing", "" + settings.labelSmoothing());
    facts.put("optimizer", text(settings.newOptimizer()));
    facts.put("rate", rate(settings));
    facts.put("schedule", text(settings.schedule()));
    Set<String> trainable = settings.freeze().trainable(graph);
    facts.put("trained layers", trainable.size() + ", " + hash(trainable.toString()));
    facts.put("rules for layers", settings.groupRules().toString());
    facts.put("weight decay", "" + settings.weightDecay());
    facts.put("layer decay", "" + settings.layerDecay());
    facts.put("decay towards the start", "" + settings.l2sp());
    facts.put("averages", "" + settings.averages());
    facts.put("chosen by", settings.metric() == null ? "loss" : settings.metric().name());
    facts.put(
        "gradient transforms", settings.transforms().stream().map(Origin::text).toList() + "");
    return new RunOrigin(facts);
  }

  private static String rate(Settings settings) {
    return settings.findsRate()
        ? "found"
        : settings.rate().isEmpty() ? "chosen" : "" + settings.rate().getAsDouble();
  }

  /** A schedule is told by where it leads. */
  private static String text(@Nullable Schedule schedule) {
    return schedule == null
        ? "the recipe's"
        : String.format(
            "%s %s %s %s",
            schedule.factor(0, 8),
            schedule.factor(3, 8),
            schedule.factor(7, 8),
            schedule.factor(7, 8, IDLE));
  }

  /** A value by its text, anything else by its class: never by where it lies in memory. */
  private static String text(Object value) {
    return value.toString().replaceAll("(\\$\\$Lambda.*|@[0-9a-f]+)$", "");
  }

  private static String sum(Model model) {
    CRC32 sum = new CRC32();
    model.graph().nodes().forEach(node -> add(sum, node.name() + node.inputs()));
    model
        .weights()
        .asMap()
        .forEach(
            (name, tensor) -> {
              add(sum, name);
              add(sum, tensor);
            });
    return model.graph().nodes().size() + " nodes, " + hex(sum);
  }

  private static void add(CRC32 sum, Tensor tensor) {
    float[] values = tensor.toArray();
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
    bytes.asFloatBuffer().put(values);
    sum.update(bytes);
  }

  private static String sum(Dataset data) {
    CRC32 sum = new CRC32();
    data.fields().forEach(field -> add(sum, field.toString()));
    for (int i = 0; i < data.size(); i++) {
      add(sum, data.name(i));
    }
    return data.size() + " items, " + hex(sum);
  }

  private static String hash(String text) {
    CRC32 sum = new CRC32();
    add(sum, text);
    return hex(sum);
  }

  private static void add(CRC32 sum, String text) {
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    sum.update(0);
  }

  private static String hex(CRC32 sum) {
    return String.format("%08x", sum.getValue());
  }
}
