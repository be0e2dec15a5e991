package dev.graft.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark, once, with its smallest parameters: nothing here is about time. */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class SmokeTest {

  @Test
  void everyBenchmark_runs() throws RunnerException {
    Collection<RunResult> results = new Runner(once().build()).run();
    assertThat(names(results)).isEqualTo(known());
  }

  @Test
  void whatABackendIsNamedFor_runsOnOpenCl() throws RunnerException {
    OpenCl.assumed();
    Options options =
        once()
            .include("(Gemm|Convolution|Depthwise|Training|Inference)Benchmark")
            .exclude("plainLoops")
            .param("backend", "opencl")
            .param("network", "resnet18", "mobilenetv2")
            .param("picture", "32")
            .param("trained", "all")
            .build();
    assertThat(names(new Runner(options).run()))
        .extracting(name -> name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1))
        .contains(
            "GemmBenchmark.product",
            "ConvolutionBenchmark.forward",
            "ConvolutionBenchmark.gradientInput",
            "ConvolutionBenchmark.gradientWeight",
            "TrainingBenchmark.step",
            "InferenceBenchmark.predict");
  }

  private static ChainedOptionsBuilder once() {
    // A benchmark that runs beside this test holds the lock, and is none of its business.
    System.setProperty("jmh.ignoreLock", "true");
    return new OptionsBuilder()
        .forks(0)
        .mode(Mode.SingleShotTime)
        .warmupIterations(0)
        .measurementIterations(1)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT)
        .param("network", "squeezenet1.1")
        .param("batch", "1")
        .param("features", "cached")
        .param("size", "16x16x16x16")
        .param("layer", "1x4x8x4x1x3x1x1")
        .param("threads", "2");
  }

  private static Set<String> names(Collection<RunResult> results) {
    return results.stream().map(r -> r.getParams().getBenchmark()).collect(Collectors.toSet());
  }

  private static Set<String> known() {
    return BenchmarkList.defaultList()
        .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())
        .stream()
        .map(e -> e.getUsername())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
