package dev.graft.bench.peers;

import dev.graft.bench.networks.Network;
import dev.graft.bench.peers.ChildJava.Answer;
import dev.graft.importers.ModelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The job most users come for: a new head on a frozen trunk, 20 epochs, validated after each, in a
 * process of its own from the pictures on disk to the model on disk.
 *
 * @param folder for what is read and written
 * @param model what both start from
 */
record HeadJob(Path folder, Path model, Path data, Options options) {

  static final Network NETWORK = Network.MOBILENET_V2;
  static final int BATCH = 32;
  static final int EPOCHS = 20;

  static HeadJob prepare(Path data, Options options) throws IOException {
    Path folder = Files.createTempDirectory("graft-peers");
    Path model = folder.resolve("pretrained.onnx");
    ModelWriter.write(NETWORK.build(1000), model);
    return new HeadJob(folder, model, data, options);
  }

  /** {@code graft train}; it starts without a cache and keeps the features of its own trunk. */
  Answer graft() {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                "./graft",
                "train",
                "--model=" + model,
                "--data=" + data,
                "--out=" + folder.resolve("run" + System.nanoTime()),
                "--recipe=head",
                "--epochs=" + EPOCHS,
                "--batch=" + BATCH,
                "--preprocess=imagenet",
                "--backend=" + options.backend(),
                "--threads=" + options.threads()));
    builder.environment().put("GRAFT_JAVA", System.getProperty("java.home"));
    return ChildJava.answer(builder);
  }

  /** The same by {@link DjlHeadJob}. */
  Answer djl() {
    return ChildJava.run(
        List.of(),
        DjlHeadJob.class,
        model.toString(),
        data.toString(),
        folder.resolve("djl").toString(),
        Integer.toString(options.threads()));
  }

  void delete() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
