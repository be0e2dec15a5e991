package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Op;
import dev.graft.core.op.layout.Cast;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import dev.graft.importers.graph.GraphAssembler;
import dev.graft.importers.graph.WholeNumbers;
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.tensor.ExternalData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The node of a file that is being read, with a place to put the operations that it becomes. */
public final class NodeCursor extends FileNode {

  private final OnnxOperator operator;
  private boolean mapped;
  private int emitted;
  private int numbers;
  private final Map<Term, String> computed = new IdentityHashMap<>();
  private final Map<String, Integer> steps = new HashMap<>();

  /**
   * @param graph where the operations go
   * @param operator of the node
   * @param opset of the file
   * @param external where tensors beside the file lie
   * @param name of the node, for messages and for what it becomes
   */
  public NodeCursor(
      GraphAssembler graph,
      OnnxOperator operator,
      NodeProto proto,
      int opset,
      ExternalData external,
      String name) {
    super(graph, proto, opset, external, name);
    this.operator = operator;
  }

  /**
   * Reads the node.
   *
   * @return whether it became an operation, and was not computed
   * @throws ImportException if it asks for what is not supported
   */
  public boolean read() {
    for (String input : proto().getInputList()) {
      if (!operator.rankFree() && graph().isKnown(input) && isLacking(graph().canonical(input))) {
        throw new ImportException("reads " + input + ", whose batch of 1 the file has dropped");
      }
    }
    operator.reading().read(this);
    // Whatever reads an output that is not computed is told so.
    for (int i = Math.max(1, emitted); i < proto().getOutputCount(); i++) {
      if (!proto().getOutput(i).isEmpty()) {
        graph()
            .addUnavailable(
                proto().getOutput(i),
                "output "
                    + (i + 1)
                    + " of "
                    + operator.name()
                    + " "
                    + name()
                    + ", which is not supported");
      }
    }
    return mapped;
  }

  /** This node is one operation on the given inputs, all of whose outputs have the file's names. */
  void emit(Op op, List<String> reads) {
    emit(op, reads, 1);
  }

