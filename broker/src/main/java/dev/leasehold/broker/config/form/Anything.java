package dev.leasehold.broker.config.form;

import java.util.Map;
import java.util.Optional;

/** Whatever was written; for keys that are known by name only. */
public final class Anything implements Shape<Tree> {
  @Override
  public Optional<Tree> read(Tree tree, String path, Reading reading) {
    return Optional.of(tree);
  }

  @Override
  public Map<String, Object> schema() {
    return Map.of();
  }

  @Override
  public String words() {
    return "not settled yet";
  }

  @Override
  public String canonical(Tree value) {
    return value.toString();
  }
}
