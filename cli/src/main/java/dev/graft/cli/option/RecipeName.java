package dev.graft.cli.option;

import dev.graft.core.transfer.recipe.Recipe;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A recipe by its name, however it is cased. */
public final class RecipeName implements ITypeConverter<Recipe> {

  @Override
  public Recipe convert(String name) {
    try {
      return Recipe.byName(name.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
