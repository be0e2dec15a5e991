package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.cli.serve.ModelServer;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ModelReader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code graft serve}: what it answers, and what it refuses. */
class ServeTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path PICTURES = Path.of("tests/samples/symbols/val/star");

  private static final ObjectMapper JSON = new ObjectMapper();

  private static Backend backend;
  private static ModelServer server;
  private static HttpClient client;

  @BeforeAll
  static void start() throws IOException {
    backend = Backends.byName("java", 2);
    server =
        ModelServer.start(
            ModelReader.read(MODEL), "shapes", backend, 2, new InetSocketAddress("127.0.0.1", 0));
    client = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    server.close();
    backend.close();
  }

  private static URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private static HttpRequest predict(byte[] body) {
    return predictAt("/predict", body);
  }

  private static HttpRequest predictAt(String path, byte[] body) {
    return HttpRequest.newBuilder(at(path)).POST(BodyPublishers.ofByteArray(body)).build();
  }

  private static HttpResponse<String> ask(HttpRequest request)
      throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofString());
  }

  private static void refused(HttpResponse<String> answer, int status, String reason)
      throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(JSON.readTree(answer.body()).path("error").asText()).contains(reason);
  }

  @Test
  void manyCallers_getTheAnswersOfPredict() throws IOException, InterruptedException {
    List<Path> files;
    try (Stream<Path> found = Files.list(PICTURES)) {
      files = found.sorted().limit(16).toList();
    }
    List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
    for (Path file : files) {
      asked.add(client.sendAsync(predict(Files.readAllBytes(file)), BodyHandlers.ofString()));
    }
    CommandRun command =
        graft("predict", "--model", MODEL, PICTURES, "--json", "--top", 99, "--backend", "java");
    JsonNode expected = JSON.readTree(command.out());
    for (int i = 0; i < files.size(); i++) {
      HttpResponse<String> answer = asked.get(i).join();
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(JSON.readTree(answer.body()).path("predictions"))
          .isEqualTo(expected.get(i).path("predictions"));
    }
  }

  @Test
  void page_runsItsOwnScriptAlone() throws IOException, InterruptedException {
    HttpResponse<String> page = ask(HttpRequest.newBuilder(at("/")).build());
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'sha256-", "connect-src 'self'");
    assertThat(page.body()).contains("Drop a picture", "circle").doesNotContain("http:", "https:");
  }

  @Test
  void explain_isAPictureOfWhatTheNetworkReceives() throws IOException, InterruptedException {
    byte[] star = Files.readAllBytes(PICTURES.resolve("00.png"));
    HttpRequest first =
        HttpRequest.newBuilder(at("/explain?class=0"))
            .POST(BodyPublishers.ofByteArray(star))
            .build();
    HttpResponse<byte[]> answer = client.send(first, BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("image/png");
    BufferedImage seen = ImageIO.read(new ByteArrayInputStream(answer.body()));
    assertThat(seen.getWidth()).isEqualTo(32);
    for (String query : List.of("", "?class=99", "?class=-1", "?class=1e9", "?class=9999999999")) {
      refused(ask(predictAt("/explain" + query, star)), 400, "?class=N");
    }
    refused(ask(predictAt("/explain?class=0", new byte[7])), 400, "known format");
  }

  @Test
  void modelWithoutMaps_saysWhyItExplainsNothing() throws IOException, InterruptedException {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.flatten(g.input("x", Shape.of(3, 8, 8)));
    Model plain = g.build(g.softmax(g.linear("fc", x, 3)));
    Model fed =
        plain.with(plain.metadata().withPreprocessing(Preprocessing.named("unit", 3, 8, 8)));
    InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
    try (ModelServer other = ModelServer.start(fed, "plain", backend, 1, any)) {
      URI uri = URI.create("http://127.0.0.1:" + other.port() + "/explain?class=0");
      byte[] star = Files.readAllBytes(PICTURES.resolve("00.png"));
      HttpRequest asked =
          HttpRequest.newBuilder(uri).POST(BodyPublishers.ofByteArray(star)).build();
      refused(ask(asked), 404, "Grad-CAM wants a convolution");
    }
  }

  @Test
  void otherPagesAndNames_areRefused() throws IOException, InterruptedException {
    byte[] picture = Files.readAllBytes(PICTURES.resolve("00.png"));
    HttpRequest foreign =
        HttpRequest.newBuilder(at("/predict"))
            .header("Origin", "http://evil.example")
            .POST(BodyPublishers.ofByteArray(picture))
            .build();
    refused(ask(foreign), 403, "a page of http://evil.example");
    HttpRequest own =
        HttpRequest.newBuilder(at("/predict"))
            .header("Origin", "http://127.0.0.1:" + server.port())
            .POST(BodyPublishers.ofByteArray(picture))
            .build();
    assertThat(ask(own).statusCode()).isEqualTo(200);
    assertThat(raw("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421")
        .contains("the host evil.example");
    String port = ":" + server.port();
    assertThat(raw("GET / HTTP/1.1\r\nHost: localhost" + port + "\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
  }

  /** What says that it is a gigabyte is refused before a byte of it is read. */
  @Test
  void tooLarge_orNoPicture_isRefused() throws IOException, InterruptedException {
    String host = "Host: 127.0.0.1:" + server.port() + "\r\n";
    assertThat(raw("POST /predict HTTP/1.1\r\n" + host + "Content-Length: 1073741824\r\n\r\n"))
        .startsWith("HTTP/1.1 413")
        .contains("larger than 32 MiB");
    // The answer arrives although the server does not want the rest of what is being sent.
    for (int i = 0; i < 8; i++) {
      refused(ask(predict(new byte[(32 << 20) + 1])), 413, "larger than 32 MiB");
      refused(ask(predictAt("/elsewhere", new byte[16 << 20])), 404, "nothing here");
    }
    refused(ask(predict(new byte[0])), 400, "is empty");
    refused(ask(predict("no picture".getBytes(StandardCharsets.UTF_8))), 400, "known format");
    refused(ask(predict(bomb())), 400, "claims 60000 x 60000 pixels");
    refused(ask(HttpRequest.newBuilder(at("/predict")).build()), 405, "takes POST");
    refused(ask(HttpRequest.newBuilder(at("/../etc/passwd")).build()), 404, "nothing here");
    // None of it did any harm.
    byte[] picture = Files.readAllBytes(PICTURES.resolve("00.png"));
    assertThat(ask(predict(picture)).statusCode()).isEqualTo(200);
  }

  /** A PNG whose header alone is large. */
  private static byte[] bomb() throws IOException {
    byte[] png = Files.readAllBytes(PICTURES.resolve("00.png"));
    int side = 60000;
    for (int at : new int[] {16, 20}) {
      png[at] = 0;
      png[at + 1] = 0;
      png[at + 2] = (byte) (side >> 8);
      png[at + 3] = (byte) side;
    }
    java.util.zip.CRC32 sum = new java.util.zip.CRC32();
    sum.update(png, 12, 17);
    for (int i = 0; i < 4; i++) {
      png[29 + i] = (byte) (sum.getValue() >> 8 * (3 - i));
    }
    return png;
  }

  private static String raw(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      StringBuilder said = new StringBuilder();
      InputStream in = socket.getInputStream();
      byte[] part = new byte[4096];
      for (int n = in.read(part); n >= 0; n = in.read(part)) {
        said.append(new String(part, 0, n, StandardCharsets.UTF_8));
        if (said.indexOf("\r\n\r\n") >= 0 && said.toString().matches("(?s).*(}|</html>\\s*)")) {
          break;
        }
      }
      return said.toString();
    }
  }

  @Test
  void portInUse_orNoModel_isOneLine() {
    CommandRun taken = graft("serve", MODEL, "--port", server.port(), "--backend", "java");
    assertThat(taken.code()).isEqualTo(1);
    assertThat(taken.err()).startsWith("error: --port " + server.port()).contains("listened");
    CommandRun none = graft("serve", "tests/samples");
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.err()).startsWith("error: ").contains("without a model.onnx");
    assertThat(graft("serve", MODEL, "--port", 99999).err()).contains("0 to 65535");
  }
}
