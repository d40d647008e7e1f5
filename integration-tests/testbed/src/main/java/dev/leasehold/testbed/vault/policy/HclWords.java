package dev.leasehold.testbed.vault.policy;

import dev.leasehold.testbed.vault.wire.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of an HCL text, one by one; comments and white space are gone. */
final class HclWords {
  private static final Pattern WORD =
      Pattern.compile(
          """
          (?:\\s|\\#[^\\n]*|//[^\\n]*|/\\*.*?\\*/)*\
          (?:(?<string>"(?:[^"\\\\]|\\\\.)*")|(?<bare>[\\w.-]+)|(?<mark>[{}\\[\\]=,]))?\
          """,
          Pattern.DOTALL);

  private final List<String> words = new ArrayList<>();
  private int at;

  HclWords(String text) {
    Matcher word = WORD.matcher(text);
    int from = 0;
    while (from < text.length() && word.region(from, text.length()).lookingAt()) {
      if (word.end() == from) {
        throw broken("unexpected '" + text.charAt(from) + "' at character " + from);
      }
      for (String group : List.of("string", "bare", "mark")) {
        if (word.group(group) != null) {
          words.add(word.group(group));
        }
      }
      from = word.end();
    }
  }

  boolean atEnd() {
    return at == words.size();
  }

  /** Takes the word if it is the next one. */
  boolean accept(String word) {
    boolean next = !atEnd() && words.get(at).equals(word);
    if (next) {
      at++;
    }
    return next;
  }

  void expect(String word) {
    if (!accept(word)) {
      throw broken("expected " + word + " and found " + (atEnd() ? "the end" : words.get(at)));
    }
  }

  String string() {
    String word = next();
    if (!word.startsWith("\"")) {
      throw broken("expected a string and found " + word);
    }
    return word.substring(1, word.length() - 1).replace("\\\"", "\"").replace("\\\\", "\\");
  }

  /** A key: a bare word or a string. */
  String name() {
    return !atEnd() && words.get(at).startsWith("\"") ? string() : next();
  }

  /** A string, a boolean or a whole number. */
  Object value() {
    if (!atEnd() && words.get(at).startsWith("\"")) {
      return string();
    }
    String word = next();
    if (word.equals("true") || word.equals("false")) {
      return word.equals("true");
    }
    try {
      return Integer.valueOf(word);
    } catch (NumberFormatException notANumber) {
      throw broken("expected a value and found " + word);
    }
  }

  private String next() {
    if (atEnd()) {
      throw broken("unexpected end");
    }
    return words.get(at++);
  }

  private static Refusal broken(String what) {
    return Refusal.badRequest("failed to parse policy: " + what);
  }
}
