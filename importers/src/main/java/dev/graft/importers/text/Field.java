package dev.graft.importers.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.importers.ImportException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A place in a JSON file with the way that leads to it, which every error names.
 *
 * @param way for example {@code model.vocab}
 * @param json what is there; null if nothing is
 */
record Field(String way, @Nullable JsonNode json) {

  /** Whether there is nothing, or {@code null}. */
  boolean absent() {
    return json == null || json.isNull();
  }

  /** A part of an object, which may be absent. */
  Field get(String name) {
    return new Field(way.isEmpty() ? name : way + "." + name, absent() ? null : node().get(name));
  }

  private JsonNode node() {
    if (json == null || json.isNull()) {
      throw new ImportException(way + ": expected a value, found none");
    }
    return json;
  }

  /** That something else was expected here. */
  ImportException expected(String what) {
    String found = json == null ? "nothing" : json.isContainerNode() ? kind() : json.toString();
    return new ImportException(
        way
            + ": expected "
            + what
            + ", found "
            + (found.length() > 80 ? found.substring(0, 80) + "…" : found));
  }

  private String kind() {
    return json != null && json.isArray() ? "a list" : "an object";
  }

  /** Whether there is a text here. */
  boolean isText() {
    return json != null && json.isTextual();
  }

  /** The text here. */
  String text() {
    if (!node().isTextual()) {
      throw expected("a text");
    }
    String text = node().textValue();
    for (int i = 0; i < text.length(); i++) {
      int c = text.codePointAt(i);
      if (Character.charCount(c) == 2) {
        i++;
      } else if (Character.isSurrogate((char) c)) {
        throw expected("Unicode text");
      }
    }
    return text;
  }

  /** The text here, or another where there is none. */
  String text(String otherwise) {
    return absent() ? otherwise : text();
  }

  /** The truth value here, or another where there is none. */
  boolean flag(boolean otherwise) {
    if (absent()) {
      return otherwise;
    }
    if (!node().isBoolean()) {
      throw expected("true or false");
    }
    return node().booleanValue();
  }

  /** The whole number here, from 0 to {@code most}. */
  int number(int most) {
    JsonNode found = node();
    if (!found.isIntegralNumber()
        || !found.canConvertToInt()
        || found.intValue() < 0
        || found.intValue() > most) {
      throw expected("a whole number from 0 to " + most);
    }
    return found.intValue();
  }

  /** The whole number here, or another where there is none. */
  int number(int most, int otherwise) {
    return absent() ? otherwise : number(most);
  }

  /** The number here. */
  double real() {
    if (!node().isNumber() || !Double.isFinite(node().doubleValue())) {
      throw expected("a finite number");
    }
    return node().doubleValue();
  }

  /** The elements of the list here. */
  List<Field> list() {
    if (!node().isArray()) {
      throw expected("a list");
    }
    List<Field> elements = new ArrayList<>(node().size());
    for (int i = 0; i < node().size(); i++) {
      elements.add(new Field(way + "[" + i + "]", node().get(i)));
    }
    return elements;
  }

  /** A list of so many. */
  List<Field> list(int size) {
    List<Field> elements = list();
    if (elements.size() != size) {
      throw expected("a list of " + size);
    }
    return elements;
  }

  /** Hands out every part of the object here with its name. */
  void forEach(BiConsumer<String, Field> action) {
    if (!node().isObject()) {
      throw expected("an object");
    }
    for (Map.Entry<String, JsonNode> entry : node().properties()) {
      action.accept(entry.getKey(), new Field(way + "." + entry.getKey(), entry.getValue()));
    }
  }

  /** The {@code type} of the component here. */
  String type() {
    if (!node().isObject()) {
      throw expected("a component with a type");
    }
    return get("type").text();
  }

  /** That this component is none that is known. */
  ImportException unknown(String kind) {
    return new ImportException(
        way
            + ": "
            + kind
            + " "
            + type()
            + " is not known; Graft reads WordPiece, BPE and Unigram with the components of BERT,"
            + " RoBERTa, GPT-2, XLM-R and their kin");
  }
}
