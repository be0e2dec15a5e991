package dev.graft.cli;

import dev.graft.core.data.UnreadableException;
import dev.graft.core.data.picture.PictureFile;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Decodes pictures in parallel, a few ahead of whoever takes them, and gives them in their order.
 */
final class PicturesAhead implements AutoCloseable {

  private final Iterator<Path> files;
  private final ExecutorService decoders;
  private final Queue<Future<BufferedImage>> ahead = new ArrayDeque<>();

  PicturesAhead(List<Path> files, int threads) {
    this.files = files.iterator();
    this.decoders = Executors.newFixedThreadPool(Math.min(threads, Math.max(1, files.size())));
    for (int i = 0; i < 2 * threads; i++) {
      submitNext();
    }
  }

  private void submitNext() {
    if (files.hasNext()) {
      Path file = files.next();
      ahead.add(decoders.submit(() -> open(file)));
    }
  }

  private static BufferedImage open(Path file) {
    if (!Files.exists(file)) {
      throw new UnreadableException("does not exist");
    }
    return PictureFile.read(file);
  }

  /**
   * The next picture.
   *
   * @throws UnreadableException if it cannot be read; the one behind it may be
   */
  BufferedImage next() {
    Future<BufferedImage> first = ahead.remove();
    submitNext();
    try {
      return first.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a picture was decoded", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public void close() {
    decoders.shutdownNow();
  }
}
