package dev.graft.cli.report;

import dev.graft.cli.page.Gallery;
import dev.graft.cli.page.Html;
import dev.graft.cli.page.Page;
import dev.graft.cli.page.Picture;
import dev.graft.cli.page.Table;
import dev.graft.core.data.UnreadableException;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.PictureDataset;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.insight.NetworkView;
import dev.graft.core.insight.data.Album;
import dev.graft.core.insight.data.ClassSummary;
import dev.graft.core.insight.data.Copies;
import dev.graft.core.insight.data.DataReport;
import dev.graft.core.insight.data.InputFit;
import dev.graft.core.insight.data.Suspect;
import dev.graft.core.insight.data.Trait;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What was found in a data set, as a page: the pictures beside what is said of them. */
public final class DataPage {

  /** Of each kind; a page of them stays below 2 MB. */
  private static final int MOST = 40;

  /** As the network receives them. */
  private static final int RECEIVED = 16;

  private final DataReport report;
  private final Album album;

  private DataPage(DataReport report) {
    this.report = report;
    this.album = report.album();
  }

  /**
   * The page.
   *
   * @param name of the data, such as its folder
   * @param preprocessing how a model is fed; null without one
   * @param augment what training would change
   */
  public static Page of(
      String name, DataReport report, @Nullable Preprocessing preprocessing, Augment augment) {
    return new DataPage(report).page(name, preprocessing, augment);
  }

  private Page page(String name, @Nullable Preprocessing preprocessing, Augment augment) {
    Page page =
        new Page("Data: " + name)
            .lead(
                String.format(
                    Locale.ROOT,
                    "%d pictures of %d classes: %d unreadable, %d there more than once (%d of them"
                        + " across parts), %d labels that are likely wrong. Nothing was changed.",
                    album.size(),
                    album.classes().size(),
                    report.unreadable().size(),
                    report.copies().size(),
                    report.leaks().size(),
                    report.suspects().size()))
            .section("Unreadable files", unreadable())
            .section("Labels that are likely wrong", suspects())
            .section("The same picture more than once", copies())
            .section("Classes", classes());
    if (preprocessing != null) {
      page.section("As the network receives them", received(preprocessing, augment));
    }
    Table notes = new Table("");
    report.notes().forEach(notes::row);
    return page.section("Size and light", input()).section("Notes", notes.html());
  }

  private Html unreadable() {
    Table table = new Table("file", "why");
    report.unreadable().entrySet().stream()
        .limit(MOST)
        .forEach(one -> table.row(album.name(one.getKey()), one.getValue()));
    return Html.of(table.html(), rest(report.unreadable().size()));
  }

  private Html suspects() {
    return Html.of(
        gallery(
            report.suspects(),
            Suspect::picture,
            s ->
                String.format(
                    Locale.ROOT,
                    "%s: %s, or %s? (%.0f %%)",
                    album.name(s.picture()),
                    album.classes().get(s.label()),
                    album.classes().get(s.suggested()),
                    100 * s.confidence())),
        rest(report.suspects().size()));
  }

  /** Those across parts first; each group side by side. */
  private Html copies() {
    List<Copies> order = new ArrayList<>(report.leaks());
    report.copies().stream().filter(c -> !order.contains(c)).forEach(order::add);
    List<Html> rows = new ArrayList<>();
    for (Copies one : order.subList(0, Math.min(MOST / 2, order.size()))) {
      rows.add(
          gallery(
              one.pictures().subList(0, Math.min(6, one.pictures().size())),
              i -> i,
              i -> album.name(i) + (one.isExact() ? "" : " (not pixel for pixel)")));
    }
    return Html.of(Html.of(rows), order.size() > MOST / 2 ? rest(order.size()) : Html.NONE);
  }

  private Html classes() {
    Table table = new Table("class", "training", "validation", "test", "what stands out");
    report.classes().stream().limit(500).forEach(one -> row(table, one));
    return table.html();
  }

  private static void row(Table table, ClassSummary one) {
    List<String> said = new ArrayList<>();
    if (one.isSmall()) {
      said.add("few pictures");
    }
    for (Trait trait : one.traits()) {
      said.add(String.format(Locale.ROOT, "%s (%.0f %%)", trait.name(), 100 * trait.share()));
    }
    table.row(
        one.name(),
        "" + one.training(),
        "" + one.validation(),
        "" + one.test(),
        String.join(", ", said));
  }

  private Html received(Preprocessing preprocessing, Augment augment) {
    PictureDataset fed = new PictureDataset(album, preprocessing, augment, "input", "label");
    List<Picture> shown = new ArrayList<>();
    int step = Math.max(1, album.size() / RECEIVED);
    for (int i = 0; i < album.size() && shown.size() < RECEIVED; i += step) {
      try {
        float[] input = fed.read(i, augment.isActive() ? i + 1 : 0).get(0);
        shown.add(new Picture(NetworkView.of(preprocessing, input), album.name(i)));
      } catch (UnreadableException e) {
        // It is in the list above.
        continue;
      }
    }
    return new Gallery(shown).html();
  }

  private Html input() {
    InputFit fit = report.input();
    Table table = new Table("", "");
    table.row("median width", pixels(fit.medianWidth()));
    table.row("median height", pixels(fit.medianHeight()));
    table.row("mean level (0 to 255)", number(fit.brightness()));
    table.row("contrast, in levels", number(fit.contrast()));
    table.row("without colour", percent(fit.gray()));
    if (!Double.isNaN(fit.enlarged())) {
      table.row("smaller than the network's input", percent(fit.enlarged()));
    }
    Table warnings = new Table("");
    fit.warnings().forEach(warnings::row);
    return Html.of(table.html(), warnings.html());
  }

  private <T> Html gallery(List<T> all, Function<T, Integer> picture, Function<T, String> caption) {
    List<Picture> shown = new ArrayList<>();
    for (T one : all.subList(0, Math.min(MOST, all.size()))) {
      try {
        shown.add(new Picture(album.read(picture.apply(one)), caption.apply(one)));
      } catch (UnreadableException e) {
        // It could be read a minute ago: somebody is at the folder. The others are shown.
        continue;
      }
    }
    return new Gallery(shown).html();
  }

  private static Html rest(int all) {
    return all <= MOST
        ? Html.NONE
        : Html.note("The first " + MOST + " of " + all + "; --json has all.");
  }

  private static String pixels(double value) {
    return String.format(Locale.ROOT, "%.0f px", value);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }
}
