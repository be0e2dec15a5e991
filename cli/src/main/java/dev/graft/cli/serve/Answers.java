package dev.graft.cli.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.core.GraftException;
import dev.graft.core.backend.Backend;
import dev.graft.core.data.UnreadableException;
import dev.graft.core.data.picture.PictureFile;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.insight.unit.Explainer;
import dev.graft.core.insight.unit.HeatMap;
import dev.graft.core.session.Prediction;
import dev.graft.core.session.SessionPool;
import dev.graft.importers.PlainText;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** What a model says of pictures that many ask about at a time. They are served in their order. */
final class Answers implements AutoCloseable {

  /** Pictures decoded at a time: each may take a quarter of the heap. */
  private static final int MOST_DECODED = 2;

  /** How long a picture waits for its turn, in seconds. */
  private static final long PATIENCE = 20;

  private static final Pattern CLASS = Pattern.compile("class=([0-9]{1,9})");

  private final SessionPool pool;
  private final Semaphore decoders = new Semaphore(MOST_DECODED, true);

  /** One for each session: a pool lends to whoever comes first, and somebody might never. */
  private final Semaphore sessions;

  private final Semaphore explaining = new Semaphore(1, true);
  private final @Nullable Explainer explainer;
  private final String unexplained;

  Answers(Model model, Backend backend, int sessions) {
    this.pool = SessionPool.of(model, backend, sessions);
    this.sessions = new Semaphore(sessions, true);
    Explainer made = null;
    String reason = "";
    try {
      made = new Explainer(model, backend);
    } catch (GraphException e) {
      reason = String.valueOf(e.getMessage());
    }
    this.explainer = made;
    this.unexplained = reason;
  }

  /** The object that {@code graft predict --json} has for a picture, without its file. */
  ObjectNode predicted(byte[] body) throws Refusal {
    BufferedImage picture = decoded(body);
    return node(inTurn(sessions, () -> pool.predict(picture)));
  }

  /**
   * Where a class is seen in a picture.
   *
   * @param query {@code class=N}, which of the outputs
   * @return a PNG of the picture as the network receives it, under the map
   */
  byte[] explained(byte[] body, @Nullable String query) throws Refusal {
    Explainer able = explainer;
    if (able == null) {
      throw new Refusal(404, PlainText.line(unexplained));
    }
    Matcher matcher = CLASS.matcher(query == null ? "" : query);
    int unit = matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
    if (unit < 0 || unit >= able.units()) {
      throw new Refusal(
          400, "/explain wants ?class=N with the index of a class from 0 to " + (able.units() - 1));
    }
    BufferedImage picture = decoded(body);
    Explainer.Seen seen = inTurn(explaining, () -> able.of(picture, unit));
    return png(HeatMap.over(seen.received(), seen.map()));
  }

  private BufferedImage decoded(byte[] body) throws Refusal {
    try {
      return inTurn(decoders, () -> PictureFile.read(body));
    } catch (UnreadableException e) {
      throw new Refusal(400, "the picture " + PlainText.line(String.valueOf(e.getMessage())));
    }
  }

  private static <T> T inTurn(Semaphore turns, Supplier<T> work) throws Refusal {
    try {
      if (!turns.tryAcquire(PATIENCE, TimeUnit.SECONDS)) {
        throw new Refusal(503, "too many pictures at a time; try again in a second");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal(503, "the server is being stopped");
    }
    try {
      return work.get();
    } catch (UnreadableException e) {
      throw e;
    } catch (GraftException e) {
      throw new Refusal(500, PlainText.line(String.valueOf(e.getMessage())));
    } finally {
      turns.release();
    }
  }

  private static ObjectNode node(List<Prediction> ranked) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode predictions = node.putArray("predictions");
    for (Prediction p : ranked) {
      predictions
          .addObject()
          .put("label", p.label())
          .put("index", p.index())
          .put(p.isNumber() ? "value" : "probability", p.value());
    }
    return node;
  }

  private static byte[] png(BufferedImage picture) throws Refusal {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", out);
    } catch (IOException e) {
      throw new Refusal(500, "the picture cannot be written: " + e.getMessage());
    }
    return out.toByteArray();
  }

  @Override
  public void close() {
    pool.close();
  }
}
