package dev.graft.bench.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Training steps in a {@link Dl4jServer}. */
final class Dl4jTraining implements Contender {

  static final String NAME = "dl4j";

  private final Process process;
  private final OutputStream orders;
  private final BufferedReader answers;
  private final float firstLoss;

  Dl4jTraining(int batch, int threads) {
    ProcessBuilder builder =
        new ProcessBuilder(ChildJava.command(List.of(), Dl4jServer.class, Integer.toString(batch)));
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    try {
      process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    orders = process.getOutputStream();
    answers = process.inputReader();
    try {
      // Shows whether it works at all.
      firstLoss = step();
    } catch (IllegalStateException e) {
      close();
      throw e;
    }
  }

  private float step() {
    try {
      orders.write("step\n".getBytes(StandardCharsets.US_ASCII));
      orders.flush();
      String loss = answers.readLine();
      if (loss == null) {
        throw new IllegalStateException("its process ended");
      }
      return Float.parseFloat(loss);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void run() {
    step();
  }

  /** The first step has been taken. */
  @Override
  public float[] proof() {
    return new float[] {firstLoss, step(), step()};
  }

  @Override
  public void close() {
    process.destroy();
  }
}
