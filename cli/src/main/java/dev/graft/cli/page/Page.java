package dev.graft.cli.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A document under construction: a title, and sections in the order in which they are added. */
public final class Page {

  /** Nothing is fetched and nothing runs, whatever should have found its way into the text. */
  private static final String POLICY =
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

  private final String title;
  private final List<Html> sections = new ArrayList<>();
  private String script = "";

  /**
   * @param title of the window and at the top
   */
  public Page(String title) {
    this.title = title;
  }

  /** Adds a line that says in a sentence what follows. */
  public Page lead(String text) {
    sections.add(new Tag("p").with("class", "lead").holding(text));
    return this;
  }

  /** Adds a section under a heading; one without contents is left out. */
  public Page section(String heading, Html... contents) {
    Html body = Html.of(contents);
    if (!body.toString().isEmpty()) {
      sections.add(new Tag("section").holding(new Tag("h2").holding(heading), body));
    }
    return this;
  }

  /**
   * Lets the page run a script: for one that is served, whose server says in a header what it may
   * do. A page that is a file has none.
   *
   * @param text of ours; never anything from outside
   */
  public Page script(String text) {
    script = text;
    return this;
  }

  /** The document. */
  @Override
  public String toString() {
    Html head =
        new Tag("head")
            .holding(
                new Tag("meta").with("charset", "utf-8").empty(),
                new Tag("meta")
                    .with("name", "viewport")
                    .with("content", "width=device-width, initial-scale=1")
                    .empty(),
                policy(),
                new Tag("meta").with("name", "color-scheme").with("content", "light dark").empty(),
                new Tag("title").holding(title),
                new Tag("style").holding(Html.markup(styles())));
    Html body =
        new Tag("body")
            .holding(
                new Tag("main").holding(new Tag("h1").holding(title), Html.of(sections)),
                script.isEmpty() ? Html.NONE : new Tag("script").holding(Html.markup(script)));
    return "<!DOCTYPE html>\n"
        + new Tag("html").with("lang", "en").holding(head, Html.markup("\n"), body)
        + "\n";
  }

  private Html policy() {
    return script.isEmpty()
        ? new Tag("meta")
            .with("http-equiv", "Content-Security-Policy")
            .with("content", POLICY)
            .empty()
        : Html.NONE;
  }

  /** The document in UTF-8, which it declares. */
  public byte[] bytes() {
    return toString().getBytes(StandardCharsets.UTF_8);
  }

  /** What all pages look like, for a page that is made otherwise, too. */
  public static String styles() {
    try (InputStream in = Page.class.getResourceAsStream("page.css")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
