package dev.graft.cli.terminal;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * Standard output that remembers what went wrong with it: {@code System.out} knows only that
 * something did, and a command that could not say its answer has failed.
 */
public final class StandardOutput extends FilterOutputStream {

  /** What a shell reports of a program that a closed pipe ended: 128 and SIGPIPE. */
  private static final int PIPE_CLOSED = 141;

  private @Nullable IOException failure;

  private StandardOutput(OutputStream out) {
    super(out);
  }

  /** Puts a new one in the place of {@code System.out}, with the same encoding. */
  public static StandardOutput install() {
    OutputStream file = new FileOutputStream(FileDescriptor.out);
    StandardOutput output = new StandardOutput(new BufferedOutputStream(file, 1 << 13));
    System.setOut(new PrintStream(output, true, encoding()));
    return output;
  }

  /** That of the terminal; Java 17 keeps it under a name of its own. */
  private static Charset encoding() {
    for (String name : new String[] {"stdout.encoding", "sun.stdout.encoding", "native.encoding"}) {
      String charset = System.getProperty(name);
      if (charset != null) {
        return Charset.forName(charset);
      }
    }
    return Charset.defaultCharset();
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    try {
      out.write(bytes, from, count);
    } catch (IOException e) {
      throw noted(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      throw noted(e);
    }
  }

  private IOException noted(IOException e) {
    if (failure == null) {
      failure = e;
    }
    return e;
  }

  /**
   * The exit code of a command that ended with {@code code}: where it was well but for what it had
   * to say, an error is told. A reader that has seen enough, such as {@code head}, is none of it.
   */
  public int ended(int code) {
    System.out.flush();
    if (failure == null || code != 0) {
      return code;
    }
    String reason = String.valueOf(failure.getMessage());
    if (reason.contains("Broken pipe")) {
      return PIPE_CLOSED;
    }
    System.err.println("error: standard output: cannot be written: " + reason);
    return 1;
  }
}
