package dev.graft.cli.serve;

import dev.graft.cli.page.Html;
import dev.graft.cli.page.Page;
import dev.graft.cli.page.Tag;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Rejection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/** The page of a served model: a place to drop a picture, and what is said of it. */
final class ServedPage {

  private static final String SCRIPT = script();

  private ServedPage() {}

  static byte[] of(Model model, String title) {
    List<String> labels = model.metadata().labels();
    String knows =
        labels.isEmpty()
            ? "The model has no labels: classes are shown by number."
            : "Knows "
                + labels.size()
                + ": "
                + String.join(", ", labels.subList(0, Math.min(20, labels.size())))
                + (labels.size() > 20 ? ", …" : ".");
    String doubts =
        Rejection.of(model) == null
            ? ""
            : " Says \"" + Rejection.UNKNOWN + "\" of what is like none of them.";
    return new Page(title)
        .lead(knows + doubts)
        .section(
            "A picture",
            new Tag("label")
                .with("class", "drop")
                .with("id", "drop")
                .holding(
                    Html.text("Drop a picture here, or press to choose or photograph one."),
                    new Tag("input")
                        .with("type", "file")
                        .with("id", "file")
                        .with("accept", "image/*")
                        .empty()),
            new Tag("img")
                .with("id", "shown")
                .with("alt", "the picture")
                .with("hidden", "")
                .empty(),
            new Tag("div").with("id", "said").with("aria-live", "polite").empty(),
            new Tag("figure")
                .with("id", "seen")
                .with("hidden", "")
                .holding(
                    new Tag("img").with("id", "map").with("alt", "where it is seen").empty(),
                    new Tag("figcaption").with("id", "where").with("class", "note").empty()))
        .script(SCRIPT)
        .bytes();
  }

  /** Only this script runs, and it may ask nobody but this server. */
  static String policy() {
    return "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; connect-src 'self';"
        + " frame-ancestors 'none'; base-uri 'none'; form-action 'none'; script-src 'sha256-"
        + Base64.getEncoder().encodeToString(sha256(SCRIPT))
        + "'";
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  private static String script() {
    try (InputStream in = ServedPage.class.getResourceAsStream("serve.js")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
