package dev.graft.cli.terminal;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * The one writer of a command that works for long: lines on standard output and, where standard
 * error is a terminal, a progress bar there. Both may be one terminal, so a line takes the bar away
 * before it is printed, and the bar comes back below it.
 */
public final class Screen implements AutoCloseable {

  /** What a terminal has that does not say. */
  private static final int USUAL_COLUMNS = 80;

  /** Narrower ones are written to as if they had these. */
  private static final int FEWEST_COLUMNS = 40;

  /** To the first column, and everything there gone; what a terminal does since the VT100. */
  private static final String CLEARED = "\r\u001b[2K";

  private final boolean quiet;
  private final boolean isTerminal;
  private final int columns;
  private @Nullable ProgressBar bar;
  private boolean barIsShown;

  public Screen(boolean quiet) {
    this.quiet = quiet;
    // Only the launcher can tell: System.console() is there without a terminal from Java 22 on.
    this.isTerminal = Boolean.getBoolean("graft.terminal");
    int told = Integer.getInteger("graft.columns", 0);
    this.columns = told < 1 ? USUAL_COLUMNS : Math.max(FEWEST_COLUMNS, told);
  }

  /** Prints a line, in several on a terminal where it is too long. */
  public synchronized void print(String line) {
    if (quiet) {
      return;
    }
    clear();
    System.out.println(isTerminal ? wrapped(line, columns) : line);
  }

  /** Breaks a line between words; what follows is indented. */
  public static String wrapped(String line, int columns) {
    StringBuilder text = new StringBuilder();
    String rest = line;
    while (rest.length() > columns) {
      int at = rest.lastIndexOf(' ', columns);
      if (at <= rest.length() - rest.stripLeading().length()) {
        break;
      }
      text.append(rest, 0, at).append('\n');
      rest = "  " + rest.substring(at + 1);
    }
    return text.append(rest).toString();
  }

  /** Shows a bar for what comes next, in the place of an earlier one. */
  public void startBar(String name, long units) {
    removeBar();
    if (quiet || !isTerminal) {
      return;
    }
    bar =
        new ProgressBarBuilder()
            .setTaskName(name)
            .setInitialMax(units)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(200)
            .setConsumer(new Bar())
            .build();
  }

  /** Moves the bar, if there is one. */
  public void moveBar(long done) {
    if (bar != null) {
      bar.stepTo(done);
    }
  }

  /** Takes the bar away, if there is one. */
  public void removeBar() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  @Override
  public void close() {
    removeBar();
  }

  private synchronized void show(String rendered) {
    System.err.print(CLEARED + rendered);
    System.err.flush();
    barIsShown = true;
  }

  private synchronized void clear() {
    if (barIsShown) {
      System.err.print(CLEARED);
      System.err.flush();
      barIsShown = false;
    }
  }

  /** What the library draws on, from a thread of its own. */
  private final class Bar implements ProgressBarConsumer {

    @Override
    public int getMaxRenderedLength() {
      // A full line would move the cursor to the next.
      return columns - 1;
    }

    @Override
    public void accept(String rendered) {
      show(rendered);
    }

    @Override
    public void close() {
      clear();
    }
  }
}
