package dev.leasehold.broker.config.form;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A list without duplicates and with at least one item; who wants none leaves the key out.
 *
 * @param <T> of one item
 */
public final class Items<T> implements Shape<List<Located<T>>> {
  private final Shape<T> item;

  private Items(Shape<T> item) {
    this.item = item;
  }

  public static <T> Items<T> of(Shape<T> item) {
    return new Items<>(item);
  }

  @Override
  public Optional<List<Located<T>>> read(Tree tree, String path, Reading reading) {
    if (!(tree instanceof Tree.Items list)) {
      if (!(tree instanceof Tree.Unreadable)) {
        reading.error(path, tree.line(), "must be a list of: " + item.words());
      }
      return Optional.empty();
    }
    if (list.items().isEmpty()) {
      reading.error(path, tree.line(), "must not be empty; leave the key out instead");
    }
    List<Located<T>> values = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < list.items().size(); i++) {
      Tree at = list.items().get(i);
      String itemPath = path + "[" + i + "]";
      item.read(at, itemPath, reading)
          .ifPresent(
              value -> {
                if (!seen.add(item.canonical(value))) {
                  reading.error(itemPath, at.line(), "stands in the list twice");
                }
                values.add(new Located<>(value, itemPath, at.line()));
              });
    }
    return Optional.of(List.copyOf(values));
  }

  @Override
  public Map<String, Object> schema() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "array");
    schema.put("minItems", 1);
    schema.put("uniqueItems", true);
    schema.put("items", item.schema());
    return schema;
  }

  @Override
  public String words() {
    return "list of: " + item.words();
  }

  @Override
  public String canonical(List<Located<T>> value) {
    return value.stream()
        .map(located -> item.canonical(located.value()))
        .collect(Collectors.joining(",", "[", "]"));
  }

  Shape<T> item() {
    return item;
  }
}
