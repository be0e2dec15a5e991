package dev.graft.cli;

import dev.graft.cli.demo.Demo;
import dev.graft.cli.demo.DemoReport;
import dev.graft.cli.demo.Findings;
import dev.graft.cli.demo.Pretraining;
import dev.graft.cli.demo.Trunk;
import dev.graft.cli.demo.Way;
import dev.graft.cli.option.ComputeOptions;
import dev.graft.cli.receipt.Receipt;
import dev.graft.cli.report.RunReport;
import dev.graft.cli.run.TrainingPrinter;
import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Model;
import dev.graft.importers.AtomicFile;
import dev.graft.importers.onnx.OnnxWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code graft demo}: what transfer does, on what ships with Graft. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Show what transfer does, on drawings and a small network that ship with Graft: eight animals,"
          + " learnt from scratch, by a new head alone, by staged fine-tuning, and by a student of a"
          + " quarter of the size, with five seeds each.",
      "Prints a table, and writes report.html, model.onnx (staged) and student.onnx."
    })
final class DemoCommand implements Callable<Integer> {

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "graft-demo",
      description = "where to write (default: graft-demo)")
  private Path out;

  @Option(
      names = "--pretrain",
      description =
          "train the network that ships anew instead, from random weights, on the backend 'java': to"
              + " the same bits; writes model.onnx and receipt.json")
  private boolean pretrains;

  @Option(names = "--quiet", description = "print errors only")
  private boolean quiet;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    try (Backend backend = compute.open()) {
      if (pretrains) {
        pretrain(backend);
      } else {
        show(backend);
      }
    }
    return 0;
  }

  private void show(Backend backend) {
    // What cannot be written to is told now, and not in a minute.
    Path receipt = out.resolve("trunk-receipt.json");
    AtomicFile.write(receipt, file -> file.write(Trunk.receipt()));
    print(
        "A small network knows drawings of things. It learns eight animals from "
            + Demo.SHOTS
            + " drawings of each.");
    Findings findings = new Demo(backend, compute.threads(), this::print).run();
    print("");
    findings.table().forEach(this::print);
    print("");
    findings.sentences().forEach(this::print);
    OnnxWriter.write(findings.model(Way.STAGED), out.resolve("model.onnx"));
    OnnxWriter.write(findings.model(Way.STUDENT), out.resolve("student.onnx"));
    Path page = out.resolve(RunReport.FILE);
    byte[] bytes = DemoReport.page(findings).bytes();
    AtomicFile.write(page, file -> file.write(bytes));
    print("");
    print("open " + page + " to see it");
  }

  private void pretrain(Backend backend) {
    Path model = out.resolve("model.onnx");
    Receipt receipt =
        Receipt.of("demo", Map.of("--pretrain", List.of("true")), Set.of())
            .with("backend", backend.name());
    try (TrainingPrinter printer = new TrainingPrinter(quiet, "loss")) {
      Model trunk = Pretraining.run(backend, compute.threads(), printer);
      OnnxWriter.write(trunk, model);
    }
    byte[] bytes = receipt.withModel(model).bytes();
    AtomicFile.write(out.resolve(Receipt.FILE), file -> file.write(bytes));
    boolean isShipped = receipt.text("model").equals(Receipt.of(Trunk.receipt()).text("model"));
    print(
        model
            + (isShipped
                ? ": has the bits of the network that ships"
                : ": is another network than the one that ships, as on other backends than '"
                    + Pretraining.BACKEND
                    + "'"));
  }

  private void print(String line) {
    if (!quiet) {
      System.out.println(line);
    }
  }
}
