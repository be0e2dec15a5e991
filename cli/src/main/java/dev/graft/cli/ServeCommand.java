package dev.graft.cli;

import dev.graft.cli.option.ComputeOptions;
import dev.graft.cli.option.InputOptions;
import dev.graft.cli.option.ModelFiles;
import dev.graft.cli.option.UsageException;
import dev.graft.cli.run.StopSignals;
import dev.graft.cli.serve.ModelServer;
import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Model;
import dev.graft.core.train.Cancellation;
import dev.graft.importers.ImportException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft serve}: a model behind a page on this machine. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Serve a model on this machine: a page to drop pictures on, which shows the classes and where in"
          + " the picture they are seen; POST /predict, whose body is a picture and whose answer is"
          + " JSON as that of 'predict'; and POST /explain?class=N, which answers with a PNG of where"
          + " the class of that index is seen (Grad-CAM).",
      "Only this machine can ask, unless --bind says otherwise; nothing is encrypted, and nobody is"
          + " asked who they are. Ctrl-C ends it."
    })
final class ServeCommand implements Callable<Integer> {

  @Parameters(paramLabel = "RUN|MODEL", description = "the folder of a run, or a model file")
  private Path model;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8017",
      description = "where to listen; 0 for any that is free (default: 8017)")
  private int port;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "address to listen on; 0.0.0.0 lets others ask (default: 127.0.0.1)")
  private String bind;

  @Option(
      names = "--preprocess",
      paramLabel = "NAME",
      description =
          "how pictures become the input: imagenet, tf, caffe, unit, none, a JSON file, or"
              + " auto: as the model, a file beside it or its name says (default: auto)")
  private @Nullable String preprocess;

  @Mixin private InputOptions input;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    if (port < 0 || port > 65535) {
      throw new UsageException("--port must be in 0 to 65535, found " + port);
    }
    InetSocketAddress address = new InetSocketAddress(bind, port);
    if (address.isUnresolved()) {
      throw new UsageException("--bind " + bind + ": is no address of this machine");
    }
    Path file = Files.isDirectory(model) ? model.resolve("model.onnx") : model;
    if (Files.isDirectory(model) && !Files.exists(file)) {
      throw new ImportException(
          model + ": is a folder without a model.onnx; give that of a finished run, or a model");
    }
    Model read = ModelFiles.read(file, preprocess, input, "--preprocess");
    try (Backend backend = compute.open();
        ModelServer server =
            ModelServer.start(read, model.toString(), backend, compute.threads(), address)) {
      CountDownLatch ended = new CountDownLatch(1);
      Cancellation cancellation = new Cancellation();
      try (StopSignals signals = new StopSignals(cancellation, line -> ended.countDown())) {
        System.out.println(
            "serving " + model + " on http://" + bind + ":" + server.port() + "/ (Ctrl-C ends it)");
        ended.await();
        return signals.code();
      }
    } catch (IOException e) {
      throw new UsageException(
          "--port " + port + " of " + bind + ": cannot be listened on: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }
}
