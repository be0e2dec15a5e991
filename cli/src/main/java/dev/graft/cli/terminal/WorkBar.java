package dev.graft.cli.terminal;

import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainListener;

/** A bar for work that has nothing to print until its end. */
public final class WorkBar implements TrainListener, AutoCloseable {

  private final Screen screen = new Screen(false);

  @Override
  public void on(TrainEvent event) {
    if (event instanceof TrainEvent.Started started) {
      screen.startBar(started.name(), started.units());
    } else if (event instanceof TrainEvent.Progress progress) {
      screen.moveBar(progress.done());
    } else if (event instanceof TrainEvent.Ended) {
      screen.removeBar();
    }
  }

  @Override
  public void close() {
    screen.close();
  }
}
