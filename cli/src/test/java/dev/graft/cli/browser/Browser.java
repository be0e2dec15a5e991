package dev.graft.cli.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One page of headless Chromium, driven by the DevTools protocol. */
final class Browser implements AutoCloseable, WebSocket.Listener {

  private static final long SECONDS = 120;

  private final ObjectMapper json = new ObjectMapper();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<String> errors = new ArrayList<>();
  private final CompletableFuture<WebSocket> socket = new CompletableFuture<>();
  private final StringBuilder message = new StringBuilder();
  private final Process process;
  private int sent;

  private Browser(Process process) {
    this.process = process;
  }

  /** The program, where there is one on the path. */
  static Optional<Path> program() {
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(
            name ->
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                    .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts it.
   *
   * @param folder of its own, for all it writes
   */
  static Browser start(Path program, Path folder) throws Exception {
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + folder,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    Browser browser = new Browser(process);
    try {
      int port = port(folder, process);
      HttpClient client = HttpClient.newHttpClient();
      client
          .newWebSocketBuilder()
          .buildAsync(URI.create(page(client, port)), browser)
          .thenAccept(browser.socket::complete)
          .get(SECONDS, TimeUnit.SECONDS);
      for (String domain : List.of("Page", "Runtime", "Log", "DOM")) {
        browser.call(domain + ".enable", browser.json.createObjectNode());
      }
      return browser;
    } catch (Exception e) {
      browser.close();
      throw e;
    }
  }

  /** Chromium writes where it listens as soon as it does. */
  private static int port(Path folder, Process process) throws Exception {
    Path file = folder.resolve("DevToolsActivePort");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (System.nanoTime() < end && process.isAlive()) {
      List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
      if (lines.size() > 1) {
        return Integer.parseInt(lines.get(0));
      }
      Thread.sleep(50);
    }
    throw new IOException("the browser does not start: " + Files.readString(folder.resolve("log")));
  }

  private static String page(HttpClient client, int port) throws Exception {
    URI list = URI.create("http://127.0.0.1:" + port + "/json");
    JsonNode targets =
        new ObjectMapper()
            .readTree(
                client.send(HttpRequest.newBuilder(list).build(), BodyHandlers.ofString()).body());
    for (JsonNode target : targets) {
      if (target.path("type").asText().equals("page")) {
        return target.path("webSocketDebuggerUrl").asText();
      }
    }
    throw new IOException("the browser has no page: " + targets);
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean isLast) {
    message.append(part);
    if (isLast) {
      try {
        received(json.readTree(message.toString()));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      } finally {
        message.setLength(0);
      }
    }
    from.request(1);
    return CompletableFuture.completedFuture(null);
  }

  private void received(JsonNode node) {
    if (node.has("id")) {
      answers.remove(node.path("id").asInt()).complete(node);
      return;
    }
    JsonNode told = node.path("params");
    boolean isError =
        switch (node.path("method").asText()) {
          case "Runtime.exceptionThrown" -> true;
          case "Runtime.consoleAPICalled" -> told.path("type").asText().equals("error");
          case "Log.entryAdded" -> told.path("entry").path("level").asText().equals("error");
          default -> false;
        };
    // A browser asks every server for an icon; that this one has none is no fault of a page.
    if (isError && !told.toString().contains("favicon")) {
      synchronized (errors) {
        errors.add(told.toString());
      }
    }
  }

  /** What went wrong on the page so far. */
  List<String> errors() {
    synchronized (errors) {
      return List.copyOf(errors);
    }
  }

  private JsonNode call(String method, JsonNode parameters) throws Exception {
    ObjectNode request = json.createObjectNode();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    request.put("id", ++sent).put("method", method).set("params", parameters);
    answers.put(sent, answer);
    socket.get().sendText(request.toString(), true).get(SECONDS, TimeUnit.SECONDS);
    JsonNode node = answer.get(SECONDS, TimeUnit.SECONDS);
    if (node.has("error")) {
      throw new IOException(method + ": " + node.path("error"));
    }
    return node.path("result");
  }

  JsonNode call(String method, String parameters) throws Exception {
    return call(method, json.readTree(parameters));
  }

  /** Opens a page and waits until all of it is there. */
  void open(String url) throws Exception {
    call("Page.navigate", json.createObjectNode().put("url", url));
    await("document.readyState === 'complete' && location.href !== 'about:blank'");
  }

  /** Waits until an expression is true. */
  void await(String expression) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!evaluate(expression).asBoolean()) {
      if (System.nanoTime() > end) {
        throw new IOException("never became true: " + expression);
      }
      Thread.sleep(50);
    }
  }

  /** The value of an expression of JavaScript. */
  JsonNode evaluate(String expression) throws Exception {
    ObjectNode parameters = json.createObjectNode();
    parameters.put("expression", expression).put("returnByValue", true);
    return call("Runtime.evaluate", parameters).path("result").path("value");
  }

  /** Chooses a file, as somebody who presses the button does. */
  void choose(String selector, Path file) throws Exception {
    int root = call("DOM.getDocument", "{}").path("root").path("nodeId").asInt();
    ObjectNode query = json.createObjectNode().put("nodeId", root).put("selector", selector);
    int node = call("DOM.querySelector", query).path("nodeId").asInt();
    ObjectNode files = json.createObjectNode().put("nodeId", node);
    files.putArray("files").add(file.toAbsolutePath().toString());
    call("DOM.setFileInputFiles", files);
  }

  /** A phone that stands upright, in dark mode. */
  void becomePhone() throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        "{\"width\": 390, \"height\": 844, \"deviceScaleFactor\": 2, \"mobile\": true}");
    call(
        "Emulation.setEmulatedMedia",
        "{\"features\": [{\"name\": \"prefers-color-scheme\", \"value\": \"dark\"}]}");
  }

  /** The whole page as a PNG. */
  byte[] screenshot() throws Exception {
    JsonNode shot = call("Page.captureScreenshot", "{\"captureBeyondViewport\": true}");
    return shot.path("data").binaryValue();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }
}
