package dev.graft.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.cli.option.InputOptions;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Head;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.graph.Role;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.ModelReader;
import dev.graft.importers.PlainText;
import dev.graft.importers.PreprocessingJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft inspect}: a model as a table. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description =
        "Show a model: every node with its output shape, parameters and multiply-adds, where trunk"
            + " and head are, and what the import did.")
final class InspectCommand implements Callable<Integer> {

  @Parameters(paramLabel = "MODEL", description = "a model file")
  private Path model;

  @Option(names = "--json", description = "print JSON and nothing else")
  private boolean json;

  @Mixin private InputOptions input;

  @Option(names = "--stacktrace", description = "show where an error came from")
  private boolean stackTrace;

  /** A row of the table. */
  private record Row(
      Node node, @Nullable Shape output, long parameters, long multiplyAdds, int depth) {}

  @Override
  public Integer call() {
    ImportedModel read = ModelReader.readWithReport(model);
    ImportedModel imported = new ImportedModel(chosen(read.model()), read.report());
    List<Row> rows = rows(imported.model());
    System.out.println(json ? json(imported, rows) : table(imported, rows));
    return 0;
  }

  /** What is used of a model where it leaves a choice. */
  private Model chosen(Model read) {
    Model chosen = input.chosenOutput(read);
    return new Model(input.sized(chosen.graph()), chosen.weights(), chosen.metadata());
  }

  private static List<Row> rows(Model model) {
    Graph graph = model.graph();
    Map<String, Shape> shapes = graph.shapes(1);
    List<Node> parametric = graph.parametricNodes();
    List<Row> rows = new ArrayList<>();
    Set<String> counted = new HashSet<>();
    for (Node node : graph.nodes()) {
      // What several nodes share counts for the first, so that the rows add up to the total.
      long parameters =
          graph.parameters(node).stream()
              .filter(counted::add)
              .mapToLong(p -> shapes.get(p).elements())
              .sum();
      long adds = multiplyAdds(node, shapes);
      rows.add(
          new Row(node, shapes.get(node.output()), parameters, adds, parametric.indexOf(node) + 1));
    }
    return rows;
  }

  /** Those of one picture; 0 where they depend on its size, which is open. */
  private static long multiplyAdds(Node node, Map<String, Shape> shapes) {
    List<Shape> read = node.inputs().stream().map(shapes::get).toList();
    boolean open = read.stream().anyMatch(shape -> shape != null && shape.isOpen());
    return open || !shapes.containsKey(node.output()) ? 0 : node.op().multiplyAdds(read);
  }

  /** The sizes of a shape, -1 for an open one. */
  private static void put(Shape shape, ArrayNode into) {
    shape.dims().forEach(size -> into.add(size.isKnown() ? size.known() : -1));
  }

