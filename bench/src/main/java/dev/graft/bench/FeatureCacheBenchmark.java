package dev.graft.bench;

import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.importers.ModelReader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A head on the shipped samples, 20 epochs: features cached, or computed anew in every epoch. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FeatureCacheBenchmark {

  @Param({"cached", "direct"})
  private String features;

  private JavaBackend backend;
  private Model model;
  private Split<Pictures> data;

  @Setup
  public void read() {
    backend = new JavaBackend(2);
    model = ModelReader.read(Path.of("tests/samples/shapes.onnx"));
    data = DataFolders.open(Path.of("tests/samples/symbols"), 0.2, 1);
  }

  @Benchmark
  public Tuned headJob() {
    Settings settings = Settings.of(Recipe.HEAD, 20).seed(1).backend(backend).threads(2);
    if (features.equals("direct")) {
      settings = settings.cacheBytes(0);
    }
    return FineTune.run(model, data, settings);
  }

  @TearDown
  public void close() {
    backend.close();
  }
}
