package dev.graft.importers.use;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.graph.Preprocessing.Channels;
import java.util.ArrayList;
import java.util.List;

/**
 * What Teachable Machine leaves beside a model: {@code metadata.json} with {@code labels} and
 * {@code imageSize}, or, beside {@code keras_model.h5}, {@code labels.txt} with a number before
 * each name. Its networks see the centre square of a picture, from -1 to 1.
 */
final class TeachableMachine {

  private static final int SIZE = 224;
  private static final List<Double> HALF = List.of(127.5, 127.5, 127.5);

  private TeachableMachine() {}

  static boolean recognises(JsonNode metadata) {
    return metadata.has("tmVersion")
        || metadata.path("packageName").asText().startsWith("@teachablemachine/image");
  }

  static SaidUse read(JsonNode metadata) {
    List<String> labels = new ArrayList<>();
    metadata.path("labels").forEach(label -> labels.add(label.asText()));
    return new SaidUse(square(metadata.path("imageSize").asInt(SIZE)), labels);
  }

  /** The names behind their numbers; empty where the lines are not numbered from 0. */
  static List<String> numbered(List<String> lines) {
    List<String> names = new ArrayList<>();
    for (String line : lines) {
      String number = names.size() + " ";
      if (!line.startsWith(number)) {
        return List.of();
      }
      names.add(line.substring(number.length()).strip());
    }
    return names;
  }

  static Preprocessing square(int size) {
    return new Preprocessing(size, size, 1, Channels.RGB, HALF, HALF);
  }
}
