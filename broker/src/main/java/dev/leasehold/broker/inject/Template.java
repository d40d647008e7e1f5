package dev.leasehold.broker.inject;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Literal text and names of answered fields, e.g. <code>Token {key}</code>. A brace that is meant
 * literally is written twice.
 */
public final class Template {
  private static final Pattern FIELD = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

  sealed interface Part {
    /** Printable ASCII of the template itself. */
    record Literal(String text) implements Part {}

    /** The bytes of one answered field. */
    record Field(String name) implements Part {}
  }

  private final String text;
  private final List<Part> parts;
  private final Set<String> fields;

  private Template(String text, List<Part> parts) {
    this.text = text;
    this.parts = List.copyOf(parts);
    Set<String> names = new LinkedHashSet<>();
    for (Part part : parts) {
      if (part instanceof Part.Field(String name)) {
        names.add(name);
      }
    }
    this.fields = Set.copyOf(names);
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException with a message for the person who wrote it; it echoes nothing,
   *     since a secret may have been put there by mistake
   */
  public static Template parse(String text) {
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      boolean doubled = i + 1 < text.length() && text.charAt(i + 1) == c;
      if (c < 0x20 || c > 0x7e) {
        throw new IllegalArgumentException("a template is printable ASCII");
      }
      if ((c == '{' || c == '}') && doubled) {
        literal.append(c);
        i += 2;
      } else if (c == '{') {
        int close = text.indexOf('}', i);
        if (close < 0) {
          throw new IllegalArgumentException("a '{' without its '}'");
        }
        String name = text.substring(i + 1, close);
        if (!FIELD.matcher(name).matches()) {
          throw new IllegalArgumentException("a field name is letters, digits, '_', '.' and '-'");
        }
        flush(literal, parts);
        parts.add(new Part.Field(name));
        i = close + 1;
      } else if (c == '}') {
        throw new IllegalArgumentException("a '}' without its '{'; write '}}' for the character");
      } else {
        literal.append(c);
        i++;
      }
    }
    flush(literal, parts);
    return new Template(text, parts);
  }

  private static void flush(StringBuilder literal, List<Part> parts) {
    if (!literal.isEmpty()) {
      parts.add(new Part.Literal(literal.toString()));
      literal.setLength(0);
    }
  }

  List<Part> parts() {
    return parts;
  }

  /** The names of the fields that it needs. */
  public Set<String> fields() {
    return fields;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Template that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }
}
