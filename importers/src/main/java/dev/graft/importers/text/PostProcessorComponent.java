package dev.graft.importers.text;

import dev.graft.core.text.special.PostProcessor;
import dev.graft.core.text.special.Template;
import java.util.ArrayList;
import java.util.List;

/** The {@code post_processor} of a tokenizer.json. */
final class PostProcessorComponent {

  private PostProcessorComponent() {}

  static PostProcessor read(Field field) {
    if (field.absent()) {
      return Template.NONE;
    }
    return switch (field.type()) {
      case "TemplateProcessing" -> template(field);
      case "BertProcessing" -> Template.bert(token(field, "cls"), token(field, "sep"));
      case "RobertaProcessing" -> Template.roberta(token(field, "cls"), token(field, "sep"));
      // It only moves offsets, which nothing here asks for.
      case "ByteLevel" -> Template.NONE;
      case "Sequence" -> sequence(field);
      default -> throw field.unknown("the post-processor");
    };
  }

  /** The one that adds tokens: two of them would add to what the other has made. */
  private static PostProcessor sequence(Field field) {
    PostProcessor adding = Template.NONE;
    for (Field part : field.get("processors").list()) {
      PostProcessor read = read(part);
      if (read != Template.NONE && adding != Template.NONE) {
        throw part.expected("one post-processor that adds tokens, not a second");
      }
      adding = read == Template.NONE ? adding : read;
    }
    return adding;
  }

  /** {@code ["[CLS]", 101]}. */
  private static int token(Field field, String name) {
    return field.get(name).list(2).get(1).number(TokenizerJson.MOST_IDS);
  }

  private static Template template(Field field) {
    Field special = field.get("special_tokens");
    return new Template(parts(field.get("single"), special), parts(field.get("pair"), special));
  }

  private static List<Template.Part> parts(Field field, Field special) {
    List<Template.Part> parts = new ArrayList<>();
    for (Field part : field.list()) {
      Field text = part.get("Sequence");
      Field own = part.get("SpecialToken");
      if (!text.absent()) {
        boolean second =
            switch (text.get("id").text()) {
              case "A" -> false;
              case "B" -> true;
              default -> throw text.get("id").expected("A or B");
            };
        parts.add(new Template.Text(second, type(text)));
      } else if (!own.absent()) {
        List<Integer> ids = new ArrayList<>();
        for (Field id : special.get(own.get("id").text()).get("ids").list()) {
          ids.add(id.number(TokenizerJson.MOST_IDS));
        }
        parts.add(new Template.Special(ids, type(own)));
      } else {
        throw part.expected("a Sequence or a SpecialToken");
      }
    }
    return parts;
  }

  private static int type(Field part) {
    return part.get("type_id").number(TokenizerJson.MOST_IDS, 0);
  }
}
