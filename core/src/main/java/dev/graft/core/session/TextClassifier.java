package dev.graft.core.session;

import dev.graft.core.data.Batch;
import dev.graft.core.data.BatchIterator;
import dev.graft.core.data.Batches;
import dev.graft.core.data.text.LabelledText;
import dev.graft.core.data.text.TextDataset;
import dev.graft.core.data.text.TextInputs;
import dev.graft.core.data.text.Texts;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.TextPreprocessing;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Predicts of texts, with the tokenizer that the model carries. Belongs to one thread at a time, as
 * its {@link Session} does.
 */
public final class TextClassifier {

  /** Texts that are computed together, all of about one length. */
  private static final int BATCH = 32;

  private static final String TARGET = "graft.text.target";

  private final Session session;
  private final TextPreprocessing text;
  private final TextInputs inputs;
  private int truncated;

  /**
   * @param session of a model that carries a tokenizer; it stays the caller's to close
   * @throws IllegalStateException if it carries none
   * @throws dev.graft.core.data.DataException if the tokenizer is not the model's
   */
  public TextClassifier(Session session) {
    Model model = session.model();
    TextPreprocessing carried = model.metadata().text();
    if (carried == null) {
      throw new IllegalStateException(
          "the model carries no tokenizer; set one with Metadata.withText");
    }
    this.session = session;
    this.text = carried;
    this.inputs = TextInputs.of(model);
  }

  /** How many of all texts so far are longer than the model allows, and were cut off. */
  public int truncated() {
    return truncated;
  }

  /**
   * Predicts of texts.
   *
   * @return for each text, in their order, all classes, the most probable first
   */
  public List<List<Prediction>> predict(List<String> texts) {
    if (texts.isEmpty()) {
      return List.of();
    }
    Texts items = Texts.of(texts.stream().map(text -> new LabelledText(text, "", "text")).toList());
    TextDataset data = new TextDataset(items, text, inputs, TARGET);
    truncated += data.truncated();
    Map<Integer, List<Prediction>> found = new HashMap<>();
    try (Batches batches = new Batches(data, BATCH, 1);
        BatchIterator pass = batches.iterate(data.cheapestOrder(), item -> 0)) {
      while (pass.hasNext()) {
        predict(pass.next(), found);
      }
    }
    List<List<Prediction>> predictions = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      predictions.add(found.getOrDefault(i, List.of()));
    }
    return predictions;
  }

  private void predict(Batch batch, Map<Integer, List<Prediction>> found) {
    Map<String, Tensor> fed = new HashMap<>(batch.tensors());
    fed.remove(TARGET);
    float[] outputs = session.run(fed).get(session.model().graph().output()).toArray();
    int size = outputs.length / batch.size();
    for (int row = 0; row < batch.size(); row++) {
      float[] output = Arrays.copyOfRange(outputs, row * size, (row + 1) * size);
      found.put(batch.indices()[row], session.ranked(output));
    }
  }
}
