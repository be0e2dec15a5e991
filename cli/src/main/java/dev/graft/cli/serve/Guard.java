package dev.graft.cli.serve;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is checked of a request before anything is done for it.
 *
 * <p>A page of somebody else's can make a browser send requests here. It cannot do so without its
 * own {@code Origin}, or, where its name was made to lead to this machine (DNS rebinding), without
 * that name as {@code Host}; so both must be this server's.
 *
 * @param name the address or name that the server was bound to
 * @param port where it listens
 */
record Guard(String name, int port) {

  /** Largest body, in bytes. */
  static final int MOST_BYTES = 32 << 20;

  /** Of a body that is refused, what is taken before the connection is closed, in bytes. */
  private static final long MOST_SKIPPED = 1L << 28;

  /** A name cannot be made of these alone; who sends one means this machine. */
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-f:.]+]");

  private static final Set<String> OWN = Set.of("localhost", "127.0.0.1", "[::1]");

  /**
   * Checks where a request was sent, and by what page.
   *
   * @throws Refusal if it is not for this server, or from another page
   */
  void check(Headers headers) throws Refusal {
    @Nullable String host = headers.getFirst("Host");
    if (host == null || !isOwn(host)) {
      throw new Refusal(
          421,
          "the request is for the host "
              + host
              + "; this server is "
              + name
              + ":"
              + port
              + ", and --bind gives it another name");
    }
    @Nullable String origin = headers.getFirst("Origin");
    if (origin != null && !origin.equalsIgnoreCase("http://" + host)) {
      throw new Refusal(
          403,
          "the request comes from a page of " + origin + "; only the page served here may ask");
    }
  }

  private boolean isOwn(String host) {
    String given = host.toLowerCase(Locale.ROOT);
    String end = ":" + port;
    String bare =
        given.endsWith(end)
            ? given.substring(0, given.length() - end.length())
            : port == 80 ? given : "";
    return OWN.contains(bare)
        || bare.equalsIgnoreCase(name)
        || (ADDRESS.matcher(bare).matches() && !OWN.contains(name));
  }

  /**
   * Reads the body, if it is not too large.
   *
   * @throws Refusal if it is larger than {@value #MOST_BYTES} bytes
   * @throws IOException if the connection breaks off
   */
  static byte[] body(HttpExchange exchange) throws Refusal, IOException {
    @Nullable String length = exchange.getRequestHeaders().getFirst("Content-Length");
    // Of one that says how long it is nothing is read; of one that does not, no more than fits.
    boolean isLong = length != null && length.length() > 9;
    if (isLong || (length != null && Long.parseLong(length) > MOST_BYTES)) {
      throw tooLarge();
    }
    InputStream in = exchange.getRequestBody();
    byte[] body = in.readNBytes(MOST_BYTES + 1);
    if (body.length > MOST_BYTES) {
      throw tooLarge();
    }
    return body;
  }

  /**
   * Takes what of the body has not been read, and throws it away. To close a connection on which
   * the other side still writes resets it, and then the answer that it was sent is lost with it
   * (RFC 9112, section 9.6).
   */
  static void skipBody(HttpExchange exchange) {
    byte[] part = new byte[1 << 16];
    try {
      InputStream in = exchange.getRequestBody();
      int n = 0;
      for (long left = MOST_SKIPPED; left > 0 && n >= 0; left -= n) {
        n = in.read(part);
      }
    } catch (IOException e) {
      // The other side went away, or was too slow; it has been answered.
    }
  }

  private static Refusal tooLarge() {
    return new Refusal(413, "the picture is larger than " + (MOST_BYTES >> 20) + " MiB");
  }
}
