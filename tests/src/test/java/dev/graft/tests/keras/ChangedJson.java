package dev.graft.tests.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A model's config with a few of its parts changed: other numbers, other types, gone, doubled. */
final class ChangedJson {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ChangedJson() {}

  /** Changes up to four parts of {@code root} itself. */
  static void change(JsonNode root, Random random) {
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      List<ContainerNode<?>> places = new ArrayList<>();
      collect(root, places);
      if (!places.isEmpty()) {
        ContainerNode<?> place = places.get(random.nextInt(places.size()));
        JsonNode other = places.get(random.nextInt(places.size()));
        changeIn(place, other.deepCopy(), random);
      }
    }
  }

  private static void collect(JsonNode node, List<ContainerNode<?>> to) {
    if (node instanceof ContainerNode<?> container && !container.isEmpty()) {
      to.add(container);
      container.forEach(part -> collect(part, to));
    }
  }

  private static void changeIn(ContainerNode<?> place, JsonNode other, Random random) {
    int at = random.nextInt(place.size());
    if (place instanceof ArrayNode array) {
      switch (random.nextInt(4)) {
        case 0 -> array.remove(at);
        case 1 -> array.insert(at, array.get(random.nextInt(array.size())).deepCopy());
        default -> array.set(at, replacement(array.get(at), other, random));
      }
    } else if (place instanceof ObjectNode object) {
      List<String> keys = new ArrayList<>();
      object.fieldNames().forEachRemaining(keys::add);
      String key = keys.get(at);
      switch (random.nextInt(4)) {
        case 0 -> object.remove(key);
        case 1 -> object.set(keys.get(random.nextInt(keys.size())), object.get(key).deepCopy());
        default -> object.set(key, replacement(object.get(key), other, random));
      }
    }
  }

  private static JsonNode replacement(JsonNode old, JsonNode other, Random random) {
    if (old.isNumber() && random.nextBoolean()) {
      int number = old.intValue();
      int[] near = {number + 1, number - 1, 2 * number, -number, 0, 1, 2, 3};
      return JSON.numberNode(near[random.nextInt(near.length)]);
    }
    return switch (random.nextInt(10)) {
      case 0 -> JSON.nullNode();
      case 1 -> JSON.numberNode(Integer.MAX_VALUE);
      case 2 -> JSON.numberNode(-1L << random.nextInt(64));
      case 3 -> JSON.numberNode(1L << random.nextInt(63));
      case 4 -> JSON.numberNode(random.nextBoolean() ? 1e308 : Double.MIN_VALUE);
      case 5 -> JSON.booleanNode(random.nextBoolean());
      case 6 -> JSON.textNode(random.nextBoolean() ? "" : "x/\n\u202e'%s" + random.nextInt());
      case 7 -> JSON.arrayNode().add(random.nextInt(5)).add(random.nextInt(5));
      case 8 -> JSON.objectNode();
      default -> other;
    };
  }
}
