package dev.graft.importers.keras.container;

import dev.graft.importers.ImportException;
import java.lang.reflect.Array;

/** Arrays of numbers as float32, rounded to nearest. */
final class Numbers {

  private Numbers() {}

  /**
   * @param data an array of any primitive type, or one boxed number
   * @param count how many there must be
   */
  static float[] floats(String path, Object data, int count) {
    if (data instanceof float[] floats && floats.length == count) {
      return floats;
    }
    if (data instanceof Number one && count == 1) {
      return new float[] {one.floatValue()};
    }
    if (!data.getClass().isArray() || Array.getLength(data) != count) {
      throw new ImportException(path + " holds no " + count + " numbers");
    }
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      Object value = Array.get(data, i);
      if (value instanceof Number number) {
        floats[i] = number.floatValue();
      } else if (value instanceof Boolean truth) {
        floats[i] = truth ? 1 : 0;
      } else {
        throw new ImportException(path + " holds no numbers");
      }
    }
    return floats;
  }
}
