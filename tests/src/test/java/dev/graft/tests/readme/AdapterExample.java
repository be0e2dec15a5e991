package dev.graft.tests.readme;

import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.Mix;
import dev.graft.core.data.picture.PictureFile;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Session;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.average.AverageKind;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.Lora;
import dev.graft.importers.safetensors.SafetensorsWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The README's example of adapters, mixed pictures, averages and several views. */
final class AdapterExample {

  private AdapterExample() {}

  static Tuned run(Model pretrained, Split<Pictures> photos, Path run) {
    // README begins
    Lora lora = Lora.of(pretrained, FreezeMask.matching("stem.*"), 4, 1);
    Settings settings =
        Settings.of(Recipe.STAGED, 6)
            .freeze(lora.frozen())
            .mix(Mix.MIXUP)
            .findRate(true)
            .averages(List.of(AverageKind.EMA, AverageKind.WISE_FT));
    Tuned tuned = FineTune.run(lora.model(), photos, settings);
    Path adapters = run.resolve("adapters.safetensors");
    SafetensorsWriter.write(lora.adapters(tuned.model()), Map.of(), adapters);
    Model merged = lora.merged(tuned.model());
    try (Session session = Session.of(merged)) {
      var picture = PictureFile.read(Path.of("tests/samples/symbols/val/star/00.png"));
      System.out.println(session.predict(picture, Augment.FLIP).get(0));
    }
    // README ends
    return tuned.with(merged);
  }
}
