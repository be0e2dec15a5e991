package dev.graft.importers.graph;

import dev.graft.importers.ImportException;

/**
 * What reading a model may allocate, garbage included: four times the bytes that are read and 64
 * MiB; five times those of weights quantised to bytes. A small file cannot ask for the heap, and a
 * large one has room to be converted and folded.
 */
public final class ReadAllowance {

  private static final int TIMES = 4;

  /** The rest of the 64 MiB is for what is not counted: names, nodes, buffers. */
  private static final long BASE = 48L << 20;

  private long left;

  private ReadAllowance(long left) {
    this.left = left;
  }

  /**
   * For a file that has been read into memory.
   *
   * @param bytes of the file
   */
  public static ReadAllowance ofFile(long bytes) {
    return new ReadAllowance(BASE + (TIMES - 1) * bytes);
  }

  /** The same again, for another way to build from what has been read so far. */
  public ReadAllowance again() {
    return new ReadAllowance(left);
  }

  /**
   * Counts bytes of a further file that are about to be read.
   *
   * @param quantised whether each stands for a float, beside which it lies in memory for a while
   */
  public void grant(long bytes, boolean quantised) {
    left += (quantised ? TIMES + 1 : TIMES) * bytes;
  }

  /** Takes so many bytes, if there are so many left. */
  public boolean allows(long bytes) {
    if (bytes > left) {
      return false;
    }
    left -= bytes;
    return true;
  }

  /**
   * Takes so many bytes.
   *
   * @param what for the message, such as {@code makes too large a constant at import: [1000]}
   * @throws ImportException if there are not so many left
   */
  public void expect(long bytes, String what) {
    if (!allows(bytes)) {
      throw new ImportException(what);
    }
  }
}
