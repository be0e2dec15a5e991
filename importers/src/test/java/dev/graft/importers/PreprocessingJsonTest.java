package dev.graft.importers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.graph.Preprocessing;
import org.junit.jupiter.api.Test;

class PreprocessingJsonTest {

  private static final String GOOD =
      "{\"height\":8,\"width\":9,\"cropFraction\":0.875,\"channels\":\"GRAY\","
          + "\"mean\":[1.5],\"deviation\":[2]}";

  @Test
  void everyNamedPreprocessing_comesBack() {
    for (String name : Preprocessing.NAMES) {
      Preprocessing given = Preprocessing.named(name, 3, 224, 192);
      assertThat(PreprocessingJson.read(PreprocessingJson.write(given))).isEqualTo(given);
    }
  }

  @Test
  void wrongFields_areNamed() {
    assertThat(PreprocessingJson.read(GOOD).width()).isEqualTo(9);
    refused(GOOD.replace("width", "widht"), "unknown field widht");
    refused(GOOD.replace("\"width\":9,", ""), "lacks the field width");
    refused(GOOD.replace("9", "9.5"), "width must be a whole number");
    refused(GOOD.replace("\"GRAY\"", "\"GREY\""), "channels must be RGB, BGR or GRAY, found GREY");
    refused(GOOD.replace("[1.5]", "1.5"), "mean must be a list");
    refused(GOOD.replace("[1.5]", "[\"1\"]"), "mean must hold numbers");
    refused(GOOD.replace("[1.5]", "[1,2]"), "expects 1 finite means");
    refused(GOOD.replace("0.875", "0"), "crop fraction in (0, 1]");
    refused(GOOD.replace("[2]", "[0]"), "not 0");
    refused(GOOD + "}", "no valid JSON");
    refused(GOOD.replace("\"width\"", "\"height\""), "no valid JSON");
    refused("[]", "must be a JSON object");
    refused("", "must be a JSON object");
    refused("[".repeat(100_000), "no valid JSON");
  }

  private static void refused(String json, String part) {
    assertThatThrownBy(() -> PreprocessingJson.read(json))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("preprocessing")
        .hasMessageContaining(part);
  }
}
