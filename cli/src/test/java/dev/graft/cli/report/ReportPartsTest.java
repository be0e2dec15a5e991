package dev.graft.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.train.metric.Confusion;
import dev.graft.core.transfer.assess.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReportPartsTest {

  @Test
  void curves_haveAMarkWhereAPhaseBegins() throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> epochs = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      epochs.add(
          json.readTree(
              "{\"epoch\":%d,\"phase\":\"%s\",\"trainLoss\":1,\"valLoss\":%d,\"valAccuracy\":null}"
                  .formatted(i, i < 3 ? "head" : "all", i)));
    }
    String text = LearningCurves.of(epochs).toString();
    assertThat(text).contains(">head</text>", ">all</text>", ">loss</text>");
    // Accuracy was never measured: there is nothing to draw.
    assertThat(text).doesNotContain("ccuracy");
    assertThat(LearningCurves.of(List.of()).toString()).isEmpty();
  }

  @Test
  void ofThousandsOfClasses_theWorstFiftyAreShown_andRowsAreComplete() {
    int classes = 2000;
    List<String> names = IntStream.range(0, classes).mapToObj(k -> "class " + k).toList();
    List<Integer> wanted = new ArrayList<>();
    List<Integer> said = new ArrayList<>();
    for (int k = 0; k < classes; k++) {
      for (int i = 0; i < 3; i++) {
        wanted.add(k);
        // The last sixty are always wrong, and taken for classes that are not shown.
        said.add(k >= classes - 60 ? i : k);
      }
    }
    String text = ConfusionTable.of(Confusion.of(names, wanted, said)).toString();
    Matcher rows = Pattern.compile("<th class=\"row\">([^<]*)</th>(.*?)</tr>").matcher(text);
    int count = 0;
    while (rows.find()) {
      assertThat(Integer.parseInt(rows.group(1).substring(6))).isGreaterThanOrEqualTo(1940);
      assertThat(sum(rows.group(2))).isEqualTo(3);
      count++;
    }
    assertThat(count).isEqualTo(ConfusionTable.MOST);
    assertThat(text).contains("other classes", "The 50 of 2000 classes");
  }

  private static int sum(String cells) {
    Matcher counts = Pattern.compile(">(\\d+)</td>").matcher(cells);
    return counts.results().mapToInt(found -> Integer.parseInt(found.group(1))).sum();
  }

  @Test
  void reliability_countsEachVerdictInItsBin() {
    List<Verdict> verdicts =
        List.of(
            new Verdict(0, 0, 0, 0.95),
            new Verdict(1, 0, 1, 0.91),
            new Verdict(2, 0, 0, 0.9),
            new Verdict(3, 0, 0, 0));
    String text = Reliability.of(verdicts).toString();
    assertThat(text)
        .contains("0.9 to 1.0: 1 of 2 right", "0.8 to 0.9: 1 of 1 right", "0.0 to 0.1: 1 of 1")
        .contains("0.4 to 0.5: 0 of 0 right", "class=\"mark\"");
    assertThat(Reliability.of(List.of()).toString()).isEmpty();
  }
}
