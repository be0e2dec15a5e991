package dev.graft.bench;

import dev.graft.core.backend.Backend;

/** The end of what a backend was asked for. */
final class Completion {

  private Completion() {}

  /**
   * Returns when the device has done everything. A call to OpenCL returns as soon as its kernels
   * are in the queue: a benchmark that stops there measures how fast the queue fills.
   */
  static void await(Backend backend) {
    backend.finish();
  }
}
