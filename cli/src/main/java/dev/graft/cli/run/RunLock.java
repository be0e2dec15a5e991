package dev.graft.cli.run;

import dev.graft.cli.option.UsageException;
import dev.graft.importers.ExportException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The right to write in the folder of a run, which one run has at a time. It is a lock of the
 * operating system's, which ends with the process: a run that was killed blocks nobody.
 *
 * <p>The file stays, empty: whoever removed it would leave those who have opened it with the lock
 * of a file that the next ones do not find. Nor may a process open it twice, since POSIX takes the
 * lock back as soon as any of its descriptors is closed.
 */
final class RunLock implements AutoCloseable {

  private final FileChannel channel;

  private RunLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock. Where the file system has no locks, nobody is kept out.
   *
   * @param folder of the run; it exists
   * @throws UsageException if another run has it
   * @throws ExportException if the folder cannot be written to
   */
  static RunLock take(Path folder) {
    try {
      FileChannel channel =
          FileChannel.open(
              folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (isTaken(channel)) {
        channel.close();
        throw new UsageException(
            folder
                + ": another run is writing in this folder; wait for its end, or name another"
                + " --out");
      }
      return new RunLock(channel);
    } catch (IOException e) {
      throw new RunResults(folder).unwritable(e);
    }
  }

  private static boolean isTaken(FileChannel channel) {
    try {
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException e) {
      // By a run of this process.
      return true;
    } catch (IOException e) {
      // A network's file system may have none.
      return false;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // The lock is gone all the same.
      return;
    }
  }
}
