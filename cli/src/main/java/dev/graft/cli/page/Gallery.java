package dev.graft.cli.page;

import java.util.List;

/** Pictures side by side, in as many rows as the window is narrow. */
public record Gallery(List<Picture> pictures) {

  public Gallery {
    pictures = List.copyOf(pictures);
  }

  /** The pictures; nothing where there are none. */
  public Html html() {
    return pictures.isEmpty()
        ? Html.NONE
        : new Tag("div")
            .with("class", "gallery")
            .holding(pictures.stream().map(Picture::html).toList());
  }
}
