package dev.graft.bench;

import dev.graft.bench.networks.Network;
import dev.graft.core.graph.Model;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import java.io.IOException;
import java.nio.file.Files;
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

/** Reading and writing ONNX files, which the page cache holds. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ModelFileBenchmark {

  @Param({"squeezenet1.1", "resnet18", "mobilenetv2"})
  private String network;

  private Model model;
  private Path read;
  private Path written;

  @Setup
  public void write() throws IOException {
    model = Network.named(network).orElseThrow().build(1000);
    read = Files.createTempFile("graft-bench", ".onnx");
    written = Files.createTempFile("graft-bench", ".onnx");
    ModelWriter.write(model, read);
  }

  @Benchmark
  public Model importOnnx() {
    return ModelReader.read(read);
  }

  @Benchmark
  public Path exportOnnx() {
    ModelWriter.write(model, written);
    return written;
  }

  /** What any reader has to do at least. */
  @Benchmark
  public byte[] readBytes() throws IOException {
    return Files.readAllBytes(read);
  }

  @TearDown
  public void delete() throws IOException {
    Files.delete(read);
    Files.delete(written);
  }
}
