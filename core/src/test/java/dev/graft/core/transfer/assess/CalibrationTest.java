package dev.graft.core.transfer.assess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.FineTuneFixture;
import dev.graft.core.transfer.Toy;
import dev.graft.core.transfer.recipe.Recipe;
import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Probabilities that are worth what they say. */
class CalibrationTest extends FineTuneFixture {

  private static Model sharpened(Model model, float by) {
    Map<String, Tensor> changed = new LinkedHashMap<>();
    for (String name : List.of("head.weight", "head.bias")) {
      Tensor old = model.weights().get(name);
      float[] values = old.toArray().clone();
      for (int i = 0; i < values.length; i++) {
        values[i] *= by;
      }
      changed.put(name, Tensor.of(old.shape(), values));
    }
    return model.with(model.weights().with(changed));
  }

  /** Every fifth class is wrong: nobody can be sure. */
  private record Doubtful(Toy.Halves pictures) implements Pictures {

    @Override
    public int size() {
      return pictures.size();
    }

    @Override
    public List<String> classes() {
      return pictures.classes();
    }

    @Override
    public int label(int index) {
      int label = pictures.label(index);
      return index % 5 == 0 ? 1 - label : label;
    }

    @Override
    public String name(int index) {
      return pictures.name(index);
    }

    @Override
    public BufferedImage read(int index) {
      return pictures.read(index);
    }
  }

  private Model tuned() {
    return FineTune.run(Toy.network(), Toy.data(), settings(Recipe.FULL, 12).rate(0.05)).model();
  }

  @Test
  void aHeadThatIsFourTimesTooSure_getsFourTimesTheTemperature_andTheSameProbabilities() {
    Model tuned = tuned();
    Pictures pictures = new Doubtful(new Toy.Halves(60, 3));
    Calibration plain = Calibration.fit(tuned, pictures, backend, 2);
    Calibration sure = Calibration.fit(sharpened(tuned, 4), pictures, backend, 2);
    assertThat(plain.temperature()).isBetween(0.02, 20.0);
    assertThat(sure.temperature() / plain.temperature()).isCloseTo(4, within(0.01));
    float[] one = plain.model().weights().get("head.weight").toArray();
    float[] other = sure.model().weights().get("head.weight").toArray();
    for (int i = 0; i < one.length; i++) {
      assertThat(other[i]).isCloseTo(one[i], within(0.002f * (1 + Math.abs(one[i]))));
    }
  }

  @Test
  void confidence_comesCloserToBeingRight_andNoPredictionChanges() {
    Model sure = sharpened(tuned(), 8);
    // Fitted on some pictures, measured on others.
    Model calibrated =
        Calibration.fit(sure, new Doubtful(new Toy.Halves(100, 3)), backend, 2).model();
    Pictures others = new Doubtful(new Toy.Halves(100, 4));
    Evaluation before = Evaluation.of(sure, others, backend, 2);
    Evaluation after = Evaluation.of(calibrated, others, backend, 2);
    assertThat(after.confusion()).isEqualTo(before.confusion());
    assertThat(after.calibrationError()).isLessThan(before.calibrationError());
  }
}
