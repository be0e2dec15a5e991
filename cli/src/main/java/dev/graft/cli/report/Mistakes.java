package dev.graft.cli.report;

import dev.graft.cli.page.Gallery;
import dev.graft.cli.page.Html;
import dev.graft.cli.page.Picture;
import dev.graft.cli.page.Table;
import dev.graft.core.data.Labelled;
import dev.graft.core.data.UnreadableException;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.data.text.Texts;
import dev.graft.core.transfer.assess.Evaluation;
import dev.graft.core.transfer.assess.Verdict;
import dev.graft.importers.PlainText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The mistakes of which the model was most sure: what it has not understood, or a wrong label. */
public final class Mistakes {

  private static final int MOST = 24;

  private Mistakes() {}

  /**
   * The items with what was said of them, the most confident first.
   *
   * @param items what was measured
   */
  public static Html of(Evaluation evaluation, Labelled items) {
    List<Verdict> wrong =
        evaluation.verdicts().stream()
            .filter(verdict -> !verdict.isRight())
            .sorted(Comparator.comparingDouble(Verdict::confidence).reversed())
            .limit(MOST)
            .toList();
    return items instanceof Pictures pictures
        ? gallery(evaluation, wrong, pictures)
        : table(evaluation, wrong, items);
  }

  private static Html table(Evaluation evaluation, List<Verdict> wrong, Labelled items) {
    Table table = new Table("is", "taken for", "confidence", "where", "text");
    for (Verdict verdict : wrong) {
      table.row(
          evaluation.classes().get(verdict.wanted()),
          evaluation.classes().get(verdict.said()),
          String.format(Locale.ROOT, "%.0f %%", 100 * verdict.confidence()),
          items.name(verdict.picture()),
          items instanceof Texts texts ? PlainText.line(texts.text(verdict.picture())) : "");
    }
    return table.html();
  }

  private static Html gallery(Evaluation evaluation, List<Verdict> wrong, Pictures pictures) {
    List<Picture> shown = new ArrayList<>();
    for (Verdict verdict : wrong) {
      String caption =
          String.format(
              Locale.ROOT,
              "%s, taken for %s (%.0f %%): %s",
              evaluation.classes().get(verdict.wanted()),
              evaluation.classes().get(verdict.said()),
              100 * verdict.confidence(),
              pictures.name(verdict.picture()));
      try {
        shown.add(new Picture(pictures.read(verdict.picture()), caption));
      } catch (UnreadableException e) {
        // It could be read a minute ago: somebody is at the folder. The others are shown.
        continue;
      }
    }
    return new Gallery(shown).html();
  }
}