  private static String table(ImportedModel imported, List<Row> rows) {
    Model model = imported.model();
    int width = Math.max(4, rows.stream().mapToInt(r -> name(r).length()).max().orElse(4));
    String format = "%5s  %-" + Math.min(width, 48) + "s  %-18s  %-18s  %12s  %14s%n";
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            format,
            "depth",
            "node",
            "operator",
            "output (batch 1)",
            "parameters",
            "multiply-adds"));
    for (Row r : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              format,
              r.depth == 0 ? "" : r.depth,
              name(r),
              r.node.op().type(),
              r.output == null ? "?" : r.output,
              r.parameters == 0 ? "" : String.format(Locale.ROOT, "%,d", r.parameters),
              r.multiplyAdds == 0 ? "" : String.format(Locale.ROOT, "%,d", r.multiplyAdds)));
    }
    text.append('\n');
    for (InputSpec input : model.graph().inputs()) {
      text.append("input    ")
          .append(PlainText.of(input.name()))
          .append(' ')
          .append(input)
          .append('\n');
    }
    Map<String, Shape> shapes = model.graph().shapes(1);
    for (String output : model.graph().outputs()) {
      text.append("output   ")
          .append(PlainText.of(output))
          .append(' ')
          .append(shapes.get(output))
          .append('\n');
    }
    text.append("trunk    ").append(PlainText.line(trunk(model))).append('\n');
    text.append(
        String.format(
            Locale.ROOT,
            "totals   %,d parameters, %,d multiply-adds, depth %d%n",
            model.parameterCount(),
            rows.stream().mapToLong(Row::multiplyAdds).sum(),
            model.graph().parametricNodes().size()));
    text.append("stored   ").append(roles(model)).append('\n');
    Set<String> frozen = model.frozen();
    if (!frozen.isEmpty()) {
      text.append("frozen   ")
          .append(frozen.size())
          .append(" of the parameters, as the file says: ")
          .append(PlainText.line(String.join(", ", model.metadata().frozen())))
          .append('\n');
    }
    Preprocessing preprocessing = model.metadata().preprocessing();
    text.append("pictures ")
        .append(preprocessing == null ? "not said" : PreprocessingJson.write(preprocessing))
        .append('\n');
    List<String> labels = model.metadata().labels();
    text.append("labels   ").append(labels.isEmpty() ? "not said" : shortened(labels)).append('\n');
    return text.append(imported.report()).toString();
  }

  private static String name(Row row) {
    return PlainText.of(row.node.name());
  }

  private static String trunk(Model model) {
    try {
      Head head = model.head();
      return "ends at " + head.trunk() + "; the head starts with " + head.layer().name();
    } catch (GraphException e) {
      return "not known: " + e.getMessage();
    }
  }

  private static String roles(Model model) {
    Graph graph = model.graph();
    return String.format(
        Locale.ROOT,
        "tensors: %d of parameters, %d of running statistics, %d of constants",
        graph.stored(Role.PARAMETER).size(),
        graph.stored(Role.STATE).size(),
        graph.stored(Role.CONSTANT).size());
  }

  private static String shortened(List<String> labels) {
    List<String> first = labels.subList(0, Math.min(10, labels.size()));
    String shown = String.join(", ", first.stream().map(PlainText::of).toList());
    return labels.size() > 10 ? shown + ", … (" + labels.size() + ")" : shown;
  }

  private static String json(ImportedModel imported, List<Row> rows) {
    Model model = imported.model();
    Graph graph = model.graph();
    ObjectNode root = new ObjectMapper().createObjectNode();
    ArrayNode inputs = root.putArray("inputs");
    for (InputSpec input : graph.inputs()) {
      ArrayNode sizes = inputs.addObject().put("name", input.name()).putArray("sizes");
      put(input.shape(), sizes);
    }
    ArrayNode outputs = root.putArray("outputs");
    graph.outputs().forEach(outputs::add);
    ArrayNode nodes = root.putArray("nodes");
    for (Row r : rows) {
      ObjectNode node = nodes.addObject();
      node.put("name", r.node.name());
      node.put("operator", r.node.op().type());
      if (r.output != null) {
        put(r.output, node.putArray("shape"));
      }
      node.put("parameters", r.parameters);
      node.put("multiplyAdds", r.multiplyAdds);
      if (r.depth > 0) {
        node.put("depth", r.depth);
      }
      ArrayNode reads = node.putArray("reads");
      r.node.inputs().forEach(reads::add);
    }
    try {
      Head head = model.head();
      root.put("trunk", head.trunk());
      root.put("head", head.layer().name());
    } catch (GraphException e) {
      root.putNull("trunk");
      root.putNull("head");
    }
    root.put("parameters", model.parameterCount());
    root.put("multiplyAdds", rows.stream().mapToLong(Row::multiplyAdds).sum());
    root.put("depth", graph.parametricNodes().size());
    ObjectNode roles = root.putObject("roles");
    graph
        .stored()
        .keySet()
        .forEach(name -> roles.put(name, graph.role(name).name().toLowerCase(Locale.ROOT)));
    ArrayNode frozen = root.putArray("frozen");
    model.frozen().forEach(frozen::add);
    ArrayNode labels = root.putArray("labels");
    model.metadata().labels().forEach(labels::add);
    ObjectNode report = root.putObject("import");
    report.put("format", imported.report().format());
    ArrayNode warnings = report.putArray("warnings");
    imported.report().warnings().forEach(warnings::add);
    ArrayNode notes = report.putArray("notes");
    imported.report().notes().forEach(notes::add);
    ArrayNode ignored = report.putArray("ignored");
    imported.report().ignored().forEach(ignored::add);
    return root.toPrettyString();
  }
}
