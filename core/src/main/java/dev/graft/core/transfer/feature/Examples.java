package dev.graft.core.transfer.feature;

import dev.graft.core.data.DataException;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.Labelled;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.Mix;
import dev.graft.core.data.picture.MixedDataset;
import dev.graft.core.data.picture.PictureDataset;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.data.text.TextDataset;
import dev.graft.core.data.text.TextInputs;
import dev.graft.core.data.text.Texts;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.graph.TextPreprocessing;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.loss.Loss;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The items of a data set as a graph is fed them. */
public final class Examples {

  private Examples() {}

  /**
   * Pictures as the model wants them.
   *
   * @throws GraphException if it carries no preprocessing
   */
  public static PictureDataset of(Model model, Pictures pictures, Augment augment) {
    Preprocessing preprocessing = model.metadata().preprocessing();
    if (preprocessing == null) {
      throw new GraphException(
          "the model carries no preprocessing; choose one of "
              + String.join(", ", Preprocessing.NAMES));
    }
    InputSpec input = model.graph().input();
    preprocessing.check(input);
    return new PictureDataset(pictures, preprocessing, augment, input.name(), Loss.TARGET);
  }

  /**
   * Pictures or texts as the model wants them.
   *
   * @param augment of pictures
   * @throws GraphException if the model does not say how they become its input
   * @throws DataException if the tokenizer is not the model's
   */
  public static Dataset of(Model model, Labelled items, Augment augment) {
    if (items instanceof Pictures pictures) {
      return of(model, pictures, augment);
    }
    if (!(items instanceof Texts texts)) {
      throw new IllegalArgumentException("expected pictures or texts, found " + items.noun());
    }
    TextPreprocessing text = model.metadata().text();
    if (text == null) {
      throw new GraphException("the model carries no tokenizer; give it one");
    }
    return new TextDataset(texts, text, TextInputs.of(model), Loss.TARGET);
  }

  /**
   * Pictures as the model wants them, their classes as distributions.
   *
   * @param mix null to mix nothing, as where they validate
   * @throws GraphException if it carries no preprocessing
   */
  public static Dataset mixed(Model model, Pictures pictures, Augment augment, @Nullable Mix mix) {
    PictureDataset plain = of(model, pictures, augment);
    Preprocessing preprocessing = Objects.requireNonNull(model.metadata().preprocessing());
    return new MixedDataset(plain, preprocessing, pictures.classes().size(), mix);
  }

  /** The shape of every field of so many items. */
  static Map<String, Shape> shapes(Dataset data, int items) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (Dataset.Field field : data.fields()) {
      shapes.put(field.name(), InputSpec.batched(field.name(), field.item()).bind(items));
    }
    return shapes;
  }

  /**
   * An item as a batch of one.
   *
   * @throws dev.graft.core.data.UnreadableException if it cannot be read
   */
  public static Map<String, Tensor> one(Dataset data, int index) {
    List<float[]> item = data.read(index, 0);
    Map<String, Tensor> fed = new LinkedHashMap<>();
    for (Shape open : shapes(data, 1).values()) {
      Dataset.Field field = data.fields().get(fed.size());
      Shape shape = open.isOpen() ? open.with(1, item.get(fed.size()).length) : open;
      fed.put(field.name(), Tensor.of(shape, item.get(fed.size())).as(field.type()));
    }
    return fed;
  }

  /**
   * Checks that a data set has what a graph is fed.
   *
   * @throws DataException if a field is missing, or its shape does not fit
   */
  public static void check(Dataset data, Graph graph) {
    Map<String, Shape> shapes = shapes(data, 1);
    for (InputSpec input : graph.inputs()) {
      Shape found = shapes.get(input.name());
      if (found == null) {
        List<String> known = new ArrayList<>();
        data.fields().forEach(field -> known.add(field.name() + " " + field.item()));
        throw new DataException(
            "expected a field "
                + input.name()
                + " "
                + input
                + " in the data, found "
                + String.join(", ", known));
      }
      try {
        input.check(found);
      } catch (ShapeException e) {
        throw new DataException("the data does not fit: " + e.getMessage(), e);
      }
    }
  }
}