  /**
   * This node is one operation on the given inputs.
   *
   * @param outputs how many of the operation's outputs the file may name; at least one it must
   */
  void emit(Op op, List<String> reads, int outputs) {
    List<String> given = proto().getOutputList().stream().limit(outputs).toList();
    String first =
        given.stream().filter(output -> !output.isEmpty()).findFirst().orElseGet(this::output);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      names.add(given.get(i).isEmpty() ? first + "/" + i : given.get(i));
    }
    mapped |= graph().emit(name(), op, operator.folding(), reads, names);
    emitted = names.size();
  }

  /** Adds a step of a node that takes several operations; returns the value it computes. */
  String emitStep(String suffix, Op op, String... reads) {
    String value = output() + "/" + suffix;
    mapped |=
        graph().emit(name() + "/" + suffix, op, operator.folding(), List.of(reads), List.of(value));
    return value;
  }

  /** Input {@code i} as a part of a formula. */
  Term term(int i) {
    return Term.of(input(i));
  }

  /** A stored number as a part of a formula. */
  Term number(double number) {
    return Term.of(number("number" + ++numbers, (float) number));
  }

  /** A stored tensor as a part of a formula. */
  Term term(Tensor tensor) {
    String name = output() + "/tensor" + ++numbers;
    graph().addStored(name, tensor);
    return Term.of(name);
  }

  /** This node is a formula: its last operation has the node's name, the others are steps. */
  void emit(Term term) {
    String value = term.value();
    if (value != null) {
      emit(new Identity(), List.of(value));
    } else {
      emit(term.op(), term.parts().stream().map(this::value).toList());
    }
  }

  /** Output {@code i} is a formula, if it has a name. */
  void emitOutput(int i, Term term) {
    if (hasOutput(i)) {
      String value = computed.getOrDefault(term, term.value());
      List<String> reads =
          value != null ? List.of(value) : term.parts().stream().map(this::value).toList();
      emitOutput(i, value != null ? new Identity() : term.op(), reads.toArray(String[]::new));
    }
    emitted = Math.max(emitted, i + 1);
  }

  /** Adds the steps of a formula; returns the value it computes. */
  String emitTerm(Term term) {
    return value(term);
  }

  private String value(Term term) {
    String value = term.value();
    if (value != null) {
      return value;
    }
    String done = computed.get(term);
    if (done == null) {
      String[] reads = term.parts().stream().map(this::value).toArray(String[]::new);
      String type = term.op().type().toLowerCase(Locale.ROOT);
      int count = steps.merge(type, 1, Integer::sum);
      done = emitStep(count == 1 ? type : type + count, term.op(), reads);
      computed.put(term, done);
    }
    return done;
  }

  /**
   * The terms of the node's inputs, where whole numbers among floats are taken as floats.
   *
   * @throws ImportException if there are not so many
   */
  List<Term> operands(int count) {
    List<String> given = inputs(count);
    if (given.size() < count) {
      throw new ImportException("has " + given.size() + " inputs, expected " + count);
    }
    boolean whole = given.stream().allMatch(value -> graph().integers(value) != null);
    return given.stream().map(value -> whole ? Term.of(value) : asFloats(value)).toList();
  }

  private Term asFloats(String value) {
    return Term.of(floats(value));
  }

  /** The value of input {@code i} as floats, where it may be whole numbers that are known. */
  String floats(int i) {
    return floats(input(i));
  }

  /** The same of a value of any name. */
  String floatsOf(String value) {
    return floats(value);
  }

  private String floats(String value) {
    WholeNumbers numbers = graph().integers(value);
    boolean fed = graph().isFedWhole(value);
    String floats = numbers == null && !fed ? value : value + "/floats";
    if (fed && !graph().isKnown(floats)) {
      graph().emit(floats, new Cast(), FoldRule.NEVER, List.of(value), List.of(floats));
    }
    if (!graph().isKnown(floats) && numbers != null) {
      graph().addStored(floats, Known.of(numbers).floats());
    }
    return floats;
  }

  /** This node is known at import. */
  void fold(Known value) {
    if (value.isWhole()) {
      graph().folding().expectWholeNumbers(value.shape().elements());
      fold(value.numbers());
    } else {
      graph().folding().expectFloats(value.shape());
      fold(value.floats());
    }
  }

  /** Output {@code i} is known at import. */
  void foldOutput(int i, Known value) {
    if (hasOutput(i)) {
      if (value.isWhole()) {
        graph().addIntegers(proto().getOutput(i), value.numbers());
      } else {
        graph().addStored(proto().getOutput(i), value.floats());
      }
    }
    emitted = Math.max(emitted, i + 1);
  }

  /** Adds a step that computes output {@code i}, if that has a name; returns its value's. */
  String emitOutput(int i, Op op, String... reads) {
    String value = hasOutput(i) ? proto().getOutput(i) : output() + "/" + i;
    mapped |=
        graph().emit(name() + "/" + i, op, operator.folding(), List.of(reads), List.of(value));
    emitted = i + 1;
    return value;
  }

  /** The name of a stored number that a step works with. */
  String number(String suffix, float value) {
    String name = output() + "/" + suffix;
    graph().addStored(name, Tensor.of(Shape.SCALAR, value));
    return name;
  }

  /** Adds a step that reads nothing and stays a node: whole numbers that an operation reads. */
  String emitApart(String suffix, Op op) {
    String value = output() + "/" + suffix;
    graph().emit(name() + "/" + suffix, op, FoldRule.NEVER, List.of(), List.of(value));
    return value;
  }

  /** This node is whole numbers known at import. */
  void fold(WholeNumbers value) {
    graph().addIntegers(output(), value);
  }

  /** This node changes nothing: what it reads has its output's name as well. */
  void pass() {
    graph().addAlias(output(), input(0));
  }

  /** This node is a float constant. */
  void fold(Tensor value) {
    graph().addStored(output(), value);
  }
}
