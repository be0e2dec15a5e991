package dev.graft.core.data;

import java.util.Iterator;

/** Batches in order; close it to stop what is read ahead. */
public interface BatchIterator extends Iterator<Batch>, AutoCloseable {

  @Override
  void close();
}
