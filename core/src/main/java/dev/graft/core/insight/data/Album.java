package dev.graft.core.insight.data;

import dev.graft.core.data.picture.DataParts;
import dev.graft.core.data.picture.JoinedPictures;
import dev.graft.core.data.picture.Pictures;
import java.awt.image.BufferedImage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All parts of a data set as one row of pictures that know what they are for. */
public final class Album implements Pictures {

  /** What a picture is for. */
  public enum Part {
    TRAINING,
    VALIDATION,
    TEST
  }

  private final DataParts parts;
  private final Pictures all;

  /** Training pictures first, then those to validate on, then the test. */
  public Album(DataParts parts) {
    this.parts = parts;
    this.all = joined(joined(parts.training(), parts.validation()), parts.test());
  }

  private static Pictures joined(Pictures first, @Nullable Pictures second) {
    return second == null ? first : new JoinedPictures(first, second);
  }

  /** What was ignored in the folder, or could surprise. */
  public List<String> notes() {
    return parts.notes();
  }

  /** Whether the data lies on disk in more than one part. */
  public boolean isSplit() {
    return all.size() > parts.training().size();
  }

  /** What a picture is for; all are for training where there are no parts. */
  public Part part(int index) {
    Pictures validation = parts.validation();
    int behindTraining = index - parts.training().size();
    if (behindTraining < 0) {
      return Part.TRAINING;
    }
    return validation != null && behindTraining < validation.size() ? Part.VALIDATION : Part.TEST;
  }

  @Override
  public int size() {
    return all.size();
  }

  @Override
  public List<String> classes() {
    return all.classes();
  }

  @Override
  public int label(int index) {
    return all.label(index);
  }

  @Override
  public String name(int index) {
    return all.name(index);
  }

  @Override
  public BufferedImage read(int index) {
    return all.read(index);
  }
}
