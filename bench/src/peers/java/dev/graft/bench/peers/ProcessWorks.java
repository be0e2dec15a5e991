package dev.graft.bench.peers;

import dev.graft.bench.networks.Network;
import dev.graft.bench.peers.ChildJava.Answer;
import dev.graft.importers.ModelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Works that need a fresh process each time: ours and the peer's in turn. */
final class ProcessWorks {

  private static final int ROUNDS = 5;

  /** What a program that only predicts with Graft ships. */
  private static final List<String> GRAFT_JARS = List.of("graft-", "protobuf-java", "jackson-");

  private final Board board;

  ProcessWorks(Board board) {
    this.board = board;
  }

  /** To the first prediction of SqueezeNet, each with an archive of its classes. */
  void startUp() throws IOException {
    Path folder = Files.createTempDirectory("graft-peers");
    Path model = folder.resolve("model.onnx");
    Path ours = folder.resolve("graft.jsa");
    Path theirs = folder.resolve("peer.jsa");
    try {
      ModelWriter.write(Network.SQUEEZENET.build(1000), model);
      String file = model.toString();
      String threads = Integer.toString(board.options().threads());
      String backend = board.options().backend();
      alternate(
          Task.less("start-up", Network.SQUEEZENET.label(), 1, "s"),
          () ->
              ChildJava.runArchived(
                  GRAFT_JARS, ours, GraftFirstPrediction.class, file, backend, threads),
          OnnxInference.NAME,
          () ->
              ChildJava.runArchived(
                  List.of("onnxruntime"), theirs, OnnxFirstPrediction.class, file, threads),
          Answer::secondsToLine,
          true);
    } finally {
      for (Path written : List.of(model, ours, theirs)) {
        Files.deleteIfExists(written);
      }
      Files.delete(folder);
    }
  }

  /** Resident set of a training job. */
  void memory() {
    String threads = Integer.toString(board.options().threads());
    String backend = board.options().backend();
    alternate(
        Task.less("memory", Network.RESNET18.label(), TrainingPeak.BATCH, "MiB"),
        () -> ChildJava.run(List.of(), TrainingPeak.class, Contender.GRAFT, backend, threads),
        DjlInference.NAME,
        () -> ChildJava.run(List.of(), TrainingPeak.class, DjlInference.NAME, "java", threads),
        answer -> Double.parseDouble(answer.line()),
        false);
  }

  /** A head on frozen features, from nothing to the saved model. */
  void headJob() throws IOException {
    Path data = board.options().data();
    if (!Files.isDirectory(data)) {
      System.err.println("head-job left out: no pictures in " + data + "; name some with --data");
      return;
    }
    HeadJob job = HeadJob.prepare(data, board.options());
    try {
      alternate(
          Task.less("head-job", HeadJob.NETWORK.label(), HeadJob.BATCH, "s"),
          job::graft,
          DjlInference.NAME,
          job::djl,
          Answer::secondsToEnd,
          false);
    } finally {
      job.delete();
    }
  }

  private void alternate(
      Task task,
      Supplier<Answer> graft,
      String peerName,
      Supplier<Answer> peer,
      ToDoubleFunction<Answer> figure,
      boolean sameLine) {
    double[][] figures = new double[2][ROUNDS];
    try {
      for (int round = 0; round < ROUNDS; round++) {
        Answer ours = graft.get();
        Answer theirs = peer.get();
        if (sameLine && !ours.line().equals(theirs.line())) {
          board.disagree(task, peerName, ours.line(), theirs.line());
          return;
        }
        figures[0][round] = figure.applyAsDouble(ours);
        figures[1][round] = figure.applyAsDouble(theirs);
      }
    } catch (IllegalStateException e) {
      System.err.println(task + " left out: " + e.getMessage());
      return;
    }
    int threads = board.options().threads();
    board.add(task.row(threads, median(figures[0]), median(figures[1]), peerName));
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
