package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.cli.serve.ModelServer;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.importers.ModelReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Eight callers at a time, beside others that send a byte a second. Some seconds of it by default;
 * {@code -Dgraft.test.args=-Dgraft.serve.seconds=120} takes longer, and then looks at the times and
 * at the end of the slow ones, too.
 */
class ServeLoadTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path PICTURES = Path.of("tests/samples/symbols/val/star");

  private static final int SECONDS = Integer.getInteger("graft.serve.seconds", 3);

  /** Twice the time after which a slow writer is cut off. */
  private static final int LONG = 60;

  private static final int CALLERS = 8;

  /** More than there are requests at a time: none of them may take the place of one that is. */
  private static final int SLOW_TO_ASK = 40;

  private static final int SLOW_TO_SEND = 8;

  /** What is kept of classes, compiled code and buffers of the client, once warm. */
  private static final long GROWTH = 8 << 20;

  private final ObjectMapper json = new ObjectMapper();

  @Test
  void answersStayRight_andTheHeapFlat_besideSlowWriters() throws Exception {
    List<byte[]> bodies = new ArrayList<>();
    try (Stream<Path> found = Files.list(PICTURES)) {
      for (Path file : found.sorted().toList()) {
        bodies.add(Files.readAllBytes(file));
      }
    }
    CommandRun command =
        graft("predict", "--model", MODEL, PICTURES, "--json", "--top", 99, "--backend", "java");
    JsonNode expected = json.readTree(command.out());
    try (Backend backend = Backends.byName("java", 2);
        ModelServer server =
            ModelServer.start(
                ModelReader.read(MODEL),
                "shapes",
                backend,
                2,
                new InetSocketAddress("127.0.0.1", 0))) {
      List<Socket> slow = slow(server.port());
      long[] warm = call(server.port(), bodies, expected, Math.max(1, SECONDS / 4));
      long before = used();
      long[] nanos = call(server.port(), bodies, expected, SECONDS);
      long grown = used() - before;
      Arrays.sort(nanos);
      long median = nanos[nanos.length / 2];
      long late = nanos[nanos.length * 99 / 100];
      System.out.printf(
          "serve: %d answers in %d s, median %.1f ms, p99 %.1f ms, heap %+d KiB after %d answers%n",
          nanos.length, SECONDS, median / 1e6, late / 1e6, grown >> 10, warm.length);
      assertThat(grown).isLessThan(GROWTH);
      if (SECONDS >= LONG) {
        assertThat(late).isLessThan(5 * median);
        for (Socket socket : slow) {
          assertThat(isCutOff(socket)).isTrue();
        }
      }
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  private static long used() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** The times that the answers took, in nanoseconds. */
  private long[] call(int port, List<byte[]> bodies, JsonNode expected, int seconds) {
    URI at = URI.create("http://127.0.0.1:" + port + "/predict");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    List<CompletableFuture<List<Long>>> callers = new ArrayList<>();
    HttpClient client = HttpClient.newHttpClient();
    for (int c = 0; c < CALLERS; c++) {
      int first = c;
      CompletableFuture<List<Long>> caller = new CompletableFuture<>();
      callers.add(caller);
      Thread thread =
          new Thread(
              () -> {
                try {
                  caller.complete(call(client, at, bodies, expected, first, end));
                } catch (IOException | InterruptedException | AssertionError e) {
                  caller.completeExceptionally(e);
                }
              });
      thread.setDaemon(true);
      thread.start();
    }
    return callers.stream()
        .map(CompletableFuture::join)
        .flatMap(List::stream)
        .mapToLong(nanos -> nanos)
        .toArray();
  }

  private List<Long> call(
      HttpClient client, URI at, List<byte[]> bodies, JsonNode expected, int first, long end)
      throws IOException, InterruptedException {
    List<Long> times = new ArrayList<>();
    for (int i = first; times.isEmpty() || System.nanoTime() < end; i++) {
      int one = i % bodies.size();
      long start = System.nanoTime();
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(at).POST(BodyPublishers.ofByteArray(bodies.get(one))).build(),
              BodyHandlers.ofString());
      times.add(System.nanoTime() - start);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(json.readTree(answer.body()).path("predictions"))
          .isEqualTo(expected.get(one).path("predictions"));
    }
    return times;
  }

  /** Connections that have begun, and go on by a byte a second until they are cut off. */
  private static List<Socket> slow(int port) throws IOException {
    List<Socket> slow = new ArrayList<>();
    for (int i = 0; i < SLOW_TO_ASK + SLOW_TO_SEND; i++) {
      Socket socket = new Socket("127.0.0.1", port);
      String begun = "POST /predict HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n";
      String body = "Content-Length: 100000\r\n\r\n";
      String text = i < SLOW_TO_ASK ? begun + "X-Slow: " : begun + body;
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      slow.add(socket);
    }
    Thread dribble =
        new Thread(
            () -> {
              List<Socket> open = new ArrayList<>(slow);
              while (!open.isEmpty()) {
                open.removeIf(ServeLoadTest::isEnded);
                try {
                  Thread.sleep(1000);
                } catch (InterruptedException e) {
                  return;
                }
              }
            });
    dribble.setDaemon(true);
    dribble.start();
    return slow;
  }

  /** Sends one byte more. */
  private static boolean isEnded(Socket socket) {
    try {
      socket.getOutputStream().write('x');
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** The server has answered with an error or closed, or resets what is sent. */
  private static boolean isCutOff(Socket socket) {
    try {
      socket.setSoTimeout(5000);
      return socket.getInputStream().read() != 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}
