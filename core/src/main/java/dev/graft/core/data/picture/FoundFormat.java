package dev.graft.core.data.picture;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/** What a file is that is no picture we can read: a guess for the message, from its first bytes. */
final class FoundFormat {

  /** What helps with pictures that nothing here reads. */
  static final String REMEDY =
      "convert HEIC, AVIF and raw pictures to JPEG first, with heif-convert IN OUT.jpg or ImageMagick's"
          + " magick IN OUT.jpg";

  private static final int LOOKED_AT = 512;

  /** Ends of the names of such files. */
  private static final Set<String> CONVERTIBLE =
      Set.of(
          "heic", "heif", "avif", "jxl", "jp2", "psd", "raw", "dng", "cr2", "cr3", "nef", "arw",
          "raf", "orf", "rw2");

  private FoundFormat() {}

  /** Whether a file whose name ends like this is a picture that must be converted first. */
  static boolean isConvertible(String suffix) {
    return CONVERTIBLE.contains(suffix);
  }

  /** What a file of the ISO base media format is by its brand. */
  private static String ofBrand(String brand) {
    return switch (brand) {
      case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1" -> "HEIC; " + REMEDY;
      case "avif", "avis" -> "AVIF; " + REMEDY;
      case "crx " -> "a raw picture; " + REMEDY;
      default -> "a film";
    };
  }

  static String of(byte[] file) {
    String head =
        new String(file, 0, Math.min(file.length, LOOKED_AT), StandardCharsets.ISO_8859_1);
    if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) {
      return "WebP, which Java reads with a plug-in for ImageIO, such as TwelveMonkeys' imageio-webp";
    }
    if (head.startsWith("ftyp", 4)) {
      return ofBrand(head.substring(8, Math.min(head.length(), 12)));
    }
    if (head.startsWith("\0\0\0\fJXL ") || head.startsWith("\377\n")) {
      return "JPEG XL; " + REMEDY;
    }
    if (head.startsWith("%PDF")) {
      return "PDF";
    }
    if (head.startsWith("PK\3\4") || head.startsWith("\37\213")) {
      return "an archive";
    }
    if (head.startsWith("\377\330") || head.startsWith("\211PNG") || head.startsWith("GIF8")) {
      return "a damaged header";
    }
    if (head.stripLeading().startsWith("<")) {
      return "HTML or XML";
    }
    boolean printable = head.chars().allMatch(c -> c >= ' ' && c != 127 || c >= '\t' && c <= '\r');
    return printable ? "text" : "unknown data";
  }
}
