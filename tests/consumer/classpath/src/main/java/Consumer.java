import dev.graft.core.backend.Backends;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Prediction;
import dev.graft.core.session.Session;
import dev.graft.importers.ModelReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Reads a model, and says what a picture shows and which backend computed that. */
public class Consumer {
  public static void main(String[] args) throws IOException {
    Model model = ModelReader.read(Path.of(args[0]));
    try (Session session = Session.of(model)) {
      Prediction best = session.predict(ImageIO.read(new File(args[1]))).get(0);
      System.out.println(best.label());
    }
    Backends.list().stream().filter(b -> b.chosenByAuto()).forEach(b -> System.out.println(b.name()));
  }
}
