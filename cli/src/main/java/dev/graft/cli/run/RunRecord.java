package dev.graft.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.cli.receipt.Receipt;
import dev.graft.cli.report.RunReport;
import dev.graft.core.data.Labelled;
import dev.graft.core.graph.Model;
import dev.graft.core.transfer.assess.Evaluation;
import dev.graft.importers.AtomicFile;
import dev.graft.importers.ExportException;
import dev.graft.importers.PlainText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run tells of itself beside its results: {@code receipt.json} and {@code report.html}.
 *
 * @param receipt what it followed from
 * @param evaluation what the model says of {@code items}; null where it could not be asked
 * @param items those that validate
 * @param before the model that training started from
 * @param after the one that is saved
 */
record RunRecord(
    Receipt receipt, @Nullable Evaluation evaluation, Labelled items, Model before, Model after) {

  /**
   * Writes both, if there is room; that there is none is told, and costs no model.
   *
   * @param model the file of the model, as it is going to be
   * @param report what {@code report.json} holds
   */
  void write(RunResults results, Path model, ObjectNode report) {
    try {
      receipt.withModel(model);
      write(results.folder().resolve(Receipt.FILE), receipt.bytes());
      write(
          results.folder().resolve(RunReport.FILE),
          new RunReport(
                  report,
                  receipt.json(),
                  epochs(results.metrics()),
                  evaluation,
                  items,
                  before,
                  after)
              .page()
              .bytes());
    } catch (ExportException | IOException e) {
      System.err.println("warning: " + PlainText.line(String.valueOf(e.getMessage())));
    }
  }

  private static void write(Path file, byte[] bytes) {
    AtomicFile.write(file, out -> out.write(bytes));
  }

  private static List<JsonNode> epochs(Path metrics) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> epochs = new ArrayList<>();
    for (String line : Files.readAllLines(metrics, StandardCharsets.UTF_8)) {
      epochs.add(json.readTree(line));
    }
    return epochs;
  }
}
