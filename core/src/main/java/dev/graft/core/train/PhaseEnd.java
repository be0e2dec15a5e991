package dev.graft.core.train;

/**
 * A phase that has ended.
 *
 * @param name the phase's
 * @param epochs number of epochs it trained
 * @param reason one line for people: at which epoch it ended, and why
 * @param lowestLoss the lowest validation loss of its epochs, and of what was tried behind it;
 *     infinite where there was nothing
 * @param rate learning rate before schedule and group factors
 */
public record PhaseEnd(String name, int epochs, String reason, double lowestLoss, double rate) {

  /** The same with a loss that something tried behind it has reached, if it is lower. */
  PhaseEnd reaching(double loss) {
    return loss < lowestLoss ? new PhaseEnd(name, epochs, reason, loss, rate) : this;
  }
}
