package dev.graft.core.data;

import java.util.Iterator;

/** Batches in order; close it to stop what is read ahead. */
public interface BatchIterator extends Iterator<Batch>, AutoCloseable {

  /** How many of the items asked for lie behind the batch that {@link #next} gave last. */
  int taken();

  @Override
  void close();
}
