package dev.graft.bench.gpu;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.kernels.opencl.device.OpenClDevice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * PyTorch in a process of its own, which is told one piece of work a line and answers each with a
 * line. Whatever goes wrong there ends in a row without a peer, never in an error here.
 */
final class PyTorch implements AutoCloseable {

  /** For an answer: a training step of 64 pictures takes a slow processor seven seconds. */
  static final Duration LIMIT = Duration.ofMinutes(5);

  /** For its first word: to import PyTorch from a slow disk takes a minute. */
  private static final Duration START = Duration.ofMinutes(2);

  private static final String SCRIPT = "peer.py";
  private static final int LONGEST_REASON = 160;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Duration limit;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private @Nullable Process process;
  private @Nullable Writer input;
  private @Nullable Path errors;
  private @Nullable String name;
  private @Nullable String problem;

  private PyTorch(Duration limit) {
    this.limit = limit;
  }

  /**
   * Starts it and waits for its first word.
   *
   * @param python the command, such as {@code python3}
   * @param device what Graft computes on: PyTorch takes the GPU of the same name, or the processor
   *     with as many threads
   * @param limit for every answer
   */
  static PyTorch start(List<String> python, OpenClDevice device, Duration limit) {
    PyTorch peer = new PyTorch(limit);
    try {
      peer.launch(python, device);
      JsonNode first = peer.answer(limit.compareTo(START) < 0 ? limit : START);
      if (first != null) {
        peer.name = first.path("name").asText(null);
        if (peer.name == null) {
          peer.end(first.path("absent").asText("it does not say what it is"));
        }
      }
    } catch (IOException e) {
      peer.end(python.get(0) + " cannot be started: " + e.getMessage());
    }
    return peer;
  }

  private void launch(List<String> python, OpenClDevice device) throws IOException {
    List<String> command = new ArrayList<>(python);
    command.addAll(List.of("-u", "-c", script()));
    command.addAll(
        List.of(
            device.isGpu() ? "gpu" : "cpu",
            Integer.toString(device.computeUnits()),
            device.name().strip()));
    errors = Files.createTempFile("graft-peer", ".log");
    Process started = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    process = started;
    input = started.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(() -> read(started), "peer");
    reader.setDaemon(true);
    reader.start();
  }

  private static String script() throws IOException {
    try (InputStream in = PyTorch.class.getResourceAsStream(SCRIPT)) {
      if (in == null) {
        throw new IOException(SCRIPT + " is missing beside the classes; build again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** An empty line stands for the end. */
  private void read(Process from) {
    try (BufferedReader reader = from.inputReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = reader.readLine()) != null) {
        lines.add(line);
      }
    } catch (IOException e) {
      // Its end, like any other.
    }
    lines.add("");
  }

  /** PyTorch with its version and device; null where there is none. */
  @Nullable String name() {
    return name;
  }

  /** Why the last question had no answer: {@code no peer: …}; null where it had. */
  @Nullable String problem() {
    return problem;
  }

  /** One line for people. */
  String summary() {
    return name != null ? name : String.valueOf(problem);
  }

  /** Median seconds that a call takes there; null where it cannot be told: {@link #problem()}. */
  @Nullable Double seconds(Work work) {
    Writer to = input;
    if (to == null) {
      // Said when it ended.
      problem = null;
      return null;
    }
    problem = null;
    try {
      to.write(JSON.writeValueAsString(work.task()) + "\n");
      to.flush();
    } catch (IOException e) {
      end(lastError("it has ended"));
      return null;
    }
    JsonNode answer = answer(limit);
    if (answer == null) {
      return null;
    }
    double seconds = answer.path("seconds").asDouble(0);
    if (seconds > 0) {
      return seconds;
    }
    problem = reason(answer.path("error").asText("it answered " + answer));
    return null;
  }

  private @Nullable JsonNode answer(Duration within) {
    try {
      String line = lines.poll(within.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) {
        end("no answer within " + within.toSeconds() + " s");
        return null;
      }
      if (line.isEmpty()) {
        end(lastError("it ended without an answer"));
        return null;
      }
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      end("its answer is no JSON");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end("interrupted");
    }
    return null;
  }

  /** The last line that it wrote on standard error, which is where Python says what went wrong. */
  private String lastError(String otherwise) {
    if (errors == null) {
      return otherwise;
    }
    try {
      // Not every program writes UTF-8.
      List<String> said =
          Files.readString(errors, StandardCharsets.ISO_8859_1)
              .lines()
              .filter(line -> !line.isBlank())
              .toList();
      return said.isEmpty() ? otherwise : said.get(said.size() - 1).strip();
    } catch (IOException e) {
      return otherwise;
    }
  }

  private static String reason(String why) {
    String line = why.lines().findFirst().orElse(why).strip();
    return "no peer: "
        + (line.length() > LONGEST_REASON ? line.substring(0, LONGEST_REASON) + "…" : line);
  }

  private void end(String why) {
    close();
    problem = reason(why);
  }

  @Override
  public void close() {
    input = null;
    if (process != null) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      process = null;
    }
    if (errors != null) {
      try {
        Files.deleteIfExists(errors);
      } catch (IOException e) {
        // A file of no bytes in the folder for such.
      }
      errors = null;
    }
  }
}
