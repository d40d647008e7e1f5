package dev.leasehold.broker.config.form;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table of keys as Markdown: one table for each section, in the order of the file. */
public final class KeyTables {
  private final StringBuilder out = new StringBuilder();

  private KeyTables() {}

  public static String of(Section.Form root) {
    KeyTables tables = new KeyTables();
    tables.section("", root);
    return tables.out.toString();
  }

  private record Inner(String path, Section.Form form) {}

  private void section(String path, Section.Form form) {
    List<Inner> inner = new ArrayList<>();
    out.append("### ").append(path.isEmpty() ? "The document" : "`" + path + "`").append("\n\n");
    out.append("| key | value | default | meaning |\n|---|---|---|---|\n");
    for (Key<?> key : form.keys()) {
      String at = path.isEmpty() ? key.name() : path + "." + key.name();
      Optional<Inner> section = inner(at, key.shape());
      section.ifPresent(inner::add);
      out.append("| `")
          .append(key.name())
          .append("` | ")
          .append(
              section
                  .map(found -> "[section](#" + anchor(found.path()) + ")")
                  .orElseGet(() -> cell(key.shape().words())))
          .append(" | ")
          .append(
              key.required()
                  ? "**required**"
                  : key.defaultText().map(text -> "`" + text + "`").orElse("none"))
          .append(" | ")
          .append(cell(key.doc()))
          .append(key.available() ? "" : " *Not in this version: refused.*")
          .append(" |\n");
    }
    out.append('\n');
    inner.forEach(found -> section(found.path(), found.form()));
  }

  private static Optional<Inner> inner(String path, Shape<?> shape) {
    return switch (shape) {
      case Section.Form form -> Optional.of(new Inner(path, form));
      case Items<?> items -> inner(path + "[]", items.item());
      case Named<?> named -> inner(path + ".NAME", named.value());
      case Scalar<?> scalar -> Optional.empty();
      case Anything anything -> Optional.empty();
    };
  }

  // As the usual renderers of Markdown make it of the heading.
  private static String anchor(String path) {
    return path.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9_-]", "");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*");
  }
}
