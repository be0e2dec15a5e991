package dev.graft.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.core.insight.data.Album;
import dev.graft.core.insight.data.ClassSummary;
import dev.graft.core.insight.data.Copies;
import dev.graft.core.insight.data.DataReport;
import dev.graft.core.insight.data.InputFit;
import dev.graft.core.insight.data.Suspect;
import dev.graft.core.insight.data.Trait;
import java.util.List;

/** What was found in a data set, for programs. */
record DataJson(DataReport report) {

  ObjectNode node() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    Album album = report.album();
    node.put("pictures", album.size());
    ArrayNode unreadable = node.putArray("unreadable");
    report
        .unreadable()
        .forEach(
            (picture, cause) ->
                unreadable.addObject().put("file", album.name(picture)).put("cause", cause));
    files(node.putArray("duplicates"), report.copies());
    files(
        node.putArray("exactDuplicates"),
        report.copies().stream().filter(Copies::isExact).toList());
    files(node.putArray("leaks"), report.leaks());
    files(node.putArray("conflicts"), report.conflicts());
    ArrayNode suspects = node.putArray("suspectLabels");
    for (Suspect suspect : report.suspects()) {
      suspects
          .addObject()
          .put("file", album.name(suspect.picture()))
          .put("label", album.classes().get(suspect.label()))
          .put("suggested", album.classes().get(suspect.suggested()))
          .put("confidence", suspect.confidence());
    }
    ArrayNode classes = node.putArray("classes");
    for (ClassSummary one : report.classes()) {
      ObjectNode entry =
          classes
              .addObject()
              .put("class", one.name())
              .put("training", one.training())
              .put("validation", one.validation())
              .put("test", one.test())
              .put("tooFew", one.isSmall());
      traits(entry.putArray("traits"), one.traits());
    }
    traits(node.putArray("validationTraits"), report.validation());
    InputFit input = report.input();
    ObjectNode fit =
        node.putObject("input")
            .put("medianWidth", input.medianWidth())
            .put("medianHeight", input.medianHeight());
    if (!Double.isNaN(input.enlarged())) {
      fit.put("enlarged", input.enlarged());
    }
    fit.put("gray", input.gray())
        .put("brightness", input.brightness())
        .put("contrast", input.contrast());
    ArrayNode warnings = fit.putArray("warnings");
    input.warnings().forEach(warnings::add);
    ArrayNode notes = node.putArray("notes");
    report.notes().forEach(notes::add);
    return node;
  }

  private void files(ArrayNode lists, List<Copies> groups) {
    for (Copies one : groups) {
      ArrayNode list = lists.addArray();
      one.pictures().forEach(picture -> list.add(report.album().name(picture)));
    }
  }

  private static void traits(ArrayNode array, List<Trait> traits) {
    traits.forEach(t -> array.addObject().put("trait", t.name()).put("share", t.share()));
  }
}
