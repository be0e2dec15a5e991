package dev.graft.cli.demo;

/** A way to learn the animals from a few drawings of each. */
public enum Way {
  SCRATCH("from scratch", "all of the network, from random weights"),
  HEAD("head alone", "a new head on what the trunk knows of things"),
  STAGED("staged", "the head, then everything"),
  STUDENT("distilled", "a student of a quarter of the size mimics the staged network");

  private final String label;
  private final String explained;

  Way(String label, String explained) {
    this.label = label;
    this.explained = explained;
  }

  /** What it is called. */
  public String label() {
    return label;
  }

  /** What is trained, in a few words. */
  public String explained() {
    return explained;
  }
}
