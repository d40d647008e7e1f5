package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.form.Tree;
import dev.leasehold.broker.config.form.YamlText;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.policy.Signals;
import dev.leasehold.broker.policy.Signals.Window;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an operator says of the hour: {@code incident: true}, {@code freeze: {from: …, until: …}}.
 * What is wrong with it is an error of the configuration that names it.
 */
final class SignalsFile {
  private static final Key<Instant> FROM =
      Key.optional("from", Scalars.time(), "Its beginning; without it it has begun.");
  private static final Key<Instant> UNTIL =
      Key.optional("until", Scalars.dayOrTime(), "Its end; without it it goes on.");
  private static final Section.Form WINDOW = Section.Form.of("a window of time", FROM, UNTIL);

  private SignalsFile() {}

  /** Blocks on the file system. */
  static Signals read(Document document, Reading reading) {
    Optional<Path> file = document.root().find(RootKeys.SIGNALS);
    if (file.isEmpty() || reading.isReported(RootKeys.SIGNALS.name())) {
      return Signals.NONE;
    }
    Reading own = new Reading(file.get(), name -> Optional.empty());
    Signals signals =
        TextFile.read(file.get(), own)
            .flatMap(text -> YamlText.read(text, own))
            .map(tree -> signals(tree, own))
            .orElse(Signals.NONE);
    own.errors()
        .forEach(
            error ->
                reading.error(
                    RootKeys.SIGNALS.name(),
                    document.root().lineOf(RootKeys.SIGNALS),
                    "in the file: " + error));
    return signals;
  }

  private static Signals signals(Tree tree, Reading reading) {
    if (!(tree instanceof Tree.Entries(List<Tree.Entry> entries, int _))) {
      reading.error("", tree.line(), "must map names of signals to true, false or a window");
      return Signals.NONE;
    }
    Map<String, List<Window>> windows = new HashMap<>();
    for (Tree.Entry entry : entries) {
      if (windows.put(entry.key(), windows(entry, reading)) != null) {
        reading.error(entry.key(), entry.line(), "defined twice");
      }
    }
    return new Signals(windows);
  }

  private static List<Window> windows(Tree.Entry entry, Reading reading) {
    return switch (entry.value()) {
      case Tree.Text flag ->
          Scalars.flag()
              .read(flag, entry.key(), reading)
              .filter(on -> on)
              .map(on -> List.of(Window.ALWAYS))
              .orElse(List.of());
      case Tree.Items(List<Tree> items, int _) ->
          items.stream().flatMap(item -> window(item, entry.key(), reading).stream()).toList();
      default -> window(entry.value(), entry.key(), reading).stream().toList();
    };
  }

  private static Optional<Window> window(Tree tree, String path, Reading reading) {
    return WINDOW
        .read(tree, path, reading)
        .map(
            section ->
                new Window(
                    section.find(FROM).orElse(Instant.MIN),
                    section.find(UNTIL).orElse(Instant.MAX)));
  }
}
