package dev.graft.cli.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Model;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * A model behind HTTP: {@code GET /} is the page, {@code POST /predict} with a picture as its body
 * answers with JSON, {@code POST /explain?class=N} with a PNG of where class {@code N} is seen in
 * it. Every error is a status and {@code {"error": "…"}}.
 */
public final class ModelServer implements AutoCloseable {

  /** Requests that are worked on at a time; one more is refused, not kept waiting. */
  private static final int MOST_REQUESTS = 32;

  private static final List<String> PATHS = List.of("/", "/predict", "/explain");

  /** Within which a request must have arrived, in seconds; a slow writer is cut off. */
  private static final String REQUEST_TIME = "sun.net.httpserver.maxReqTime";

  private static final String RESPONSE_TIME = "sun.net.httpserver.maxRspTime";

  /**
   * An answer is sent in two parts; without this the second waits 40 ms for the first's receipt.
   */
  private static final String NO_DELAY = "sun.net.httpserver.nodelay";

  private final HttpServer server;

  /** As many as there are connections: one that is slow to say what it wants holds up no other. */
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private final Semaphore requests = new Semaphore(MOST_REQUESTS);
  private final Answers answers;
  private final Guard guard;
  private final byte[] page;

  private ModelServer(HttpServer server, Answers answers, Guard guard, byte[] page) {
    this.server = server;
    this.answers = answers;
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
      System.setProperty(NO_DELAY, "true");
    }
    HttpServer server = HttpServer.create(address, 0);
    Guard guard = new Guard(address.getHostString(), server.getAddress().getPort());
    ModelServer started =
        new ModelServer(
            server, new Answers(model, backend, sessions), guard, ServedPage.of(model, title));
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
      answer(exchange, 200, json(answers.predicted(Guard.body(exchange))));
    } else if (path.equals("/explain") && method.equals("POST")) {
      byte[] seen = answers.explained(Guard.body(exchange), exchange.getRequestURI().getQuery());
      exchange.getResponseHeaders().set("Content-Type", "image/png");
      answer(exchange, 200, seen);
    } else if (PATHS.contains(path)) {
      throw new Refusal(
          405, path + " takes " + (path.equals("/") ? "GET" : "POST") + ", found " + method);
    } else {
      throw new Refusal(404, "there is nothing here but " + String.join(", ", PATHS));
    }
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
    answers.close();
  }
}
