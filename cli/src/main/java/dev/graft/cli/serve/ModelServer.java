package dev.graft.cli.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.graft.core.GraftException;
import dev.graft.core.backend.Backend;
import dev.graft.core.data.UnreadableException;
import dev.graft.core.data.picture.PictureFile;
import dev.graft.core.graph.Model;
import dev.graft.core.session.BusyException;
import dev.graft.core.session.Prediction;
import dev.graft.core.session.SessionPool;
import dev.graft.importers.PlainText;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * A model behind HTTP: {@code GET /} is the page, {@code POST /predict} with a picture as its body
 * answers with JSON. Every error is a status and {@code {"error": "…"}}.
 */
public final class ModelServer implements AutoCloseable {

  /** Requests that are worked on at a time; one more is refused, not kept waiting. */
  private static final int MOST_REQUESTS = 32;

  /** Pictures decoded at a time: each may take a quarter of the heap. */
  private static final int MOST_DECODED = 2;

  /** How long a picture waits for a session. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Within which a request must have arrived, in seconds; a slow writer is cut off. */
  private static final String REQUEST_TIME = "sun.net.httpserver.maxReqTime";

  private static final String RESPONSE_TIME = "sun.net.httpserver.maxRspTime";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(MOST_REQUESTS + 1);
  private final Semaphore requests = new Semaphore(MOST_REQUESTS);
  private final Semaphore decoders = new Semaphore(MOST_DECODED, true);
  private final SessionPool pool;
  private final Guard guard;
  private final byte[] page;

  private ModelServer(HttpServer server, SessionPool pool, Guard guard, byte[] page) {
    this.server = server;
    this.pool = pool;
    this.guard = guard;
    this.page = page;
  }

  /**
   * Starts to listen.
   *
   * @param model carries its preprocessing
   * @param title what the page is called
   * @param backend stays the caller's to close
   * @param sessions pictures that are computed at a time
   * @param address a port of 0 takes any that is free
   * @throws IOException if the port is in use, or the address is none of this machine's
   */
  public static ModelServer start(
      Model model, String title, Backend backend, int sessions, InetSocketAddress address)
      throws IOException {
    if (System.getProperty(REQUEST_TIME) == null) {
      System.setProperty(REQUEST_TIME, "30");
      System.setProperty(RESPONSE_TIME, "60");
    }
    HttpServer server = HttpServer.create(address, 0);
    Guard guard = new Guard(address.getHostString(), server.getAddress().getPort());
    ModelServer started =
        new ModelServer(
            server, SessionPool.of(model, backend, sessions), guard, ServedPage.of(model, title));
    server.createContext("/", started::handle);
    server.setExecutor(started.threads);
    server.start();
    return started;
  }

  /** Where it listens. */
  public int port() {
    return guard.port();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!requests.tryAcquire()) {
        answer(exchange, 503, json(error("too many requests at a time; try again in a second")));
        return;
      }
      try {
        guard.check(exchange.getRequestHeaders());
        route(exchange);
      } catch (Refusal e) {
        answer(exchange, e.status(), json(error(e.getMessage())));
      } finally {
        requests.release();
      }
    }
  }

  private void route(HttpExchange exchange) throws Refusal, IOException {
    String path = exchange.getRequestURI().getPath();
    String method = exchange.getRequestMethod();
    if (path.equals("/") && method.equals("GET")) {
      exchange.getResponseHeaders().set("Content-Security-Policy", ServedPage.policy());
      exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
      answer(exchange, 200, page);
    } else if (path.equals("/predict") && method.equals("POST")) {
      answer(exchange, 200, json(predicted(Guard.body(exchange))));
    } else if (path.equals("/") || path.equals("/predict")) {
      throw new Refusal(
          405, path + " takes " + (path.equals("/") ? "GET" : "POST") + ", found " + method);
    } else {
      throw new Refusal(404, "there is nothing here but / and /predict");
    }
  }

  private ObjectNode predicted(byte[] body) throws Refusal {
    try {
      BufferedImage picture = decoded(body);
      return node(pool.use(PATIENCE, session -> session.predict(picture)));
    } catch (UnreadableException e) {
      throw new Refusal(400, "the picture " + PlainText.line(String.valueOf(e.getMessage())));
    } catch (BusyException e) {
      throw new Refusal(503, "all sessions are busy; try again in a second");
    } catch (GraftException e) {
      throw new Refusal(500, PlainText.line(String.valueOf(e.getMessage())));
    }
  }

  private BufferedImage decoded(byte[] body) {
    decoders.acquireUninterruptibly();
    try {
      return PictureFile.read(body);
    } finally {
      decoders.release();
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

  private static ObjectNode error(String message) {
    return JsonNodeFactory.instance.objectNode().put("error", message);
  }

  private static byte[] json(ObjectNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    if (!exchange.getResponseHeaders().containsKey("Content-Type")) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
    }
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
      out.flush();
      Guard.skipBody(exchange);
    }
  }

  /** Lets the requests that are worked on end, for a second, then listens no more. */
  @Override
  public void close() {
    server.stop(1);
    threads.shutdown();
    pool.close();
  }
}
